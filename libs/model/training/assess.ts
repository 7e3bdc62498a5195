import { applyCalibrator, identityCalibrator } from '../calibration/calibrator.js';
import type { Calibrator } from '../calibration/calibrator.js';
import { fitCalibrator } from '../calibration/fit-calibrator.js';
import type { CalibratorRule } from '../calibration/fit-calibrator.js';
import { joinThresholds, solveBlockThreshold, solveReviewThreshold } from '../calibration/thresholds.js';
import type { BlockOutcome, CategoryThresholds } from '../calibration/thresholds.js';
import { evaluateHeldOut } from '../evaluation/evaluate-categories.js';
import type { CategoriesReport } from '../evaluation/evaluate-categories.js';
import type { CategoryMetric } from '../artefact/model-document.js';
import { outerCategory } from './labelled-text.js';
import { provisionalThresholds } from './provisional-thresholds.js';

/** Held-out logits of one category and its labels; NaN is unknown. */
export interface HeldOut {
  readonly category: string;
  readonly logits: Float64Array;
  readonly labels: Float64Array;
}

export interface Assessment {
  readonly calibrators: Readonly<Record<string, Calibrator>>;
  readonly rules: Readonly<Record<string, CalibratorRule>>;
  readonly provisional: Readonly<Record<string, CategoryThresholds>>;
  readonly solved: Readonly<Record<string, CategoryThresholds>>;
  readonly blockOutcomes: Readonly<Record<string, BlockOutcome>>;
  readonly evaluation: CategoriesReport;
}

/** Targets of a policy's first draft; a policy's own targets replace them at the next calibration. */
const defaultPrecision = 0.95;
const defaultMissRate = 0.1;

/**
 * Calibrators, thresholds and quality from held-out logits. A sub-category with fewer than 20 positives takes its outer
 * category's slope (calibration 3.1).
 */
export function assessHeldOut(
  heldOut: readonly HeldOut[],
  groups: readonly number[],
  bootstrapDraws: number,
  onProgress?: (category: string) => void,
): Assessment {
  const knownOf = new Map(heldOut.map((one) => [one.category, knownRows(one)]));
  const calibrators: Record<string, Calibrator> = {};
  const rules: Record<string, CalibratorRule> = {};
  const provisional: Record<string, CategoryThresholds> = {};
  const solved: Record<string, CategoryThresholds> = {};
  const blockOutcomes: Record<string, BlockOutcome> = {};
  // Outer categories first: they are the parents of their sub-categories.
  const ordered = [...heldOut].sort(
    (a, b) => Number(a.category in outerCategory) - Number(b.category in outerCategory),
  );
  for (const { category } of ordered) {
    const known = knownOf.get(category) ?? [];
    const parent = calibrators[outerCategory[category] ?? ''] ?? identityCalibrator;
    const { calibrator, rule } = fitCalibrator(known, parent);
    calibrators[category] = calibrator;
    rules[category] = rule;
    const scored = known.map(({ logit, label, weight }) => ({
      score: applyCalibrator(calibrator, logit),
      label,
      weight,
    }));
    const block = solveBlockThreshold(scored, defaultPrecision);
    blockOutcomes[category] = block.outcome;
    solved[category] = joinThresholds(solveReviewThreshold(scored, defaultMissRate), block.threshold);
    provisional[category] = provisionalThresholds(
      Float64Array.from(known, ({ logit }) => logit),
      Uint8Array.from(known, ({ label }) => label),
      calibrator,
    );
    onProgress?.(category);
  }
  const evaluation = evaluateHeldOut(heldOut, { calibrators, thresholds: provisional }, groups, {
    draws: bootstrapDraws,
    seed: 1,
  });
  return { calibrators, rules, provisional, solved, blockOutcomes, evaluation };
}

function knownRows({ logits, labels }: HeldOut): { logit: number; label: 0 | 1; weight: number }[] {
  const rows: { logit: number; label: 0 | 1; weight: number }[] = [];
  for (const [row, label] of labels.entries()) {
    if (!Number.isNaN(label)) rows.push({ logit: logits[row] ?? 0, label: label > 0.5 ? 1 : 0, weight: 1 });
  }
  return rows;
}

/** The figures that a model document keeps; categories without positives have none. */
export function metricsOf({ categories }: Pick<CategoriesReport, 'categories'>): Record<string, CategoryMetric> {
  return Object.fromEntries(
    categories.flatMap(({ category, rows, positives, prevalence, averagePrecision, rocAuc }) => {
      const { value, low, high, wide } = averagePrecision;
      if (value === null || prevalence === null) return [];
      const metric: CategoryMetric = {
        rows,
        positives,
        prevalence,
        averagePrecision: value,
        low: low ?? value,
        high: high ?? value,
        wide,
        rocAuc: rocAuc.value,
      };
      return [[category, metric]];
    }),
  );
}
