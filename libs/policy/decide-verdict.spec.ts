import fc from 'fast-check';
import type { Action, Mode, Thresholds } from '#platform/contracts';
import { compareActions, decideVerdict, type VerdictCase } from './decide-verdict.js';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const action = fc.constantFrom<Action>('ALLOW', 'REVIEW', 'BLOCK');
const mode = fc.constantFrom<Mode>('NORMAL', 'REVIEW_ALL', 'ALLOW_ALL');
const thresholds: fc.Arbitrary<Thresholds> = fc.record({
  review: fc.option(probability),
  block: fc.option(probability),
  provisional: fc.boolean(),
});
const category = fc.constantFrom('S', 'H', 'V', 'HR');
const verdictCase: fc.Arbitrary<VerdictCase> = fc.record({
  bundle: fc.record({
    thresholds: fc.dictionary(category, thresholds),
    uncovered: fc.constantFrom('ALLOW', 'REVIEW'),
    uncoveredCategories: fc.subarray(['V2', 'S3']),
  }),
  probabilities: fc.dictionary(category, probability),
  mode,
  override: fc.option(action),
});

function bundle(thresholds: Readonly<Record<string, Thresholds>>): VerdictCase['bundle'] {
  return { thresholds, uncovered: 'ALLOW', uncoveredCategories: [] };
}
const H: Thresholds = { review: 0.3, block: 0.8, provisional: true };
const normal = { mode: 'NORMAL', override: null } as const;

describe('decideVerdict', () => {
  it('never treats a higher score more gently', () => {
    fc.assert(
      fc.property(verdictCase, category, probability, (it, raised, to) => {
        const before = it.probabilities[raised];
        fc.pre(before !== undefined && to >= before);
        const higher = { ...it, probabilities: { ...it.probabilities, [raised]: to } };
        expect(compareActions(decideVerdict(higher).action, decideVerdict(it).action)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('always lets an override win', () => {
    fc.assert(
      fc.property(verdictCase, action, (it, override) => {
        expect(decideVerdict({ ...it, override })).toEqual({ action: override, decidedBy: 'PERSON', categories: {} });
      }),
    );
  });

  it('takes the strictest action over the categories and the uncovered rule', () => {
    fc.assert(
      fc.property(verdictCase, (it) => {
        const decision = decideVerdict({ ...it, ...normal });
        for (const part of Object.values(decision.categories)) {
          expect(compareActions(decision.action, part.action)).toBeGreaterThanOrEqual(0);
        }
        if (decision.decidedBy === 'MODEL' && decision.action !== 'ALLOW') {
          expect(Object.values(decision.categories).map((part) => part.action)).toContain(decision.action);
        }
      }),
    );
  });

  it.each([
    [0.2999999, 'ALLOW'],
    [0.3, 'REVIEW'],
    [0.7999999, 'REVIEW'],
    [0.8, 'BLOCK'],
  ] as const)('treats the thresholds as inclusive: %d -> %s', (p, expected) => {
    expect(decideVerdict({ bundle: bundle({ H }), probabilities: { H: p }, ...normal }).action).toBe(expected);
  });

  it('says for each category what it asked for, by which thresholds, and whether they are provisional', () => {
    const V: Thresholds = { review: 0.5, block: null, provisional: false };
    expect(decideVerdict({ bundle: bundle({ H, V }), probabilities: { H: 0.9, V: 0.1 }, ...normal })).toEqual({
      action: 'BLOCK',
      decidedBy: 'MODEL',
      categories: {
        H: { probability: 0.9, action: 'BLOCK', reviewThreshold: 0.3, blockThreshold: 0.8, provisional: true },
        V: { probability: 0.1, action: 'ALLOW', reviewThreshold: 0.5, blockThreshold: null, provisional: false },
      },
    });
  });

  it('never acts on a category without thresholds', () => {
    const never: Thresholds = { review: null, block: null, provisional: true };
    expect(decideVerdict({ bundle: bundle({ H: never }), probabilities: { H: 1 }, ...normal }).action).toBe('ALLOW');
  });

  it.each([
    ['REVIEW_ALL', 'REVIEW'],
    ['ALLOW_ALL', 'ALLOW'],
  ] as const)('decides by %s whatever the model says, also when it said nothing', (killSwitch, expected) => {
    for (const probabilities of [{}, { H: 0 }, { H: 1 }]) {
      const decision = decideVerdict({ bundle: bundle({ H }), probabilities, mode: killSwitch, override: null });
      expect(decision).toEqual({ action: expected, decidedBy: 'MODE', categories: {} });
    }
  });

  it('asks for a review of uncovered categories only where the bundle says so', () => {
    const base = { thresholds: { H }, uncoveredCategories: ['V2'] };
    const probabilities = { H: 0 };
    const allowed = decideVerdict({ bundle: { ...base, uncovered: 'ALLOW' }, probabilities, ...normal });
    expect(allowed).toMatchObject({ action: 'ALLOW', decidedBy: 'MODEL' });
    const reviewed = decideVerdict({ bundle: { ...base, uncovered: 'REVIEW' }, probabilities, ...normal });
    expect(reviewed).toMatchObject({ action: 'REVIEW', decidedBy: 'UNCOVERED' });
    const blocked = decideVerdict({ bundle: { ...base, uncovered: 'REVIEW' }, probabilities: { H: 1 }, ...normal });
    expect(blocked).toMatchObject({ action: 'BLOCK', decidedBy: 'MODEL' });
  });

  it('does not read a missing probability as harmless', () => {
    const decision = decideVerdict({ bundle: bundle({ H }), probabilities: {}, ...normal });
    expect(decision).toEqual({ action: 'REVIEW', decidedBy: 'UNCOVERED', categories: {} });
  });
});
