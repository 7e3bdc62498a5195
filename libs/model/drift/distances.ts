/** Added to every count, so that an empty bin is rare and not impossible (drift 5.1). */
const SMOOTHING = 0.5;

/** Shares of bins: `(n + 0.5) / (N + 0.5 k)`. */
export function smoothedShares(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0) + SMOOTHING * counts.length;
  return counts.map((count) => (count + SMOOTHING) / total);
}

/** Population stability index of two lists of shares: `sum (q - p) ln(q / p)`; 0 for equal ones (drift 5.1). */
export function populationStabilityIndex(p: readonly number[], q: readonly number[]): number {
  return sumOver(p, q, (one, other) => (other - one) * Math.log(other / one));
}

/** Jensen-Shannon divergence, in nats; at most ln 2. Small shifts: an eighth of the PSI. */
export function jensenShannonDivergence(p: readonly number[], q: readonly number[]): number {
  const divergence = sumOver(p, q, (one, other) => {
    const middle = (one + other) / 2;
    return (one * Math.log(one / middle) + other * Math.log(other / middle)) / 2;
  });
  return Math.max(0, divergence);
}

/** Its square root to the base 2, in [0, 1]: a metric. */
export function jensenShannonDistance(p: readonly number[], q: readonly number[]): number {
  return Math.sqrt(jensenShannonDivergence(p, q) / Math.LN2);
}

/** Hellinger distance, in [0, 1]: `sqrt(sum (sqrt q - sqrt p)^2 / 2)`. */
export function hellingerDistance(p: readonly number[], q: readonly number[]): number {
  return Math.sqrt(sumOver(p, q, (one, other) => (Math.sqrt(other) - Math.sqrt(one)) ** 2) / 2);
}

/** Without drift the PSI is `chi-square with k-1 degrees / (n0 n1 / (n0 + n1))`: this is its mean (drift 5.1). */
export function psiNoise(bins: number, n0: number, n1: number): number {
  return (bins - 1) * (1 / n0 + 1 / n1);
}

function sumOver(p: readonly number[], q: readonly number[], term: (one: number, other: number) => number): number {
  return p.reduce((sum, one, i) => sum + term(one, q[i] ?? Number.NaN), 0);
}
