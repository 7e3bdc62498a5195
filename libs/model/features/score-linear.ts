/** A linear model in the form in which it is served: int8 weights, one scale and one bias for each output (model 9.1, 9.3). */
export interface LinearTable {
  readonly outputs: number;
  /** Row by bucket, `buckets * outputs` entries. */
  readonly weights: Int8Array;
  readonly scales: Float32Array;
  readonly biases: Float32Array;
}

/**
 * Logits of one text: `bias_k + scale_k * Σ_i weight_i * table[id_i, k]`, summed in double in the order of the ids. The reference of
 * the ONNX parity test. `logits` takes `outputs` values from `offset`. Allocates nothing. Not rounded: see `roundLogit`.
 */
export function scoreLinear(
  table: LinearTable,
  ids: Int32Array,
  weights: Float32Array,
  count: number,
  logits: Float64Array,
  offset = 0,
): void {
  const { outputs, scales, biases } = table;
  const rows = table.weights;
  const eights = outputs - (outputs % 8);
  // Eight sums at a time stay in registers; loading and storing each sum for each product took three times as long.
  for (let k = 0; k < eights; k += 8) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    for (let i = 0; i < count; i++) {
      const at = (ids[i] ?? 0) * outputs + k;
      const weight = weights[i] ?? 0;
      s0 += weight * (rows[at] ?? 0);
      s1 += weight * (rows[at + 1] ?? 0);
      s2 += weight * (rows[at + 2] ?? 0);
      s3 += weight * (rows[at + 3] ?? 0);
      s4 += weight * (rows[at + 4] ?? 0);
      s5 += weight * (rows[at + 5] ?? 0);
      s6 += weight * (rows[at + 6] ?? 0);
      s7 += weight * (rows[at + 7] ?? 0);
    }
    logits[offset + k] = s0;
    logits[offset + k + 1] = s1;
    logits[offset + k + 2] = s2;
    logits[offset + k + 3] = s3;
    logits[offset + k + 4] = s4;
    logits[offset + k + 5] = s5;
    logits[offset + k + 6] = s6;
    logits[offset + k + 7] = s7;
  }
  for (let k = eights; k < outputs; k++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (weights[i] ?? 0) * (rows[(ids[i] ?? 0) * outputs + k] ?? 0);
    logits[offset + k] = sum;
  }
  for (let k = 0; k < outputs; k++)
    logits[offset + k] = (biases[k] ?? 0) + (scales[k] ?? 0) * (logits[offset + k] ?? 0);
}

/** To the nearest 2^-12 (half up, never -0), so that the order of additions cannot change a decision (design 3). */
export function roundLogit(logit: number): number {
  return Math.round(logit * 4096) / 4096 + 0;
}
