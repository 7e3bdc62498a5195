import fc from 'fast-check';
import { mixtureBound, mixtureRho } from './confidence-sequence.js';
import {
  benjaminiHochberg,
  chiSquareCritical,
  chiSquareUpperTail,
  kolmogorovSmirnovP,
  meanDifferenceP,
  normalUpperTail,
} from './significance.js';

const near = (actual: number, expected: number) => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-11 * Math.max(1e-3, Math.abs(expected)));
};

describe('tails', () => {
  it('are those of SciPy 1.17', () => {
    near(chiSquareUpperTail(14.2, 9), 0.11538658258886124);
    near(chiSquareUpperTail(14.2, 8), 0.0766991408345415);
    near(chiSquareUpperTail(3.3, 1), 0.06927988322120171);
    near(chiSquareUpperTail(250.5, 120), 3.1810358783256363e-11);
    near(chiSquareUpperTail(250.5, 121), 4.639277559298214e-11);
    near(chiSquareCritical(0.001, 9), 27.877164871256575);
    near(normalUpperTail(1.5), 0.06680720126885807);
    near(normalUpperTail(4.2), 1.334574901590631e-5);
    near(normalUpperTail(-0.3), 0.6179114221889526);
    near(kolmogorovSmirnovP(1.3, 2, 2), 0.06809222184476636);
    near(kolmogorovSmirnovP(0.5, 2, 2), 0.9639452436648751);
    near(kolmogorovSmirnovP(0.21, 2, 2), 0.9999999999915384);
  });

  it('fall as the statistic grows', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 60, noNaN: true }), fc.integer({ min: 1, max: 40 }), (x, degrees) => {
        expect(chiSquareUpperTail(x + 0.5, degrees)).toBeLessThanOrEqual(chiSquareUpperTail(x, degrees));
        expect(chiSquareUpperTail(x, degrees)).toBeLessThanOrEqual(chiSquareUpperTail(x, degrees + 1) + 1e-12);
      }),
    );
  });

  it('say that equal means are equal and that constants which differ differ', () => {
    expect(meanDifferenceP(0, 0, 5, 0, 5)).toBe(1);
    expect(meanDifferenceP(1, 0, 5, 0, 5)).toBe(0);
    near(meanDifferenceP(1.5, 1, 2, 1, 2), 2 * 0.06680720126885807);
  });
});

describe('Benjamini-Hochberg', () => {
  it('is that of SciPy 1.17', () => {
    const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.2, 0.005]);
    [0.025, 0.05, 0.05, 0.2, 0.025].forEach((expected, i) => {
      near(adjusted[i] ?? 0, expected);
    });
    expect(benjaminiHochberg([])).toEqual([]);
  });

  it('never makes a p smaller, and keeps their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (p) => {
        const adjusted = benjaminiHochberg(p);
        p.forEach((one, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(one * (1 - 1e-12));
          p.forEach((other, j) => {
            if (one < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 1);
          });
        });
      }),
    );
  });
});

describe('the normal mixture boundary', () => {
  it('is the published one (evaluation 4.5)', () => {
    expect(mixtureRho(1000, 0.05)).toBeCloseTo(126.0056, 4);
    expect(mixtureBound(1000, 1000, 0.05)).toBeCloseTo(95.9817, 4);
    expect(mixtureBound(100, 1000, 0.05)).toBeCloseTo(38.5506, 3);
  });
});
