const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function for x > 0 (Lanczos, g = 7, n = 9; relative error below 1e-13). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum = 0.99999999999980993;
  for (const [i, coefficient] of lanczos.entries()) sum += coefficient / (shifted + i + 1);
  const t = shifted + lanczos.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** `P(X >= successes)` for X ~ Bin(trials, probability), summed term by term from the far end. */
export function binomialUpperTail(trials: number, successes: number, probability: number): number {
  if (successes <= 0) return 1;
  if (successes > trials || probability <= 0) return 0;
  if (probability >= 1) return 1;
  const logP = Math.log(probability);
  const logQ = Math.log1p(-probability);
  const logChoices = logGamma(trials + 1);
  let tail = 0;
  for (let k = trials; k >= successes; k -= 1) {
    tail += Math.exp(logChoices - logGamma(k + 1) - logGamma(trials - k + 1) + k * logP + (trials - k) * logQ);
  }
  return Math.min(1, tail);
}

/** `P(X <= successes)` for X ~ Bin(trials, probability). */
export function binomialLowerTail(trials: number, successes: number, probability: number): number {
  return binomialUpperTail(trials, trials - successes, 1 - probability);
}

/**
 * {@link binomialUpperTail} for numbers that need not be whole, as effective counts of a weighted sample are: the
 * regularised incomplete beta function `I_p(successes, trials - successes + 1)`, which equals it where they are.
 */
export function effectiveUpperTail(trials: number, successes: number, probability: number): number {
  if (successes <= 0 || probability >= 1) return 1;
  if (successes > trials || probability <= 0) return 0;
  return incompleteBeta(successes, trials - successes + 1, probability);
}

/** Regularised incomplete beta function by its continued fraction (modified Lentz). */
function incompleteBeta(a: number, b: number, x: number): number {
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast below the mean; above it the other tail does.
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(a, b, x)) / a : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

function betaFraction(a: number, b: number, x: number): number {
  const hold = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / hold(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / hold(1 + even * d);
    c = hold(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / hold(1 + odd * d);
    c = hold(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-13) break;
  }
  return fraction;
}
