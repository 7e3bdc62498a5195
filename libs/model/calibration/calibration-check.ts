import { sigmoid, softplus } from './calibrator.js';
import type { CalibrationRow } from './calibrator.js';

export interface Gap {
  /** Weighted mean probability: the prevalence that the probabilities promise (CBPE). */
  readonly expected: number;
  /** Weighted mean label. */
  readonly realised: number;
  readonly standardError: number;
  /** The difference is more than two standard errors (calibration 3.4). */
  readonly isClear: boolean;
}

/**
 * Promised against realised prevalence. The standard error is the larger one of what the labels show and of what they would show if the
 * probabilities were right: without a positive they show none at all. `logit` is the calibrated one.
 */
export function prevalenceGap(rows: readonly CalibrationRow[]): Gap {
  let [total, expected, realised, promised] = [0, 0, 0, 0];
  for (const { logit, label, weight } of rows) {
    const p = sigmoid(logit);
    total += weight;
    expected += weight * p;
    realised += weight * label;
    promised += weight * weight * p * (1 - p);
  }
  if (total === 0) return { expected: 0, realised: 0, standardError: 0, isClear: false };
  const gap = (realised - expected) / total;
  let shown = 0;
  for (const { logit, label, weight } of rows) shown += (weight * (label - sigmoid(logit) - gap)) ** 2;
  const standardError = Math.sqrt(Math.max(shown, promised)) / total;
  return {
    expected: expected / total,
    realised: realised / total,
    standardError,
    isClear: Math.abs(gap) > 2 * standardError,
  };
}

export interface Slope {
  readonly slope: number;
  /** 95 % interval, robust to unequal weights. */
  readonly low: number;
  readonly high: number;
}

/**
 * Slope of `logit y ~ z_cal` (calibration 3.2; 1 is ideal) with its sandwich interval: weights of 1/pi are not counts, so the usual one
 * would be too narrow. Null where labels leave it open.
 */
export function calibrationSlope(rows: readonly CalibrationRow[]): Slope | null {
  let slope = 1;
  let offset = 0;
  for (let iteration = 0; iteration < 100; iteration += 1) {
    const { gradient, inverse } = slopeSystem(rows, slope, offset);
    if (inverse === null) return null;
    const ds = bounded(inverse[0] * gradient[0] + inverse[1] * gradient[1]);
    const di = bounded(inverse[1] * gradient[0] + inverse[2] * gradient[1]);
    slope -= ds;
    offset -= di;
    if (Math.abs(ds) + Math.abs(di) < 1e-10) {
      const at = slopeSystem(rows, slope, offset);
      if (at.inverse === null) return null;
      const [a, b] = at.inverse;
      const [m0, m1, m2] = at.meat;
      const half = 1.96 * Math.sqrt(a * a * m0 + 2 * a * b * m1 + b * b * m2);
      return { slope, low: slope - half, high: slope + half };
    }
  }
  return null;
}

type Symmetric = readonly [number, number, number];

function slopeSystem(
  rows: readonly CalibrationRow[],
  slope: number,
  offset: number,
): { readonly gradient: readonly [number, number]; readonly inverse: Symmetric | null; readonly meat: Symmetric } {
  let [g0, g1, h00, h01, h11, m0, m1, m2] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const { logit, label, weight } of rows) {
    const p = sigmoid(slope * logit + offset);
    const residual = weight * (p - label);
    const curvature = weight * p * (1 - p);
    g0 += residual * logit;
    g1 += residual;
    h00 += curvature * logit * logit;
    h01 += curvature * logit;
    h11 += curvature;
    m0 += residual * residual * logit * logit;
    m1 += residual * residual * logit;
    m2 += residual * residual;
  }
  const determinant = h00 * h11 - h01 * h01;
  const isSound = determinant > 1e-12 * h00 * h11 && determinant > 0;
  return {
    gradient: [g0, g1],
    inverse: isSound ? [h11 / determinant, -h01 / determinant, h00 / determinant] : null,
    meat: [m0, m1, m2],
  };
}

/** Steps are bounded: a full Newton step from far away can overshoot to a flat region. */
function bounded(step: number): number {
  return Math.max(-2, Math.min(2, step));
}

/** Weighted mean log loss of calibrated logits. */
export function meanLogLoss(rows: readonly CalibrationRow[]): number {
  let [total, loss] = [0, 0];
  for (const { logit, label, weight } of rows) {
    total += weight;
    loss += weight * (softplus(logit) - label * logit);
  }
  return loss / total;
}

/** How much lower the log loss of `after` is than that of `before`, row by row of the same contents, and its standard error. */
export function logLossGain(
  before: readonly CalibrationRow[],
  after: readonly CalibrationRow[],
): { readonly gain: number; readonly standardError: number } {
  let total = 0;
  let sum = 0;
  const gains: { readonly weight: number; readonly gain: number }[] = [];
  for (const [i, { logit, label, weight }] of before.entries()) {
    const other = after[i]?.logit ?? logit;
    const gain = softplus(logit) - label * logit - (softplus(other) - label * other);
    total += weight;
    sum += weight * gain;
    gains.push({ weight, gain });
  }
  if (total === 0) return { gain: 0, standardError: 0 };
  const mean = sum / total;
  const squares = gains.reduce((all, { weight, gain }) => all + (weight * (gain - mean)) ** 2, 0);
  return { gain: mean, standardError: Math.sqrt(squares) / total };
}
