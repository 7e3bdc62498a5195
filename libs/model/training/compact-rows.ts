import type { SparseRows } from './design-matrix.js';
import { documentFrequency } from './feature-rows.js';

/** Sparse rows over the features that occur in them alone, the most frequent first. */
export interface CompactRows {
  readonly rows: SparseRows;
  /** Bucket of each column. */
  readonly buckets: Int32Array;
}

/**
 * Renumbers features by falling frequency. Hashing spreads the few thousand features that make up most of the text over the
 * whole table; side by side they stay in the processor's cache, and a pass over the rows takes a fraction of the time.
 */
export function compactRows(rows: SparseRows): CompactRows {
  const frequency = documentFrequency(rows);
  const present = Int32Array.from(frequency.keys()).filter((bucket) => (frequency[bucket] ?? 0) > 0);
  const buckets = present.sort((a, b) => (frequency[b] ?? 0) - (frequency[a] ?? 0) || a - b);
  const columnOf = new Int32Array(rows.columns);
  for (const [column, bucket] of buckets.entries()) columnOf[bucket] = column;
  const ids = new Int32Array(rows.ids.length);
  for (let k = 0; k < ids.length; k += 1) ids[k] = columnOf[rows.ids[k] ?? 0] ?? 0;
  for (let r = 0; r < rows.rows; r += 1) ids.subarray(rows.starts[r] ?? 0, rows.starts[r + 1] ?? 0).sort();
  return { rows: { rows: rows.rows, columns: buckets.length, starts: rows.starts, ids }, buckets };
}
