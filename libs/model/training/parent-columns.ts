import type { LinearModel } from '../artefact/linear-model.js';
import type { SparseRows } from './design-matrix.js';
import { rowScales } from './design-matrix.js';

/** The parent's logits as columns beside the n-grams (model 9.4): standardised over the training rows, then scaled. */
export interface ParentColumns {
  readonly columns: number;
  /** Row-major. */
  readonly values: Float64Array;
  /**
   * Folds the weights that a head has learned for these columns into weights over the buckets, in units of tf-idf: the parent is
   * linear in the same n-grams, so the stack costs nothing when it serves. Returns what is added to the bias.
   */
  collapse(learned: Float64Array, into: Float64Array): number;
}

/** `train` are the positions in `rows` that the standardisation looks at. */
export function parentColumns(parent: LinearModel, rows: SparseRows, train: Int32Array, scale: number): ParentColumns {
  const columns = parent.categories.length;
  const logits = parentLogits(parent, rows);
  const means = new Float64Array(columns);
  const factors = new Float64Array(columns);
  for (let c = 0; c < columns; c += 1) {
    let mean = 0;
    for (const r of train) mean += (logits[r * columns + c] ?? 0) / train.length;
    let variance = 0;
    for (const r of train) variance += ((logits[r * columns + c] ?? 0) - mean) ** 2 / train.length;
    means[c] = mean;
    // A head that says the same of every row teaches nothing.
    factors[c] = variance > 0 ? scale / Math.sqrt(variance) : 0;
  }
  return {
    columns,
    values: logits.map((logit, i) => (factors[i % columns] ?? 0) * (logit - (means[i % columns] ?? 0))),
    collapse(learned, into) {
      let bias = 0;
      for (let c = 0; c < columns; c += 1) {
        const share = (learned[c] ?? 0) * (factors[c] ?? 0);
        if (share === 0) continue;
        const unit = share * (parent.scales[c] ?? 0);
        for (let bucket = 0; bucket < parent.buckets; bucket += 1) {
          into[bucket] = (into[bucket] ?? 0) + unit * (parent.table[bucket * columns + c] ?? 0);
        }
        bias += share * ((parent.biases[c] ?? 0) - (means[c] ?? 0));
      }
      return bias;
    },
  };
}

/** One head's weights over all buckets, in units of tf-idf, then its bias. */
export function parentHead(parent: LinearModel, category: string): Float64Array | null {
  const column = parent.categories.indexOf(category);
  if (column < 0) return null;
  const head = new Float64Array(parent.buckets + 1);
  const scale = parent.scales[column] ?? 0;
  for (let bucket = 0; bucket < parent.buckets; bucket += 1) {
    head[bucket] = scale * (parent.table[bucket * parent.categories.length + column] ?? 0);
  }
  head[parent.buckets] = parent.biases[column] ?? 0;
  return head;
}

function parentLogits(parent: LinearModel, rows: SparseRows): Float64Array {
  const columns = parent.categories.length;
  const terms = Float64Array.from(parent.terms);
  const scales = rowScales(rows, terms);
  const logits = new Float64Array(rows.rows * columns);
  const sums = new Float64Array(columns);
  for (let r = 0; r < rows.rows; r += 1) {
    sums.fill(0);
    const end = rows.starts[r + 1] ?? 0;
    for (let k = rows.starts[r] ?? 0; k < end; k += 1) {
      const id = rows.ids[k] ?? 0;
      const term = terms[id] ?? 0;
      for (let c = 0; c < columns; c += 1) sums[c] = (sums[c] ?? 0) + term * (parent.table[id * columns + c] ?? 0);
    }
    for (let c = 0; c < columns; c += 1) {
      logits[r * columns + c] = (sums[c] ?? 0) * (scales[r] ?? 0) * (parent.scales[c] ?? 0) + (parent.biases[c] ?? 0);
    }
  }
  return logits;
}
