import fc from 'fast-check';
import { applyCalibrator, identityCalibrator, logOdds, sigmoid } from './calibrator.js';
import type { Calibrator, CalibrationRow } from './calibrator.js';
import { fitBeta } from './beta.js';
import { clipWeights, fitCalibrator } from './fit-calibrator.js';
import { fitIsotonic, poolAdjacentViolators } from './isotonic.js';
import { fitPlatt, prevalence, shiftToPrevalence } from './platt.js';
import { seededUniform } from '../training/seeded-uniform.js';

/** Logits spread around -3 whose labels follow `truth(logit)`. */
function simulate(count: number, truth: (logit: number) => number): CalibrationRow[] {
  return Array.from({ length: count }, (_, i) => {
    const logit = -3 + 8 * (seededUniform(5, 0, i) + seededUniform(5, 1, i) - 1);
    return { logit, label: seededUniform(5, 2, i) < truth(logit) ? 1 : 0, weight: 1 } as const;
  });
}

function meanError(calibrate: (logit: number) => number, truth: (logit: number) => number): number {
  const logits = Array.from({ length: 81 }, (_, i) => -8 + i / 8);
  return logits.reduce((sum, z) => sum + Math.abs(calibrate(z) - truth(z)), 0) / logits.length;
}

describe('calibrators', () => {
  it('pools adjacent violators like the golden of calibration 3.1', () => {
    const fitted = poolAdjacentViolators([0, 1, 0, 1, 1, 0], [1, 1, 1, 1, 1, 1]);
    const expected = [0, 0.5, 0.5, 2 / 3, 2 / 3, 2 / 3];
    for (const [i, value] of fitted.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 12);
  });

  it('pools a heavy row as if it were that many rows', () => {
    const once = poolAdjacentViolators([0.2, 0.9, 0.1], [1, 1, 3]);
    const repeated = poolAdjacentViolators([0.2, 0.9, 0.1, 0.1, 0.1], [1, 1, 1, 1, 1]);
    expect(once[1]).toBeCloseTo(repeated[1] ?? Number.NaN, 12);
  });

  it('recovers the slope and offset of a Platt curve', () => {
    const truth = (z: number): number => sigmoid(1.7 * z + 1.2);
    const { parameters } = fitPlatt(simulate(5000, truth));
    expect(parameters[0]).toBeCloseTo(1.7, 0);
    expect(parameters[1]).toBeCloseTo(1.2, 0);
  });

  it('fits an asymmetric curve better with beta than with Platt', () => {
    const truth = (z: number): number => sigmoid(-0.4 * Math.log1p(Math.exp(-z)) + 2 * Math.log1p(Math.exp(z)) - 1);
    const rows = simulate(2000, truth);
    const beta = fitBeta(rows);
    const platt = fitPlatt(rows);
    expect(meanError((z) => applyCalibrator(beta, z), truth)).toBeLessThan(0.03);
    expect(meanError((z) => applyCalibrator(beta, z), truth)).toBeLessThan(
      meanError((z) => applyCalibrator(platt, z), truth),
    );
  });

  it('treats a weight of two as two rows', () => {
    const rows = simulate(300, (z) => sigmoid(z + 1));
    const doubled = rows.flatMap((row, i) => (i % 3 === 0 ? [row, row] : [row]));
    const weighted = rows.map((row, i) => (i % 3 === 0 ? { ...row, weight: 2 } : row));
    const [a, b, c] = fitBeta(doubled).parameters;
    const again = fitBeta(weighted).parameters;
    expect(again[0]).toBeCloseTo(a ?? Number.NaN, 5);
    expect(again[1]).toBeCloseTo(b ?? Number.NaN, 5);
    expect(again[2]).toBeCloseTo(c ?? Number.NaN, 5);
  });

  it('never maps a higher logit to a lower probability, whatever the kind', () => {
    const rows = simulate(400, (z) => sigmoid(z + 1));
    const fits = [identityCalibrator, fitPlatt(rows), fitBeta(rows), fitIsotonic(rows)];
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 40, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (z, d) => {
          for (const fit of fits) expect(applyCalibrator(fit, z + d)).toBeGreaterThanOrEqual(applyCalibrator(fit, z));
        },
      ),
    );
  });

  it('keeps isotonic probabilities inside the smoothed bounds', () => {
    const rows: CalibrationRow[] = [
      { logit: -1, label: 0, weight: 1 },
      { logit: 0, label: 0, weight: 1 },
      { logit: 1, label: 1, weight: 1 },
    ];
    const fit = fitIsotonic(rows);
    expect(applyCalibrator(fit, -100)).toBeCloseTo(1 / 4, 12);
    expect(applyCalibrator(fit, 100)).toBeCloseTo(2 / 3, 12);
    expect(applyCalibrator(fit, 0.5)).toBeCloseTo((1 / 4 + 2 / 3) / 2, 12);
  });

  it('shifts a parent to the observed prevalence without touching its slope', () => {
    const rows = simulate(2000, (z) => sigmoid(1.4 * z - 1));
    const shifted = shiftToPrevalence({ kind: 'PLATT', parameters: [1.4, 3], x: [], y: [] }, rows);
    const mean = rows.reduce((sum, { logit }) => sum + applyCalibrator(shifted, logit), 0) / rows.length;
    expect(shifted.parameters[0]).toBe(1.4);
    expect(mean).toBeCloseTo(prevalence(rows), 3);
  });

  it('keeps the shape of a beta or isotonic parent when it shifts', () => {
    const rows = simulate(2000, (z) => sigmoid(1.4 * z - 1));
    const parents: Calibrator[] = [
      { kind: 'BETA', parameters: [1.4, 0.7, 2], x: [], y: [] },
      { kind: 'ISOTONIC', parameters: [], x: [-8, -2, 3], y: [0.1, 0.4, 0.9] },
    ];
    for (const parent of parents) {
      const shifted = shiftToPrevalence(parent, rows);
      const moved = [-6, -1, 2].map((z) => logOdds(applyCalibrator(shifted, z)) - logOdds(applyCalibrator(parent, z)));
      if (parent.kind === 'BETA') expect(moved[1]).toBeCloseTo(moved[0] ?? Number.NaN, 9);
      expect(shifted.kind).toBe(parent.kind);
      const mean = rows.reduce((sum, { logit }) => sum + applyCalibrator(shifted, logit), 0) / rows.length;
      expect(Math.abs(mean - prevalence(rows))).toBeLessThan(1e-3);
    }
  });

  it('takes a thousand contents behind one label for one observation when it shifts', () => {
    const rows = simulate(500, (z) => sigmoid(z - 3));
    const heavy = rows.map((row) => ({ ...row, weight: 1000 }));
    expect(shiftToPrevalence(identityCalibrator, heavy).parameters[1]).toBeCloseTo(
      shiftToPrevalence(identityCalibrator, rows).parameters[1] ?? Number.NaN,
      9,
    );
  });

  it.each([
    [10, 'PRIOR_SHIFT'],
    [20, 'PLATT'],
    [99, 'PLATT'],
    [100, 'BETA'],
    [999, 'BETA'],
    [1000, 'CROSS_VALIDATED'],
  ])('chooses by the number of positives: %d give %s', (positives, rule) => {
    const rows = Array.from({ length: 2 * positives }, (_, i): CalibrationRow => {
      return { logit: (i % 17) / 4 - (i < positives ? 1 : 3), label: i < positives ? 1 : 0, weight: 1 };
    });
    expect(fitCalibrator(rows)).toMatchObject({ rule, positives });
  });

  it('clips weights at fifty times the median', () => {
    const rows = [1, 1, 1, 1000].map((weight): CalibrationRow => ({ logit: 0, label: 0, weight }));
    expect(clipWeights(rows).map(({ weight }) => weight)).toEqual([1, 1, 1, 50]);
  });
});
