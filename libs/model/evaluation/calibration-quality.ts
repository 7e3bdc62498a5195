import { logOdds, sigmoid } from '../calibration/calibrator.js';
import type { Estimate } from './intervals.js';
import { known } from './intervals.js';
import type { RankedRows } from './ranked-rows.js';
import { binCount, equalMassBins, measureReliability, topShare } from './reliability.js';
import type { ReliabilityBin } from './reliability.js';

/** How far calibrated probabilities can be believed (calibration 3.2); all weighted by 1/pi. */
export interface CalibrationQuality {
  /** 15 bins of equal width. */
  readonly ece: number | null;
  /** 15 bins of equal mass. */
  readonly adaptiveEce: number | null;
  /** 15 bins of equal mass inside the top 5 % of scores, where all action on a rare class is. */
  readonly topEce: number | null;
  readonly brier: number | null;
  /** The part of the Brier score that a monotone map could mend: the mean squared gap of the bins. */
  readonly brierReliability: number | null;
  readonly logLoss: number | null;
  /** Of `logit y ~ z_cal`; 1 and 0 are ideal. Interval from a sandwich variance, near-duplicate groups as clusters. */
  readonly slope: Estimate;
  readonly intercept: Estimate;
  readonly bins: readonly ReliabilityBin[];
  readonly topBins: readonly ReliabilityBin[];
  /** Rows by twentieth of the probability, from 0 to 1: plain counts. */
  readonly histogram: { readonly positives: readonly number[]; readonly negatives: readonly number[] };
}

const histogramBins = 20;
const z95 = 1.959963984540054;

/** `probabilities` in the order of `ranked`. */
export function calibrationQuality(
  ranked: RankedRows,
  probabilities: Float64Array,
  groupHashes: Uint32Array,
): CalibrationQuality {
  const judged = { scores: probabilities, labels: ranked.labels };
  const measured = measureReliability(judged, ranked.weights);
  // Ranked by logit, falling: a calibrator is monotone, so reversed they rise.
  const rising = Int32Array.from(probabilities.keys()).reverse();
  const top = rising.subarray(rising.length - Math.max(1, Math.ceil(topShare * rising.length)));
  const line = calibrationLine(ranked, probabilities, groupHashes, measured);
  const histogram = {
    positives: new Array<number>(histogramBins).fill(0),
    negatives: new Array<number>(histogramBins).fill(0),
  };
  for (const [at, probability] of probabilities.entries()) {
    const bin = Math.min(histogramBins - 1, Math.floor(probability * histogramBins));
    const counts = ranked.labels[at] === 1 ? histogram.positives : histogram.negatives;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    ece: known(equalWidthError(ranked, probabilities)),
    adaptiveEce: known(measured.adaptiveEce),
    topEce: known(measured.topEce),
    brier: known(measured.brier),
    brierReliability: known(measured.bins.reduce((sum, bin) => sum + bin.share * (bin.rate - bin.meanScore) ** 2, 0)),
    logLoss: known(measured.logLoss),
    ...line,
    bins: measured.bins,
    topBins: ranked.rows.length > 0 ? equalMassBins(judged, top, binCount, ranked.weights) : [],
    histogram,
  };
}

function equalWidthError({ labels, weights }: RankedRows, probabilities: Float64Array): number {
  const bins = Array.from({ length: binCount }, () => ({ weight: 0, score: 0, positive: 0 }));
  let total = 0;
  for (const [at, probability] of probabilities.entries()) {
    const bin = bins[Math.min(binCount - 1, Math.floor(probability * binCount))];
    if (bin === undefined) continue;
    const weight = weights[at] ?? 1;
    bin.weight += weight;
    bin.score += weight * probability;
    bin.positive += weight * (labels[at] ?? 0);
    total += weight;
  }
  return bins.reduce((sum, { score, positive }) => sum + Math.abs(positive - score), 0) / total;
}

/** Intervals of slope and intercept: inverse information around the summed scores of each group. */
function calibrationLine(
  { rows, labels, weights, positives }: RankedRows,
  probabilities: Float64Array,
  groupHashes: Uint32Array,
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
): { slope: Estimate; intercept: Estimate } {
  const wide = positives < 30;
  const none = (value: number): Estimate => ({ value: known(value), low: null, high: null, wide });
  if (positives === 0 || positives === rows.length || !Number.isFinite(slope)) {
    // Without both labels the line runs away; there is nothing to report.
    return { slope: none(Number.NaN), intercept: none(Number.NaN) };
  }
  let hss = 0;
  let hsi = 0;
  let hii = 0;
  const scores = new Map<number, [number, number]>();
  for (const [at, probability] of probabilities.entries()) {
    const weight = weights[at] ?? 1;
    const z = logOdds(probability);
    const p = sigmoid(slope * z + intercept);
    const curvature = weight * p * (1 - p);
    hss += curvature * z * z;
    hsi += curvature * z;
    hii += curvature;
    const residual = weight * ((labels[at] ?? 0) - p);
    const group = groupHashes[rows[at] ?? 0] ?? 0;
    const score = scores.get(group) ?? [0, 0];
    score[0] += residual * z;
    score[1] += residual;
    scores.set(group, score);
  }
  const determinant = hss * hii - hsi * hsi;
  let varianceSlope = 0;
  let varianceIntercept = 0;
  for (const [s, i] of scores.values()) {
    varianceSlope += ((hii * s - hsi * i) / determinant) ** 2;
    varianceIntercept += ((hss * i - hsi * s) / determinant) ** 2;
  }
  const around = (value: number, variance: number): Estimate => ({
    value: known(value),
    low: known(value - z95 * Math.sqrt(variance)),
    high: known(value + z95 * Math.sqrt(variance)),
    wide,
  });
  return { slope: around(slope, varianceSlope), intercept: around(intercept, varianceIntercept) };
}
