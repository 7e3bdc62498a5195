import fc from 'fast-check';
import type { VerdictIssued } from '#platform/contracts';
import type { JournalDoor } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde, issuedVerdict } from '#platform/testing';
import { createVerdictHub, type Watcher } from './verdict-hub.js';
import { byStrictness, liveVerdictOf, passesFilter, type VerdictFilter } from './verdict-filter.js';

const serde = createStaticSerde();
const everything: VerdictFilter = { channel: null, platform: null, actions: null, category: null };

function verdict(contentId: string, rest: Partial<VerdictIssued> = {}): VerdictIssued {
  return issuedVerdict({ verdictId: contentId, contentId, ...rest });
}

const blocked = verdict('blocked', {
  action: 'BLOCK',
  categories: {
    V: { probability: 0.99, action: 'REVIEW', reviewThreshold: 0.5, blockThreshold: null, provisional: false },
    H: { probability: 0.8, action: 'BLOCK', reviewThreshold: 0.3, blockThreshold: 0.75, provisional: true },
    S: { probability: 0.1, action: 'ALLOW', reviewThreshold: 0.3, blockThreshold: null, provisional: false },
  },
});

describe('a line of the live page', () => {
  it('names the strictest category first, however probable others are, and its threshold', () => {
    const line = liveVerdictOf(blocked);
    expect(line.decisive).toEqual({
      category: 'H',
      probability: 0.8,
      action: 'BLOCK',
      threshold: 0.75,
      provisional: true,
    });
    expect(line.flagged).toEqual(['H', 'V']);
  });

  it('passes a filter exactly when it passes each part of it', () => {
    const line = liveVerdictOf(blocked);
    const maybe = <T>(...values: readonly T[]) => fc.constantFrom(null, ...values);
    const filters = fc.record({
      channel: maybe('public', 'internal'),
      platform: maybe('forum', 'shop'),
      actions: maybe<readonly VerdictIssued['action'][]>(['BLOCK'], ['ALLOW', 'REVIEW']),
      category: maybe('H', 'S'),
    });
    fc.assert(
      fc.property(filters, (filter) => {
        const parts = Object.entries(filter).map(([name, value]) => ({ ...everything, [name]: value }));
        expect(passesFilter(line, filter)).toBe(parts.every((part) => passesFilter(line, part)));
      }),
    );
  });

  it('is sorted by action before probability', () => {
    const low = { action: 'BLOCK', probability: 0.1 } as const;
    expect([{ action: 'REVIEW', probability: 0.9 } as const, low].sort(byStrictness)[0]).toBe(low);
  });
});

function setUp(options: { readonly journal?: Pick<JournalDoor, 'tail'>; readonly capacity?: number } = {}) {
  const broker = createMemoryBroker(createMemoryLog({ partitions: 2 }));
  const failures: unknown[] = [];
  const hub = createVerdictHub({
    journal: options.journal ?? broker.journal,
    serde,
    channels: ['public', 'internal'],
    run: 'r1',
    capacity: options.capacity ?? 100,
    backfill: 5,
    graceMs: 10,
    retryMs: 1,
    onFailure: (error) => failures.push(error),
  });
  const publish = (...verdicts: readonly VerdictIssued[]) =>
    broker.flow.publish(
      verdicts.map((value) => ({
        topic: `verdict.${value.channel}`,
        partition: 0,
        key: `${value.platform}/${value.contentId}`,
        value: serde.encode(`verdict.${value.channel}`, value),
        headers: {},
      })),
    );
  return { broker, hub, publish, failures };
}

/** Asks until so many verdicts came; the time limit is the test's. */
async function collect(watcher: Watcher, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    ids.push(...watcher.take(50).frame.verdicts.map(({ contentId }) => contentId));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ids;
}

/** Resolves once what is published is new to the hub; the time limit is the test's. */
async function following(watcher: Watcher): Promise<void> {
  while (watcher.take(1).frame.state !== 'following') await new Promise((resolve) => setImmediate(resolve));
}

