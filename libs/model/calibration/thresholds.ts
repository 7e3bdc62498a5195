import { binomialUpperTail } from './binomial.js';
import { logOdds } from './calibrator.js';

/** One labelled item with its calibrated score. `weight` is 1/pi; all 1 for an equal-probability sample. */
export interface ScoredLabel {
  readonly score: number;
  readonly label: 0 | 1;
  readonly weight: number;
}

export type BlockOutcome = 'SOLVED' | 'TOO_FEW_POSITIVES' | 'TARGET_NOT_MET';

export interface BlockThreshold {
  /** Smallest score at which blocking keeps the target, or null: the category is review-only. */
  readonly threshold: number | null;
  readonly outcome: BlockOutcome;
  /** Items at or above the threshold and positives among them. */
  readonly items: number;
  readonly positives: number;
}

const fewestPositives = 50;

/** Fewest clean items that can show a precision of `target` at level `delta`: 59 for .95 at .05 (calibration 3.3). */
export function fewestItems(target: number, delta: number): number {
  return Math.ceil(Math.log(delta) / Math.log(target) - 1e-9);
}

/** Probability of at least this many positives when the precision is only `target`; small means the target holds. */
export function precisionTest(items: number, positives: number, target: number): number {
  return binomialUpperTail(items, positives, target);
}

/**
 * Block threshold by fixed-sequence testing (calibration 3.3): from strict to loose, beginning at the strictest score
 * with items enough to pass at all, stop at the first score where "precision < target" is not rejected at `delta`.
 */
export function solveBlockThreshold(labels: readonly ScoredLabel[], target: number, delta = 0.05): BlockThreshold {
  const sorted = [...labels].sort((left, right) => right.score - left.score);
  const allPositives = sorted.reduce((sum, { label }) => sum + label, 0);
  const none = { threshold: null, items: 0, positives: 0 };
  if (allPositives < fewestPositives) return { ...none, outcome: 'TOO_FEW_POSITIVES' };
  const equal = sorted.every(({ weight }) => weight === sorted[0]?.weight);
  const atLeast = fewestItems(target, delta);
  const above = { items: 0, positives: 0, weight: 0, squares: 0, positiveWeight: 0, positiveSquares: 0 };
  let best: BlockThreshold = { ...none, outcome: 'TARGET_NOT_MET' };
  for (const [i, { score, label, weight }] of sorted.entries()) {
    above.items += 1;
    above.positives += label;
    above.weight += weight;
    above.squares += weight * weight;
    above.positiveWeight += weight * label;
    above.positiveSquares += weight * weight * label;
    // A threshold cannot part items of equal score.
    if (sorted[i + 1]?.score === score) continue;
    const effectiveItems = equal ? above.items : (above.weight * above.weight) / above.squares;
    if (effectiveItems < atLeast) continue;
    const holds = equal
      ? precisionTest(above.items, above.positives, target) <= delta
      : weightedPrecisionHolds(above, effectiveItems, target, delta);
    if (!holds) break;
    best = { threshold: score, outcome: 'SOLVED', items: above.items, positives: above.positives };
  }
  return best;
}

interface WeightedCounts {
  readonly weight: number;
  readonly squares: number;
  readonly positiveWeight: number;
  readonly positiveSquares: number;
}

/** Wald lower bound on the logit scale (sampling 1.4), which is void without variance: five clean items would pass. */
function weightedPrecisionHolds(above: WeightedCounts, effectiveItems: number, target: number, delta: number): boolean {
  const precision = above.positiveWeight / above.weight;
  if (precision <= 0) return false;
  if (precision >= 1) return Math.pow(target, effectiveItems) <= delta;
  const spread =
    above.positiveSquares * (1 - precision) ** 2 + (above.squares - above.positiveSquares) * precision ** 2;
  const standardError = Math.sqrt(spread) / above.weight;
  return logOdds(precision) - (1.96 * standardError) / (precision * (1 - precision)) >= logOdds(target);
}

/**
 * Review threshold by conformal risk control (calibration 3.3): the largest score t whose expected share of missed
 * positives stays at `missRate`: `(sum of positives' weights below t + w_max) / (sum of positives' weights + w_max)`.
 * With equal weights it is the k-th smallest positive score, `k = floor(missRate (n + 1))`; 0 when k = 0.
 */
export function solveReviewThreshold(labels: readonly ScoredLabel[], missRate: number): number {
  const positives = labels.filter(({ label }) => label === 1).sort((left, right) => left.score - right.score);
  let total = 0;
  let largest = 0;
  for (const { weight } of positives) {
    total += weight;
    largest = Math.max(largest, weight);
  }
  let missed = 0;
  let threshold = 0;
  for (const [i, { score, weight }] of positives.entries()) {
    if (positives[i - 1]?.score !== score) {
      if ((missed + largest) / (total + largest) > missRate + 1e-12) break;
      threshold = score;
    }
    missed += weight;
  }
  return threshold;
}

/** Thresholds of one category: allow < review <= block. */
export interface CategoryThresholds {
  readonly review: number;
  /** null: never blocked, only reviewed. */
  readonly block: number | null;
}

/** Joins both thresholds; a category whose review threshold lies above its block threshold is review-only. */
export function joinThresholds(review: number, block: number | null): CategoryThresholds {
  return { review, block: block !== null && review <= block ? block : null };
}

export interface ActionCosts {
  readonly miss: number;
  readonly falseBlock: number;
  readonly review: number;
}

/** Thresholds that minimise expected cost: review where both other actions cost more than a review (calibration 3.3). */
export function thresholdsFromCosts({ miss, falseBlock, review }: ActionCosts): CategoryThresholds {
  const indifferent = falseBlock / (miss + falseBlock);
  const allowBelow = review / miss;
  const blockAbove = 1 - review / falseBlock;
  return allowBelow < blockAbove
    ? { review: allowBelow, block: blockAbove }
    : { review: indifferent, block: indifferent };
}
