import { rowScales } from './design-matrix.js';
import type { SparseRows } from './design-matrix.js';
import type { Gram } from './span-design.js';

/** Inner products of L2-normalised tf-idf rows. One dense scratch vector; O(rows * non-zeros). */
export function gramOfRows(rows: SparseRows, termWeights: Float64Array): Gram {
  const n = rows.rows;
  const scales = rowScales(rows, termWeights);
  const values = new Float64Array(n * n);
  const dense = new Float64Array(rows.columns);
  const { starts, ids } = rows;
  for (let i = 0; i < n; i += 1) {
    const from = starts[i] ?? 0;
    const to = starts[i + 1] ?? 0;
    for (let k = from; k < to; k += 1) {
      const id = ids[k] ?? 0;
      const weight = termWeights[id] ?? 0;
      dense[id] = weight * weight * (scales[i] ?? 0);
    }
    for (let j = 0; j <= i; j += 1) {
      let sum = 0;
      const end = starts[j + 1] ?? 0;
      for (let k = starts[j] ?? 0; k < end; k += 1) sum += dense[ids[k] ?? 0] ?? 0;
      const product = sum * (scales[j] ?? 0);
      values[i * n + j] = product;
      values[j * n + i] = product;
    }
    for (let k = from; k < to; k += 1) dense[ids[k] ?? 0] = 0;
  }
  return { size: n, values };
}

/** Inner products after appending dense columns, each multiplied by `scale`. */
export function appendColumns(gram: Gram, columns: readonly Float64Array[], scale: number): Gram {
  const n = gram.size;
  const values = Float64Array.from(gram.values);
  for (const column of columns) {
    for (let i = 0; i < n; i += 1) {
      const factor = scale * scale * (column[i] ?? 0);
      for (let j = 0; j < n; j += 1) values[i * n + j] = (values[i * n + j] ?? 0) + factor * (column[j] ?? 0);
    }
  }
  return { size: n, values };
}
