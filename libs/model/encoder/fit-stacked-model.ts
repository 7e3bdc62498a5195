import type { LinearModel } from '../artefact/linear-model.js';
import { quantiseColumn } from '../artefact/linear-model.js';
import type { Calibrator, CalibrationRow } from '../calibration/calibrator.js';
import { countLabels, fitPlatt, shiftToPrevalence } from '../calibration/platt.js';
import type { SparseRows } from '../training/design-matrix.js';
import { fitEmbeddingScale, scaleEmbeddings } from './embedding-scale.js';
import { noisyOr, unitLength } from './encoder-head.js';
import type { EncoderHead, UnionHead } from './encoder-head.js';
import { createEncoderStack, defaultEncoderStack } from './encoder-stack.js';
import type { CollapsibleColumn, EncoderStack, EncoderStackSettings } from './encoder-stack.js';

export interface StackedFitInput {
  readonly rows: SparseRows;
  /** Quantised idf by bucket. */
  readonly terms: Uint8Array;
  /** By category, in the order of the columns; NaN is unknown. */
  readonly targets: ReadonlyMap<string, Float64Array>;
  readonly rowWeights?: Float64Array;
  /** As the encoder gives them, row-major. */
  readonly embeddings: Float32Array;
  readonly dimensions: number;
  /** Logits of the parent model over these rows. */
  readonly parents: readonly CollapsibleColumn[];
  /** Fold of each row: logits of held-out rows put both tiers on one scale. */
  readonly folds: Uint8Array;
  /** The category that means "any of the others", or null. */
  readonly union: string | null;
  readonly settings: StackedFitSettings;
}

export interface StackedFitSettings {
  readonly ngrams: EncoderStackSettings;
  readonly encoder: EncoderStackSettings;
  /** Share of a column's largest weight that maps to 127. */
  readonly clip: number;
}

export interface StackedFit {
  readonly ngrams: LinearModel;
  readonly encoderNgrams: LinearModel;
  readonly head: EncoderHead;
  readonly union: UnionHead | null;
  /** Logits of each row under a model that did not see its fold, by category and tier, on the scale of the model. */
  readonly heldOut: ReadonlyMap<string, { readonly ngrams: Float64Array; readonly encoder: Float64Array }>;
}

/** Settings of model 9.4 for both tiers. */
export const defaultStackedFit: StackedFitSettings = {
  ngrams: defaultEncoderStack,
  encoder: defaultEncoderStack,
  clip: 1,
};

/** Fewer positives do not support a slope of their own (calibration 3.1). */
const fewestPositives = 20;

/**
 * Both tiers of a cascade from few rows (model 9.4). Each tier's logits are log-odds, by Platt scaling of held-out logits folded into
 * the weights: so one calibrator and one threshold hold for a category whichever tier scored.
 */
export function fitStackedModel(input: StackedFitInput): StackedFit {
  const { rows, terms, targets, parents, rowWeights, folds, dimensions, settings } = input;
  const unit = unitRows(input.embeddings, dimensions);
  const scaled = fitEmbeddingScale(unit, dimensions);
  const common = { rows, termWeights: Float64Array.from(terms), parents, ...(rowWeights && { rowWeights }) };
  const ngramStack = createEncoderStack({ ...common, embeddings: new Float64Array() }, settings.ngrams);
  const encoderStack = createEncoderStack({ ...common, embeddings: scaleEmbeddings(unit, scaled) }, settings.encoder);

  const categories = [...targets.keys()];
  const weights = new Float32Array(categories.length * dimensions);
  const ngrams = emptyModel(categories, terms);
  const encoderNgrams = emptyModel(categories, terms);
  const heldOut = new Map<string, { ngrams: Float64Array; encoder: Float64Array }>();
  const fitTier = (stack: EncoderStack, model: LinearModel, column: number, target: Float64Array) => {
    const logits = stack.outOfFold(target, folds);
    const scale = logOddsScale(logits, target, rowWeights);
    const head = stack.fit(target);
    setColumn(model, column, head.ngrams, settings.clip, scale.slope, scale.slope * head.bias + scale.shift);
    const embedding = head.embedding.map((weight) => scale.slope * weight);
    return { logits: logits.map((logit) => scale.slope * logit + scale.shift), embedding };
  };
  for (const [column, [category, target]] of [...targets].entries()) {
    const first = fitTier(ngramStack, ngrams, column, target);
    const second = fitTier(encoderStack, encoderNgrams, column, target);
    weights.set(second.embedding, column * dimensions);
    heldOut.set(category, { ngrams: first.logits, encoder: second.logits });
  }
  const union = input.union === null ? null : unionOf(input.union, heldOut, targets, rowWeights);
  return { ngrams, encoderNgrams, head: { ...scaled, weights }, union, heldOut };
}

