/**
 * Normal mixture boundary: a sum with variance process V that has mean 0 is beyond it at any time with probability at most alpha
 * (evaluation 4.5; Howard and others 2021). It is tightest near the planned V.
 */
export function mixtureBound(variance: number, planned: number, alpha: number): number {
  const rho = mixtureRho(planned, alpha);
  return Math.sqrt((variance + rho) * (Math.log(1 + variance / rho) + 2 * Math.log(1 / alpha)));
}

export function mixtureRho(planned: number, alpha: number): number {
  const twice = 2 * Math.log(1 / alpha);
  return planned / (twice + Math.log(1 + twice));
}
