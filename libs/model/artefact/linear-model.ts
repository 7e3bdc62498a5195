/**
 * A linear model over hashed features, quantised so that its sums are exact.
 *
 * Term weights are integers 0..15, table entries integers -127..127 and at most 8,192 features count, so every partial
 * sum stays below 2^24, where float32 still holds each integer: 8192 * 15 * 127 = 15,605,760 < 16,777,216. Whatever the
 * batch, the padding, the thread or the instruction set, the sum is the same, and a replay is bit-equal.
 */
export interface LinearModel {
  readonly buckets: number;
  readonly categories: readonly string[];
  /** Quantised idf per bucket, 0..15. Its unit cancels in the L2 norm. */
  readonly terms: Uint8Array;
  /** Bucket-major: entry (bucket, column) at `bucket * categories.length + column`. */
  readonly table: Int8Array;
  readonly scales: Float32Array;
  readonly biases: Float32Array;
}

export const largestTerm = 15;
export const largestEntry = 127;
export const mostFeatures = 8192;
/** Keeps an empty text at its bias instead of 0 / 0. */
export const smallestNorm = 1e-20;

/**
 * Logits of one text from its distinct feature ids, before rounding: `scale * (sum of term * entry) / |terms| + bias`,
 * each operation rounded to float32 as in the ONNX graph, which it equals to the last bit.
 */
export function scoreLinearModel(model: LinearModel, ids: Int32Array, count: number, into: Float32Array): void {
  const columns = model.categories.length;
  const { table, terms } = model;
  const sums = new Int32Array(columns);
  let squares = 0;
  for (let k = 0; k < count; k += 1) {
    const id = ids[k] ?? 0;
    const term = terms[id] ?? 0;
    squares += term * term;
    const offset = id * columns;
    for (let c = 0; c < columns; c += 1) sums[c] = (sums[c] ?? 0) + term * (table[offset + c] ?? 0);
  }
  const norm = Math.fround(Math.max(Math.fround(Math.sqrt(squares)), smallestNorm));
  for (let c = 0; c < columns; c += 1) {
    const unit = Math.fround((sums[c] ?? 0) / norm);
    into[c] = Math.fround(unit * (model.scales[c] ?? 0)) + (model.biases[c] ?? 0);
  }
}

/** Integer term weights from document frequencies: `idf = ln((1 + n) / (1 + df)) + 1` (model 9.1) on a grid of 15 steps. */
export function quantiseTerms(documentFrequency: Uint32Array, documents: number): Uint8Array {
  const largest = Math.log(1 + documents) + 1;
  return Uint8Array.from(documentFrequency, (df) => {
    const idf = Math.log((1 + documents) / (1 + df)) + 1;
    return Math.max(1, Math.round((largestTerm * idf) / largest));
  });
}

/**
 * One int8 column from real weights. The scale maps `clip` times the largest magnitude to 127; what lies beyond is
 * clipped, so that one extreme weight does not coarsen all others.
 */
export function quantiseColumn(
  weights: Float64Array,
  clip: number,
): { readonly entries: Int8Array; readonly scale: number } {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const scale = Math.fround((largest * clip) / largestEntry);
  const entries = Int8Array.from(weights, (weight) => {
    if (scale === 0) return 0;
    return Math.max(-largestEntry, Math.min(largestEntry, Math.round(weight / scale)));
  });
  return { entries, scale };
}
