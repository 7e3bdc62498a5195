import { applyCalibrator } from '../calibration/calibrator.js';
import type { Calibrator } from '../calibration/calibrator.js';
import { precisionRecallCurve } from '../evaluation/ranking.js';
import type { CategoryThresholds } from '../calibration/thresholds.js';

export interface ProvisionalGoals {
  /** Block where the observed precision is at least this, over at least `fewestBlocked` rows. */
  readonly blockPrecision: number;
  readonly fewestBlocked: number;
  /** Review from where the observed recall reaches this. */
  readonly reviewRecall: number;
  /** Never review below this probability: a queue that takes everything shows nothing. */
  readonly reviewFloor: number;
}

/** A good model reaches the recall above its block threshold; there must be something to review all the same. */
function reviewBand(block: number): number {
  return Math.floor(60 * block) / 100;
}

export const demonstrationGoals: ProvisionalGoals = {
  blockPrecision: 0.95,
  fewestBlocked: 6,
  reviewRecall: 0.75,
  reviewFloor: 0.15,
};

/**
 * Thresholds to show the product with, read off held-out rows without any guarantee: unlike calibration 3.3 there is no
 * test behind them. They stay marked as provisional wherever they go. Rounded to .01.
 */
export function provisionalThresholds(
  logits: Float64Array,
  labels: Uint8Array,
  calibrator: Calibrator,
  goals: ProvisionalGoals = demonstrationGoals,
): CategoryThresholds {
  const scores = logits.map((logit) => applyCalibrator(calibrator, logit));
  let positives = 0;
  for (const label of labels) positives += label;
  let block: number | null = null;
  let review = 1;
  let reviewFound = false;
  for (const { threshold, precision, recall } of precisionRecallCurve({ scores, labels })) {
    const flagged = Math.round((recall * positives) / precision);
    if (precision >= goals.blockPrecision && flagged >= goals.fewestBlocked) block = threshold;
    if (!reviewFound && recall >= goals.reviewRecall) {
      review = threshold;
      reviewFound = true;
    }
  }
  const rounded = Math.floor(100 * Math.max(goals.reviewFloor, review)) / 100;
  const roundedBlock = block === null ? null : Math.min(0.99, Math.ceil(100 * block) / 100);
  return {
    review: roundedBlock === null ? rounded : Math.min(rounded, reviewBand(roundedBlock)),
    block: roundedBlock,
  };
}
