/**
 * Always-valid bound for a sum with variance process V: the chance that |S| ever reaches it is at most alpha under H0
 * (evaluation 4.5; Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, proposition 5). Exact for sub-Gaussian sums,
 * asymptotic for sums whose variance is estimated.
 */
export function mixtureBound(variance: number, rho: number, alpha: number): number {
  return Math.sqrt((variance + rho) * (Math.log1p(variance / rho) + 2 * Math.log(1 / alpha)));
}

/** Mixing parameter that makes the bound about as low as it can be when the variance reaches `plannedVariance`. */
export function mixtureRho(plannedVariance: number, alpha: number): number {
  return plannedVariance / growthAtPlan(alpha);
}

/** The squared bound over the variance at the planned variance: how many standard deviations, squared, a decision takes. */
export function squaredDeviationsAtPlan(alpha: number): number {
  return mixtureBound(1, mixtureRho(1, alpha), alpha) ** 2;
}

function growthAtPlan(alpha: number): number {
  const twice = 2 * Math.log(1 / alpha);
  return twice + Math.log1p(twice);
}

/** Logarithm of the mixture likelihood ratio (mSPRT): at least ln(1/alpha) exactly where |S| reaches the bound. */
export function logMixtureRatio(sum: number, variance: number, rho: number): number {
  return (Math.log(rho / (variance + rho)) + sum ** 2 / (variance + rho)) / 2;
}

/** The always-valid p value after another look: the least 1/ratio so far, never above 1 (Johari, Pekelis and Walsh 2022). */
export function alwaysValidP(previous: number, sum: number, variance: number, rho: number): number {
  return Math.min(previous, 1, Math.exp(-logMixtureRatio(sum, variance, rho)));
}
