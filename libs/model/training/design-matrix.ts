/** Rows of features as a linear map, so that sparse text and dense span coordinates share one trainer. */
export interface DesignMatrix {
  readonly rows: number;
  readonly columns: number;
  /** `into[r] = row r . weights` for the rows that `wanted` marks with 1. */
  multiply(weights: Float64Array, wanted: Uint8Array, into: Float64Array): void;
  /** `into += sum over wanted rows of residuals[r] * row r`. */
  addTransposed(residuals: Float64Array, wanted: Uint8Array, into: Float64Array): void;
  /** `into[j] += sum over wanted rows of weights[r] * (entry j of row r)^2`: how much each column moves the loss. */
  addSquares(weights: Float64Array, wanted: Uint8Array, into: Float64Array): void;
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
    addSquares(weights, wanted, into) {
      scaled.fill(0);
      for (let r = 0; r < rows.rows; r += 1) {
        if (wanted[r] !== 1) continue;
        const share = (weights[r] ?? 0) * (scales[r] ?? 0) ** 2;
        const end = starts[r + 1] ?? 0;
        for (let k = starts[r] ?? 0; k < end; k += 1) {
          const id = ids[k] ?? 0;
          scaled[id] = (scaled[id] ?? 0) + share;
        }
      }
      for (let j = 0; j < scaled.length; j += 1) {
        into[j] = (into[j] ?? 0) + (scaled[j] ?? 0) * (termWeights[j] ?? 0) ** 2;
      }
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
    addSquares(weights, wanted, into) {
      for (let r = 0; r < rows; r += 1) {
        if (wanted[r] !== 1) continue;
        const weight = weights[r] ?? 0;
        const offset = r * columns;
        const width = widthOf(r);
        for (let j = 0; j < width; j += 1) into[j] = (into[j] ?? 0) + weight * (values[offset + j] ?? 0) ** 2;
      }
    },
  };
}

/** The columns of `left`, then those of `right`, over the same rows. */
export function besideDesign(left: DesignMatrix, right: DesignMatrix): DesignMatrix {
  const columns = left.columns + right.columns;
  const products = new Float64Array(left.rows);
  const within = (values: Float64Array): Float64Array => values.subarray(left.columns, columns);
  return {
    rows: left.rows,
    columns,
    multiply(weights, wanted, into) {
      left.multiply(weights, wanted, into);
      right.multiply(within(weights), wanted, products);
      for (let r = 0; r < left.rows; r += 1) if (wanted[r] === 1) into[r] = (into[r] ?? 0) + (products[r] ?? 0);
    },
    addTransposed(residuals, wanted, into) {
      left.addTransposed(residuals, wanted, into);
      right.addTransposed(residuals, wanted, within(into));
    },
    addSquares(weights, wanted, into) {
      left.addSquares(weights, wanted, into);
      right.addSquares(weights, wanted, within(into));
    },
  };
}
