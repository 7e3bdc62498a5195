import { quantiseTerms } from '../artefact/linear-model.js';
import type { LinearModel } from '../artefact/linear-model.js';
import { linearModelOf } from '../artefact/model-artefact.js';
import type { ModelArtefact } from '../artefact/model-artefact.js';
import type { DatasetRow } from '../dataset/dataset-row.js';
import { createFeaturiser } from '../features/featuriser.js';
import { DEFAULT_FEATURISER_SETTINGS } from '../features/settings.js';
import type { FeaturiserSettings } from '../features/settings.js';
import { createCategoryFit, fitsOf } from './category-fit.js';
import type { CategoryFit, CategoryTask, StackedRows, StrengthChoice } from './category-fit.js';
import { compactRows } from './compact-rows.js';
import type { SparseRows } from './design-matrix.js';
import { documentFrequency, featureRows } from './feature-rows.js';
import type { TrainingProgress } from './training-progress.js';
import { assignFolds } from './folds.js';
import { anyCategory } from './labelled-text.js';
import type { ModelRecipe } from './model-recipe.js';
import { parentColumns, parentHead } from './parent-columns.js';
import { TrainingError } from './training-error.js';
import { estimateWeights, labelsOf, orderedCategories, prepareTrainingSet } from './training-set.js';
import type { CategoryLabels, TrainingSet } from './training-set.js';

/** Dense columns beside the n-grams, for example an encoder's embedding: already centred and scaled (model 9.4). */
export interface ExtraColumns {
  readonly columns: number;
  /** Row-major, in the order of the rows that are given. */
  readonly values: Float64Array;
}

export interface FitDatasetInput {
  readonly rows: readonly DatasetRow[];
  /** Of the data set's policy; ANY is added as the recipe says. */
  readonly categories: readonly string[];
  readonly recipe: ModelRecipe;
  readonly parent?: ModelArtefact | null;
  readonly extraColumns?: ExtraColumns | null;
  /** Threads beside this one; they change the time and nothing else. */
  readonly fitCategories?: FitCategories;
  /** Told how far it is; what it throws ends the training. */
  readonly onProgress?: TrainingProgress;
}

/** Runs the tasks over a space, the results in the order of the tasks. */
export type FitCategories = (
  space: Parameters<typeof createCategoryFit>[0],
  tasks: readonly CategoryTask[],
  onProgress: TrainingProgress,
) => readonly CategoryFit[];

/** A head that was trained. */
export interface DatasetHead extends Omit<CategoryFit, 'point'> {
  readonly category: string;
  /** By bucket, in units of tf-idf, the parent's part folded in. */
  readonly ngrams: Float64Array;
  /** By extra column. */
  readonly extra: Float64Array;
  readonly bias: number;
  readonly positives: number;
  readonly negatives: number;
  /** What the recipe's grid would have cost beyond the budget of fits. */
  readonly gridCut: number;
}

export interface FittedDataset {
  readonly set: TrainingSet;
  readonly featuriser: FeaturiserSettings;
  readonly terms: Uint8Array;
  /** N-grams of `set.rows`, by bucket. */
  readonly features: SparseRows;
  /** Of every category that was asked for, trained or not. */
  readonly labels: readonly CategoryLabels[];
  readonly heads: readonly DatasetHead[];
  /** Categories that have too few rows of one label. */
  readonly untrained: readonly string[];
  readonly parent: LinearModel | null;
  /** Foldings of the training rows, in the order of `set.train`. */
  readonly foldings: readonly Uint8Array[];
}

/** Fewest training groups: below that nothing can be held out. */
const fewestRows = 20;
/** Out-of-fold foldings have other seeds than the folds that choose. */
const foldingSeed = 101;

/**
 * Heads over the rows of a data set, by its splits: trained on `train`, one row of each near-duplicate group, strengths chosen on rows
 * that the fit has not seen. Pure, and the same bits for the same rows in any order. Throws `TrainingError`.
 */
