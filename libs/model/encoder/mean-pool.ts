/**
 * Mean over the tokens of one document (model 9.5): `hidden` is token-major, `tokens` x `dimensions`. Summed in double, in the order of
 * the tokens. The document stands alone in its run, so the mask is all ones and every row counts.
 */
export function meanPool(hidden: Float32Array, tokens: number, dimensions: number): Float32Array {
  const sums = new Float64Array(dimensions);
  for (let t = 0; t < tokens; t++) {
    const at = t * dimensions;
    for (let d = 0; d < dimensions; d++) sums[d] = (sums[d] ?? 0) + (hidden[at + d] ?? 0);
  }
  return Float32Array.from(sums, (sum) => sum / tokens);
}
