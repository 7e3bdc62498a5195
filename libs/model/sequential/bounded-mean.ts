/** What is kept of observations with predictions: three numbers, however many there were. */
export interface BernsteinSums {
  /** Sum of the observations, and of the items that they stand for. */
  readonly sum: number;
  readonly size: number;
  /** Sum of squared distances of each observation from its prediction. */
  readonly variance: number;
}

export const noBernsteinSums: BernsteinSums = { sum: 0, size: 0, variance: 0 };

/** Steepness of the grid, as parts of the largest possible slope, 1 / distance. */
const steepness = [0.9, 0.7, 0.5, 0.35, ...Array.from({ length: 10 }, (_, k) => 0.25 * 2 ** -k)];

/**
 * Always-valid bounds of (sum of expectations) / (sum of sizes): exact for any number of observations, and also while
 * the expectations move. No observation may lie further than `distance` from its prediction, which was made without it: for a
 * model-assisted label, m + I (y - m)/pi with prediction m, that is the largest 1/pi. Each bound holds at `alpha`.
 *
 * For x - p >= -c and a slope l < 1/c, exp(l (x - p) - psi(l) (x - p)^2) <= 1 + l (x - p) with
 * psi(l) = (-ln(1 - c l) - c l) / c^2 (Fan, Grama and Liu 2015, lemma 4.1), so that exp(l (S - sum of expectations) - psi(l) V)
 * is a supermartingale (the empirical Bernstein sequence of Howard et al. 2021, theorem 4; with predictions as in
 * Waudby-Smith and Ramdas 2024, for weighted and assisted values in Waudby-Smith, Wu, Ramdas, Karampatziakis and Mineiro
 * 2024), and so is its mean over a grid of slopes. Slopes are a mixture and not tuned on the way: tuned ones bound a mean in
 * which early observations weigh more, which is another figure when the mean moves.
 */
export function boundsOfMean(
  { sum, size, variance }: BernsteinSums,
  { distance, alpha }: { readonly distance: number; readonly alpha: number },
): { readonly low: number; readonly high: number } {
  if (size <= 0) return { low: -Infinity, high: Infinity };
  const needed = Math.log(steepness.length / alpha);
  const slopes = steepness.map((part) => ({
    slope: part / distance,
    cost: ((-Math.log1p(-part) - part) / distance ** 2) * variance,
  }));
  let out = 0;
  // One slope alone reaches the bound here, so that the mixture has.
  let reached = Math.min(...slopes.map(({ slope, cost }) => (needed + cost) / slope));
  for (let step = 0; step < 40; step += 1) {
    const middle = (out + reached) / 2;
    if (logSumExp(slopes.map(({ slope, cost }) => slope * middle - cost)) >= needed) reached = middle;
    else out = middle;
  }
  return { low: (sum - reached) / size, high: (sum + reached) / size };
}

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
