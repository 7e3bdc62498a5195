import { applyCalibrator, identityCalibrator } from '../calibration/calibrator.js';
import type { Calibrator } from '../calibration/calibrator.js';
import { clipWeights, fitCalibrator } from '../calibration/fit-calibrator.js';
import type { CalibratorRule } from '../calibration/fit-calibrator.js';
import { solveTargets } from '../calibration/solve-targets.js';
import type { CategoryGoal, Uncovered, UnmetTarget } from '../calibration/solve-targets.js';
import { joinThresholds, solveBlockThreshold, solveReviewThreshold } from '../calibration/thresholds.js';
import type { BlockOutcome } from '../calibration/thresholds.js';
import { evaluateHeldOut } from '../evaluation/evaluate-categories.js';
import type { CategoriesReport } from '../evaluation/evaluate-categories.js';
import { fallingOrder, rankingQuality } from '../evaluation/ranking.js';
import type { TrainingProgress } from './training-progress.js';
import { outerCategory } from './labelled-text.js';
import type { ModelRecipe } from './model-recipe.js';
import { provisionalThresholds } from './provisional-thresholds.js';
import { estimateWeights } from './training-set.js';
import type { TrainingSet } from './training-set.js';

/** Logits of one category by models that have not seen the row; NaN where there is none. */
export interface HeldOutLogits {
  readonly category: string;
  readonly targets: Float64Array;
  /** Over the rows of the set: of training rows out of fold. */
  readonly logits: Float64Array;
}

/** What a policy asks of the categories in one channel. */
export interface PolicyGoals {
  readonly goals: Readonly<Record<string, CategoryGoal>>;
  readonly uncovered: Uncovered;
}

export interface CategoryCalibration {
  readonly category: string;
  readonly calibrator: Calibrator;
  /** null: there was no held-out row, and the parent's holds. */
  readonly rule: CalibratorRule | null;
  readonly rows: number;
  readonly positives: number;
  /** Where its rows come from. */
  readonly source: 'VALIDATION' | 'VALIDATION_AND_OUT_OF_FOLD' | 'NONE';
  /** Weighted by 1/inclusion; otherwise no row has one, or too few positives do. */
  readonly byInclusion: boolean;
  readonly solved: NullableThresholds;
  readonly provisional: NullableThresholds;
  readonly blockOutcome: BlockOutcome | null;
}

export interface NullableThresholds {
  readonly review: number | null;
  readonly block: number | null;
}

export interface LanguageFigure {
  readonly language: string;
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  readonly averagePrecision: number;
}

export interface DatasetAssessment {
  readonly calibrations: readonly CategoryCalibration[];
  readonly unmet: readonly UnmetTarget[];
  readonly evaluation: CategoriesReport;
  /** Which rows the evaluation is over: the test split, or every held-out row where that has too few positives. */
  readonly evaluated: 'TEST' | 'HELD_OUT';
  readonly languages: readonly LanguageFigure[];
}

/** Fewest positives of each category in `test` for figures that stand on it alone (evaluation 4.1). */
const fewestTestPositives = 30;

/**
 * Calibrators and thresholds from validation, quality from test (calibration 3.1, 3.3); where a split has too few positives, rows that
 * were held out by folds join in. No logit is of a model that has seen its row.
 */
export function assessDataset(
  set: TrainingSet,
  heldOut: readonly HeldOutLogits[],
  recipe: ModelRecipe,
  parentCalibrators: Readonly<Record<string, Calibrator>>,
  policy: PolicyGoals | null,
  onProgress: TrainingProgress,
): DatasetAssessment {
  const calibrators = new Map<string, Calibrator>();
  const unmet: UnmetTarget[] = [];
  // Outer categories first: they are the parents of their sub-categories.
  const ordered = [...heldOut].sort(
    (a, b) => Number(a.category in outerCategory) - Number(b.category in outerCategory),
  );
  const calibrated = new Map(
    ordered.map((one): [string, CategoryCalibration] => {
      const prior =
        parentCalibrators[one.category] ?? calibrators.get(outerCategory[one.category] ?? '') ?? identityCalibrator;
      const calibration = calibrate(set, one, recipe, prior, policy, unmet);
      calibrators.set(one.category, calibration.calibrator);
      return [one.category, calibration];
    }),
  );
  const calibrations = heldOut.flatMap(({ category }) => calibrated.get(category) ?? []);
  const positivesIn = ({ targets }: HeldOutLogits): number =>
    set.test.reduce((sum, i) => sum + (targets[i] === 1 ? 1 : 0), 0);
  const evaluated = heldOut.every((one) => positivesIn(one) >= fewestTestPositives) ? 'TEST' : 'HELD_OUT';
  const positions =
    evaluated === 'TEST'
      ? set.test
      : Int32Array.from(set.rows.keys()).filter((i) => heldOut.some(({ logits }) => !Number.isNaN(logits[i] ?? NaN)));
  const evaluation = evaluateHeldOut(
    heldOut.map(({ category, logits, targets }) => ({
      category,
      logits: Float64Array.from(positions, (i) => logits[i] ?? NaN),
      // Training rows without an out-of-fold logit were left out above.
      labels: Float64Array.from(positions, (i) => (Number.isNaN(logits[i] ?? NaN) ? NaN : (targets[i] ?? NaN))),
    })),
    {
      calibrators: Object.fromEntries(calibrators),
      thresholds: Object.fromEntries(calibrations.map(({ category, provisional }) => [category, provisional])),
    },
    [...positions].map((i) => set.groups[i] ?? 0),
    { draws: recipe.bootstrapDraws, seed: recipe.seed },
    (done, total) => {
      onProgress('evaluation', done, total);
    },
  );
  return { calibrations, unmet, evaluation, evaluated, languages: byLanguage(set, heldOut, positions, recipe) };
}

