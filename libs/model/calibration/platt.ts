import { applyCalibrator, logOdds, sigmoid, softplus } from './calibrator.js';
import type { Calibrator, CalibrationRow } from './calibrator.js';

/** Number of rows of each label; smoothing counts rows, not weights, as evidence. */
export function countLabels(rows: readonly CalibrationRow[]): { positives: number; negatives: number } {
  let positives = 0;
  for (const row of rows) positives += row.label;
  return { positives, negatives: rows.length - positives };
}

/** Weighted mean label, or NaN without rows. */
export function prevalence(rows: readonly CalibrationRow[]): number {
  let positive = 0;
  let total = 0;
  for (const row of rows) {
    positive += row.weight * row.label;
    total += row.weight;
  }
  return positive / total;
}

/**
 * Platt scaling `sigma(A z + B)` by Newton's method on weighted log loss with the smoothed targets
 * `(n1 + 1) / (n1 + 2)` and `1 / (n0 + 2)` (calibration 3.1).
 */
export function fitPlatt(rows: readonly CalibrationRow[]): Calibrator {
  const { positives, negatives } = countLabels(rows);
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  let a = 1;
  let b = 0;
  let loss = plattLoss(rows, high, low, a, b);
  let still = 0;
  for (let iteration = 0; iteration < 100; iteration += 1) {
    let ga = 0;
    let gb = 0;
    let haa = 1e-10;
    let hab = 0;
    let hbb = 1e-10;
    for (const { logit, label, weight } of rows) {
      const p = sigmoid(a * logit + b);
      const residual = weight * (p - (label === 1 ? high : low));
      const curvature = weight * p * (1 - p);
      ga += residual * logit;
      gb += residual;
      haa += curvature * logit * logit;
      hab += curvature * logit;
      hbb += curvature;
    }
    if (Math.max(Math.abs(ga), Math.abs(gb)) < 1e-9) break;
    const determinant = haa * hbb - hab * hab;
    if (!(determinant > 0)) break;
    const da = -(hbb * ga - hab * gb) / determinant;
    const db = -(haa * gb - hab * ga) / determinant;
    const slope = ga * da + gb * db;
    let step = 1;
    let next = plattLoss(rows, high, low, a + da, b + db);
    while (next > loss + 1e-4 * step * slope && step > 1e-10) {
      step /= 2;
      next = plattLoss(rows, high, low, a + step * da, b + step * db);
    }
    if (step <= 1e-10) break;
    // Large weights leave rounding in the gradient above its tolerance: steps without progress end it.
    still = next < loss ? 0 : still + 1;
    if (still === 3) break;
    a += step * da;
    b += step * db;
    loss = next;
  }
  return { kind: 'PLATT', parameters: [a, b], x: [], y: [] };
}

function plattLoss(rows: readonly CalibrationRow[], high: number, low: number, a: number, b: number): number {
  let loss = 0;
  for (const { logit, label, weight } of rows) {
    const z = a * logit + b;
    loss += weight * (softplus(z) - (label === 1 ? high : low) * z);
  }
  return loss;
}

/**
 * A parent calibrator moved along the logit axis alone, so that the mean probability equals the observed prevalence
 * `(p n + 1) / (n + 2)`, n the effective number of rows: what fewer than 20 positives can support (calibration 3.1). The
 * slope A of Platt stays and B is fitted anew; beta keeps a and b; isotonic keeps its knots.
 */
export function shiftToPrevalence(parent: Calibrator, rows: readonly CalibrationRow[]): Calibrator {
  let total = 0;
  let squares = 0;
  let positive = 0;
  for (const { label, weight } of rows) {
    total += weight;
    squares += weight * weight;
    positive += weight * label;
  }
  // Weights of 1/pi stand for contents that nobody looked at: they are no evidence.
  const scale = squares > 0 ? total / squares : 1;
  const goal = (scale * positive + 1) / (scale * total + 2);
  const sumAt = summedProbability(parent, rows);
  let low = -60;
  let high = 60;
  for (let iteration = 0; iteration < 80; iteration += 1) {
    const middle = (low + high) / 2;
    if (total > 0 && sumAt(middle) / total < goal) low = middle;
    else high = middle;
  }
  return withOffset(parent, (low + high) / 2);
}

/** Sum of weighted probabilities under the parent with another offset. */
function summedProbability(parent: Calibrator, rows: readonly CalibrationRow[]): (offset: number) => number {
  const sum = (probability: (logit: number) => number): number =>
    rows.reduce((all, { logit, weight }) => all + weight * probability(logit), 0);
  const [a = 1, b = 0] = parent.parameters;
  switch (parent.kind) {
    case 'IDENTITY':
    case 'PLATT':
      return (offset) => sum((logit) => sigmoid(a * logit + offset));
    case 'BETA':
      return (offset) => sum((logit) => sigmoid(-a * softplus(-logit) + b * softplus(logit) + offset));
    case 'ISOTONIC':
      return (offset) => {
        const moved = withOffset(parent, offset);
        return sum((logit) => applyCalibrator(moved, logit));
      };
  }
}

function withOffset({ kind, parameters, x, y }: Calibrator, offset: number): Calibrator {
  const [a = 1, b = 0] = parameters;
  switch (kind) {
    case 'IDENTITY':
    case 'PLATT':
      return { kind: 'PLATT', parameters: [a, offset], x: [], y: [] };
    case 'BETA':
      return { kind: 'BETA', parameters: [a, b, offset], x: [], y: [] };
    case 'ISOTONIC':
      return { kind: 'ISOTONIC', parameters: [], x, y: y.map((level) => sigmoid(logOdds(level) + offset)) };
  }
}
