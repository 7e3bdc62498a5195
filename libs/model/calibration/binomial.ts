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
