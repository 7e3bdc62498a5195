import { createHash } from 'node:crypto';
import { quantiseColumn, quantiseTerms } from '../artefact/linear-model.js';
import type { LinearModel } from '../artefact/linear-model.js';
import { writeArtefact } from '../artefact/model-artefact.js';
import type { WrittenArtefact } from '../artefact/model-artefact.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import { evaluationTable, markdownTable } from '../evaluation/report-table.js';
import { createFeaturiser } from '../features/featuriser.js';
import { DEFAULT_FEATURISER_SETTINGS } from '../features/settings.js';
import type { FeaturiserSettings } from '../features/settings.js';
import { groupNearDuplicates } from '../text/near-duplicates.js';
import { assessHeldOut, metricsOf } from './assess.js';
import type { HeldOut } from './assess.js';
import { sparseDesign } from './design-matrix.js';
import type { DesignMatrix, SparseRows } from './design-matrix.js';
import { documentFrequency, featureRows } from './feature-rows.js';
import { fitLogistic } from './fit-logistic.js';
import { assignFolds } from './folds.js';
import { gramOfRows } from './gram.js';
import { anyCategory, anyLabel, nativeCategories, withImplied } from './labelled-text.js';
import type { LabelledText } from './labelled-text.js';
import { spanDesign } from './span-design.js';

/** Model v0 of model 9.2: L2 logistic regression, one head per category, on tf-idf n-grams. */
export interface TrainingRecipe {
  readonly featuriser: FeaturiserSettings;
  readonly c: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly folds: number;
  readonly seed: number;
  readonly bootstrapDraws: number;
}

export const defaultTrainingRecipe: TrainingRecipe = {
  featuriser: DEFAULT_FEATURISER_SETTINGS,
  c: 4,
  maxIterations: 100,
  tolerance: 1e-4,
  folds: 5,
  seed: 1,
  bootstrapDraws: 1000,
};

export type TrainingProgress = (step: string, done: number, total: number) => void;

export interface TrainedModel extends WrittenArtefact {
  /** Out of fold, grouped by near-duplicates. */
  readonly evaluation: Evaluation;
}

/** Fewest near-duplicate groups per fold below which cross-validation means nothing. */
const fewestRows = 20;
/** Above this the n x n factorisation costs more than the 2^18 unknowns it saves. */
const mostSpanRows = 2000;

