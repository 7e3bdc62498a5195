import { seededUniform } from '../training/seeded-uniform.js';
import { fitBeta } from './beta.js';
import { applyCalibrator, identityCalibrator, logOdds } from './calibrator.js';
import type { Calibrator, CalibrationRow } from './calibrator.js';
import { fitIsotonic } from './isotonic.js';
import { countLabels, fitPlatt, shiftToPrevalence } from './platt.js';

/** Which rule of calibration 3.1 the number of positives allowed. */
export type CalibratorRule = 'PRIOR_SHIFT' | 'PLATT' | 'BETA' | 'CROSS_VALIDATED';

export interface FittedCalibrator {
  readonly calibrator: Calibrator;
  readonly rule: CalibratorRule;
  readonly positives: number;
}

const clipFactor = 50;
const folds = 5;

/** Weights clipped at 50 times their median, so that one rare draw cannot carry the fit (calibration 3.1). */
export function clipWeights(rows: readonly CalibrationRow[]): CalibrationRow[] {
  const sorted = rows.map(({ weight }) => weight).sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? (sorted[half] ?? 1) : ((sorted[half - 1] ?? 1) + (sorted[half] ?? 1)) / 2;
  const limit = clipFactor * median;
  return rows.map((row) => (row.weight > limit ? { ...row, weight: limit } : row));
}

/**
 * Calibrator of one category by the number of its held-out positives (calibration 3.1): under 20 the parent shifted to
 * the observed prevalence, 20-99 Platt, 100-999 beta, from 1,000 on the better of beta and isotonic by 5-fold log loss.
 */
export function fitCalibrator(
  heldOut: readonly CalibrationRow[],
  parent: Calibrator = identityCalibrator,
): FittedCalibrator {
  const rows = clipWeights(heldOut);
  const { positives } = countLabels(rows);
  if (positives < 20) return { calibrator: shiftToPrevalence(parent, rows), rule: 'PRIOR_SHIFT', positives };
  if (positives < 100) return { calibrator: fitPlatt(rows), rule: 'PLATT', positives };
  if (positives < 1000) return { calibrator: fitBeta(rows), rule: 'BETA', positives };
  const better = crossValidatedLoss(rows, fitIsotonic) < crossValidatedLoss(rows, fitBeta) ? fitIsotonic : fitBeta;
  return { calibrator: better(rows), rule: 'CROSS_VALIDATED', positives };
}

function crossValidatedLoss(
  rows: readonly CalibrationRow[],
  fit: (rows: readonly CalibrationRow[]) => Calibrator,
): number {
  const fold = rows.map((_, i) => Math.floor(folds * seededUniform(0, 0, i)));
  let loss = 0;
  for (let held = 0; held < folds; held += 1) {
    const calibrator = fit(rows.filter((_, i) => fold[i] !== held));
    for (const [i, { logit, label, weight }] of rows.entries()) {
      if (fold[i] !== held) continue;
      const z = logOdds(applyCalibrator(calibrator, logit));
      loss += weight * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - label * z);
    }
  }
  return loss;
}
