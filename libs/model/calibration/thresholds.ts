import { binomialUpperTail, effectiveUpperTail } from './binomial.js';
import { logOdds } from './calibrator.js';

/** One labelled item with its calibrated score. `weight` is 1/pi; all 1 for an equal-probability sample. */
export interface ScoredLabel {
  readonly score: number;
  readonly label: 0 | 1;
  readonly weight: number;
  /** Near-duplicates share one: they are one observation. Absent: like no other item. */
  readonly group?: string;
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

/** Positives below which a category is never blocked by solved thresholds (calibration 3.3). */
export const FEWEST_BLOCK_POSITIVES = 50;

/** Fewest clean items that can show a precision of `target` at level `delta`: 59 for .95 at .05 (calibration 3.3). */
export function fewestItems(target: number, delta: number): number {
  return Math.ceil(Math.log(delta) / Math.log(target) - 1e-9);
}

/** Probability of at least this many positives when the precision is only `target`; small means the target holds. */
export function precisionTest(items: number, positives: number, target: number): number {
  return binomialUpperTail(items, positives, target);
}

/** Positives, of near-duplicates one. */
export function countPositives(labels: readonly ScoredLabel[]): number {
  const groups = new Set<string>();
  let alone = 0;
  for (const { label, group } of labels) {
    if (label === 0) continue;
    if (group === undefined) alone += 1;
    else groups.add(group);
  }
  return alone + groups.size;
}

/**
 * Block threshold by fixed-sequence testing (calibration 3.3): from strict to loose, beginning at the strictest score
 * with items enough to pass at all, stop at the first score where "precision < target" is not rejected at `delta`.
 * Where to begin and where tests stand follows from scores, weights and groups alone, never from labels.
 */
export function solveBlockThreshold(labels: readonly ScoredLabel[], target: number, delta = 0.05): BlockThreshold {
  const sorted = [...labels].sort((left, right) => right.score - left.score);
  const none = { threshold: null, items: 0, positives: 0 };
  if (countPositives(sorted) < FEWEST_BLOCK_POSITIVES) return { ...none, outcome: 'TOO_FEW_POSITIVES' };
  const isPlain =
    sorted.every(({ weight }) => weight === sorted[0]?.weight) &&
    new Set(sorted.flatMap(({ group }) => group ?? [])).size ===
      sorted.filter(({ group }) => group !== undefined).length;
  const atLeast = fewestItems(target, delta);
  const above = createCounts();
  let best: BlockThreshold = { ...none, outcome: 'TARGET_NOT_MET' };
  for (const [i, item] of sorted.entries()) {
    above.add(item);
    // A threshold cannot part items of equal score.
    if (sorted[i + 1]?.score === item.score) continue;
    const counts = above.counts();
    if (counts.effective < atLeast - 1e-6) continue;
    const holds = isPlain
      ? precisionTest(counts.items, counts.positives, target) <= delta
      : weightedPrecisionHolds(counts, target, delta);
    if (!holds) break;
    best = { threshold: item.score, outcome: 'SOLVED', items: counts.items, positives: counts.positives };
  }
  return best;
}

/** What is known of the items above a score; squares and products are sums over groups of near-duplicates. */
interface Counts {
  readonly items: number;
  readonly positives: number;
  readonly weight: number;
  readonly positiveWeight: number;
  readonly squares: number;
  readonly positiveSquares: number;
  readonly products: number;
  /** (sum of w)^2 / sum of w^2: as many independent items of equal weight would say as much. */
  readonly effective: number;
}

function createCounts(): { readonly add: (item: ScoredLabel) => void; readonly counts: () => Counts } {
  const groups = new Map<string, { weight: number; positive: number }>();
  let [items, positives, weight, positiveWeight, squares, positiveSquares, products] = [0, 0, 0, 0, 0, 0, 0];
  return {
    add: (item) => {
      items += 1;
      positives += item.label;
      weight += item.weight;
      const positive = item.weight * item.label;
      positiveWeight += positive;
      const of = item.group === undefined ? undefined : groups.get(item.group);
      const before = of ?? { weight: 0, positive: 0 };
      const after = { weight: before.weight + item.weight, positive: before.positive + positive };
      if (item.group !== undefined) groups.set(item.group, after);
      squares += after.weight ** 2 - before.weight ** 2;
      positiveSquares += after.positive ** 2 - before.positive ** 2;
      products += after.weight * after.positive - before.weight * before.positive;
    },
    counts: () => ({
      items,
      positives,
      weight,
      positiveWeight,
      squares,
      positiveSquares,
      products,
      effective: (weight * weight) / squares,
    }),
  };
}

/** Whether other labels speak against a precision of `target` from a threshold on, at level `delta`, at their effective number. */
export function blockPrecisionContradicted(
  labels: readonly ScoredLabel[],
  threshold: number,
  target: number,
  delta = 0.05,
): boolean {
  const above = createCounts();
  for (const item of labels) if (item.score >= threshold) above.add(item);
  const { items, effective, positiveWeight, weight } = above.counts();
  if (items === 0) return false;
  const negatives = effective * (1 - positiveWeight / weight);
  return effectiveUpperTail(effective, negatives, 1 - target) <= delta;
}

/**
 * Whether a weighted sample shows the precision: the lower bound on the logit scale (sampling 1.4) and, because that bound is void
 * without variance (five clean items would pass), the binomial test at the effective number of items as well.
 */
function weightedPrecisionHolds(above: Counts, target: number, delta: number): boolean {
  const { weight, positiveWeight, squares, positiveSquares, products, effective } = above;
  const precision = positiveWeight / weight;
  if (effectiveUpperTail(effective, effective * precision, target) > delta) return false;
  const spread = positiveSquares - 2 * precision * products + precision * precision * squares;
  if (precision >= 1 || spread <= 0) return precision >= 1;
  const standardError = Math.sqrt(spread) / weight;
  return logOdds(precision) - (1.96 * standardError) / (precision * (1 - precision)) >= logOdds(target);
}

/**
 * Review threshold by conformal risk control (calibration 3.3): the largest score t whose expected share of missed
 * positives stays at `missRate`: `(sum of positives' weights below t + w_max) / (sum of positives' weights + w_max)`.
 * With equal weights it is the k-th smallest positive score, `k = floor(missRate (n + 1))`; 0 when k = 0. Near-duplicates weigh together
 * in w_max, because the next positive may bring as many of its kind.
 */
export function solveReviewThreshold(labels: readonly ScoredLabel[], missRate: number): number {
  const positives = labels.filter(({ label }) => label === 1).sort((left, right) => left.score - right.score);
  const observations = new Map<string | number, number>();
  let total = 0;
  for (const [i, { weight, group }] of positives.entries()) {
    total += weight;
    observations.set(group ?? i, (observations.get(group ?? i) ?? 0) + weight);
  }
  let largest = 0;
  for (const weight of observations.values()) largest = Math.max(largest, weight);
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
