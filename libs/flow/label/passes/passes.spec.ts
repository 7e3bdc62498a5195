import fc from 'fast-check';
import { revisionKey, type PolicyPublished } from '#platform/contracts';
import { runInTurns, runToEnd } from '../steps.js';
import { measureAgreements, type AgreementPattern } from './agreement-table.js';
import { blindCategories, categoriesByExpert, expertTruth, type ExpertItem } from './expert-items.js';
import { passIdOf } from './label-jobs.job.js';
import { tabulateLabelers, type AnswerCounts, type DoneTask } from './labeler-table.js';
import { itemsForExperts, type ConflictMember } from './items-for-experts.js';
import { questionsAbove, questionsToResolve } from './questions-above.js';
import { resolveQuestion } from './resolve-question.js';
import { createResolvedBook } from './resolved-book.js';
import { suspectLabels, type SuspectedLabel } from './suspected-labels.js';
import { documentOf } from '../resolution/policy-of-event.js';
import { startingParameters } from '../resolution/resolve-votes.js';

const house: PolicyPublished = {
  policyId: 'house',
  version: 2,
  title: '',
  owner: '',
  changelog: '',
  categories: [],
  channels: {},
  document: `
id: house
version: 2
title: House rules
owner: trust@example.org
changelog: second
categories: [HR, V]
questions:
  - { id: attack, version: 1, wording: Is it an attack? }
  - { id: threat, version: 3, wording: Is it a threat? }
  - { id: graphic, version: 1, wording: In detail?, under: threat }
  - { id: gore, version: 1, wording: With blood?, under: graphic }
rules:
  HR: { when: [attack and not threat, threat] }
channels: {}
`,
  documentHash: '',
  publishedAt: 0,
};
const document = documentOf(house);
if (document === null) throw new Error('the policy of the test cannot be read');
const item = { platform: 'forum', contentId: 'c1', revision: 1 };

describe('steps', () => {
  function* counting(upTo: number): Generator<void, number, void> {
    for (let i = 0; i < upTo; i++) yield;
    return upTo;
  }

  it('give way when their turn is over, and only then', async () => {
    let now = 0;
    let gave = 0;
    const giveWay = (): Promise<void> => {
      gave++;
      return Promise.resolve();
    };
    // Each look at the clock is a millisecond later.
    expect(await runInTurns(counting(60), () => now++, giveWay)).toBe(60);
    expect(gave).toBeGreaterThan(5);
    expect(gave).toBeLessThan(20);
    gave = 0;
    expect(await runInTurns(counting(60), () => 0, giveWay)).toBe(60);
    expect(gave).toBe(0);
  });
});

describe('questions above a sub-level', () => {
  it('are all that it hangs on, and the policies that ask it', () => {
    const other = { ...house, policyId: 'other', document: house.document.replace('id: house', 'id: other') };
    expect(questionsAbove('gore@1', [house, other])).toEqual({
      above: ['graphic@1', 'threat@3'],
      policies: ['house@2', 'other@2'],
    });
    expect(questionsAbove('threat@3', [house])).toEqual({ above: [], policies: ['house@2'] });
    expect(questionsAbove('nothing@1', [house])).toEqual({ above: [], policies: [] });
  });

  it('bring sub-levels into a pass that nobody was ever asked', () => {
    expect(questionsToResolve(['threat@3', 'toxic@1'], [house])).toEqual([
      'gore@1',
      'graphic@1',
      'threat@3',
      'toxic@1',
    ]);
    expect(questionsToResolve(['attack@1'], [house])).toEqual(['attack@1']);
  });
});

