/** Normal quantile of the published 95 % intervals (sampling 1.4). */
const Z = 1.96;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const clip = (value: number): number => Math.min(1, Math.max(0, value));

/** `e ± 1.96 sqrt(Var)`, within [0, 1]. */
export function waldInterval(estimate: number, variance: number): Interval {
  const half = Z * Math.sqrt(variance);
  return { low: clip(estimate - half), high: clip(estimate + half) };
}

/** `logit(e) ± 1.96 sqrt(Var) / (e (1-e))`, for estimates strictly between 0 and 1. */
export function logitInterval(estimate: number, variance: number): Interval {
  const logit = Math.log(estimate / (1 - estimate));
  const half = (Z * Math.sqrt(variance)) / (estimate * (1 - estimate));
  return { low: 1 / (1 + Math.exp(half - logit)), high: 1 / (1 + Math.exp(-half - logit)) };
}

/** Wilson's interval for a share of `count` trials; the count need not be whole. */
export function wilsonInterval(estimate: number, count: number): Interval {
  const square = Z * Z;
  const centre = (estimate + square / (2 * count)) / (1 + square / count);
  const half =
    (Z / (1 + square / count)) * Math.sqrt((estimate * (1 - estimate)) / count + square / (4 * count * count));
  return { low: clip(centre - half), high: clip(centre + half) };
}
