import { assertDrawn, type EstimationRow } from './estimation-rows.js';
import { logitInterval, waldInterval, wilsonInterval, type Interval } from './intervals.js';

/** Labels that a number needs at least; with fewer the answer is "insufficient labels". */
export const LEAST_LABELS = 20;
/** Positives, by weight, below which a normal interval is not trusted (sampling 1.4). */
const LEAST_WEIGHTED_POSITIVES = 30;

/** Prevalence, precision and recall of one category in one channel, window and slice. */
export interface QualityEstimate {
  /** N: contents. */
  readonly contents: number;
  /** M: contents at or above the threshold. */
  readonly flagged: number;
  /** Contents that were drawn. */
  readonly drawn: number;
  /** Of them labelled. */
  readonly labels: number;
  /** Of them not labelled; their weight is on the labelled ones of their stratum. */
  readonly pending: number;
  /** `(sum w)^2 / sum w^2`: as many labels of equal weight would say as much. */
  readonly effectiveLabels: number;
  /** Contents that the heaviest label stands for. */
  readonly maximumWeight: number;
  readonly prevalence: MetricEstimate;
  readonly precision: MetricEstimate;
  readonly recall: MetricEstimate;
}

/** A number with its interval, or why there is none. */
export type MetricEstimate =
  | EstimatedMetric
  /** `labels` of `needed`: all for prevalence, flagged ones for precision, positive ones for recall. */
  | { readonly state: 'insufficient_labels'; readonly labels: number; readonly needed: number }
  /** A part of the queue was drawn from and has no label yet, so nothing speaks for its contents. */
  | { readonly state: 'pending'; readonly pending: number };

export interface EstimatedMetric {
  readonly state: 'estimated';
  /** Model-assisted (AIPW), in [0, 1]. */
  readonly value: number;
  /** For a statement about the contents of the window. */
  readonly variance: number;
  readonly interval: Interval;
  /** For a statement about the traffic that the window is a sample of; near-duplicates count as one observation. */
  readonly processVariance: number;
  readonly processInterval: Interval;
  /** Check: weights divided by their sum, no model. */
  readonly hajek: number;
  /** Check: weights alone, no model. */
  readonly horvitzThompson: number;
}

/** Sums from which everything follows; the warehouse computes the same ones. w is 1/π, e is y - m, z is m + w e where labelled, else m. */
export interface QualityTotals {
  readonly contents: number;
  readonly flagged: number;
  readonly drawn: number;
  readonly labels: number;
  readonly flaggedLabels: number;
  readonly positiveLabels: number;
  /** Strata that were drawn from and have no label. */
  readonly silentStrata: number;
  /** Σ w, Σ w², max w. */
  readonly weights: number;
  readonly squaredWeights: number;
  readonly maximumWeight: number;
  /** Σ h w, Σ w y, Σ h w y. */
  readonly flaggedWeights: number;
  readonly positiveWeights: number;
  readonly flaggedPositiveWeights: number;
  /** Σ h w², Σ y w²: for the effective number of the labels that a metric rests on. */
  readonly squaredFlaggedWeights: number;
  readonly squaredPositiveWeights: number;
  /** P = Σ z and TP = Σ h z over all contents. */
  readonly positives: number;
  readonly truePositives: number;
  /** Σ (1-π) w² e², and of flagged contents alone. */
  readonly squares: number;
  readonly flaggedSquares: number;
  /** Over near-duplicate groups, with n contents, f flagged ones, b = Σ z and a = Σ h z: sums of the products. */
  readonly groups: {
    readonly nn: number;
    readonly ff: number;
    readonly bb: number;
    readonly aa: number;
    readonly bn: number;
    readonly af: number;
    readonly ab: number;
  };
}

/**
 * Probability that a drawn content is labelled, by stratum of the queue: labelled over drawn. Draws are served by hash within their
 * window, so the missing ones are missing at random within a stratum (sampling 1.4). Computed over all rows of a category, before any slice.
 */
