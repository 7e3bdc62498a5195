/** What makes an embedding a column beside n-grams: centred, and of unit root-mean-square length (model 9.4). */
export interface EmbeddingScale {
  /** Mean embedding of the rows of the fit. */
  readonly centre: Float32Array;
  /** One factor for all dimensions: directions keep their proportions, which the encoder chose. */
  readonly scale: number;
}

/**
 * From the embeddings of the rows that train, row-major. With it the mean squared length of a row is 1, as the n-grams' is, so that one
 * penalty fits both.
 */
export function fitEmbeddingScale(embeddings: Float32Array, dimensions: number): EmbeddingScale {
  const rows = embeddings.length / dimensions;
  const sums = new Float64Array(dimensions);
  for (let i = 0; i < embeddings.length; i++) sums[i % dimensions] = (sums[i % dimensions] ?? 0) + (embeddings[i] ?? 0);
  const centre = Float32Array.from(sums, (sum) => sum / Math.max(1, rows));
  let squares = 0;
  for (let i = 0; i < embeddings.length; i++) squares += ((embeddings[i] ?? 0) - (centre[i % dimensions] ?? 0)) ** 2;
  return { centre, scale: squares > 0 ? Math.fround(Math.sqrt(rows / squares)) : 0 };
}

/** Embeddings as columns of a design matrix, row-major. */
export function scaleEmbeddings(embeddings: Float32Array, { centre, scale }: EmbeddingScale): Float64Array {
  const dimensions = centre.length;
  return Float64Array.from(embeddings, (value, i) => scale * (value - (centre[i % dimensions] ?? 0)));
}
