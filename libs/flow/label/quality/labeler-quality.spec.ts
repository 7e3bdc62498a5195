import fc from 'fast-check';
import { betaBelow, betaQuantile } from './beta-distribution.js';
import { assessLabeler, countGold, noGold } from './labeler-quality.js';

/** `P(Beta(a, b) < x) = P(Bin(a + b - 1, x) >= a)` for whole numbers, summed term by term. */
function binomialTail(trials: number, successes: number, probability: number): number {
  let term = (1 - probability) ** trials;
  let below = 0;
  for (let k = 0; k < successes; k += 1) {
    below += term;
    term *= ((trials - k) / (k + 1)) * (probability / (1 - probability));
  }
  return 1 - below;
}

describe('beta distribution', () => {
  it('equals a binomial tail for whole numbers', () => {
    const count = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(count, count, fc.double({ min: 0.02, max: 0.98, noNaN: true }), (a, b, x) => {
        expect(betaBelow(x, a, b)).toBeCloseTo(binomialTail(a + b - 1, a, x), 10);
      }),
    );
  });

  it('knows its closed forms, its ends and its inverse, up to large counts', () => {
    expect(betaBelow(0.3, 1, 1)).toBeCloseTo(0.3, 13);
    expect(betaBelow(0.6, 8, 2)).toBeCloseTo(9 * 0.6 ** 8 - 8 * 0.6 ** 9, 13);
    expect(betaBelow(0.9, 30, 1)).toBeCloseTo(0.9 ** 30, 13);
    expect(betaBelow(0.5, 50_000, 50_000)).toBeCloseTo(0.5, 9);
    expect([betaBelow(-1, 2, 2), betaBelow(0, 2, 2), betaBelow(1, 2, 2)]).toEqual([0, 0, 1]);
    expect(betaBelow(betaQuantile(0.025, 12, 5), 12, 5)).toBeCloseTo(0.025, 9);
  });
});

describe('quality of a labeler', () => {
  it('starts at the priors of labels 2.3, in good standing', () => {
    const { sensitivity, specificity, standing } = assessLabeler(noGold);
    expect(sensitivity.mean).toBeCloseTo(0.8, 12);
    expect(specificity.mean).toBeCloseTo(30 / 31, 12);
    expect(standing).toBe('GOOD');
  });

  it('warns somebody who misses, and stops one who misses more', () => {
    const standings = [5, 6, 7, 8].map((misses) => assessLabeler({ ...noGold, hits: 0, misses }).standing);
    expect(standings).toEqual(expected([5, 6, 7, 8]));
  });

  it('stops somebody who says yes to a sixth of what is not, however much he finds', () => {
    const quality = assessLabeler({ hits: 40, misses: 0, rejections: 50, falseAlarms: 20 });
    expect(quality.standing).toBe('STOP');
    expect(quality.sensitivity.probabilityTooLow).toBeLessThan(0.001);
  });

  it('never judges more gently after one more miss or false alarm', () => {
    const rank = { GOOD: 0, WARN: 1, STOP: 2 };
    const count = fc.integer({ min: 0, max: 80 });
    fc.assert(
      fc.property(count, count, count, count, (hits, misses, rejections, falseAlarms) => {
        const own = { hits, misses, rejections, falseAlarms };
        const before = rank[assessLabeler(own).standing];
        expect(rank[assessLabeler(countGold(own, true, 'NO')).standing]).toBeGreaterThanOrEqual(before);
        expect(rank[assessLabeler(countGold(own, false, 'YES')).standing]).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  it('counts unsure as a miss of a yes and as nothing on a no', () => {
    expect(countGold(noGold, true, 'UNSURE')).toEqual({ ...noGold, misses: 1 });
    expect(countGold(noGold, false, 'UNSURE')).toEqual(noGold);
    expect(countGold(noGold, false, 'NO')).toEqual({ ...noGold, rejections: 1 });
    expect(countGold(noGold, true, 'YES')).toEqual({ ...noGold, hits: 1 });
  });
});

function expected(misses: readonly number[]): string[] {
  return misses.map((count) => {
    const probability = binomialTail(8 + 2 + count - 1, 8, 0.6);
    return probability >= 0.95 ? 'STOP' : probability > 0.8 ? 'WARN' : 'GOOD';
  });
}