describe('a resolved question', () => {
  const said = (labeler: string, answer: 'YES' | 'NO' | 'UNSURE', isExpert = false) => ({ labeler, answer, isExpert });

  it('keeps experts out of the votes and takes their last word', () => {
    const { facts, votes, closed } = runToEnd(
      resolveQuestion(
        [{ item, said: [said('u-1', 'NO'), said('u-9', 'NO', true), said('u-8', 'YES', true), said('u-2', 'UNSURE')] }],
        () => false,
      ),
    );
    expect(facts.get('forum/c1/1')).toEqual({ probability: 1, votes: 3, unsure: 1, expert: 'YES', isTrainable: true });
    expect(votes).toBe(2);
    expect(closed.has('forum/c1/1')).toBe(true);
  });

  it('is closed where two agree, open where one answered, and asks a third of the overlap sample', () => {
    const items = ['a', 'b', 'c'].map((contentId, index) => ({
      item: { ...item, contentId },
      said: index === 0 ? [said('u-1', 'NO')] : [said('u-1', 'NO'), said('u-2', 'NO')],
    }));
    const { closed } = runToEnd(resolveQuestion(items, (key) => key === 'forum/c/1'));
    expect([...closed]).toEqual(['forum/b/1']);
  });

  it('learns nothing from a handful of answers: two who disagree leave a third to be asked', () => {
    const items = Array.from({ length: 20 }, (_, i) => ({
      item: { ...item, contentId: String(i) },
      said: [said('u-1', 'YES'), said('u-2', 'NO'), said('u-3', i === 0 ? 'NO' : 'YES')],
    }));
    const { parameters, facts, vanished } = runToEnd(resolveQuestion(items, () => false));
    expect(parameters).toBe(startingParameters);
    expect(vanished).toBeNull();
    expect(facts.get('forum/0/1')?.probability).toBeCloseTo(0.51, 2);
    const many = Array.from({ length: 30 }, (_, i) => ({
      item: { ...item, contentId: String(i) },
      said: [said('u-1', i % 2 === 0 ? 'YES' : 'NO'), said('u-2', i % 2 === 0 ? 'YES' : 'NO')],
    }));
    expect(runToEnd(resolveQuestion(many, () => false)).parameters).not.toBe(startingParameters);
  });
});

describe('news', () => {
  const state = { votes: 2, unsure: 0, expert: null, isTrainable: true } as const;
  const at = { passId: 'p', resolvedAt: 5, isStale: () => false };
  const newsAfter = (probability: number, said: number | null): number => {
    const book = createResolvedBook();
    const known = { item, fact: 'NO', isTrainable: true, isSettled: false } as const;
    const facts = new Map([['forum/c1/1', { ...state, probability }]]);
    const resolved = { parameters: startingParameters, vanished: null, facts, closed: new Set<string>(), votes: 2 };
    runToEnd(book.add('q@1', [item], resolved, said === null ? [] : [{ ...known, probability: said }]));
    return [...book.news(at)].length;
  };

  it('are what moved by more than .01, another fact, and what was never said', () => {
    expect([newsAfter(0.1, null), newsAfter(0.1, 0.1), newsAfter(0.1, 0.109), newsAfter(0.1, 0.111)]).toEqual([
      1, 0, 0, 1,
    ]);
    expect(newsAfter(0.2001, 0.2)).toBe(1);
  });

  it('leave out what is stale, and keep whether an item is settled', () => {
    const book = createResolvedBook();
    const facts = new Map([['forum/c1/1', { ...state, probability: 0.5 }]]);
    const resolved = {
      parameters: startingParameters,
      vanished: null,
      facts,
      closed: new Set(['forum/c1/1']),
      votes: 2,
    };
    const before = { item, fact: 'NO', probability: 0.1, isTrainable: true, isSettled: false } as const;
    runToEnd(book.add('q@1', [item], resolved, [before]));
    expect([...book.news(at)].map(({ isSettled }) => isSettled)).toEqual([false]);
    expect([...book.news({ ...at, isStale: () => true })]).toEqual([]);
  });
});

const inForce = { policyId: 'house', version: 2, document };

describe('agreement on rules', () => {
  it('may be whole where people disagree about every question', () => {
    const patterns: readonly AgreementPattern[] = [
      {
        people: [
          { 'attack@1': 'YES', 'threat@3': 'NO' },
          { 'attack@1': 'NO', 'threat@3': 'YES' },
        ],
        items: 6,
      },
      {
        people: [
          { 'attack@1': 'NO', 'threat@3': 'NO' },
          { 'attack@1': 'NO', 'threat@3': 'NO' },
        ],
        items: 4,
      },
    ];
    const measured = runToEnd(measureAgreements(patterns, [inForce]));
    const alphas = new Map(measured.map(({ subject, agreement }) => [subject.subject, agreement.alpha]));
    expect(alphas.get('house@2/HR')).toBe(1);
    expect(alphas.get('attack@1')).toBeLessThan(0);
    expect(alphas.get('house@2/HR/2')).toBeLessThan(0);
    // No rule derives V: nobody has a value.
    expect(alphas.has('house@2/V')).toBe(false);
  });

  it('counts a rule that hangs on an unsure answer as unsure, and one that was not asked not at all', () => {
    const patterns: readonly AgreementPattern[] = [
      {
        people: [
          { 'attack@1': 'UNSURE', 'threat@3': 'NO' },
          { 'attack@1': 'YES', 'threat@3': 'NO' },
        ],
        items: 2,
      },
      { people: [{ 'attack@1': 'NO' }, { 'threat@3': 'NO' }], items: 5 },
    ];
    const measured = runToEnd(measureAgreements(patterns, [inForce]));
    const category = measured.find(({ subject }) => subject.subject === 'house@2/HR');
    expect(category?.agreement).toMatchObject({ items: 2, values: 4 });
  });
});