/** Trains a model artefact from labelled texts: pure, and the same bytes for the same input on one architecture. */
export function fitModel(
  texts: readonly LabelledText[],
  recipe: TrainingRecipe,
  release: string,
  onProgress: TrainingProgress = () => undefined,
): TrainedModel {
  if (texts.length < fewestRows) {
    throw new Error(
      `${texts.length} labelled texts are too few to train and check a model: give at least ${fewestRows}`,
    );
  }
  const featuriser = createFeaturiser(recipe.featuriser);
  const rows = featureRows(
    featuriser,
    texts.map(({ text }) => text),
    (done) => {
      onProgress('features', done, texts.length);
    },
  );
  const groups = [...groupNearDuplicates(texts.map(({ text }) => text))];
  const terms = quantiseTerms(documentFrequency(rows), rows.rows);
  const { design, toFeatureWeights } = trainingSpace(rows, Float64Array.from(terms));
  const rowWeights = Float64Array.from(texts, ({ weight }) => weight);
  const targets = targetsOf(texts);
  const strata = texts.map(({ labels }) => (anyLabel(labels) === 1 ? 'positive' : 'negative'));
  const folds = assignFolds(groups, strata, recipe.folds, recipe.seed);

  const categories = [...targets.keys()];
  const table = new Int8Array(rows.columns * categories.length);
  const scales = new Float32Array(categories.length);
  const biases = new Float32Array(categories.length);
  const heldOut: HeldOut[] = [];
  const total = categories.length * (recipe.folds + 1);
  for (const [column, [category, labels]] of [...targets].entries()) {
    const logits = new Float64Array(rows.rows);
    for (let fold = 0; fold < recipe.folds; fold += 1) {
      onProgress(`head ${category}`, column * (recipe.folds + 1) + fold, total);
      const visible = labels.map((label, row) => (folds[row] === fold ? Number.NaN : label));
      const { weights, bias } = fitLogistic(design, visible, recipe, rowWeights);
      const held = Uint8Array.from(folds, (own) => (own === fold ? 1 : 0));
      const products = new Float64Array(rows.rows);
      design.multiply(weights, held, products);
      for (const [row, own] of folds.entries()) if (own === fold) logits[row] = (products[row] ?? 0) + bias;
    }
    heldOut.push({ category, logits, labels });
    const { weights, bias } = fitLogistic(design, labels, recipe, rowWeights);
    const { entries, scale } = quantiseColumn(toFeatureWeights(weights), 1);
    for (const [bucket, entry] of entries.entries()) table[bucket * categories.length + column] = entry;
    scales[column] = scale;
    biases[column] = bias;
    onProgress(`head ${category}`, (column + 1) * (recipe.folds + 1), total);
  }
  const model: LinearModel = { buckets: rows.columns, categories, terms, table, scales, biases };
  const assessment = assessHeldOut(heldOut, groups, recipe.bootstrapDraws, (category) => {
    onProgress(`evaluation ${category}`, categories.indexOf(category) + 1, categories.length);
  });
  const { evaluation } = assessment;
  const written = writeArtefact(
    model,
    {
      name: 'trained',
      release,
      featuriser: recipe.featuriser,
      datasetId: `ds-${shortHash(JSON.stringify(texts))}`,
      recipeId: `r-${shortHash(JSON.stringify(recipe))}`,
      recipe: { ...recipe },
      metrics: metricsOf(evaluation),
      calibrators: assessment.calibrators,
      thresholds: { provisional: assessment.provisional, solved: assessment.solved },
    },
    (modelId) => new Map([['CARD.md', new TextEncoder().encode(cardOf(modelId, texts.length, evaluation))]]),
  );
  return { ...written, evaluation };
}

interface TrainingSpace {
  readonly design: DesignMatrix;
  readonly toFeatureWeights: (weights: Float64Array) => Float64Array;
}

/** Few rows are fitted in their own span: n unknowns instead of 2^18, and the same optimum (model 9.4). */
function trainingSpace(rows: SparseRows, termWeights: Float64Array): TrainingSpace {
  const features = sparseDesign(rows, termWeights);
  if (rows.rows > mostSpanRows) return { design: features, toFeatureWeights: (weights) => weights };
  const span = spanDesign(gramOfRows(rows, termWeights));
  return {
    design: span.design,
    toFeatureWeights(weights) {
      const combined = new Float64Array(rows.columns);
      features.addTransposed(span.toRowMultipliers(weights), new Uint8Array(rows.rows).fill(1), combined);
      return combined;
    },
  };
}

/** Targets by category, native ones first; only categories with a known label, then ANY. */
function targetsOf(texts: readonly LabelledText[]): Map<string, Float64Array> {
  const implied = texts.map(({ labels }) => withImplied(labels));
  const present = new Set(implied.flatMap((labels) => Object.keys(labels)));
  const native: readonly string[] = nativeCategories;
  const ordered = [
    ...native.filter((category) => present.has(category)),
    ...[...present].filter((category) => !native.includes(category) && category !== anyCategory).sort(),
  ];
  const targets = new Map(
    ordered.map((category) => [category, Float64Array.from(implied, (labels) => labels[category] ?? Number.NaN)]),
  );
  return targets.set(anyCategory, Float64Array.from(implied, anyLabel));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function cardOf(modelId: string, rows: number, evaluation: Evaluation): string {
  return `# Model ${modelId}

Hashed linear model (L2 logistic regression over word and character n-grams), trained on ${rows} labelled texts.
Quality is out of fold, folds grouped by near-duplicates; "wide" marks intervals from fewer than 30 positives.
Provisional thresholds were read off the same rows and carry no guarantee.

${markdownTable(evaluationTable(evaluation))}
`;
}
