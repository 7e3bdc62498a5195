import { mixtureBound, mixtureRho } from './normal-mixture.js';

/** Count, mean and sum of squared deviations of the values so far (Welford). */
export interface RunningMoments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

export const noMoments: RunningMoments = { count: 0, mean: 0, squares: 0 };

export function addValue({ count, mean, squares }: RunningMoments, value: number): RunningMoments {
  const next = mean + (value - mean) / (count + 1);
  return { count: count + 1, mean: next, squares: squares + (value - mean) * (value - next) };
}

export interface MeanSequence {
  readonly mean: number;
  /** Infinite with fewer than two values. */
  readonly radius: number;
}

/**
 * Asymptotic confidence sequence for the mean of independent values, for example of per-pair differences (evaluation 4.5;
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024): `mean` +- `radius` holds at all counts at once with chance
 * 1 - alpha. It is the normal mixture bound of n values with variance n sigma^2, over n: their rho^2 is 1/rho of
 * {@link mixtureRho}. `plannedVariance` is n* sigma^2 of the sample for which the radius is to be shortest, chosen beforehand.
 */
export function meanSequence(
  { count, mean, squares }: RunningMoments,
  { plannedVariance, alpha }: { readonly plannedVariance: number; readonly alpha: number },
): MeanSequence {
  if (count < 2) return { mean, radius: Infinity };
  return { mean, radius: mixtureBound(squares, mixtureRho(plannedVariance, alpha), alpha) / count };
}
