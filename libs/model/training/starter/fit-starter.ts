import { createHash } from 'node:crypto';
import { quantiseColumn, quantiseTerms } from '../../artefact/linear-model.js';
import type { LinearModel } from '../../artefact/linear-model.js';
import { createFeaturiser } from '../../features/featuriser.js';
import { sparseDesign } from '../design-matrix.js';
import { documentFrequency, featureRows } from '../feature-rows.js';
import { fitLogistic } from '../fit-logistic.js';
import { assignFolds } from '../folds.js';
import { gramOfRows } from '../gram.js';
import { anyCategory, anyLabel, nativeCategories } from '../labelled-text.js';
import type { LabelledText } from '../labelled-text.js';
import type { FoldedScores } from '../out-of-fold.js';
import type { Corpus } from './corpus.js';
import { logitColumn, wordVectorColumns } from './linear-columns.js';
import type { LinearColumn } from './linear-columns.js';
import type { StarterRecipe } from './starter-recipe.js';
import { createStack } from './stack.js';
import type { Targets } from './stack.js';
import { learnWordVectors } from './word-vectors.js';

export interface StarterFit {
  readonly model: LinearModel;
  readonly folded: readonly FoldedScores[];
  readonly datasetId: string;
}

/** Settings were compared on foldings with smaller seeds than those that are reported. */
const firstReportedSeed = 101;

export type Progress = (step: string, done: number, total: number) => void;

/** Known labels of the in-domain rows by category; ANY counts unknown as no. */
export function inDomainTargets(rows: readonly LabelledText[]): Targets {
  const known = nativeCategories.map((category): [string, Float64Array] => [
    category,
    Float64Array.from(rows, ({ labels }) => labels[category] ?? Number.NaN),
  ]);
  return { ...Object.fromEntries(known), [anyCategory]: Float64Array.from(rows, ({ labels }) => anyLabel(labels)) };
}

/** Rarest category of a row, so that the folds share the rare positives evenly. */
function stratumOf({ labels }: LabelledText): string {
  const byRarity = ['V2', 'H2', 'SH', 'HR', 'S3', 'V', 'H', 'S'];
  return byRarity.find((category) => labels[category] === 1) ?? 'none';
}

/** `ds-` and a hash over the texts and labels, in order: the corpus can be recognised, not read. */
function datasetIdOf(corpus: Corpus): string {
  const hash = createHash('sha256');
  for (const { text, labels, weight } of [...corpus.inDomain, ...corpus.publicRows]) {
    hash.update(JSON.stringify([text, Object.entries(labels).sort(), weight]));
  }
  return `ds-${hash.digest('hex').slice(0, 16)}`;
}

/**
 * The stacking recipe of model 9.4: public heads; word vectors of the public texts; one head per category over
 * [n-grams ; public logits ; word vectors] on the in-domain rows only; all collapsed into one int8 table.
 * Pure and deterministic to the byte.
 */
export function fitStarter(corpus: Corpus, recipe: StarterRecipe, onProgress: Progress): StarterFit {
  const featuriser = createFeaturiser(recipe.featuriser);
  const { publicRows, inDomain, groups } = corpus;
  const publicFeatures = featureRows(
    featuriser,
    publicRows.map(({ text }) => text),
    (done) => {
      onProgress('features of public texts', done, publicRows.length);
    },
  );
  const rows = featureRows(
    featuriser,
    inDomain.map(({ text }) => text),
  );
  const bucketTexts = documentFrequency(publicFeatures);
  const terms = quantiseTerms(bucketTexts, publicFeatures.rows);
  const termWeights = Float64Array.from(terms);

  const publicColumns = publicLogits(corpus, recipe, publicFeatures, rows, termWeights, onProgress);
  onProgress('word vectors', 0, 1);
  const vectors = learnWordVectors(
    publicRows.map(({ text }) => text),
    recipe.wordVectors,
  );
  const vectorColumns = wordVectorColumns(vectors, featuriser, bucketTexts, rows, termWeights);
  onProgress('word vectors', 1, 1);

  const stack = createStack(
    { rows, termWeights, gram: gramOfRows(rows, termWeights), publicColumns, vectorColumns },
    (category) => {
      const settings = recipe.heads[category];
      if (settings === undefined) throw new Error(`recipe: no head settings for category "${category}"`);
      return settings;
    },
  );
  const targets = inDomainTargets(inDomain);
  const foldings = Array.from({ length: recipe.foldings }, (_, seed) =>
    assignFolds(groups, inDomain.map(stratumOf), recipe.folds, firstReportedSeed + seed),
  );
  const categories = Object.keys(targets);
  const folded = Object.entries(targets).map(([category, labels], c): FoldedScores => {
    const logits = foldings.map((folds, f) => {
      onProgress('out-of-fold heads', c * foldings.length + f, categories.length * foldings.length);
      return stack.outOfFold(category, labels, folds);
    });
    return { category, labels, foldings: logits, folds: foldings };
  });

  const table = new Int8Array(recipe.featuriser.buckets * categories.length);
  const scales = new Float32Array(categories.length);
  const biases = new Float32Array(categories.length);
  for (const [column, [category, labels]] of Object.entries(targets).entries()) {
    const { weights, bias } = stack.collapse(category, labels);
    const { entries, scale } = quantiseColumn(weights, recipe.clip);
    for (const [bucket, entry] of entries.entries()) table[bucket * categories.length + column] = entry;
    scales[column] = scale;
    biases[column] = bias;
    onProgress('collapsed heads', column + 1, categories.length);
  }
  const model = { buckets: recipe.featuriser.buckets, categories, terms, table, scales, biases };
  return { model, folded, datasetId: datasetIdOf(corpus) };
}

function publicLogits(
  { publicRows }: Corpus,
  recipe: StarterRecipe,
  publicFeatures: ReturnType<typeof featureRows>,
  rows: ReturnType<typeof featureRows>,
  termWeights: Float64Array,
  onProgress: Progress,
): LinearColumn[] {
  const design = sparseDesign(publicFeatures, termWeights);
  const own = sparseDesign(rows, termWeights);
  const all = new Uint8Array(rows.rows).fill(1);
  const rowWeights = Float64Array.from(publicRows, ({ weight }) => weight);
  return recipe.publicHeads.map((category) => {
    const target = Float64Array.from(publicRows, ({ labels }) => labels[category] ?? Number.NaN);
    const { weights, bias } = fitLogistic(
      design,
      target,
      {
        ...recipe.publicFit,
        onIteration: (iteration) => {
          onProgress(`public head ${category}`, iteration, recipe.publicFit.maxIterations);
        },
      },
      rowWeights,
    );
    const logits = new Float64Array(rows.rows);
    own.multiply(weights, all, logits);
    return logitColumn(
      logits.map((logit) => logit + bias),
      weights,
      bias,
    );
  });
}
