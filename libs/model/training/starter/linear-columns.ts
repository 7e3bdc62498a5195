import { rowScales } from '../design-matrix.js';
import type { SparseRows } from '../design-matrix.js';
import type { Featuriser } from '../../features/featuriser.js';
import type { WordVectors } from './word-vectors.js';

/**
 * A dense column beside the n-grams whose value is a linear function of them, so that what a head learns of it can be
 * added to the n-gram weights afterwards: the stack collapses into one table (model 9.4).
 */
export interface LinearColumn {
  /** Standardised values by row. */
  readonly values: Float64Array;
  /** Adds `factor` times the column's weights to `weights` (in units of tf-idf) and returns the bias that it adds. */
  addTo(weights: Float64Array, factor: number): number;
}

/** Mean 0 and standard deviation 1 (a constant column becomes 0). */
export function standardise(values: Float64Array): { values: Float64Array; mean: number; deviation: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - mean) ** 2 / values.length;
  const deviation = Math.sqrt(variance);
  return { values: values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0)), mean, deviation };
}

/** The logit of a linear model trained elsewhere, standardised over these rows. */
export function logitColumn(logits: Float64Array, modelWeights: Float64Array, modelBias: number): LinearColumn {
  const { values, mean, deviation } = standardise(logits);
  return {
    values,
    addTo(weights, factor) {
      if (deviation === 0) return 0;
      const share = factor / deviation;
      for (let j = 0; j < weights.length; j += 1) weights[j] = (weights[j] ?? 0) + share * (modelWeights[j] ?? 0);
      return share * (modelBias - mean);
    },
  };
}

/**
 * Sums of word vectors, one column per dimension, centred; all columns together have unit root-mean-square length per
 * row. A word acts through its hashed bucket; where other features share the bucket, its vector counts only by the
 * word's share of the texts that hit the bucket.
 */
export function wordVectorColumns(
  vectors: WordVectors,
  featuriser: Pick<Featuriser, 'features'>,
  bucketTexts: Uint32Array,
  rows: SparseRows,
  termWeights: Float64Array,
): LinearColumn[] {
  const { dimensions } = vectors;
  const bucketOfWord = Int32Array.from(vectors.words, (word) => featuriser.features(word).ids[0] ?? 0);
  const scaled = new Map<number, Float64Array>();
  for (const [word, bucket] of bucketOfWord.entries()) {
    const share = Math.min(1, (vectors.texts[word] ?? 0) / Math.max(1, bucketTexts[bucket] ?? 0));
    const vector = scaled.get(bucket) ?? new Float64Array(dimensions);
    for (let k = 0; k < dimensions; k += 1) {
      vector[k] = (vector[k] ?? 0) + share * (vectors.vectors[word * dimensions + k] ?? 0);
    }
    scaled.set(bucket, vector);
  }
  const sums = sumVectors(rows, termWeights, scaled, dimensions);
  const means = sums.map((values) => values.reduce((sum, value) => sum + value, 0) / rows.rows);
  let squares = 0;
  for (const [k, values] of sums.entries()) for (const value of values) squares += (value - (means[k] ?? 0)) ** 2;
  const unit = squares > 0 ? Math.sqrt(rows.rows / squares) : 0;
  return sums.map((values, k) => ({
    values: values.map((value) => unit * (value - (means[k] ?? 0))),
    addTo(weights, factor) {
      for (const [bucket, vector] of scaled)
        weights[bucket] = (weights[bucket] ?? 0) + factor * unit * (vector[k] ?? 0);
      return -factor * unit * (means[k] ?? 0);
    },
  }));
}

function sumVectors(
  rows: SparseRows,
  termWeights: Float64Array,
  vectors: ReadonlyMap<number, Float64Array>,
  dimensions: number,
): Float64Array[] {
  const scales = rowScales(rows, termWeights);
  const sums = Array.from({ length: dimensions }, () => new Float64Array(rows.rows));
  for (let r = 0; r < rows.rows; r += 1) {
    const end = rows.starts[r + 1] ?? 0;
    for (let at = rows.starts[r] ?? 0; at < end; at += 1) {
      const id = rows.ids[at] ?? 0;
      const vector = vectors.get(id);
      if (vector === undefined) continue;
      const weight = (termWeights[id] ?? 0) * (scales[r] ?? 0);
      for (const [k, sum] of sums.entries()) sum[r] = (sum[r] ?? 0) + weight * (vector[k] ?? 0);
    }
  }
  return sums;
}