export function labellingProbabilities(rows: Iterable<EstimationRow>): ReadonlyMap<string, number> {
  const counts = new Map<string, { drawn: number; labelled: number }>();
  for (const { draw } of rows) {
    if (draw === null) continue;
    assertDrawn(draw);
    const count = counts.get(draw.stratum) ?? { drawn: 0, labelled: 0 };
    counts.set(draw.stratum, {
      drawn: count.drawn + 1,
      labelled: count.labelled + (draw.label === null ? 0 : 1),
    });
  }
  return new Map([...counts].map(([stratum, { drawn, labelled }]) => [stratum, labelled / drawn]));
}

/**
 * Sums over the contents of a window, or of a slice of it.
 * @param labelling of {@link labellingProbabilities}, which multiplies the inclusion probability
 * @throws EstimationError for a row whose draw has no probability
 */
export function qualityTotals(rows: Iterable<EstimationRow>, labelling: ReadonlyMap<string, number>): QualityTotals {
  let [contents, flagged, drawn, labels, flaggedLabels, positiveLabels] = [0, 0, 0, 0, 0, 0];
  let [weights, squaredWeights, maximumWeight, flaggedWeights, positiveWeights] = [0, 0, 0, 0, 0];
  let [flaggedPositiveWeights, squaredFlaggedWeights, squaredPositiveWeights] = [0, 0, 0];
  let [positives, truePositives, squares, flaggedSquares] = [0, 0, 0, 0];
  const silent = new Set<string>();
  const groups = new Map<string, { n: number; f: number; a: number; b: number }>();
  for (const { score, flagged: isFlagged, group, draw } of rows) {
    const h = isFlagged ? 1 : 0;
    contents += 1;
    flagged += h;
    let z = score;
    if (draw !== null) {
      assertDrawn(draw);
      drawn += 1;
      const labelled = labelling.get(draw.stratum) ?? 0;
      if (labelled === 0) silent.add(draw.stratum);
      if (draw.label !== null && labelled > 0) {
        const probability = draw.probability * labelled;
        const w = 1 / probability;
        const y = draw.label;
        const error = y - score;
        const square = (1 - probability) * w * w * error * error;
        z += w * error;
        labels += 1;
        flaggedLabels += h;
        positiveLabels += y;
        weights += w;
        squaredWeights += w * w;
        maximumWeight = Math.max(maximumWeight, w);
        flaggedWeights += h * w;
        positiveWeights += y * w;
        flaggedPositiveWeights += h * y * w;
        squaredFlaggedWeights += h * w * w;
        squaredPositiveWeights += y * w * w;
        squares += square;
        flaggedSquares += h * square;
      }
    }
    positives += z;
    truePositives += h * z;
    const sums = groups.get(group);
    if (sums === undefined) {
      groups.set(group, { n: 1, f: h, a: h * z, b: z });
    } else {
      sums.n += 1;
      sums.f += h;
      sums.a += h * z;
      sums.b += z;
    }
  }
  let [nn, ff, bb, aa, bn, af, ab] = [0, 0, 0, 0, 0, 0, 0];
  for (const { n, f, a, b } of groups.values()) {
    nn += n * n;
    ff += f * f;
    bb += b * b;
    aa += a * a;
    bn += b * n;
    af += a * f;
    ab += a * b;
  }
  return {
    contents,
    flagged,
    drawn,
    labels,
    flaggedLabels,
    positiveLabels,
    silentStrata: silent.size,
    weights,
    squaredWeights,
    maximumWeight,
    flaggedWeights,
    positiveWeights,
    flaggedPositiveWeights,
    squaredFlaggedWeights,
    squaredPositiveWeights,
    positives,
    truePositives,
    squares,
    flaggedSquares,
    groups: { nn, ff, bb, aa, bn, af, ab },
  };
}

