import fc from 'fast-check';
import {
  hellingerDistance,
  jensenShannonDistance,
  jensenShannonDivergence,
  populationStabilityIndex,
  psiNoise,
  smoothedShares,
} from './distances.js';

const even = Array.from({ length: 10 }, () => 0.1);
const tilted = Array.from({ length: 10 }, (_, i) => (i < 5 ? 0.08 : 0.12));
const counts = fc.array(fc.nat(1000), { minLength: 2, maxLength: 12 });
const twoOfOneLength = counts.chain((first) =>
  fc.tuple(fc.constant(first), fc.array(fc.nat(1000), { minLength: first.length, maxLength: first.length })),
);

describe('distances of binned distributions', () => {
  it('are the published figures (drift 5.1)', () => {
    expect(populationStabilityIndex(even, tilted)).toBeCloseTo(0.0405465, 7);
    expect(jensenShannonDivergence(even, tilted)).toBeCloseTo(0.00505939, 8);
    expect(jensenShannonDistance(even, tilted)).toBeCloseTo(0.0854351, 7);
    expect(hellingerDistance(even, tilted)).toBeCloseTo(0.0711608, 6);
  });

  it('say what PSI is without drift', () => {
    expect(psiNoise(10, 20_000, 2_132)).toBeCloseTo(9 * (1 / 20_000 + 1 / 2_132), 12);
  });

  it('are 0 for equal shares, never negative, and the same in both directions', () => {
    fc.assert(
      fc.property(twoOfOneLength, ([one, other]) => {
        const [p, q] = [smoothedShares(one), smoothedShares(other)];
        for (const distance of [populationStabilityIndex, jensenShannonDistance, hellingerDistance]) {
          expect(distance(p, p)).toBeCloseTo(0, 7);
          expect(distance(p, q)).toBeGreaterThanOrEqual(0);
          expect(distance(p, q)).toBeCloseTo(distance(q, p), 12);
        }
        expect(jensenShannonDistance(p, q)).toBeLessThanOrEqual(1);
        expect(hellingerDistance(p, q)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keep PSI at eight times the divergence while the shift is small', () => {
    const near = even.map((share, i) => share + (i % 2 === 0 ? 1e-4 : -1e-4));
    expect(populationStabilityIndex(even, near) / jensenShannonDivergence(even, near)).toBeCloseTo(8, 3);
  });

  it('give an empty bin a share, so that nothing is infinite', () => {
    const [p, q] = [smoothedShares([10, 0]), smoothedShares([0, 10])];
    expect(p).toEqual([10.5 / 11, 0.5 / 11]);
    expect(populationStabilityIndex(p, q)).toBeLessThan(6);
  });
});
