/** `erfc(x) = 1 - erf(x)`, to 14 digits: a series of positive terms below 2.5, a continued fraction above (DLMF 7.6.2, 7.9.1). */
function complementaryError(x: number): number {
  if (x < 0) return 2 - complementaryError(-x);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 120; n > 0; n -= 1) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** P(Z >= z) of a standard normal. */
export function normalUpperTail(z: number): number {
  return complementaryError(z / Math.SQRT2) / 2;
}

/** P(X >= x) of a chi-square with a whole number of degrees of freedom: finite sums (Abramowitz and Stegun 26.4.4, 26.4.5). */
export function chiSquareUpperTail(x: number, degrees: number): number {
  if (degrees <= 0 || !(x > 0)) return 1;
  const half = x / 2;
  const isOdd = degrees % 2 === 1;
  let tail = isOdd ? complementaryError(Math.sqrt(half)) : 0;
  // Terms half^a e^-half / Gamma(a + 1), a = 0, 1, .. or 1/2, 3/2, ..
  let power = isOdd ? 0.5 : 0;
  let term = isOdd ? 2 * Math.sqrt(half / Math.PI) * Math.exp(-half) : Math.exp(-half);
  for (let i = 0; i < Math.floor(degrees / 2); i += 1) {
    tail += term;
    power += 1;
    term *= half / power;
  }
  return Math.min(1, tail);
}

/** The x with {@link chiSquareUpperTail}(x) = p. */
export function chiSquareCritical(p: number, degrees: number): number {
  if (degrees <= 0) return 0;
  let [low, high] = [0, 1];
  while (chiSquareUpperTail(high, degrees) > p) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i += 1) {
    const middle = (low + high) / 2;
    if (chiSquareUpperTail(middle, degrees) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P that two samples of one continuous distribution are D apart: Kolmogorov's series at `D sqrt(n0 n1 / (n0 + n1))`; ties make it smaller than stated. */
export function kolmogorovSmirnovP(d: number, n0: number, n1: number): number {
  const scaled = d * Math.sqrt((n0 * n1) / (n0 + n1));
  // Below, the series converges slowly and the probability is 1 to 1e-12.
  if (!(scaled > 0.2)) return 1;
  let sum = 0;
  for (let j = 1; j <= 100; j += 1) {
    const term = Math.exp(-2 * j * j * scaled * scaled);
    sum += j % 2 === 1 ? term : -term;
    if (term < 1e-18) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/** Two-sided P that two means with these variances of a value are so far apart, by the normal approximation (Welch). */
export function meanDifferenceP(
  difference: number,
  variance0: number,
  n0: number,
  variance1: number,
  n1: number,
): number {
  const error = Math.sqrt(variance0 / n0 + variance1 / n1);
  if (error === 0) return difference === 0 ? 1 : 0;
  return Math.min(1, 2 * normalUpperTail(Math.abs(difference) / error));
}

/**
 * Benjamini and Hochberg's adjusted p values, in the order given: of those at or below q at most a share q is expected to be false (1995;
 * also under the positive dependence of overlapping slices, Benjamini and Yekutieli 2001).
 */
export function benjaminiHochberg(p: readonly number[]): readonly number[] {
  const order = p.map((_, i) => i).sort((left, right) => (p[right] ?? 1) - (p[left] ?? 1));
  const adjusted = new Array<number>(p.length).fill(1);
  let least = 1;
  for (const [rank, i] of order.entries()) {
    least = Math.min(least, ((p[i] ?? 1) * p.length) / (p.length - rank));
    adjusted[i] = least;
  }
  return adjusted;
}
