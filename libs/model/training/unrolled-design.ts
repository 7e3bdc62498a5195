import { rowScales } from './design-matrix.js';
import type { DesignMatrix, SparseRows } from './design-matrix.js';

/**
 * L2-normalised tf-idf over sparse rows, as `sparseDesign`, with several sums of a row at once: one sum waits for each addition, and
 * four features whose weights are changed together need not wait for each other, because the features of a row are distinct.
 * [M] 2.1 instead of 3.9 ns a feature forth, 2.6 instead of 4.9 ns back. Sums are ordered otherwise, so the last bits differ from
 * those of `sparseDesign`, and never between two runs.
 */
export function unrolledDesign(rows: SparseRows, termWeights: Float64Array): DesignMatrix {
  const scales = rowScales(rows, termWeights);
  const { starts, ids } = rows;
  const scaled = new Float64Array(rows.columns);

  const spread = (shareOf: (row: number) => number, wanted: Uint8Array): void => {
    scaled.fill(0);
    for (let r = 0; r < rows.rows; r += 1) {
      if (wanted[r] !== 1) continue;
      const share = shareOf(r);
      const end = starts[r + 1] ?? 0;
      let k = starts[r] ?? 0;
      for (; k + 3 < end; k += 4) {
        const i0 = ids[k] ?? 0;
        const i1 = ids[k + 1] ?? 0;
        const i2 = ids[k + 2] ?? 0;
        const i3 = ids[k + 3] ?? 0;
        const s0 = (scaled[i0] ?? 0) + share;
        const s1 = (scaled[i1] ?? 0) + share;
        const s2 = (scaled[i2] ?? 0) + share;
        const s3 = (scaled[i3] ?? 0) + share;
        scaled[i0] = s0;
        scaled[i1] = s1;
        scaled[i2] = s2;
        scaled[i3] = s3;
      }
      for (; k < end; k += 1) {
        const i0 = ids[k] ?? 0;
        scaled[i0] = (scaled[i0] ?? 0) + share;
      }
    }
  };

  return {
    rows: rows.rows,
    columns: rows.columns,
    multiply(weights, wanted, into) {
      for (let j = 0; j < scaled.length; j += 1) scaled[j] = (weights[j] ?? 0) * (termWeights[j] ?? 0);
      for (let r = 0; r < rows.rows; r += 1) {
        if (wanted[r] !== 1) continue;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        let s4 = 0;
        let s5 = 0;
        let s6 = 0;
        let s7 = 0;
        const end = starts[r + 1] ?? 0;
        let k = starts[r] ?? 0;
        for (; k + 7 < end; k += 8) {
          s0 += scaled[ids[k] ?? 0] ?? 0;
          s1 += scaled[ids[k + 1] ?? 0] ?? 0;
          s2 += scaled[ids[k + 2] ?? 0] ?? 0;
          s3 += scaled[ids[k + 3] ?? 0] ?? 0;
          s4 += scaled[ids[k + 4] ?? 0] ?? 0;
          s5 += scaled[ids[k + 5] ?? 0] ?? 0;
          s6 += scaled[ids[k + 6] ?? 0] ?? 0;
          s7 += scaled[ids[k + 7] ?? 0] ?? 0;
        }
        for (; k < end; k += 1) s0 += scaled[ids[k] ?? 0] ?? 0;
        into[r] = (s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7))) * (scales[r] ?? 0);
      }
    },
    addTransposed(residuals, wanted, into) {
      spread((r) => (residuals[r] ?? 0) * (scales[r] ?? 0), wanted);
      for (let j = 0; j < scaled.length; j += 1) into[j] = (into[j] ?? 0) + (scaled[j] ?? 0) * (termWeights[j] ?? 0);
    },
    addSquares(weights, wanted, into) {
      spread((r) => (weights[r] ?? 0) * (scales[r] ?? 0) ** 2, wanted);
      for (let j = 0; j < scaled.length; j += 1) {
        into[j] = (into[j] ?? 0) + (scaled[j] ?? 0) * (termWeights[j] ?? 0) ** 2;
      }
    },
  };
}