export function fitDataset(input: FitDatasetInput): FittedDataset {
  const { recipe, onProgress = () => undefined } = input;
  const set = prepareTrainingSet(input.rows);
  if (set.train.length < fewestRows) {
    throw new TrainingError(
      'TOO_FEW_ROWS',
      `${set.train.length} rows with a text in split train are too few: a model needs at least ${fewestRows}`,
    );
  }
  if (recipe.parent !== 'none' && recipe.inherit !== 'nothing' && !input.parent) {
    throw new TrainingError(
      'PARENT_MISSING',
      `the recipe starts from the model "${recipe.parent}", which was not given: name it, or set "parent: none"`,
    );
  }
  const extra = extraColumnsOf(input, set);
  const parent = recipe.inherit === 'nothing' || !input.parent ? null : linearModelOf(input.parent);
  const featuriser = featuriserOf(recipe, parent === null ? null : (input.parent ?? null));
  const features = featureRows(
    createFeaturiser(featuriser),
    set.rows.map(({ text }) => text),
    (done) => {
      onProgress('features', done, set.rows.length);
    },
  );
  const trainFeatures = pickRows(features, set.train);
  const terms = parent?.terms ?? quantiseTerms(documentFrequency(trainFeatures), trainFeatures.rows);
  const compact = compactRows(features);
  const termWeights = Float64Array.from(compact.buckets, (bucket) => terms[bucket] ?? 0);
  const columnsOfParent =
    parent !== null && recipe.inherit === 'stack'
      ? parentColumns(parent, features, set.train, recipe.stack.scale)
      : null;
  // What the parent says of rows that it learned from is no news: then folds inside them hold nothing out.
  const isSeen = columnsOfParent !== null && !recipe.stack.unseen;
  const dense = besideColumns(set.rows.length, columnsOfParent, extra);
  const stacked = (positions: Int32Array): StackedRows => ({
    ngrams: pickRows(compact.rows, positions),
    dense: pickDense(dense.values, dense.columns, positions),
    denseColumns: dense.columns,
  });

  const { any } = recipe.categories;
  const asked = orderedCategories(input.categories);
  const labels = [...asked, ...(any === 'none' ? [] : [anyCategory])].map((category) =>
    labelsOf(set.rows, category, any),
  );
  const counted = labels.map((one) => ({ ...one, ...countOf(one, set.train) }));
  const { leastRows } = recipe.categories;
  const trainable = counted.filter(({ positives, negatives }) => positives >= leastRows && negatives >= leastRows);
  if (trainable.length === 0) {
    throw new TrainingError(
      'NOTHING_TO_TRAIN',
      `no category has ${leastRows} rows of either label in split train: label more, or lower categories.leastRows`,
    );
  }
  const trainGroups = [...set.train].map((i) => set.groups[i] ?? 0);
  const strata = strataOf(trainable, set.train);
  const { folds, foldings: many, mostRows } = recipe.outOfFold;
  // Without a validation split there is nothing else to calibrate on.
  const hasOutOfFold = folds > 0 && !isSeen && (set.train.length <= mostRows || set.validation.length === 0);
  const foldings = Array.from({ length: hasOutOfFold ? many : 0 }, (_, f) =>
    assignFolds(trainGroups, strata, folds, recipe.seed * foldingSeed + f),
  );
  const innerFolds = assignFolds(trainGroups, strata, recipe.strength.folds, recipe.seed);
  const choices = trainable.map((one) => choiceOf(one, set, recipe, isSeen));
  const candidates = withinBudget(choices, recipe);
  const warm = recipe.inherit === 'warm-start' ? parent : null;
  const tasks = trainable.map(({ category, targets, weights }, t): CategoryTask => {
    const pick = (values: Float64Array, positions: Int32Array): Float64Array =>
      Float64Array.from(positions, (i) => values[i] ?? 0);
    const choice = choices[t] ?? 'FIRST';
    return {
      category,
      targets: pick(targets, set.train),
      weights: pick(weights, set.train),
      validationTargets: pick(targets, set.validation),
      validationWeights: estimateWeights(set.rows, targets, set.validation, recipe.calibration.leastPositives).weights,
      choice: candidates.length > 1 ? choice : 'FIRST',
      candidates: choice === 'FIRST' ? candidates.slice(0, 1) : candidates,
      innerFolds,
      foldings,
      start: warm === null ? null : startAt(parentHead(warm, category), compact.buckets, dense.columns),
    };
  });
  const space = {
    train: stacked(set.train),
    validation: stacked(set.validation),
    termWeights,
    convergence: recipe.convergence,
  };
  const fits = (input.fitCategories ?? fitInTurn)(space, tasks, onProgress);
  const heads = fits.map(({ point, ...fit }, t): DatasetHead => {
    const { category = '', positives = 0, negatives = 0 } = trainable[t] ?? {};
    const ngrams = new Float64Array(features.columns);
    for (const [column, bucket] of compact.buckets.entries()) ngrams[bucket] = point[column] ?? 0;
    const ofParent = columnsOfParent?.columns ?? 0;
    const own = compact.buckets.length;
    const learned = point.subarray(own, own + ofParent);
    return {
      ...fit,
      category,
      positives,
      negatives,
      ngrams,
      extra: point.slice(own + ofParent, own + dense.columns),
      bias: (point[own + dense.columns] ?? 0) + (columnsOfParent?.collapse(learned, ngrams) ?? 0),
      gridCut: choices[t] === 'FIRST' ? 0 : recipe.strength.grid.length - candidates.length,
    };
  });
  return {
    set,
    featuriser,
    terms,
    features,
    labels,
    heads,
    untrained: counted.filter((one) => !trainable.includes(one)).map(({ category }) => category),
    parent,
    foldings,
  };
}

