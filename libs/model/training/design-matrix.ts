/** Rows of features as a linear map, so that sparse text and dense span coordinates share one trainer. */
export interface DesignMatrix {
  readonly rows: number;
  readonly columns: number;
  /** `into[r] = row r . weights` for the rows that `wanted` marks with 1. */
  multiply(weights: Float64Array, wanted: Uint8Array, into: Float64Array): void;
  /** `into += sum over wanted rows of residuals[r] * row r`. */
  addTransposed(residuals: Float64Array, wanted: Uint8Array, into: Float64Array): void;
}

/** Binary features in compressed rows; the value of feature j in row r is `termWeights[j] * rowScales[r]`. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** Row r owns `ids[starts[r]] .. ids[starts[r + 1] - 1]`. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
}

/** Term weights of a feature table (idf) and the L2 norm of each row under them (model 9.1). */
export function rowScales(rows: SparseRows, termWeights: Float64Array): Float64Array {
  const scales = new Float64Array(rows.rows);
  for (let r = 0; r < rows.rows; r += 1) {
    let sumOfSquares = 0;
    const end = rows.starts[r + 1] ?? 0;
    for (let k = rows.starts[r] ?? 0; k < end; k += 1) {
      const weight = termWeights[rows.ids[k] ?? 0] ?? 0;
      sumOfSquares += weight * weight;
    }
    scales[r] = sumOfSquares > 0 ? 1 / Math.sqrt(sumOfSquares) : 0;
  }
  return scales;
}

/** L2-normalised tf-idf design matrix over sparse rows. No value per non-zero is stored: 25 M of them would not fit. */
export function sparseDesign(rows: SparseRows, termWeights: Float64Array): DesignMatrix {
  const scales = rowScales(rows, termWeights);
  const { starts, ids } = rows;
  const scaled = new Float64Array(rows.columns);
  return {
    rows: rows.rows,
    columns: rows.columns,
    multiply(weights, wanted, into) {
      for (let j = 0; j < scaled.length; j += 1) scaled[j] = (weights[j] ?? 0) * (termWeights[j] ?? 0);
      for (let r = 0; r < rows.rows; r += 1) {
        if (wanted[r] !== 1) continue;
        let sum = 0;
        const end = starts[r + 1] ?? 0;
        for (let k = starts[r] ?? 0; k < end; k += 1) sum += scaled[ids[k] ?? 0] ?? 0;
        into[r] = sum * (scales[r] ?? 0);
      }
    },
    addTransposed(residuals, wanted, into) {
      scaled.fill(0);
      for (let r = 0; r < rows.rows; r += 1) {
        if (wanted[r] !== 1) continue;
        const share = (residuals[r] ?? 0) * (scales[r] ?? 0);
        const end = starts[r + 1] ?? 0;
        for (let k = starts[r] ?? 0; k < end; k += 1) {
          const id = ids[k] ?? 0;
          scaled[id] = (scaled[id] ?? 0) + share;
        }
      }
      for (let j = 0; j < scaled.length; j += 1) into[j] = (into[j] ?? 0) + (scaled[j] ?? 0) * (termWeights[j] ?? 0);
    },
  };
}

/** Dense rows, row-major; of a lower triangular matrix only the entries up to the diagonal are read. */
export function denseDesign(values: Float64Array, rows: number, columns: number, triangular = false): DesignMatrix {
  const widthOf = (row: number): number => (triangular ? Math.min(row + 1, columns) : columns);
  return {
    rows,
    columns,
    multiply(weights, wanted, into) {
      for (let r = 0; r < rows; r += 1) {
        if (wanted[r] !== 1) continue;
        const offset = r * columns;
        let sum = 0;
        const width = widthOf(r);
        for (let j = 0; j < width; j += 1) sum += (values[offset + j] ?? 0) * (weights[j] ?? 0);
        into[r] = sum;
      }
    },
    addTransposed(residuals, wanted, into) {
      for (let r = 0; r < rows; r += 1) {
        if (wanted[r] !== 1) continue;
        const residual = residuals[r] ?? 0;
        const offset = r * columns;
        const width = widthOf(r);
        for (let j = 0; j < width; j += 1) into[j] = (into[j] ?? 0) + residual * (values[offset + j] ?? 0);
      }
    },
  };
}
