import type { CascadeBand } from './cascade.js';

/**
 * The band of one category that takes a share of a stream: the most likely contents of it, and of those all. Where positives are rare,
 * nothing below is uncertain in a way that matters: what the encoder can change is the order among the highest scores and the decisions
 * that are made there (bench/cascade). The cut leaves `share / rate` of the weight above it.
 * @param logits of the n-grams over contents of the stream; weights make rows of a training set stand for the stream
 */
export function chooseBand(
  category: string,
  logits: Float64Array,
  weights: Float64Array,
  { share, rate, high = mostLogit }: { readonly share: number; readonly rate: number; readonly high?: number },
): CascadeBand {
  const order = [...logits.keys()]
    .filter((row) => (logits[row] ?? 0) < high)
    .sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
  let total = 0;
  for (const weight of weights) total += weight;
  const wanted = (share / rate) * total;
  let taken = 0;
  let low = high;
  for (const row of order) {
    const weight = weights[row] ?? 0;
    if (taken + weight > wanted) break;
    taken += weight;
    low = logits[row] ?? 0;
  }
  return { category, low, high };
}

/** Above every logit that a model gives. */
const mostLogit = 1000;
