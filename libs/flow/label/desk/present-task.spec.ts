import { hashText } from '#policy';
import { contentOf, leaseRequest, taskOf } from './desk.fixture.js';
import type { Handout } from './label-state.js';
import type { Lease } from './lease.js';
import { appealedVerdict, suitabilityOf } from './present-task.js';
import { createContentReader, probableCategories, shownContext, shownText, type StoredVerdict } from './task-reader.js';

const NOW = 3_700_000;
const lease: Lease = {
  ...{ leaseId: 'l', taskId: 'task-1', origin: 'DRAWN', platform: 'forum', contentId: 'post-1', revision: 1 },
  ...{ windowFrom: 0, queue: 'STANDARD', labelerId: 'u-1', group: null, purpose: 'FRESH', ordinal: 0 },
  ...{ leasedAt: 0, expiresAt: 1, policies: [] },
};
const fresh: Pick<Handout, 'lease' | 'task' | 'why'> = { lease, task: taskOf(1), why: null };
const report = { ...fresh, task: taskOf(1, { origin: 'REPORTED', language: 'und' }) };

describe('whether an item is for a person', () => {
  const english = leaseRequest('u-1', { languages: ['en'], avoid: ['V'] });

  it.each([
    ['show', fresh, contentOf('post-1')],
    ['later', fresh, null],
    ['gone', { ...fresh, task: taskOf(1, { requestedAt: NOW - 90_000_000 }) }, null],
    ['gone', { ...fresh, task: null }, null],
    ['gone', fresh, contentOf('post-1', { text: '' })],
    ['show', fresh, contentOf('post-1', { text: '', textHash: hashText('') })],
    ['show', { ...fresh, why: 'APPEAL' as const }, null],
    ['foreign', report, contentOf('post-1', { language: 'fr' })],
    ['show', report, contentOf('post-1', { language: null })],
    // The platform said German; people who read English were asked, and can say so.
    ['show', fresh, contentOf('post-1', { language: 'de' })],
    ['avoided', fresh, contentOf('post-1', { probabilities: { V: 0.6, HR: 0.9 } })],
    ['show', fresh, contentOf('post-1', { probabilities: { V: 0.1, HR: 0.9 } })],
  ])('%s', (kind, handout, content) => {
    expect(suitabilityOf(english, handout, content, NOW).kind).toBe(kind);
  });

  it('avoids what is likely, or likelier than all else', () => {
    expect(probableCategories({ S: 0.55, H: 0.3, V: 0.7 })).toEqual(['V', 'S']);
    expect(probableCategories({ S: 0.25, H: 0.1 })).toEqual(['S']);
    expect(probableCategories({ S: 0.1 })).toEqual([]);
  });
});

describe('what is shown', () => {
  it('is masked, and cut without breaking a character', () => {
    expect(shownText('write to a@example.org')).toEqual({ text: 'write to [MAIL]', textLength: 22, masked: 1 });
    const { text, textLength } = shownText(`${'x'.repeat(19_999)}\u{1F600}`);
    expect([text.length, text.isWellFormed(), textLength]).toEqual([19_999, true, 20_001]);
  });

  it('counts positions from the item', () => {
    const said = (text: string, isBefore: boolean) => ({ text, isBefore, isSameAuthor: false, submittedAt: 0 });
    const context = shownContext([said('a', true), said('b', true), said('c@example.org', false)]);
    expect(context.map(({ position, text }) => [position, text])).toEqual([
      [-2, 'a'],
      [-1, 'b'],
      [1, '[MAIL]'],
    ]);
  });
});

describe('the verdict that an appeal is about', () => {
  const verdict = (verdictId: string, more: Partial<StoredVerdict> = {}): StoredVerdict => ({
    ...{ platform: 'forum', contentId: 'post-1', revision: 1, channel: 'public', action: 'BLOCK', flagged: [] },
    ...{ textHash: '', isCurrent: true, causeId: null, partition: 0, verdictId },
    ...more,
  });
  const all = [verdict('new', { channel: 'internal' }), verdict('old', { isCurrent: false }), verdict('held')];

  it('is the one that it names, else the one that holds in its channel', () => {
    const of = (verdictId: string | null, channel: string | null) =>
      appealedVerdict({ verdictId, channel }, all)?.verdictId ?? null;
    expect([of('old', 'public'), of(null, 'public'), of(null, null), of('other', 'kids')]).toEqual([
      ...['old', 'held', 'new', null],
    ]);
  });
});

describe('reading contents', () => {
  function reader() {
    const asked: string[][] = [];
    const release: (() => void)[] = [];
    let now = 0;
    const { read, expect: ahead } = createContentReader(
      async (items) => {
        asked.push(items.map(({ contentId }) => contentId));
        await new Promise<void>((resolve) => release.push(resolve));
        return items.filter(({ contentId }) => contentId !== 'c').map(({ contentId }) => contentOf(contentId));
      },
      () => now,
    );
    const item = (contentId: string) => ({ platform: 'forum', contentId, revision: 1 });
    return {
      ...{ asked, release },
      read: (contentId: string) => read(item(contentId)),
      ahead: (...contentIds: readonly string[]) => {
        ahead([contentIds.map(item)]);
      },
      pass: (ms: number) => {
        now += ms;
      },
    };
  }

  it('puts what is asked meanwhile into one query, and gives each its own', async () => {
    const its = reader();
    const all = ['a', 'b', 'c'].map(its.read);
    its.release[0]?.();
    await all[0];
    its.release[1]?.();
    expect((await Promise.all(all)).map((content) => content?.contentId)).toEqual(['a', 'b', undefined]);
    expect(its.asked).toEqual([['a'], ['b', 'c']]);
  });

  it('asks once for what it has read ahead, for a minute, and again for what was not there', async () => {
    const its = reader();
    its.ahead('a');
    its.ahead('a', 'c');
    its.release[0]?.();
    await its.read('a');
    its.release[1]?.();
    expect(await its.read('c')).toBeNull();
    expect(its.asked).toEqual([['a'], ['c']]);
    void its.read('c');
    its.release[2]?.();
    its.pass(61_000);
    const again = its.read('a');
    its.release[2]?.();
    await Promise.resolve();
    expect(its.asked[2]).toEqual(['c']);
    its.release[3]?.();
    void again;
  });
});
