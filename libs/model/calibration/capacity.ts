import type { ScoredLabel } from './thresholds.js';
import { solveReviewThreshold } from './thresholds.js';

export interface CapacityThreshold {
  readonly threshold: number;
  /** Contents a day that people look at from there on. */
  readonly perDay: number;
  /** Share of the positives that reach the threshold. */
  readonly recall: number;
  /** What the capacity costs: recall of the target's own threshold less this one; 0 where the capacity suffices. */
  readonly lostRecall: number;
}

/**
 * Review threshold within what people can look at (calibration 3.3): the highest threshold that keeps the miss rate and stays within the
 * capacity; where none does both, the capacity holds and the recall that is lost is said.
 * @param traffic every labelled item, weighted by 1/pi, over `days`; items from `block` on need nobody
 */
export function reviewWithinCapacity(
  traffic: readonly ScoredLabel[],
  options: {
    readonly missRate: number;
    readonly perDay: number;
    readonly days: number;
    readonly block: number | null;
  },
): CapacityThreshold {
  const { missRate, perDay, days, block } = options;
  const wanted = solveReviewThreshold(traffic, missRate);
  const least = lowestWithin(traffic, perDay * days, block);
  const threshold = Math.max(wanted, least);
  const recall = recallFrom(traffic, threshold);
  return {
    threshold,
    perDay: weightBetween(traffic, threshold, block) / days,
    recall,
    lostRecall: Math.max(0, recallFrom(traffic, wanted) - recall),
  };
}

/** Lowest score from which on no more than `most` contents are reviewed; above every score when even those at the top are too many. */
function lowestWithin(traffic: readonly ScoredLabel[], most: number, block: number | null): number {
  const falling = traffic
    .filter(({ score }) => block === null || score < block)
    .sort((left, right) => right.score - left.score);
  let weight = 0;
  let lowest = block ?? 1;
  let pending = 0;
  for (const [i, { score, weight: one }] of falling.entries()) {
    pending += one;
    // A threshold cannot part items of equal score.
    if (falling[i + 1]?.score === score) continue;
    if (weight + pending > most) return lowest;
    weight += pending;
    pending = 0;
    lowest = score;
  }
  return 0;
}

function weightBetween(traffic: readonly ScoredLabel[], from: number, to: number | null): number {
  return traffic.reduce(
    (sum, { score, weight }) => (score >= from && (to === null || score < to) ? sum + weight : sum),
    0,
  );
}

function recallFrom(traffic: readonly ScoredLabel[], threshold: number): number {
  let reached = 0;
  let all = 0;
  for (const { score, label, weight } of traffic) {
    all += weight * label;
    if (score >= threshold) reached += weight * label;
  }
  return all > 0 ? reached / all : 0;
}
