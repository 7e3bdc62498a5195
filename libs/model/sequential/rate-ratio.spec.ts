import fc from 'fast-check';
import { armMoments, effectiveGroups, ratioInterval, scoreOf, type GroupedRate } from './rate-ratio.js';

const arms = fc.array(
  fc.integer({ min: 1, max: 40 }).chain((units) => fc.tuple(fc.integer({ min: 0, max: units }), fc.constant(units))),
  { minLength: 2, maxLength: 30 },
);
const grouped = (pairs: readonly (readonly [number, number])[]): GroupedRate => ({
  hits: pairs.map(([hits]) => hits),
  units: pairs.map(([, units]) => units),
});
const ratios = fc.double({ min: 0.2, max: 5, noNaN: true });
const both = (canary: GroupedRate, control: GroupedRate) => ({
  canary: armMoments(canary),
  control: armMoments(control),
});
const bound = (variance: number): number => 3 * Math.sqrt(variance + 1);

describe('score of a ratio', () => {
  it('is 0 where the rates have that ratio, and has the variance of single hits', () => {
    const ones = (hits: number, units: number): GroupedRate => ({
      hits: Array.from({ length: units }, (_, i) => Number(i < hits)),
      units: new Array<number>(units).fill(1),
    });
    const { sum, variance } = scoreOf(both(ones(24, 200), ones(80, 800)), 1.2);
    expect(sum).toBeCloseTo(0, 10);
    const q = (1.2 * 200) / (800 + 1.2 * 200);
    // Each arm has the larger of its own variance and what the other one lends: 24 * 0.88 < 72 * 1.2 / 4, and 72 > 4 * 21.12 / 1.2.
    expect(variance).toBeCloseTo((1 - q) ** 2 * 21.6 + q ** 2 * 72, 10);
  });

  it('is the same, with the other sign, when the arms change places', () => {
    fc.assert(
      fc.property(arms, arms, ratios, (one, other, ratio) => {
        fc.pre([...one, ...other].some(([hits]) => hits > 0));
        const here = scoreOf(both(grouped(one), grouped(other)), ratio);
        const there = scoreOf(both(grouped(other), grouped(one)), 1 / ratio);
        expect(there.sum).toBeCloseTo(-here.sum, 8);
        expect(there.variance).toBeCloseTo(here.variance, 6);
      }),
    );
  });

  it('lends the variance of control to a canary in which no heavy cluster has turned up', () => {
    const control = grouped([
      [90, 100],
      [0, 100],
      [0, 100],
      [0, 100],
    ] as const);
    const quiet = grouped([
      [0, 25],
      [0, 25],
    ] as const);
    const { sum, variance } = scoreOf(both(quiet, control), 0.8);
    expect(sum).toBeLessThan(0);
    expect(Math.abs(sum)).toBeLessThan(Math.sqrt(variance));
  });
});

describe('effective groups', () => {
  it('are few when one cluster carries the variance, however many there are', () => {
    const even = grouped(Array.from({ length: 100 }, (_, i) => [i % 2, 2] as const));
    const whale = grouped([...Array.from({ length: 99 }, (_, i) => [i % 2, 2] as const), [500, 500] as const]);
    expect(effectiveGroups(even, even, both(even, even))).toBeCloseTo(200, 6);
    expect(effectiveGroups(whale, even, both(whale, even))).toBeLessThan(3);
    expect(effectiveGroups(even, whale, both(even, whale))).toBeLessThan(3);
  });
});

describe('interval of a ratio', () => {
  it('ends where the score reaches the bound, and holds the estimate', () => {
    fc.assert(
      fc.property(arms, arms, (one, other) => {
        fc.pre(one.some(([hits]) => hits > 0) && other.some(([hits]) => hits > 0));
        const pair = both(grouped(one), grouped(other));
        const { low, high } = ratioInterval(pair, bound);
        const excess = (ratio: number): number => {
          const { sum, variance } = scoreOf(pair, ratio);
          return sum / bound(variance);
        };
        if (low > 0) expect(excess(low)).toBeCloseTo(1, 6);
        if (high < Infinity) expect(excess(high)).toBeCloseTo(-1, 6);
        const estimate = (pair.canary.hits / pair.canary.units) * (pair.control.units / pair.control.hits);
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
      }),
    );
  });

  it('has no upper end while control may have no hits at all', () => {
    const none = grouped(Array.from({ length: 50 }, () => [0, 10] as const));
    const some = grouped(Array.from({ length: 50 }, () => [1, 10] as const));
    const { low, high } = ratioInterval(both(some, none), bound);
    expect(high).toBe(Infinity);
    expect(low).toBeGreaterThan(1);
  });
});
