import { logOdds, softplus } from '../calibration/calibrator.js';
import type { EmbeddingScale } from './embedding-scale.js';

/** What the encoder adds to the logits of the n-grams: one weight per dimension and category over the scaled embedding. */
export interface EncoderHead extends EmbeddingScale {
  /** Category-major: weight (category, dimension) at `category * centre.length + dimension`. */
  readonly weights: Float32Array;
}

/** Bytes of `encoder/head.bin`: little-endian float32, scale, centre, weights. */
export function encodeEncoderHead({ centre, scale, weights }: EncoderHead): Uint8Array {
  const bytes = new Uint8Array(4 * (1 + centre.length + weights.length));
  const view = new DataView(bytes.buffer);
  for (const [at, value] of [scale, ...centre, ...weights].entries()) view.setFloat32(4 * at, value, true);
  return bytes;
}

/** @throws Error when the size does not fit or a number is not finite */
export function decodeEncoderHead(bytes: Uint8Array, dimensions: number, categories: number): EncoderHead {
  const count = 1 + dimensions + categories * dimensions;
  if (bytes.byteLength !== 4 * count) {
    throw new Error(`${bytes.byteLength} bytes for ${categories} categories over ${dimensions} dimensions`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float32Array.from({ length: count }, (_, at) => view.getFloat32(4 * at, true));
  if (values.some((value) => !Number.isFinite(value))) throw new Error('a number is not finite');
  return {
    scale: values[0] ?? 0,
    centre: values.slice(1, 1 + dimensions),
    weights: values.slice(1 + dimensions),
  };
}

/** An embedding of length 1: its length says how long a text is, not what it says. */
export function unitLength(embedding: Float32Array): Float32Array {
  let squares = 0;
  for (const value of embedding) squares += value * value;
  const length = Math.sqrt(squares);
  return length > 0 ? embedding.map((value) => value / length) : embedding;
}

/** Adds the encoder's part to the logits of one text; sums in double, in the order of the dimensions. */
export function addEncoderLogits(head: EncoderHead, embedding: Float32Array, logits: Float64Array): void {
  const { centre, scale, weights } = head;
  const unit = unitLength(embedding);
  const dimensions = centre.length;
  for (let c = 0; c < logits.length; c++) {
    let sum = 0;
    const at = c * dimensions;
    for (let d = 0; d < dimensions; d++) sum += (weights[at + d] ?? 0) * ((unit[d] ?? 0) - (centre[d] ?? 0));
    logits[c] = (logits[c] ?? 0) + scale * sum;
  }
}

/** How the column "any category" is joined from its own head and from the others (model 9.4, step 3). */
export interface UnionHead {
  readonly category: string;
  readonly own: number;
  /** Of the log-odds that at least one other category applies, were they independent. */
  readonly others: number;
  readonly bias: number;
}

/** Log-odds of the noisy-or of the logits: that at least one of independent categories applies. */
export function noisyOr(logits: readonly number[]): number {
  let none = 0;
  for (const logit of logits) none -= softplus(logit);
  return logOdds(-Math.expm1(none));
}

/** Replaces the logit of the union's category; the others stay. */
export function joinUnion(union: UnionHead, categories: readonly string[], logits: Float64Array): void {
  const column = categories.indexOf(union.category);
  const others = noisyOr([...logits].filter((_, c) => c !== column));
  logits[column] = union.own * (logits[column] ?? 0) + union.others * others + union.bias;
}
