/**
 * Model 9.1: a present feature weighs its idf, and the weights of a text have Euclidean length 1 (none when it has no feature or
 * every idf is 0). `idf` has one entry per bucket; `out` is valid up to `count`, as float32. Allocates nothing.
 */
export function weigh(ids: Int32Array, count: number, idf: Float32Array, out: Float32Array): void {
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const weight = idf[ids[i] ?? 0] ?? 0;
    squares += weight * weight;
    out[i] = weight;
  }
  if (squares === 0) return;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < count; i++) out[i] = (out[i] ?? 0) * scale;
}

/** `ln((1+n)/(1+df))+1` of model 9.1, as float32: `documents` = n, `documentFrequency[bucket]` = df. */
export function inverseDocumentFrequency(documentFrequency: Int32Array | Uint32Array, documents: number): Float32Array {
  const idf = new Float32Array(documentFrequency.length);
  for (let i = 0; i < idf.length; i++) idf[i] = Math.log((1 + documents) / (1 + (documentFrequency[i] ?? 0))) + 1;
  return idf;
}