const fitInTurn: FitCategories = (space, tasks, onProgress) => {
  const fit = createCategoryFit(space);
  const total = tasks.reduce((sum, task) => sum + fitsOf(task), 0);
  let before = 0;
  return tasks.map((task) => {
    const fitted = fit(task, (fits) => {
      onProgress('heads', before + fits, total);
    });
    before += fitted.fits;
    return fitted;
  });
};

function extraColumnsOf({ extraColumns, rows }: FitDatasetInput, set: TrainingSet): ExtraColumns | null {
  if (!extraColumns) return null;
  const { columns, values } = extraColumns;
  if (values.length !== columns * rows.length) {
    throw new TrainingError(
      'COLUMNS_DO_NOT_FIT',
      `${values.length} extra values for ${rows.length} rows of ${columns} columns: one row of columns for each row is needed`,
    );
  }
  return { columns, values: pickDense(values, columns, set.origins) };
}

function featuriserOf(recipe: ModelRecipe, parent: ModelArtefact | null): FeaturiserSettings {
  if (parent === null) return recipe.featuriser ?? DEFAULT_FEATURISER_SETTINGS;
  const inherited = parent.document.featuriser;
  if (recipe.featuriser !== undefined && !sameSettings(recipe.featuriser, inherited)) {
    throw new TrainingError(
      'PARENT_FEATURISER',
      `the recipe's featuriser is not that of its parent ${parent.document.modelId}, with which it must share its n-grams: leave "featuriser" out, or set "inherit: nothing"`,
    );
  }
  return inherited;
}

function sameSettings(a: FeaturiserSettings, b: FeaturiserSettings): boolean {
  const ordered = ({ version, buckets, wordNgrams, charNgrams, cap, views }: FeaturiserSettings): string =>
    JSON.stringify([version, buckets, wordNgrams, charNgrams, cap, views]);
  return ordered(a) === ordered(b);
}

