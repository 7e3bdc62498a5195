import { logOdds, softplus, sigmoid } from '../calibration/calibrator.js';
import { fallingOrder } from './ranking.js';
import type { Judged } from './ranking.js';

export interface ReliabilityBin {
  readonly meanScore: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly items: number;
  /** Share of all weight in this bin. */
  readonly share: number;
}

export interface Reliability {
  readonly adaptiveEce: number;
  /** Adaptive ECE inside the top 5 % of scores, where all action on a rare class is. */
  readonly topEce: number;
  readonly brier: number;
  readonly logLoss: number;
  /** Of `logit y ~ z_cal`; 1 and 0 are ideal (calibration 3.2). */
  readonly slope: number;
  readonly intercept: number;
  readonly bins: readonly ReliabilityBin[];
}

export const binCount = 15;
export const topShare = 0.05;

/** Wilson 95 % interval of a rate from (possibly weighted) successes out of `trials`. */
export function wilsonInterval(successes: number, trials: number): { low: number; high: number } {
  if (trials <= 0) return { low: 0, high: 1 };
  const z = 1.959963984540054;
  const rate = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (rate + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Calibration quality of probabilities (calibration 3.2). Weights (1/pi) default to 1. */
export function measureReliability(judged: Judged, weights?: Float64Array): Reliability {
  const { scores, labels } = judged;
  const rising = fallingOrder(scores).reverse();
  const total = weightOf(rising, weights);
  let brier = 0;
  let logLoss = 0;
  for (const [row, score] of scores.entries()) {
    const weight = weights?.[row] ?? 1;
    const label = labels[row] ?? 0;
    brier += weight * (score - label) ** 2;
    const z = logOdds(score);
    logLoss += weight * (softplus(z) - label * z);
  }
  const bins = equalMassBins(judged, rising, binCount, weights);
  const topStart = rising.length - Math.max(1, Math.ceil(topShare * rising.length));
  const top = equalMassBins(judged, rising.subarray(topStart), binCount, weights);
  return {
    adaptiveEce: expectedError(bins),
    topEce: expectedError(top),
    brier: brier / total,
    logLoss: logLoss / total,
    ...calibrationLine(judged, weights),
    bins,
  };
}

/** Bins of equal weight over rows in rising order of score. */
export function equalMassBins(
  { scores, labels }: Judged,
  rising: Int32Array,
  count: number,
  weights?: Float64Array,
): ReliabilityBin[] {
  const total = weightOf(rising, weights);
  const bins: ReliabilityBin[] = [];
  let bin = { weight: 0, score: 0, positive: 0, items: 0 };
  let passed = 0;
  for (const [position, row] of rising.entries()) {
    const weight = weights?.[row] ?? 1;
    bin.weight += weight;
    bin.score += weight * (scores[row] ?? 0);
    bin.positive += weight * (labels[row] ?? 0);
    bin.items += 1;
    passed += weight;
    const isLast = position === rising.length - 1;
    if (!isLast && passed < ((bins.length + 1) * total) / count - 1e-9) continue;
    const rate = bin.positive / bin.weight;
    bins.push({
      meanScore: bin.score / bin.weight,
      rate,
      ...wilsonInterval(rate * bin.items, bin.items),
      items: bin.items,
      share: bin.weight / total,
    });
    bin = { weight: 0, score: 0, positive: 0, items: 0 };
  }
  return bins;
}

function weightOf(rows: Int32Array, weights?: Float64Array): number {
  if (weights === undefined) return rows.length;
  let total = 0;
  for (const row of rows) total += weights[row] ?? 0;
  return total;
}

function expectedError(bins: readonly ReliabilityBin[]): number {
  let error = 0;
  for (const bin of bins) error += bin.share * Math.abs(bin.rate - bin.meanScore);
  return bins.length > 0 ? error : Number.NaN;
}

/** Logistic regression of the label on the calibrated logit by Newton's method, with a ridge of 1e-6. */
function calibrationLine(judged: Judged, weights?: Float64Array): { slope: number; intercept: number } {
  // Bounded steps settle nearly always; where logits crowd together they can swing for ever, and shorter ones are needed.
  return newton(judged, weights, (step) => step) ?? newton(judged, weights, backtracking(judged, weights)) ?? noLine;
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

const noLine: Line = { slope: Number.NaN, intercept: Number.NaN };

/** Shortens a step until it no longer raises the log loss, along its own direction. */
function backtracking(judged: Judged, weights?: Float64Array): (step: Line, from: Line, full: Line) => Line {
  return (_, from, full) => {
    const before = lossOf(judged, weights, from);
    for (let share = 1; share > 1e-9; share /= 2) {
      const step = { slope: share * full.slope, intercept: share * full.intercept };
      const to = { slope: from.slope - step.slope, intercept: from.intercept - step.intercept };
      if (lossOf(judged, weights, to) <= before) return step;
    }
    return { slope: 0, intercept: 0 };
  };
}

function lossOf({ scores, labels }: Judged, weights: Float64Array | undefined, { slope, intercept }: Line): number {
  let loss = 5e-7 * (slope - 1) ** 2;
  for (const [row, score] of scores.entries()) {
    const z = slope * logOdds(score) + intercept;
    loss += (weights?.[row] ?? 1) * (softplus(z) - (labels[row] ?? 0) * z);
  }
  return loss;
}

/** Undefined when it does not settle within 50 steps. */
function newton(
  { scores, labels }: Judged,
  weights: Float64Array | undefined,
  shorten: (bounded: Line, from: Line, full: Line) => Line,
): Line | undefined {
  let slope = 1;
  let intercept = 0;
  for (let iteration = 0; iteration < 50; iteration += 1) {
    let gs = 1e-6 * (slope - 1);
    let gi = 0;
    let hss = 1e-6;
    let hsi = 0;
    let hii = 1e-9;
    for (const [row, score] of scores.entries()) {
      const weight = weights?.[row] ?? 1;
      const z = logOdds(score);
      const p = sigmoid(slope * z + intercept);
      const residual = weight * (p - (labels[row] ?? 0));
      const curvature = weight * p * (1 - p);
      gs += residual * z;
      gi += residual;
      hss += curvature * z * z;
      hsi += curvature * z;
      hii += curvature;
    }
    const determinant = hss * hii - hsi * hsi;
    if (!(determinant > 0)) return noLine;
    // A full Newton step from far away can overshoot to a flat region.
    const full = { slope: (hii * gs - hsi * gi) / determinant, intercept: (hss * gi - hsi * gs) / determinant };
    const step = shorten(
      { slope: clamp(full.slope, 2), intercept: clamp(full.intercept, 2) },
      { slope, intercept },
      full,
    );
    slope -= step.slope;
    intercept -= step.intercept;
    if (Math.abs(step.slope) + Math.abs(step.intercept) < 1e-10) return { slope, intercept };
  }
  return undefined;
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