/** The estimates that follow from the sums (sampling 1.4). */
export function qualityFrom(totals: QualityTotals, leastLabels = LEAST_LABELS): QualityEstimate {
  const { contents: N, flagged: M, positives: P, truePositives: TP, squares, flaggedSquares, groups } = totals;
  const { drawn, labels, flaggedLabels, positiveLabels } = totals;
  const prevalence = P / N;
  const precision = TP / M;
  const recall = TP / P;
  const outside = squares - flaggedSquares;
  const all = {
    labels,
    needed: leastLabels,
    weightedPositives: totals.positiveWeights,
    effective: kish(totals.weights, totals.squaredWeights),
  };
  const estimate = (metric: Metric): MetricEstimate => estimateMetric(totals, metric);
  return {
    contents: N,
    flagged: M,
    drawn,
    labels,
    pending: drawn - labels,
    effectiveLabels: all.effective,
    maximumWeight: totals.maximumWeight,
    prevalence: estimate({
      ...all,
      interval: waldInterval,
      raw: prevalence,
      variance: squares / N ** 2,
      processVariance: (groups.bb - 2 * prevalence * groups.bn + prevalence ** 2 * groups.nn) / N ** 2,
      hajek: totals.positiveWeights / totals.weights,
      horvitzThompson: totals.positiveWeights / N,
    }),
    precision: estimate({
      ...all,
      labels: flaggedLabels,
      weightedPositives: totals.flaggedPositiveWeights,
      effective: kish(totals.flaggedWeights, totals.squaredFlaggedWeights),
      interval: logitInterval,
      raw: precision,
      variance: flaggedSquares / M ** 2,
      processVariance: (groups.aa - 2 * precision * groups.af + precision ** 2 * groups.ff) / M ** 2,
      hajek: totals.flaggedPositiveWeights / totals.flaggedWeights,
      horvitzThompson: totals.flaggedPositiveWeights / M,
    }),
    recall: estimate({
      ...all,
      labels: positiveLabels,
      effective: kish(totals.positiveWeights, totals.squaredPositiveWeights),
      interval: logitInterval,
      raw: recall,
      variance: ((1 - recall) ** 2 * flaggedSquares + recall ** 2 * outside) / P ** 2,
      processVariance: (groups.aa - 2 * recall * groups.ab + recall ** 2 * groups.bb) / P ** 2,
      // A ratio: the sum of the weights cancels.
      hajek: totals.flaggedPositiveWeights / totals.positiveWeights,
      horvitzThompson: totals.flaggedPositiveWeights / totals.positiveWeights,
    }),
  };
}

/** {@link qualityTotals} and {@link qualityFrom} over the rows of one category: the whole window. */
export function estimateQuality(rows: readonly EstimationRow[], leastLabels = LEAST_LABELS): QualityEstimate {
  return qualityFrom(qualityTotals(rows, labellingProbabilities(rows)), leastLabels);
}

interface Metric {
  /** Labels that the metric rests on. */
  readonly labels: number;
  readonly needed: number;
  readonly weightedPositives: number;
  readonly effective: number;
  readonly interval: (estimate: number, variance: number) => Interval;
  /** Before it is cut to [0, 1]: a model-assisted estimate may step outside. */
  readonly raw: number;
  readonly variance: number;
  readonly processVariance: number;
  readonly hajek: number;
  readonly horvitzThompson: number;
}

function estimateMetric(totals: QualityTotals, metric: Metric): MetricEstimate {
  const { labels, needed, raw, variance, hajek, horvitzThompson } = metric;
  if (totals.silentStrata > 0) return { state: 'pending', pending: totals.drawn - totals.labels };
  // A total of positives at or below 0 is noise around none.
  if (labels < needed || !Number.isFinite(raw) || totals.positives <= 0) {
    return { state: 'insufficient_labels', labels, needed };
  }
  const value = Math.min(1, Math.max(0, raw));
  const processVariance = Math.max(0, metric.processVariance);
  return {
    state: 'estimated',
    value,
    variance,
    interval: intervalOf(metric, value, variance),
    processVariance,
    processInterval: intervalOf(metric, value, processVariance),
    hajek,
    horvitzThompson,
  };
}

function intervalOf(
  { interval, weightedPositives, labels, effective }: Metric,
  value: number,
  variance: number,
): Interval {
  const spread = value * (1 - value);
  if (weightedPositives >= LEAST_WEIGHTED_POSITIVES && spread > 0) return interval(value, variance);
  // At 0 or 1 the variance says nothing about how many trials that is; the labels do.
  if (variance === 0) return wilsonInterval(value, labels);
  return wilsonInterval(value, spread > 0 ? spread / variance : effective);
}

function kish(sum: number, squares: number): number {
  return squares === 0 ? 0 : sum ** 2 / squares;
}
