import fc from 'fast-check';
import {
  changedProbabilities,
  defaultResolution,
  resolveItems,
  resolveVotes,
  startingParameters,
  vanishedAnswer,
} from './resolve-votes.js';
import { factOf, type Vote } from './vote.js';
import { scoreResolution, simulateVotes, voteShares, type ResolutionScore } from './votes.fixture.js';

/** A tenth of the people answer without reading, nearly always no; the others are 85 % sensitive and 98 % specific. */
const table = { items: 6000, prevalence: 0.02, lazyShare: 0.1, lazyYes: 0.03, sensitivity: 0.85, specificity: 0.98 };

function meanScore(
  labelers: number,
  resolve: (votes: readonly Vote[]) => ReadonlyMap<string, number>,
  seeds: readonly number[] = [1, 2, 3],
): ResolutionScore {
  const scores = seeds.map((seed) => {
    const { votes, truth } = simulateVotes({ ...table, seed, labelers });
    return scoreResolution(resolve(votes), truth);
  });
  const mean = (figure: (score: ResolutionScore) => number): number =>
    scores.reduce((sum, score) => sum + figure(score), 0) / scores.length;
  return { f1: mean((it) => it.f1), brier: mean((it) => it.brier), prevalence: mean((it) => it.prevalence) };
}

const pooled = (votes: readonly Vote[]): ReadonlyMap<string, number> => resolveVotes(votes).probabilities;
const plain = (votes: readonly Vote[]): ReadonlyMap<string, number> =>
  resolveVotes(votes, new Map(), { ...defaultResolution, priorVotes: 0 }).probabilities;

const someVotes: fc.Arbitrary<Vote[]> = fc.array(
  fc.record({
    item: fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5', 'i6'),
    labeler: fc.constantFrom('a', 'b', 'c', 'd'),
    answer: fc.constantFrom('YES', 'NO', 'UNSURE'),
  }),
  { maxLength: 40 },
);

