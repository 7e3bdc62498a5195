import { normalise } from '../../text/normalise.js';
import { seededUniform } from '../seeded-uniform.js';

export interface WordVectorSettings {
  readonly dimensions: number;
  /** Words on either side that count as context, weighted by 1 / distance. */
  readonly window: number;
  /** Fewest texts that hold a word. */
  readonly fewestTexts: number;
  readonly mostWords: number;
  readonly seed: number;
}

export interface WordVectors {
  readonly words: readonly string[];
  /** In how many texts each word occurs. */
  readonly texts: Uint32Array;
  readonly dimensions: number;
  /** Word-major. */
  readonly vectors: Float64Array;
}

const wordPattern = /[\p{L}\p{N}]+/gu;
const letter = /\p{L}/u;
/** Extra columns that make the randomised factorisation accurate, and passes over the matrix. */
const oversampling = 12;
const passes = 6;
/** Pairs met less than this (in distance-weighted counts) are chance. */
const fewestMeetings = 0.3;

/**
 * Word vectors from the company that words keep: positive pointwise mutual information of words within a window
 * (context counts to the power .75), factorised by randomised subspace iteration; vector = eigenvector * sqrt(|eigenvalue|)
 * without the first dimension, which holds only frequency. Unsupervised, seeded, sums in fixed order.
 */
export function learnWordVectors(texts: readonly string[], settings: WordVectorSettings): WordVectors {
  const tokens = texts.map((text) =>
    (normalise(text).text.match(wordPattern) ?? []).filter((word) => letter.test(word)),
  );
  const counts = new Map<string, number>();
  for (const words of tokens) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const vocabulary = [...counts]
    .filter(([, count]) => count >= settings.fewestTexts)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, settings.mostWords);
  const idOf = new Map(vocabulary.map(([word], id) => [word, id]));
  const matrix = mutualInformation(
    tokens.map((words) => words.map((word) => idOf.get(word) ?? -1)),
    vocabulary.length,
    settings.window,
  );
  return {
    words: vocabulary.map(([word]) => word),
    texts: Uint32Array.from(vocabulary, ([, count]) => count),
    dimensions: settings.dimensions,
    vectors: factorise(matrix, vocabulary.length, settings.dimensions, settings.seed),
  };
}

/** Symmetric sparse matrix; each pair once, with left < right. */
interface PairMatrix {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly values: Float64Array;
}

function mutualInformation(texts: readonly (readonly number[])[], size: number, window: number): PairMatrix {
  const meetings = new Map<number, number>();
  const totals = new Float64Array(size);
  for (const ids of texts) {
    for (let i = 0; i < ids.length; i += 1) {
      const here = ids[i] ?? -1;
      if (here < 0) continue;
      for (let j = Math.max(0, i - window); j < i; j += 1) {
        const there = ids[j] ?? -1;
        if (there < 0 || there === here) continue;
        const weight = 1 / (i - j);
        const key = Math.min(here, there) * size + Math.max(here, there);
        meetings.set(key, (meetings.get(key) ?? 0) + weight);
        totals[here] = (totals[here] ?? 0) + weight;
        totals[there] = (totals[there] ?? 0) + weight;
      }
    }
  }
  const contexts = totals.map((total) => Math.pow(total, 0.75));
  const allContexts = contexts.reduce((sum, context) => sum + context, 0);
  const left: number[] = [];
  const right: number[] = [];
  const values: number[] = [];
  for (const [key, count] of meetings) {
    if (count < fewestMeetings) continue;
    const a = Math.floor(key / size);
    const b = key % size;
    const forth = Math.log((count * allContexts) / ((totals[a] ?? 1) * (contexts[b] ?? 1)));
    const back = Math.log((count * allContexts) / ((totals[b] ?? 1) * (contexts[a] ?? 1)));
    const information = (forth + back) / 2;
    if (!(information > 0)) continue;
    left.push(a);
    right.push(b);
    values.push(information);
  }
  return { left: Int32Array.from(left), right: Int32Array.from(right), values: Float64Array.from(values) };
}

function factorise(matrix: PairMatrix, size: number, dimensions: number, seed: number): Float64Array {
  const width = Math.min(size, dimensions + 1 + oversampling);
  let basis: Float64Array = new Float64Array(size * width);
  for (let i = 0; i < basis.length; i += 1) {
    basis[i] = seededUniform(seed, 0, i) + seededUniform(seed, 1, i) + seededUniform(seed, 2, i) - 1.5;
  }
  orthonormalise(basis, size, width);
  let image = multiplyPairs(matrix, basis, size, width);
  for (let pass = 0; pass < passes; pass += 1) {
    basis = image;
    orthonormalise(basis, size, width);
    image = multiplyPairs(matrix, basis, size, width);
  }
  const strength = new Float64Array(width);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < width; k += 1) {
      const at = i * width + k;
      strength[k] = (strength[k] ?? 0) + (basis[at] ?? 0) * (image[at] ?? 0);
    }
  }
  const vectors = new Float64Array(size * dimensions);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < dimensions; k += 1) {
      vectors[i * dimensions + k] = (basis[i * width + k + 1] ?? 0) * Math.sqrt(Math.abs(strength[k + 1] ?? 0));
    }
  }
  return vectors;
}

function multiplyPairs(matrix: PairMatrix, basis: Float64Array, size: number, width: number): Float64Array {
  const image = new Float64Array(size * width);
  for (let e = 0; e < matrix.values.length; e += 1) {
    const a = (matrix.left[e] ?? 0) * width;
    const b = (matrix.right[e] ?? 0) * width;
    const value = matrix.values[e] ?? 0;
    for (let k = 0; k < width; k += 1) {
      image[a + k] = (image[a + k] ?? 0) + value * (basis[b + k] ?? 0);
      image[b + k] = (image[b + k] ?? 0) + value * (basis[a + k] ?? 0);
    }
  }
  return image;
}

/** Gram-Schmidt, twice for each column, in place. */
function orthonormalise(basis: Float64Array, size: number, width: number): void {
  const columns = Array.from({ length: width }, (_, k) =>
    Float64Array.from({ length: size }, (_row, i) => basis[i * width + k] ?? 0),
  );
  for (const [k, column] of columns.entries()) {
    for (let round = 0; round < 2; round += 1) {
      for (const earlier of columns.slice(0, k)) {
        let shared = 0;
        for (let i = 0; i < size; i += 1) shared += (column[i] ?? 0) * (earlier[i] ?? 0);
        for (let i = 0; i < size; i += 1) column[i] = (column[i] ?? 0) - shared * (earlier[i] ?? 0);
      }
    }
    let squares = 0;
    for (const value of column) squares += value * value;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < size; i += 1) {
      column[i] = (column[i] ?? 0) * scale;
      basis[i * width + k] = column[i] ?? 0;
    }
  }
}
