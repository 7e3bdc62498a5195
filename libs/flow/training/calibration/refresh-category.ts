import {
  applyCalibrator,
  blockPrecisionContradicted,
  calibrationSlope,
  fitCalibrator,
  logLossGain,
  logOdds,
  prevalenceGap,
  solveTargets,
  type Calibrator,
  type CalibratorRule,
  type CategoryGoal,
  type Gap,
  type ScoredLabel,
  type Slope,
  type ThresholdsInForce,
  type Uncovered,
  type UnmetTarget,
} from '#model';
import { splitByTime, type CategoryLabel } from './calibration-labels.js';

/** Why a category is calibrated anew (calibration 3.4). */
export type RefreshReason =
  /** Promised and realised prevalence differ by more than two standard errors. */
  | 'PREVALENCE'
  /** The interval of the calibration slope excludes 1. */
  | 'SLOPE'
  /** Labels mean something else than when it was calibrated. */
  | 'POLICY'
  /** Labels now solve a threshold that the policy's provisional one stood in for. */
  | 'THRESHOLDS'
  /** Somebody asked. */
  | 'ASKED';

/** Why a category keeps what it has, although there was a reason. */
export type KeptBecause = 'TOO_FEW_POSITIVES' | 'WORSE_ON_NEWER_LABELS' | 'SLOPE_ON_NEWER_LABELS';

export interface LiveCategory {
  readonly category: string;
  readonly calibrator: Calibrator;
  readonly thresholds: ThresholdsInForce;
  readonly goal: CategoryGoal;
  readonly uncovered: Uncovered;
}

export interface CategoryRefresh {
  readonly category: string;
  readonly calibrator: Calibrator;
  readonly thresholds: ThresholdsInForce;
  readonly unmet: readonly UnmetTarget[];
  readonly reasons: readonly RefreshReason[];
  readonly kept: KeptBecause | null;
  /** Of the new calibrator; null: the live one stays. */
  readonly rule: CalibratorRule | null;
  readonly labels: number;
  readonly positives: number;
  /** Of the live calibrator, on all labels. */
  readonly gap: Gap;
  readonly slope: Slope | null;
  /** Rows and positives that it was checked on. */
  readonly checked: { readonly rows: number; readonly positives: number };
  /** Languages whose own calibrator was compared. */
  readonly languages: readonly LanguageComparison[];
}

/** What a calibrator of one language alone would bring. Bundles carry one calibrator per category, so it is reported and not applied. */
export interface LanguageComparison {
  readonly language: string;
  readonly positives: number;
  readonly rule: CalibratorRule;
  /** Log loss on the newer labels of the language that it would save, with its standard error. */
  readonly gain: number;
  readonly standardError: number;
}

/** Positives below which a slope cannot be fitted, so that only a shift is due (calibration 3.1). */
const LEAST_POSITIVES = 20;
/** Positives from which a language is compared by itself (calibration 3.1). */
const LEAST_OF_LANGUAGE = 200;
/** Slopes that pass (calibration 3.2). */
const SLOPES = { low: 0.8, high: 1.25 };

/**
 * Decides whether a category is calibrated anew, and how: fitted on the older 70 % of the labels by time, checked on the newer 30 %
 * (calibration 3.4). What fails its check keeps what is live.
 * @param labels oldest first, of the model that is live, none of which it learned from
 */
export function refreshCategory(
  live: LiveCategory,
  labels: readonly CategoryLabel[],
  cause: { readonly isAsked: boolean; readonly policyChanged: boolean },
): CategoryRefresh {
  const { older, newer } = splitByTime(labels);
  const positives = count(older);
  const gap = prevalenceGap(calibrated(labels, live.calibrator));
  const slope = calibrationSlope(calibrated(labels, live.calibrator));
  const solvedAsItIs = solve(live, live.calibrator, older);
  const reasons: RefreshReason[] = [
    ...(gap.isClear ? (['PREVALENCE'] as const) : []),
    ...(slope !== null && positives >= LEAST_POSITIVES && (slope.low > 1 || slope.high < 1)
      ? (['SLOPE'] as const)
      : []),
    ...(cause.policyChanged ? (['POLICY'] as const) : []),
    ...(solvesMore(live, solvedAsItIs.unmet) ? (['THRESHOLDS'] as const) : []),
    ...(cause.isAsked ? (['ASKED'] as const) : []),
  ];
  // With fewer, all that labels can say is how much there is of it.
  const isFitted = positives >= LEAST_POSITIVES || gap.isClear;
  const fitted = isFitted ? fitCalibrator(older, live.calibrator) : null;
  const outcome = {
    category: live.category,
    reasons,
    labels: labels.length,
    positives,
    gap,
    slope,
    checked: { rows: newer.length, positives: count(newer) },
    languages: fitted === null ? [] : compareLanguages(fitted.calibrator, older, newer),
  };
  const keep = (kept: KeptBecause | null): CategoryRefresh => ({
    ...outcome,
    calibrator: live.calibrator,
    thresholds: live.thresholds,
    unmet: solvedAsItIs.unmet.filter(({ action }) => !isSolved(live, action)),
    kept,
    rule: null,
  });
  if (reasons.length === 0) return keep(null);
  if (fitted === null && !reasons.includes('THRESHOLDS') && !cause.isAsked) return keep('TOO_FEW_POSITIVES');
  if (fitted !== null) {
    const failed = check(live.calibrator, fitted.calibrator, newer);
    if (failed !== null) return keep(failed);
  }
  const calibrator = fitted?.calibrator ?? live.calibrator;
  const solved = solve(live, calibrator, older);
  const { thresholds, unmet } = heldAgainst(live, solved, scored(newer, calibrator));
  return { ...outcome, calibrator, thresholds, unmet, kept: null, rule: fitted?.rule ?? null };
}