function calibrate(
  set: TrainingSet,
  { category, targets, logits }: HeldOutLogits,
  recipe: ModelRecipe,
  prior: Calibrator,
  policy: PolicyGoals | null,
  unmet: UnmetTarget[],
): CategoryCalibration {
  const { leastPositives, precision, missRate } = recipe.calibration;
  const usable = (positions: Int32Array): Int32Array =>
    positions.filter((i) => !Number.isNaN(targets[i] ?? NaN) && !Number.isNaN(logits[i] ?? NaN));
  const validation = usable(set.validation);
  const enough = validation.filter((i) => targets[i] === 1).length >= leastPositives;
  const trained = enough ? new Int32Array() : usable(set.train);
  const positions = Int32Array.from([...validation, ...trained]).sort();
  const { weights, byInclusion } = estimateWeights(set.rows, targets, positions, leastPositives);
  const rows = clipWeights(
    [...positions].flatMap((i, k) => {
      const weight = weights[k] ?? 0;
      return weight > 0
        ? [{ logit: logits[i] ?? 0, label: targets[i] === 1 ? (1 as const) : (0 as const), weight }]
        : [];
    }),
  );
  const positives = rows.filter(({ label }) => label === 1).length;
  const counts = { category, rows: rows.length, positives, byInclusion };
  const nothing = { review: null, block: null };
  if (rows.length === 0) {
    const none = { calibrator: prior, rule: null, source: 'NONE' as const, solved: nothing, provisional: nothing };
    return { ...counts, ...none, blockOutcome: null };
  }
  const { calibrator, rule } = fitCalibrator(rows, prior);
  const scored = rows.map(({ logit, label, weight }) => ({ score: applyCalibrator(calibrator, logit), label, weight }));
  const block = solveBlockThreshold(scored, precision);
  const goal = policy?.goals[category];
  const provisional = provisionalThresholds(
    Float64Array.from(rows, ({ logit }) => logit),
    Uint8Array.from(rows, ({ label }) => label),
    calibrator,
  );
  const calibration = {
    ...counts,
    calibrator,
    rule,
    source: trained.length > 0 ? ('VALIDATION_AND_OUT_OF_FOLD' as const) : ('VALIDATION' as const),
  };
  if (policy === null || goal === undefined) {
    const joined = joinThresholds(solveReviewThreshold(scored, missRate), block.threshold);
    // A review threshold of 0 asks for every content: the positives do not suffice.
    const solved = { review: joined.review > 0 ? joined.review : null, block: joined.block };
    return { ...calibration, solved, provisional, blockOutcome: block.outcome };
  }
  const answer = solveTargets(category, scored, goal, policy.uncovered);
  unmet.push(...answer.unmet);
  const { review, block: blockFrom, provisional: isProvisional } = answer.thresholds;
  return {
    ...calibration,
    solved: isProvisional ? nothing : { review, block: blockFrom },
    provisional: isProvisional
      ? { review, block: blockFrom }
      : { review: goal.provisionalReview, block: goal.provisionalBlock },
    blockOutcome: block.outcome,
  };
}

function byLanguage(
  set: TrainingSet,
  heldOut: readonly HeldOutLogits[],
  positions: Int32Array,
  { languages: { leastPositives } }: ModelRecipe,
): LanguageFigure[] {
  const languages = [...new Set([...positions].map((i) => set.rows[i]?.language ?? ''))].sort();
  return languages.flatMap((language) =>
    heldOut.flatMap(({ category, targets, logits }) => {
      const own = positions.filter(
        (i) =>
          set.rows[i]?.language === language && !Number.isNaN(targets[i] ?? NaN) && !Number.isNaN(logits[i] ?? NaN),
      );
      const judged = {
        scores: Float64Array.from(own, (i) => logits[i] ?? 0),
        labels: Uint8Array.from(own, (i) => (targets[i] === 1 ? 1 : 0)),
      };
      const positives = judged.labels.reduce((sum, label) => sum + label, 0);
      if (positives < leastPositives) return [];
      const { averagePrecision } = rankingQuality(judged, fallingOrder(judged.scores));
      return [{ language, category, rows: own.length, positives, averagePrecision }];
    }),
  );
}