function unionOf(
  category: string,
  heldOut: Map<string, { readonly ngrams: Float64Array; readonly encoder: Float64Array }>,
  targets: StackedFitInput['targets'],
  rowWeights: Float64Array | undefined,
): UnionHead | null {
  const own = heldOut.get(category);
  const target = targets.get(category);
  if (own === undefined || target === undefined) return null;
  const encoder = new Map([...heldOut].map(([name, logits]) => [name, logits.encoder]));
  const union = fitUnion(category, encoder, target, rowWeights);
  heldOut.set(category, { ngrams: own.ngrams, encoder: encoder.get(category) ?? own.encoder });
  return union;
}

/**
 * Step 3 of the recipe: z(own head) + z(log-odds of the noisy-or of the others), on the scale of log-odds. Logits by row and category;
 * those of the category become what the union says. Rows with NaN were not held out.
 */
export function fitUnion(
  category: string,
  heldOut: Map<string, Float64Array>,
  target: Float64Array,
  rowWeights?: Float64Array,
): UnionHead {
  const own = heldOut.get(category) ?? new Float64Array();
  const columns = [...heldOut].filter(([name]) => name !== category).map(([, logits]) => logits);
  const others = own.map((_, row) => noisyOr(columns.map((logits) => logits[row] ?? 0)));
  const first = moments(own);
  const second = moments(others);
  const joined = own.map(
    (logit, row) => (logit - first.mean) / first.deviation + ((others[row] ?? 0) - second.mean) / second.deviation,
  );
  const known = target.map((label, row) => (Number.isNaN(joined[row] ?? Number.NaN) ? Number.NaN : label));
  const { slope, shift } = logOddsScale(joined, known, rowWeights);
  heldOut.set(
    category,
    joined.map((logit) => slope * logit + shift),
  );
  return {
    category,
    own: slope / first.deviation,
    others: slope / second.deviation,
    bias: shift - slope * (first.mean / first.deviation + second.mean / second.deviation),
  };
}

function moments(all: Float64Array): { mean: number; deviation: number } {
  const values = all.filter((value) => !Number.isNaN(value));
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - mean) ** 2 / values.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

/** Slope and shift that make held-out logits log-odds. A slope that would turn the order round is not believed. */
export function logOddsScale(
  logits: Float64Array,
  target: Float64Array,
  rowWeights?: Float64Array,
): { slope: number; shift: number } {
  const known: CalibrationRow[] = [];
  for (const [row, label] of target.entries()) {
    const weight = rowWeights?.[row] ?? 1;
    if (Number.isNaN(label) || !(weight > 0)) continue;
    known.push({ logit: logits[row] ?? 0, label: label > 0.5 ? 1 : 0, weight });
  }
  const identity: Calibrator = { kind: 'PLATT', parameters: [1, 0], x: [], y: [] };
  const isRare = countLabels(known).positives < fewestPositives;
  const fitted = isRare ? shiftToPrevalence(identity, known) : fitPlatt(known);
  const [slope = 1, shift = 0] = fitted.parameters;
  return slope > 0 ? { slope, shift } : { slope: 1, shift: 0 };
}

/** Embeddings of unit length, row-major. */
export function unitRows(embeddings: Float32Array, dimensions: number): Float32Array {
  const unit = new Float32Array(embeddings.length);
  for (let at = 0; at < embeddings.length; at += dimensions) {
    unit.set(unitLength(embeddings.subarray(at, at + dimensions)), at);
  }
  return unit;
}

function emptyModel(categories: readonly string[], terms: Uint8Array): LinearModel {
  return {
    buckets: terms.length,
    categories,
    terms,
    table: new Int8Array(terms.length * categories.length),
    scales: new Float32Array(categories.length),
    biases: new Float32Array(categories.length),
  };
}

function setColumn(
  { categories, table, scales, biases }: LinearModel,
  column: number,
  weights: Float64Array,
  clip: number,
  slope: number,
  bias: number,
): void {
  const { entries, scale } = quantiseColumn(weights, clip);
  for (const [bucket, entry] of entries.entries()) table[bucket * categories.length + column] = entry;
  scales[column] = slope * scale;
  biases[column] = bias;
}