/** Thresholds are solved on float32 probabilities, because verdicts compare those. */
function scored(labels: readonly CategoryLabel[], calibrator: Calibrator): readonly ScoredLabel[] {
  return labels.map(({ logit, label, weight, group }) => ({
    score: Math.fround(applyCalibrator(calibrator, logit)),
    label,
    weight,
    group,
  }));
}

function calibrated(labels: readonly CategoryLabel[], calibrator: Calibrator) {
  return labels.map(({ logit, label, weight }) => ({
    logit: logOdds(applyCalibrator(calibrator, logit)),
    label,
    weight,
  }));
}

function solve({ category, goal, uncovered }: LiveCategory, calibrator: Calibrator, older: readonly CategoryLabel[]) {
  return solveTargets(category, scored(older, calibrator), goal, uncovered);
}

/** Whether the live threshold of an action came from labels. */
function isSolved({ thresholds, goal }: LiveCategory, action: 'REVIEW' | 'BLOCK'): boolean {
  const inForce = action === 'REVIEW' ? thresholds.review : thresholds.block;
  const provisional = action === 'REVIEW' ? goal.provisionalReview : goal.provisionalBlock;
  return inForce !== null && (!thresholds.provisional || inForce !== provisional);
}

/** Whether labels solve the threshold of a target that has none of theirs yet. */
function solvesMore(live: LiveCategory, unmet: readonly UnmetTarget[]): boolean {
  const asked = [
    ...(live.goal.reviewRecall === null ? [] : (['REVIEW'] as const)),
    ...(live.goal.blockPrecision === null ? [] : (['BLOCK'] as const)),
  ];
  return asked.some((action) => !isSolved(live, action) && !unmet.some((one) => one.action === action));
}

/** Null: the new calibrator may replace the live one. */
function check(live: Calibrator, next: Calibrator, newer: readonly CategoryLabel[]): KeptBecause | null {
  const after = calibrated(newer, next);
  const { gain, standardError } = logLossGain(calibrated(newer, live), after);
  if (gain < -2 * standardError) return 'WORSE_ON_NEWER_LABELS';
  const slope = count(newer) >= LEAST_POSITIVES ? calibrationSlope(after) : null;
  if (slope !== null && (slope.low > SLOPES.high || slope.high < SLOPES.low)) return 'SLOPE_ON_NEWER_LABELS';
  return null;
}

/** Takes back a block threshold that the newer labels contradict. */
function heldAgainst(
  { category, goal }: LiveCategory,
  solved: { readonly thresholds: ThresholdsInForce; readonly unmet: readonly UnmetTarget[] },
  newer: readonly ScoredLabel[],
): { readonly thresholds: ThresholdsInForce; readonly unmet: readonly UnmetTarget[] } {
  const { thresholds, unmet } = solved;
  const { blockPrecision: target } = goal;
  const { block } = thresholds;
  if (target === null || block === null || unmet.some(({ action }) => action === 'BLOCK')) return solved;
  if (!blockPrecisionContradicted(newer, block, target)) return solved;
  const why = `the newest labels contradict a precision of ${target} from ${block.toFixed(4)} on`;
  return {
    thresholds: { ...thresholds, block: null },
    unmet: [...unmet, { category, action: 'BLOCK', target, why, fallback: 'review only' }],
  };
}

function compareLanguages(
  common: Calibrator,
  older: readonly CategoryLabel[],
  newer: readonly CategoryLabel[],
): readonly LanguageComparison[] {
  const languages = [...new Set(older.map(({ language }) => language))].sort();
  return languages.flatMap((language): readonly LanguageComparison[] => {
    const ofLanguage = older.filter((one) => one.language === language);
    const positives = count(ofLanguage);
    if (positives < LEAST_OF_LANGUAGE) return [];
    const own = fitCalibrator(ofLanguage, common);
    const held = newer.filter((one) => one.language === language);
    return [
      {
        language,
        positives,
        rule: own.rule,
        ...logLossGain(calibrated(held, common), calibrated(held, own.calibrator)),
      },
    ];
  });
}

function count(labels: readonly CategoryLabel[]): number {
  return labels.reduce((sum, { label }) => sum + label, 0);
}
