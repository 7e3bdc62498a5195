/**
 * A map from raw logit to probability, in the form that events and model artefacts carry.
 * - IDENTITY: `sigma(z)`; parameters [].
 * - PLATT: `sigma(a z + b)`; parameters [a, b].
 * - BETA: `sigma(a ln p - b ln(1 - p) + c)` with `p = sigma(z)`; parameters [a, b, c].
 * - ISOTONIC: piecewise linear through the knots (x: logits, rising; y: probabilities), constant outside.
 */
export interface Calibrator {
  readonly kind: 'IDENTITY' | 'PLATT' | 'BETA' | 'ISOTONIC';
  readonly parameters: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** One held-out observation. `weight` is 1/pi on a sample with unequal inclusion probabilities. */
export interface CalibrationRow {
  readonly logit: number;
  readonly label: 0 | 1;
  readonly weight: number;
}

export const identityCalibrator: Calibrator = { kind: 'IDENTITY', parameters: [], x: [], y: [] };

export function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const grown = Math.exp(logit);
  return grown / (1 + grown);
}

/** `ln(p / (1 - p))`, with p held 1e-12 away from 0 and 1. */
export function logOdds(probability: number): number {
  const held = Math.min(1 - 1e-12, Math.max(1e-12, probability));
  return Math.log(held / (1 - held));
}

/** `ln(1 + e^x)` without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Probability of the category; a pure function of its arguments, safe on the hot path. */
export function applyCalibrator(calibrator: Calibrator, logit: number): number {
  const [a = 1, b = 0, c = 0] = calibrator.parameters;
  switch (calibrator.kind) {
    case 'IDENTITY':
      return sigmoid(logit);
    case 'PLATT':
      return sigmoid(a * logit + b);
    case 'BETA':
      // ln p = -softplus(-z) and ln(1 - p) = -softplus(z): no probability is formed, so no rounding to 0 or 1.
      return sigmoid(-a * softplus(-logit) + b * softplus(logit) + c);
    case 'ISOTONIC':
      return interpolate(calibrator.x, calibrator.y, logit);
  }
}

function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  let low = 0;
  let high = x.length - 1;
  if (high < 0) return sigmoid(at);
  if (at <= (x[0] ?? 0)) return y[0] ?? 0;
  if (at >= (x[high] ?? 0)) return y[high] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  const x0 = x[low] ?? 0;
  const x1 = x[high] ?? 0;
  const y0 = y[low] ?? 0;
  const y1 = y[high] ?? 0;
  return x1 > x0 ? y0 + ((y1 - y0) * (at - x0)) / (x1 - x0) : y1;
}
