import type { SparseRows } from '../training/design-matrix.js';
import { sparseDesign } from '../training/design-matrix.js';
import { fitLogistic } from '../training/fit-logistic.js';
import type { LogisticFit } from '../training/fit-logistic.js';
import { appendColumns, gramOfRows } from '../training/gram.js';
import { spanDesign } from '../training/span-design.js';

/** A column that is a linear function of the n-grams: what a head learns of it is added to the n-gram weights afterwards. */
export interface CollapsibleColumn {
  /** Standardised, by row. */
  readonly values: Float64Array;
  /** Adds `factor` times the column's weights to `weights` (in units of tf-idf) and returns the bias that it adds. */
  addTo(weights: Float64Array, factor: number): number;
}

export interface EncoderStackInputs {
  readonly rows: SparseRows;
  readonly termWeights: Float64Array;
  /** Scaled embeddings (`scaleEmbeddings`), row-major; empty for a stack of n-grams alone. */
  readonly embeddings: Float64Array;
  readonly parents: readonly CollapsibleColumn[];
  readonly rowWeights?: Float64Array;
}

export interface EncoderStackSettings {
  /** Inverse strength of the L2 penalty; about 10 (model 9.4). */
  readonly c: number;
  /** Of the parents' standardised logits; 0.1 in model 9.4. */
  readonly parentScale: number;
  readonly maxIterations: number;
  readonly tolerance: number;
}

/** Settings of model 9.4. */
export const defaultEncoderStack: EncoderStackSettings = {
  c: 10,
  parentScale: 0.1,
  maxIterations: 200,
  tolerance: 1e-3,
};

/** One head, its parts apart. */
export interface EncoderStackHead {
  /** Over the n-grams, in units of tf-idf, parents folded in. */
  readonly ngrams: Float64Array;
  /** Over the scaled embedding. */
  readonly embedding: Float64Array;
  readonly bias: number;
}

export interface EncoderStack {
  /** Logits of each held-out row under the head of the other folds. Targets: NaN is unknown. */
  outOfFold(targets: Float64Array, folds: Uint8Array): Float64Array;
  fit(targets: Float64Array): EncoderStackHead;
}

/**
 * Heads over [n-grams ; embedding ; scale x parent logits] (model 9.4), in the span of the rows: n unknowns whatever the number of
 * columns. For up to about 2,000 rows; more are trained over the columns themselves.
 */
export function createEncoderStack(inputs: EncoderStackInputs, settings: EncoderStackSettings): EncoderStack {
  const { rows, termWeights, embeddings, parents, rowWeights } = inputs;
  const count = rows.rows;
  const dimensions = count === 0 ? 0 : embeddings.length / count;
  const values = parents.map((column) => column.values);
  const gram = appendColumns(gramOfRows(rows, termWeights), values, settings.parentScale);
  addEmbeddings(gram.values, embeddings, count, dimensions);
  const span = spanDesign(gram);
  const fitRows = (targets: Float64Array): LogisticFit => fitLogistic(span.design, targets, settings, rowWeights);

  return {
    outOfFold(targets, folds) {
      const logits = new Float64Array(count);
      const products = new Float64Array(count);
      for (let fold = 0; fold <= Math.max(...folds); fold++) {
        const { weights, bias } = fitRows(targets.map((target, row) => (folds[row] === fold ? Number.NaN : target)));
        const held = Uint8Array.from(folds, (own) => (own === fold ? 1 : 0));
        span.design.multiply(weights, held, products);
        for (const [row, own] of folds.entries()) if (own === fold) logits[row] = (products[row] ?? 0) + bias;
      }
      return logits;
    },
    fit(targets) {
      const fitted = fitRows(targets);
      const multipliers = span.toRowMultipliers(fitted.weights);
      const ngrams = new Float64Array(rows.columns);
      sparseDesign(rows, termWeights).addTransposed(multipliers, new Uint8Array(count).fill(1), ngrams);
      const embedding = new Float64Array(dimensions);
      for (let r = 0; r < count; r++) {
        const multiplier = multipliers[r] ?? 0;
        const at = r * dimensions;
        for (let d = 0; d < dimensions; d++) {
          embedding[d] = (embedding[d] ?? 0) + multiplier * (embeddings[at + d] ?? 0);
        }
      }
      let { bias } = fitted;
      for (const column of parents) {
        let factor = 0;
        for (const [row, multiplier] of multipliers.entries()) factor += multiplier * (column.values[row] ?? 0);
        bias += column.addTo(ngrams, factor * settings.parentScale ** 2);
      }
      return { ngrams, embedding, bias };
    },
  };
}

function addEmbeddings(gram: Float64Array, embeddings: Float64Array, rows: number, dimensions: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++) {
        sum += (embeddings[i * dimensions + d] ?? 0) * (embeddings[j * dimensions + d] ?? 0);
      }
      gram[i * rows + j] = (gram[i * rows + j] ?? 0) + sum;
      if (i !== j) gram[j * rows + i] = (gram[j * rows + i] ?? 0) + sum;
    }
  }
}
