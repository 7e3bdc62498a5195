/** Sums over the contents of a window from which label-free estimates follow; s is the calibrated score, spread is s (1 - s). */
export interface ScoreSums {
  readonly contents: number;
  readonly flagged: number;
  /** Sum of s. */
  readonly probability: number;
  /** Of flagged contents alone. */
  readonly flaggedProbability: number;
  readonly spread: number;
  readonly flaggedSpread: number;
}

export const performanceMetrics = ['prevalence', 'precision', 'recall', 'f1'] as const;
export type PerformanceMetric = (typeof performanceMetrics)[number];

export interface PerformanceEstimate {
  /** Null where there is nothing to divide by. */
  readonly value: number | null;
  /** Standard error of the true figure around it, were the scores calibrated. */
  readonly error: number | null;
}

export function scoreSums(scores: Iterable<number>, threshold: number): ScoreSums {
  let [contents, flagged, probability, flaggedProbability, spread, flaggedSpread] = [0, 0, 0, 0, 0, 0];
  for (const score of scores) {
    contents += 1;
    probability += score;
    spread += score * (1 - score);
    if (score < threshold) continue;
    flagged += 1;
    flaggedProbability += score;
    flaggedSpread += score * (1 - score);
  }
  return { contents, flagged, probability, flaggedProbability, spread, flaggedSpread };
}

/**
 * Confidence-based performance estimation: what calibrated scores say of their own decisions (drift 5.2). TP is the sum of s over flagged
 * contents, FP of 1 - s, FN of s over the others. Errors by the delta method from Var(TP) = sum of s (1 - s) over flagged contents and Var(FN)
 * over the others, which are independent. Right under covariate shift alone: what changes the meaning of a text, it cannot see.
 */
export function estimatePerformance(sums: ScoreSums): Readonly<Record<PerformanceMetric, PerformanceEstimate>> {
  const { contents, flagged, probability, flaggedProbability, spread, flaggedSpread } = sums;
  const outside = spread - flaggedSpread;
  const recall = flaggedProbability / probability;
  const both = flagged + probability;
  return {
    prevalence: estimate(probability / contents, spread / contents ** 2),
    precision: estimate(flaggedProbability / flagged, flaggedSpread / flagged ** 2),
    recall: estimate(recall, ((1 - recall) ** 2 * flaggedSpread + recall ** 2 * outside) / probability ** 2),
    f1: estimate(
      (2 * flaggedProbability) / both,
      (4 * ((both - flaggedProbability) ** 2 * flaggedSpread + flaggedProbability ** 2 * outside)) / both ** 4,
    ),
  };
}

function estimate(value: number, variance: number): PerformanceEstimate {
  return Number.isFinite(value) ? { value, error: Math.sqrt(Math.max(0, variance)) } : { value: null, error: null };
}

/** Contents of one score, or of one bin of scores, and the sum of their calibrated scores. */
export interface ScoredBin {
  readonly contents: number;
  readonly probability: number;
}

export interface RankingEstimate {
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
}

/**
 * Area under the ROC curve and average precision with each content a positive with weight s and a negative with weight 1 - s (drift 5.2). Bins in
 * ascending order of score; contents of one bin count as equal, so counters give the figure of scores rounded to their bins.
 */
export function estimateRanking(ascending: readonly ScoredBin[]): RankingEstimate {
  const positives = ascending.reduce((sum, { probability }) => sum + probability, 0);
  const contents = ascending.reduce((sum, bin) => sum + bin.contents, 0);
  const negatives = contents - positives;
  let [below, area, found, above, precision] = [0, 0, 0, 0, 0];
  for (const { contents: n, probability } of ascending) {
    area += probability * (below + (n - probability) / 2);
    below += n - probability;
  }
  for (const { contents: n, probability } of ascending.toReversed()) {
    if (n === 0) continue;
    found += probability;
    above += n;
    precision += (probability * found) / above;
  }
  return {
    rocAuc: positives > 0 && negatives > 0 ? area / (positives * negatives) : null,
    averagePrecision: positives > 0 ? precision / positives : null,
  };
}