describe('the verdict hub', () => {
  it('shows the last verdicts of before, then each as it comes, of every channel', async () => {
    const { hub, publish } = setUp();
    await publish(...Array.from({ length: 8 }, (_, index) => verdict(`old-${index}`)));
    const watcher = hub.watch(everything, null);
    expect(await collect(watcher, 5)).toEqual(['old-3', 'old-4', 'old-5', 'old-6', 'old-7']);
    await publish(verdict('new', { channel: 'internal' }));
    expect(await collect(watcher, 1)).toEqual(['new']);
    await hub.close();
  });

  it('gives everybody only what they asked for, and tells how much passed', async () => {
    const { hub, publish } = setUp();
    const all = hub.watch(everything, null);
    const blocks = hub.watch({ ...everything, actions: ['BLOCK'] }, null);
    await following(all);
    await publish(verdict('a'), blocked, verdict('b'));
    await collect(all, 3);
    const { frame } = blocks.take(50);
    expect(frame.verdicts.map(({ contentId }) => contentId)).toEqual(['blocked']);
    expect(frame).toMatchObject({ seen: 3, skipped: 0, state: 'following' });
    await hub.close();
  });

  it('shows the newest and counts the rest when more come than anybody reads', async () => {
    const { hub, publish } = setUp({ capacity: 4 });
    const fast = hub.watch(everything, null);
    const slow = hub.watch(everything, null);
    await following(fast);
    await publish(...Array.from({ length: 5 }, (_, index) => verdict(`v-${index}`)));
    await collect(fast, 4);
    const { frame } = slow.take(2);
    expect(frame.verdicts.map(({ contentId }) => contentId)).toEqual(['v-3', 'v-4']);
    expect(frame.skipped).toBe(3);
    await hub.close();
  });

  it('goes on behind the last position after a break, and begins anew with that of another run', async () => {
    const { hub, publish } = setUp();
    const before = hub.watch(everything, null);
    await following(before);
    await publish(verdict('a'), verdict('b'));
    await collect(before, 2);
    const { position } = before.take(50);
    await publish(verdict('c'));
    await collect(before, 1);
    const ids = (resumeAt: string) =>
      hub
        .watch(everything, resumeAt)
        .take(50)
        .frame.verdicts.map(({ contentId }) => contentId);
    expect(ids(position)).toEqual(['c']);
    expect(ids('r0-2')).toEqual(['a', 'b', 'c']);
    await hub.close();
  });

  it('waits and tries again while the broker is away', async () => {
    const inner = createMemoryBroker(createMemoryLog({ partitions: 1 })).journal;
    let attempts = 0;
    const journal: Pick<JournalDoor, 'tail'> = {
      tail: (tail) => (++attempts === 1 ? Promise.reject(new Error('away')) : inner.tail(tail)),
    };
    const { hub, failures } = setUp({ journal });
    const watcher = hub.watch(everything, null);
    await following(watcher);
    expect(failures).toHaveLength(1);
    await hub.close();
  });

  it('reads nothing while nobody watches', async () => {
    let open = 0;
    const ended = new AbortController();
    const stopped = new Promise((resolve) => {
      ended.signal.addEventListener('abort', resolve);
    });
    const journal: Pick<JournalDoor, 'tail'> = {
      tail: ({ untilEnd, signal }) =>
        new Promise((resolve) => {
          open++;
          const done = () => {
            open--;
            resolve();
          };
          if (untilEnd) {
            done();
            return;
          }
          signal.addEventListener('abort', () => {
            done();
            ended.abort();
          });
        }),
    };
    const { hub } = setUp({ journal });
    expect(open).toBe(0);
    const watcher = hub.watch(everything, null);
    await following(watcher);
    watcher.leave();
    await stopped;
    expect(open).toBe(0);
    await hub.close();
  });
});
