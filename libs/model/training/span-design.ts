import { denseDesign } from './design-matrix.js';
import type { DesignMatrix } from './design-matrix.js';

/** Inner products of n rows, row-major n x n. */
export interface Gram {
  readonly size: number;
  readonly values: Float64Array;
}

export interface SpanDesign {
  /** Rows in coordinates of an orthonormal basis of their own span: inner products are those of the Gram matrix. */
  readonly design: DesignMatrix;
  /** Per-row multipliers `a` such that the weight vector in feature space is `sum_r a[r] * row r`. */
  readonly toRowMultipliers: (weights: Float64Array) => Float64Array;
}

/**
 * An L2-penalised linear model has its optimum in the span of its rows (model 9.4), so n rows need n unknowns instead
 * of 2^18. The Cholesky factor L of the Gram matrix gives the rows coordinates: L L' = G.
 * Throws if the matrix is not positive semi-definite beyond rounding.
 */
export function spanDesign(gram: Gram): SpanDesign {
  const lower = cholesky(gram);
  const n = gram.size;
  return {
    design: denseDesign(lower, n, n, true),
    toRowMultipliers(weights) {
      // Solves L' a = w from the last row up.
      const multipliers = new Float64Array(n);
      for (let i = n - 1; i >= 0; i -= 1) {
        let sum = weights[i] ?? 0;
        for (let k = i + 1; k < n; k += 1) sum -= (lower[k * n + i] ?? 0) * (multipliers[k] ?? 0);
        multipliers[i] = sum / (lower[i * n + i] ?? 1);
      }
      return multipliers;
    },
  };
}

function cholesky(gram: Gram): Float64Array {
  const { size: n, values } = gram;
  const lower = new Float64Array(n * n);
  let trace = 0;
  for (let i = 0; i < n; i += 1) trace += values[i * n + i] ?? 0;
  // Repeated rows make the matrix singular; a ridge of 1e-8 of the mean diagonal moves no logit visibly.
  const ridge = (1e-8 * trace) / Math.max(1, n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = (values[i * n + j] ?? 0) + (i === j ? ridge : 0);
      for (let k = 0; k < j; k += 1) sum -= (lower[i * n + k] ?? 0) * (lower[j * n + k] ?? 0);
      if (i === j) {
        if (!(sum > 0)) throw new Error(`Gram matrix is not positive definite at row ${i}`);
        lower[i * n + i] = Math.sqrt(sum);
      } else {
        lower[i * n + j] = sum / (lower[j * n + j] ?? 1);
      }
    }
  }
  return lower;
}
