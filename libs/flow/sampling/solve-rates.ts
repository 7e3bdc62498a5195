/** The upper end of a stratum's parts above the uniform rate, with multiplier 1. */
export interface LargestParts {
  /** The largest ones, falling; at least as many as the budget of the observed window, or all. */
  readonly values: readonly number[];
  /** Over all contents. */
  readonly sum: number;
}

export interface StratumRates {
  readonly uniformRate: number;
  readonly multiplier: number;
}

/**
 * The multiplier with which `sum of min(1, uniformRate + multiplier * part)` is the budget. The sum is piecewise linear with a bend
 * where a content reaches 1, so the root is found exactly by walking down the largest parts; a bisection would only come near.
 * At most `budget` contents can reach 1, which is why so many parts are enough. When every content that has a part is at 1 and labels
 * are left, the uniform rate rises.
 * @param budget labels in the observed window, less than `contents`
 */
export function solveRates(
  { values, sum }: LargestParts,
  {
    contents,
    uniformRate,
    budget,
  }: { readonly contents: number; readonly uniformRate: number; readonly budget: number },
): StratumRates {
  // Sums from the small end: taking the large parts away from the whole would leave nothing but rounding.
  let tail = values.length >= contents ? 0 : Math.max(0, sum - values.reduce((all, value) => all + value, 0));
  const tails = new Float64Array(values.length);
  for (let at = values.length - 1; at >= 0; at -= 1) {
    tail += values[at] ?? 0;
    tails[at] = tail;
  }
  let smallest = 1;
  for (const [full, next] of values.entries()) {
    if (next === 0) return { uniformRate: (budget - full) / (contents - full), multiplier: 1 / smallest };
    const multiplier = (budget - full - (contents - full) * uniformRate) / (tails[full] ?? 1);
    if (uniformRate + multiplier * next <= 1) return { uniformRate, multiplier };
    smallest = next;
  }
  return { uniformRate, multiplier: 1 };
}
