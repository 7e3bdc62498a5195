import { quantiseColumn, scoreLinearModel } from '../artefact/linear-model.js';
import type { LinearModel } from '../artefact/linear-model.js';
import { cardPath, writeArtefact } from '../artefact/model-artefact.js';
import type { WrittenArtefact } from '../artefact/model-artefact.js';
import { renderHeldOut } from '../evaluation/html/held-out-page.js';
import { roundLogit } from '../features/score-linear.js';
import { metricsOf } from './assess.js';
import { assessDataset } from './assess-dataset.js';
import type { DatasetAssessment, HeldOutLogits, PolicyGoals } from './assess-dataset.js';
import { datasetCard, datasetPage, datasetReport } from './dataset-card.js';
import type { TrainedFacts } from './dataset-card.js';
import { fitDataset } from './fit-dataset.js';
import type { FitDatasetInput, FittedDataset } from './fit-dataset.js';
import { anyCategory } from './labelled-text.js';
import { modelRecipeIdOf } from './model-recipe.js';
import { orderedCategories } from './training-set.js';

export interface TrainDatasetInput extends Omit<FitDatasetInput, 'extraColumns'> {
  readonly datasetId: string;
  /** Of the product. */
  readonly release: string;
  /** Targets that the thresholds shall meet; null: those of the recipe. */
  readonly policy?: PolicyGoals | null;
}

export interface TrainedDataset extends WrittenArtefact {
  readonly recipeId: string;
  readonly fitted: FittedDataset;
  /** Logits of rows that the model has not seen. */
  readonly heldOut: readonly HeldOutLogits[];
  readonly assessment: DatasetAssessment;
  /** Heads that are the parent's, unchanged. */
  readonly carried: readonly string[];
}

/** Share of a column's largest weight that maps to 127. */
const clip = 1;

/**
 * A model of hashed n-grams from the rows of a data set: pure, and the same bytes for the same rows, in any order, recipe, parent and
 * release on one architecture. Throws `TrainingError`.
 */
export function trainDataset(input: TrainDatasetInput): TrainedDataset {
  const { recipe, datasetId, release, onProgress = () => undefined } = input;
  const fitted = fitDataset(input);
  const { heads, parent, set } = fitted;
  const carried =
    recipe.categories.untrained === 'carry'
      ? (parent?.categories ?? []).filter((category) => !heads.some((head) => head.category === category))
      : [];
  const model = joinHeads(fitted, carried);
  const heldOut = heldOutLogits(fitted, model);
  const ofParent = carried.length > 0 || recipe.inherit !== 'nothing' ? (input.parent?.document ?? null) : null;
  const assessment = assessDataset(set, heldOut, recipe, ofParent?.calibrators ?? {}, input.policy ?? null, onProgress);
  const recipeId = modelRecipeIdOf(recipe);
  const facts: TrainedFacts = {
    recipe,
    recipeId,
    datasetId,
    release,
    parentModelId: parent === null ? null : (input.parent?.document.modelId ?? null),
    fitted,
    carried,
    assessment,
  };
  const { calibrations, evaluation } = assessment;
  const kept = <T>(values: Readonly<Record<string, T>> | undefined): [string, T][] =>
    Object.entries(values ?? {}).filter(([category]) => carried.includes(category));
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const written = writeArtefact(
    model,
    {
      name: recipe.name,
      release,
      featuriser: fitted.featuriser,
      datasetId,
      recipeId,
      recipe: { ...recipe },
      metrics: metricsOf(evaluation),
      calibrators: Object.fromEntries([
        ...calibrations.map(({ category, calibrator }) => [category, calibrator] as const),
        ...kept(ofParent?.calibrators),
      ]),
      thresholds: {
        provisional: Object.fromEntries([
          ...calibrations.map(({ category, provisional }) => [category, provisional] as const),
          ...kept(ofParent?.thresholds.provisional),
        ]),
        solved: Object.fromEntries([
          ...calibrations.map(({ category, solved }) => [category, solved] as const),
          ...kept(ofParent?.thresholds.solved),
        ]),
      },
    },
    (modelId) =>
      new Map([
        [cardPath, encode(datasetCard(modelId, facts))],
        ['report.json', encode(datasetReport(modelId, facts))],
        ['report.html', encode(renderHeldOut(datasetPage(modelId, facts)))],
      ]),
  );
  return { ...written, recipeId, fitted, heldOut, assessment, carried };
}

/** One int8 table: trained heads and those of the parent, ANY last. */
function joinHeads({ heads, parent, terms, featuriser }: FittedDataset, carried: readonly string[]): LinearModel {
  const present = [...heads.map(({ category }) => category), ...carried];
  const ordered = orderedCategories(present);
  const categories = present.includes(anyCategory) ? [...ordered, anyCategory] : ordered;
  const { buckets } = featuriser;
  const table = new Int8Array(buckets * categories.length);
  const scales = new Float32Array(categories.length);
  const biases = new Float32Array(categories.length);
  for (const [column, category] of categories.entries()) {
    const head = heads.find((one) => one.category === category);
    if (head !== undefined) {
      const { entries, scale } = quantiseColumn(head.ngrams, clip);
      for (const [bucket, entry] of entries.entries()) table[bucket * categories.length + column] = entry;
      scales[column] = scale;
      biases[column] = head.bias;
    } else if (parent !== null) {
      const from = parent.categories.indexOf(category);
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        table[bucket * categories.length + column] = parent.table[bucket * parent.categories.length + from] ?? 0;
      }
      scales[column] = parent.scales[from] ?? 0;
      biases[column] = parent.biases[from] ?? 0;
    }
  }
  return { buckets, categories, terms, table, scales, biases };
}

/** Held-out rows as the artefact scores them; training rows out of fold, by the first folding. */
function heldOutLogits({ set, features, heads, labels, foldings }: FittedDataset, model: LinearModel): HeldOutLogits[] {
  const logits = heads.map(() => new Float64Array(set.rows.length).fill(Number.NaN));
  const row = new Float32Array(model.categories.length);
  const columns = heads.map(({ category }) => model.categories.indexOf(category));
  for (const positions of [set.validation, set.test]) {
    for (const i of positions) {
      const ids = features.ids.subarray(features.starts[i] ?? 0, features.starts[i + 1] ?? 0);
      scoreLinearModel(model, ids, ids.length, row);
      for (const [h, own] of logits.entries()) own[i] = roundLogit(row[columns[h] ?? 0] ?? Number.NaN);
    }
  }
  if (foldings.length > 0) {
    for (const [h, { outOfFold }] of heads.entries()) {
      for (const [r, i] of set.train.entries()) {
        const own = logits[h];
        if (own !== undefined) own[i] = roundLogit(outOfFold[0]?.[r] ?? Number.NaN);
      }
    }
  }
  return heads.map(({ category }, h) => ({
    category,
    targets: labels.find((one) => one.category === category)?.targets ?? new Float64Array(set.rows.length),
    logits: logits[h] ?? new Float64Array(set.rows.length),
  }));
}