describe('labelers', () => {
  const counts = (labeler: string): AnswerCounts => ({
    ...{ labeler, question: 'attack@1', answers: 400, unsure: 0, compared: 400, agreed: 380 },
    ...{ repeats: 0, consistent: 0 },
  });
  /** 1 in 20 wrong, then from task `from` on every second one. */
  const history = (from: number): readonly DoneTask[] =>
    Array.from({ length: 400 }, (_, i) => ({
      milliseconds: 1000 + i,
      saidYes: i % 10 === 0,
      compared: 1,
      agreed: (i < from ? i % 20 === (i / 20) % 2 : i % 2 === 0) ? 0 : 1,
    }));
  const tabulate = (histories: Readonly<Record<string, readonly DoneTask[]>>) =>
    runToEnd(
      tabulateLabelers({
        counts: Object.keys(histories).map(counts),
        gold: [],
        tasks: new Map(Object.entries(histories).map(([labeler, recent]) => [labeler, { all: recent.length, recent }])),
        skillOf: () => null,
        audits: new Map(),
      }),
    ).filter(({ question }) => question === '');

  it('drift when they agree less than they used to, and not because they always agreed less than others', () => {
    const rows = tabulate({ 'u-steady': history(400), 'u-tired': history(250), 'u-always': history(0) });
    expect(rows.map(({ labeler, signals }) => [labeler, signals?.drift])).toEqual([
      ['u-steady', null],
      ['u-tired', 'FALLEN'],
      ['u-always', null],
    ]);
  });

  it('without a single task have no figure that is made up', () => {
    const [row] = tabulate({ 'u-new': [] });
    expect(row).toMatchObject({ answers: 0, quality: { standing: 'GOOD' } });
    expect(row?.signals).toMatchObject({ medianMs: null, noRun: 0, alwaysNo: false, drift: null, audit: null });
  });
});

describe('experts', () => {
  const expert: ExpertItem = {
    item,
    said: [
      { labeler: 'u-1', isExpert: false, answers: { 'attack@1': 'NO', 'threat@3': 'NO' } },
      { labeler: 'u-2', isExpert: false, answers: { 'attack@1': 'NO', 'threat@3': 'NO' } },
      { labeler: 'u-9', isExpert: true, answers: { 'attack@1': 'YES', 'threat@3': 'UNSURE' } },
      { labeler: 'u-8', isExpert: true, answers: { 'threat@3': 'YES' } },
    ],
  };

  it('say by question what the latest of them says, and the others what they had made of it before', () => {
    expect([...expertTruth(expert)]).toEqual([
      ['attack@1', true],
      ['threat@3', true],
    ]);
    expect(categoriesByExpert(expert, document)).toEqual({ HR: 'yes', V: 'unknown' });
    expect(blindCategories(expert, document, () => startingParameters)).toEqual({ HR: 'no', V: 'unknown' });
  });

  it('find a suspected label wrong against what it was before they looked', () => {
    const labels = (value: 'yes' | 'no') => ({ HR: value });
    const rows = Array.from({ length: 40 }, (_, i) => ({
      item: { ...item, contentId: String(i) },
      labels: labels(i < 10 ? 'yes' : 'no'),
      probabilities: { HR: i === 39 ? 0.95 : i < 10 ? 0.9 : 0.1 },
    }));
    const judge = (value: 'yes' | 'no' | 'unknown' | null) =>
      suspectLabels(rows, ['HR'], () => (value === null ? undefined : { HR: value }), 'salt').map(
        ({ item: { contentId }, flags, audit }) => [contentId, flags[0]?.kind, audit],
      );
    expect(judge(null)).toEqual([['39', 'MISS', 'OPEN']]);
    expect(judge('yes')).toEqual([['39', 'MISS', 'WRONG']]);
    expect(judge('no')).toEqual([['39', 'MISS', 'RIGHT']]);
    expect(judge('unknown')).toEqual([['39', 'MISS', 'OPEN']]);
  });
});