describe('resolution of votes', () => {
  // Labels 2.1; F1 within .03, Brier within .001, prevalence within .3 points.
  it.each([
    { labelers: 3000, f1: 0.866, brier: 0.0049, prevalence: 0.018 },
    { labelers: 300, f1: 0.866, brier: 0.0049, prevalence: 0.02 },
    { labelers: 12, f1: 0.879, brier: 0.0039, prevalence: 0.024 },
  ])('with the pooled prior reproduces the table for $labelers labelers', ({ labelers, f1, brier, prevalence }) => {
    const score = meanScore(labelers, pooled);
    expect(Math.abs(score.f1 - f1)).toBeLessThan(0.03);
    expect(Math.abs(score.brier - brier)).toBeLessThan(0.001);
    expect(Math.abs(score.prevalence - prevalence)).toBeLessThan(0.003);
  });

  it('knows the prevalence and the probabilities better than a majority, whose votes say 3.6 %', () => {
    const majority = meanScore(3000, voteShares);
    expect(Math.abs(majority.prevalence - 0.036)).toBeLessThan(0.003);
    expect(meanScore(3000, pooled).brier).toBeLessThan(0.6 * majority.brier);
  });

  it('without the prior makes a 2 % category a tenth of everything when 3,000 people give six labels each', () => {
    const score = meanScore(3000, plain, [1]);
    expect(score.prevalence).toBeGreaterThan(0.08);
    expect(score.f1).toBeLessThan(0.6);
    expect(meanScore(3000, pooled, [1]).f1 - score.f1).toBeGreaterThan(0.25);
  });

  it('keeps gold as it is, learns skills from it, and leaves it out of the prevalence', () => {
    const { votes, truth } = simulateVotes({ ...table, seed: 4, labelers: 12 });
    const positives = [...truth].filter(([, yes]) => yes).slice(0, 50);
    const gold = new Map(positives);
    const { probabilities, parameters } = resolveVotes(votes, gold);
    for (const [item] of positives) expect(probabilities.get(item)).toBe(1);
    const open = [...truth].filter(([item]) => !gold.has(item));
    const share = open.filter(([, yes]) => yes).length / open.length;
    expect(Math.abs(parameters.prevalence - share)).toBeLessThan(0.006);
  });

  it('finds the two who never say yes', () => {
    const { votes } = simulateVotes({ ...table, seed: 5, labelers: 12, lazyYes: 0, prevalence: 0.2 });
    const { labelers } = resolveVotes(votes).parameters;
    const worst = [...labelers].sort(([, a], [, b]) => a.sensitivity - b.sensitivity).slice(0, 2);
    expect(worst.map(([labeler]) => labeler).sort()).toEqual(['labeler-0', 'labeler-1']);
  });

  it('draws who gave one vote to the skill of all', () => {
    const { votes } = simulateVotes({ ...table, seed: 6, labelers: 300 });
    const { parameters } = resolveVotes([...votes, { item: 'item-0', labeler: 'newcomer', answer: 'YES' }]);
    const skill = parameters.labelers.get('newcomer');
    expect(Math.abs((skill?.specificity ?? 0) - parameters.pooled.specificity)).toBeLessThan(0.05);
  });

  it('resolves a few items against fixed skills exactly as the pass that fitted them', () => {
    const { votes } = simulateVotes({ ...table, items: 600, seed: 7, labelers: 30 });
    const { parameters, probabilities } = resolveVotes(votes, new Map([['item-3', true]]));
    const few = new Set(['item-1', 'item-3', 'item-77']);
    const again = resolveItems(
      votes.filter(({ item }) => few.has(item)),
      parameters,
      new Map([['item-3', true]]),
    );
    expect([...again.keys()].sort()).toEqual([...few].sort());
    for (const [item, q] of again) expect(q).toBeCloseTo(probabilities.get(item) ?? Number.NaN, 10);
  });

  it('starts a question on what people usually can: two agree, and the fact is known', () => {
    const two = (answer: 'YES' | 'NO'): Vote[] => ['a', 'b'].map((labeler) => ({ item: 'i', labeler, answer }));
    expect(factOf(resolveItems(two('YES'), startingParameters).get('i') ?? 0.5)).toBe('yes');
    expect(factOf(resolveItems(two('NO'), startingParameters).get('i') ?? 0.5)).toBe('no');
  });

  it('counts the first vote of a person on an item, and takes UNSURE for no vote', () => {
    const votes: Vote[] = [
      { item: 'i', labeler: 'a', answer: 'YES' },
      { item: 'i', labeler: 'a', answer: 'NO' },
      { item: 'j', labeler: 'a', answer: 'UNSURE' },
    ];
    expect(resolveVotes(votes)).toEqual(resolveVotes(votes.slice(0, 1)));
    expect(resolveVotes(votes).probabilities.has('j')).toBe(false);
  });

  it('gives probabilities for any votes, the same whatever the names, and mirrors yes and no', () => {
    fc.assert(
      fc.property(someVotes, (votes) => {
        const { probabilities } = resolveVotes(votes);
        for (const q of probabilities.values()) expect(q >= 0 && q <= 1).toBe(true);
        const renamed = resolveVotes(votes.map((vote) => ({ ...vote, labeler: `x${vote.labeler}` })));
        expect([...renamed.probabilities]).toEqual([...probabilities]);
        const swapped: Record<Vote['answer'], Vote['answer']> = { YES: 'NO', NO: 'YES', UNSURE: 'UNSURE' };
        // Two rounds: the rule that stops looks at the likelihood, which the mirror leaves alone, but roundings differ.
        const settings = { ...defaultResolution, mostIterations: 2 };
        const before = resolveVotes(votes, new Map(), settings).probabilities;
        const mirrored = resolveVotes(
          votes.map((vote) => ({ ...vote, answer: swapped[vote.answer] })),
          new Map(),
          settings,
        ).probabilities;
        if (votes.some(({ answer }) => answer === 'YES') && votes.some(({ answer }) => answer === 'NO')) {
          for (const [item, q] of before) expect(mirrored.get(item)).toBeCloseTo(1 - q, 6);
        }
      }),
    );
  });

  it('tells when votes that agree by chance made one answer vanish, and not of a rare category', () => {
    const chance = simulateVotes({
      ...table,
      items: 2000,
      seed: 8,
      labelers: 700,
      sensitivity: 0.65,
      specificity: 0.35,
    });
    expect(vanishedAnswer(chance.votes, resolveVotes(chance.votes))).not.toBeNull();
    const rare = simulateVotes({ ...table, seed: 8, labelers: 300 });
    expect(vanishedAnswer(rare.votes, resolveVotes(rare.votes))).toBeNull();
    expect(vanishedAnswer([], resolveVotes([]))).toBeNull();
  });

  it('resolves no votes to nothing', () => {
    expect(resolveVotes([]).probabilities.size).toBe(0);
    expect(resolveVotes([]).converged).toBe(true);
  });

  it('tells only changes above .01 and what is new', () => {
    const before = new Map([
      ['same', 0.5],
      ['moved', 0.5],
    ]);
    const after = new Map([
      ['same', 0.505],
      ['moved', 0.52],
      ['new', 0.1],
    ]);
    expect(changedProbabilities(before, after)).toEqual([
      { item: 'moved', before: 0.5, after: 0.52 },
      { item: 'new', before: null, after: 0.1 },
    ]);
  });
});

describe('facts', () => {
  it('are yes from .8, no to .2 and unknown between', () => {
    expect([0, 0.2, 0.2000001, 0.5, 0.7999999, 0.8, 1, Number.NaN].map(factOf)).toEqual([
      'no',
      'no',
      'unknown',
      'unknown',
      'unknown',
      'yes',
      'yes',
      'unknown',
    ]);
  });
});
