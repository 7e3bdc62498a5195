import { hellingerDistance, jensenShannonDistance, populationStabilityIndex, smoothedShares } from './distances.js';
import { binnedKolmogorovSmirnov, binnedWasserstein, decileEdges, groupCounts, logitHistogram } from './histogram.js';

/** What is kept of many logits: counters, mean and variance. */
export interface ScoreProfile {
  readonly contents: number;
  /** Over the bins of `histogram.ts`. */
  readonly histogram: readonly number[];
  readonly mean: number;
  readonly variance: number;
}

/** How far a window is from its reference. */
export interface Distances {
  /** Groups of the PSI. */
  readonly groups: number;
  readonly referenceContents: number;
  readonly contents: number;
  readonly psi: number;
  readonly jensenShannon: number;
  readonly hellinger: number;
}

/** Of logits also these. */
export interface ScoreDistances extends Distances {
  readonly kolmogorovSmirnov: number;
  /** In standard deviations of the reference. */
  readonly wasserstein: number;
  /** Two-sided difference of the means and what it needs. */
  readonly referenceMean: number;
  readonly mean: number;
  readonly referenceVariance: number;
  readonly variance: number;
}

export function scoreProfile(logits: readonly number[]): ScoreProfile {
  const contents = logits.length;
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / contents;
  const variance = logits.reduce((sum, logit) => sum + (logit - mean) ** 2, 0) / contents;
  return { contents, histogram: logitHistogram(logits), mean, variance };
}

/** Bins are the deciles of the reference (drift 5.1); `drift_scores` in the warehouse gives the same numbers. */
export function compareScores(reference: ScoreProfile, current: ScoreProfile): ScoreDistances {
  const edges = decileEdges(reference.histogram);
  const p = groupCounts(reference.histogram, edges);
  const q = groupCounts(current.histogram, edges);
  return {
    ...compareCounts(p, q),
    kolmogorovSmirnov: binnedKolmogorovSmirnov(reference.histogram, current.histogram),
    wasserstein: binnedWasserstein(reference.histogram, current.histogram) / Math.sqrt(reference.variance),
    referenceMean: reference.mean,
    mean: current.mean,
    referenceVariance: reference.variance,
    variance: current.variance,
  };
}

/** Values with a smaller share of the reference count as one together: a chi-square needs more than a few of each. */
const LEAST_SHARE = 0.01;
const OTHERS = '';

/** The mix of a feature, for example of languages: rare and new values are one group. */
export function compareMixes(
  reference: Readonly<Record<string, number>>,
  current: Readonly<Record<string, number>>,
): Distances {
  const total = Object.values(reference).reduce((sum, count) => sum + count, 0);
  const kept = Object.keys(reference).filter((value) => (reference[value] ?? 0) >= LEAST_SHARE * total);
  const pool = (counts: Readonly<Record<string, number>>): readonly number[] => {
    const others = Object.entries(counts).reduce((sum, [value, count]) => sum + (kept.includes(value) ? 0 : count), 0);
    return [...kept, OTHERS].map((value) => (value === OTHERS ? others : (counts[value] ?? 0)));
  };
  return compareCounts(pool(reference), pool(current));
}

function compareCounts(reference: readonly number[], current: readonly number[]): Distances {
  const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const [p, q] = [smoothedShares(reference), smoothedShares(current)];
  return {
    groups: reference.length,
    referenceContents: sumOf(reference),
    contents: sumOf(current),
    psi: populationStabilityIndex(p, q),
    jensenShannon: jensenShannonDistance(p, q),
    hellinger: hellingerDistance(p, q),
  };
}