describe('items for experts', () => {
  const named = (n: number) => ({ platform: 'forum', contentId: String(n), revision: 1 });
  const flagged = (n: number, audit: SuspectedLabel['audit']): SuspectedLabel => ({
    item: named(n),
    score: n / 100,
    flags: [],
    audit,
  });
  const labelers = [1, 2, 3].map((n) => ({
    ...{ labeler: 'u', category: 'HR', item: named(n), labelled: true, probability: 0.9, auditor: null },
  }));
  const choose = (
    suspected: readonly SuspectedLabel[],
    most = 100,
    answered: readonly number[] = [],
    conflicts: readonly ConflictMember[] = [],
  ): string[] =>
    itemsForExperts(
      { labelers, suspected, conflicts },
      { salt: 'salt', most, isAnswered: (item) => answered.some((n) => item === revisionKey(named(n))) },
    ).map(({ contentId }) => contentId);

  it('are what the audits drew and no expert answered, each once, the first ones however many are asked for', () => {
    const all = choose([flagged(3, 'OPEN'), flagged(4, 'OPEN'), flagged(5, 'NOT_DRAWN')]);
    expect([...all].sort()).toEqual(['1', '2', '3', '4']);
    expect(choose([flagged(3, 'OPEN'), flagged(4, 'OPEN')], 2)).toEqual(all.slice(0, 2));
    const [first = ''] = all;
    expect(choose([flagged(3, 'OPEN'), flagged(4, 'OPEN')], 2, [Number(first)])).toEqual(all.slice(1, 3));
  });

  it('are one of each group with a conflict, of those who say what fewest say, until an expert has answered one of it', () => {
    const member = (group: string, n: number, alike: number) => ({ group, item: named(n), alike });
    const conflicts = [
      ...[member('a', 30, 3), member('a', 31, 3), member('a', 32, 3), member('a', 33, 1)],
      ...[member('b', 40, 1), member('b', 41, 1)],
    ];
    const asked = choose([], 100, [], conflicts).filter((id) => Number(id) >= 30);
    expect(asked).toHaveLength(2);
    expect(asked).toContain('33');
    expect(choose([], 100, [], [...conflicts].reverse())).toEqual(choose([], 100, [], conflicts));
    expect(choose([], 100, [1, 2, 3, 30, 41], conflicts)).toEqual([]);
  });

  it('leave a quarter of the places to groups with conflicts, and all that the audits leave free', () => {
    const conflicts = Array.from({ length: 9 }, (_, i) => ({ group: String(i), item: named(50 + i), alike: 1 }));
    const contested = (ids: readonly string[]) => ids.filter((id) => Number(id) >= 50).length;
    const drawn = Array.from({ length: 20 }, (_, i) => flagged(10 + i, 'OPEN'));
    const full = choose(drawn, 8, [], conflicts);
    expect([full.length, contested(full)]).toEqual([8, 2]);
    const free = choose([], 8, [], conflicts);
    expect([free.length, contested(free)]).toEqual([8, 5]);
    const all = choose([], 100, [], conflicts);
    expect([all.length, contested(all)]).toEqual([12, 9]);
  });

  it('are all suspected ones, lowest score first, once more than 30 % of the audited are wrong', () => {
    const rest = [flagged(20, 'NOT_DRAWN'), flagged(21, 'NOT_DRAWN')];
    const right = [10, 11, 12].map((n) => flagged(n, 'RIGHT'));
    const answered = [1, 2, 3, 10, 11, 12, 13];
    expect(choose([...right, ...rest], 100, answered)).toEqual([]);
    expect(choose([...right.slice(1), flagged(13, 'WRONG'), ...rest], 100, answered)).toEqual(['20', '21']);
  });
});

describe('the id of a pass', () => {
  it('is a date when its window ends at midnight, and never the same for two windows', () => {
    expect(passIdOf(Date.UTC(2026, 10, 24))).toBe('pass-2026-11-24');
    expect(passIdOf(Date.UTC(2026, 10, 24, 13, 30))).toBe('pass-2026-11-24T13:30Z');
    fc.assert(
      fc.property(fc.nat(4_000_000), fc.nat(4_000_000), (a, b) => {
        expect(passIdOf(a * 60_000) === passIdOf(b * 60_000)).toBe(a === b);
      }),
    );
  });
});