function pickRows(rows: SparseRows, positions: Int32Array): SparseRows {
  const starts = new Int32Array(positions.length + 1);
  for (const [r, i] of positions.entries()) {
    starts[r + 1] = (starts[r] ?? 0) + (rows.starts[i + 1] ?? 0) - (rows.starts[i] ?? 0);
  }
  const ids = new Int32Array(starts[positions.length] ?? 0);
  for (const [r, i] of positions.entries()) {
    ids.set(rows.ids.subarray(rows.starts[i] ?? 0, rows.starts[i + 1] ?? 0), starts[r] ?? 0);
  }
  return { rows: positions.length, columns: rows.columns, starts, ids };
}

function pickDense(values: Float64Array, columns: number, positions: Int32Array): Float64Array {
  const picked = new Float64Array(positions.length * columns);
  for (const [r, i] of positions.entries()) picked.set(values.subarray(i * columns, (i + 1) * columns), r * columns);
  return picked;
}

function besideColumns(
  rows: number,
  left: { readonly columns: number; readonly values: Float64Array } | null,
  right: ExtraColumns | null,
): ExtraColumns {
  const parts = [left, right].filter((part) => part !== null);
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const values = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r += 1) {
    let at = r * columns;
    for (const part of parts) {
      values.set(part.values.subarray(r * part.columns, (r + 1) * part.columns), at);
      at += part.columns;
    }
  }
  return { columns, values };
}

/** Rows of either label that train. */
function countOf(
  { targets, weights }: CategoryLabels,
  positions: Int32Array,
): { positives: number; negatives: number } {
  let positives = 0;
  let negatives = 0;
  for (const i of positions) {
    if (!((weights[i] ?? 0) > 0)) continue;
    if (targets[i] === 1) positives += 1;
    else if (targets[i] === 0) negatives += 1;
  }
  return { positives, negatives };
}

/** The rarest category of each row, so that folds share the rare positives evenly. */
function strataOf(
  trainable: readonly (CategoryLabels & { readonly positives: number })[],
  train: Int32Array,
): readonly string[] {
  const byRarity = [...trainable].sort((a, b) => a.positives - b.positives || (a.category < b.category ? -1 : 1));
  return [...train].map((i) => byRarity.find(({ targets }) => targets[i] === 1)?.category ?? '');
}

function choiceOf(
  { targets, positives, negatives }: CategoryLabels & { readonly positives: number; readonly negatives: number },
  { validation }: TrainingSet,
  { strength }: ModelRecipe,
  isSeen: boolean,
): StrengthChoice {
  if (strength.grid.length === 1) return 'FIRST';
  const heldOut = [...validation].filter((i) => targets[i] === 1).length;
  if (heldOut >= strength.leastPositives) return 'VALIDATION';
  return !isSeen && Math.min(positives, negatives) >= 2 * strength.folds ? 'FOLDS' : 'FIRST';
}

/** The grid, cut from its end until choosing costs no more fits than declared: counts decide, never a clock. */
function withinBudget(choices: readonly StrengthChoice[], { strength }: ModelRecipe): readonly number[] {
  const { grid, folds, fits } = strength;
  for (let kept = grid.length; kept > 1; kept -= 1) {
    let cost = 0;
    for (const choice of choices) {
      if (choice === 'VALIDATION') cost += kept - 1;
      if (choice === 'FOLDS') cost += kept * folds;
    }
    if (cost <= fits) return grid.slice(0, kept);
  }
  return grid.slice(0, 1);
}

/** The parent's weights in the columns of this fit. */
function startAt(head: Float64Array | null, buckets: Int32Array, denseColumns: number): Float64Array | null {
  if (head === null) return null;
  const start = new Float64Array(buckets.length + denseColumns + 1);
  for (const [column, bucket] of buckets.entries()) start[column] = head[bucket] ?? 0;
  start[buckets.length + denseColumns] = head.at(-1) ?? 0;
  return start;
}
