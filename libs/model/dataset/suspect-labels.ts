import { createFeaturiser } from '../features/featuriser.js';
import type { FeaturiserSettings } from '../features/settings.js';
import { inverseDocumentFrequency } from '../features/weigh.js';
import { compactRows } from '../training/compact-rows.js';
import { sparseDesign } from '../training/design-matrix.js';
import { documentFrequency, featureRows } from '../training/feature-rows.js';
import { fitLogistic } from '../training/fit-logistic.js';
import { assignFolds } from '../training/folds.js';
import { hashKey, seededUniform } from '../training/seeded-uniform.js';
import type { DatasetRow } from './dataset-row.js';
import { findLabelErrors, type CategoryLabels, type SuspectedError } from './label-errors.js';

/** Of labels that look wrong to a model that did not see their row. */
export interface SuspectedRows {
  /** Rows that were judged. */
  readonly checked: number;
  readonly flagged: number;
  /** Most suspicious first, all of them. */
  readonly suspected: readonly (Pick<SuspectedError, 'score' | 'flags'> & { readonly key: string })[];
}

export interface SuspectOptions {
  /** Of more rows so many are judged, by hash; a build must not wait for hours. */
  readonly mostRows?: number;
  readonly seed?: number;
  /** Called between the parts of the work, of some seconds each: lets others have their turn, or stops it by throwing. */
  readonly turn?: (step: string, done: number, total: number) => Promise<void> | void;
}

const folds = 5;
const defaultMostRows = 20_000;
/** Fewer yes or no than these give each fold next to none to learn from. */
const fewestOfEach = 25;
/**
 * Smaller and looser than a model that serves: on EDOS with 5 % of the labels flipped it finds as many of them as the full trainer does, in a tenth
 * of the time (bench/datasets).
 */
const featuriserSettings: FeaturiserSettings = {
  version: 1,
  buckets: 2 ** 16,
  wordNgrams: [1, 2],
  charNgrams: [3, 4],
  cap: 1024,
  views: ['normalised'],
};
const fitSettings = { c: 2, maxIterations: 15, tolerance: 1e-2 };

/**
 * Confident learning over the rows of a data set (labels 2.4): five folds that never part a near-duplicate group, a small model for each, and per category the
 * labels of which it is as sure that they are wrong as it is of right ones. For people to look at, never to delete. Deterministic.
 */
export async function suspectLabels(rows: readonly DatasetRow[], options: SuspectOptions = {}): Promise<SuspectedRows> {
  const { mostRows = defaultMostRows, seed = 1, turn = () => undefined } = options;
  const judged = chooseRows(rows, mostRows, seed);
  const categories = categoriesWorthALook(judged);
  if (categories.length === 0) return { checked: 0, flagged: 0, suspected: [] };
  const total = categories.length * folds;
  await turn('features', 0, total);
  const { rows: features } = compactRows(
    featureRows(
      createFeaturiser(featuriserSettings),
      judged.map(({ text }) => text),
    ),
  );
  const terms = Float64Array.from(inverseDocumentFrequency(documentFrequency(features), judged.length));
  const design = sparseDesign(features, terms);
  const foldOf = assignFolds(groupNumbers(judged), strataOf(judged), folds, seed);
  const found: CategoryLabels[] = [];
  for (const category of categories) {
    const known = judged.map(({ labels }) => labels[category]);
    // What weighs nothing counts for nobody: it is neither learned from nor suspected.
    const labels = Float64Array.from(known, (label) =>
      label === undefined || label.weight === 0 ? Number.NaN : label.value,
    );
    const weights = Float64Array.from(known, (label) => label?.weight ?? 0);
    const probabilities = new Float64Array(judged.length).fill(Number.NaN);
    for (let fold = 0; fold < folds; fold += 1) {
      await turn(`judges ${category}`, found.length * folds + fold, total);
      const visible = labels.map((label, row) => (foldOf[row] === fold ? Number.NaN : label));
      const { weights: learned, bias } = fitLogistic(design, visible, fitSettings, weights);
      const held = Uint8Array.from(foldOf, (own) => (own === fold ? 1 : 0));
      const products = new Float64Array(judged.length);
      design.multiply(learned, held, products);
      for (const [row, own] of foldOf.entries()) {
        if (own === fold) probabilities[row] = 1 / (1 + Math.exp(-((products[row] ?? 0) + bias)));
      }
    }
    found.push({ category, labels, probabilities });
  }
  const suspected = findLabelErrors(found).map(({ row, score, flags }) => ({
    key: judged[row]?.key ?? '',
    score,
    flags,
  }));
  const checked = judged.filter((_, row) =>
    found.some(({ labels }) => !Number.isNaN(labels[row] ?? Number.NaN)),
  ).length;
  return { checked, flagged: suspected.length, suspected };
}

/** Rows with a text and a label that weighs something; of too many those that the hash of their key chooses. */
function chooseRows(rows: readonly DatasetRow[], most: number, seed: number): readonly DatasetRow[] {
  const usable = rows.filter(
    ({ text, labels }) => text !== '' && Object.values(labels).some(({ weight }) => weight > 0),
  );
  if (usable.length <= most) return usable;
  const draws = usable.map(({ key }) => seededUniform(seed, 0, hashKey(key)));
  const limit = Float64Array.from(draws).sort()[most] ?? 1;
  return usable.filter((_, at) => (draws[at] ?? 1) < limit);
}

function categoriesWorthALook(rows: readonly DatasetRow[]): string[] {
  const counts = new Map<string, [number, number]>();
  for (const { labels } of rows) {
    for (const [category, { value, weight }] of Object.entries(labels)) {
      if (weight === 0) continue;
      const pair = counts.get(category) ?? [0, 0];
      pair[value] += 1;
      counts.set(category, pair);
    }
  }
  return [...counts]
    .filter(([, [no, yes]]) => Math.min(no, yes) >= fewestOfEach)
    .map(([category]) => category)
    .sort();
}

function groupNumbers(rows: readonly DatasetRow[]): number[] {
  const numbers = new Map<string, number>();
  return rows.map(({ group }) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

function strataOf(rows: readonly DatasetRow[]): string[] {
  return rows.map(({ labels }) =>
    Object.entries(labels)
      .filter(([, { value }]) => value === 1)
      .map(([category]) => category)
      .sort()
      .join(),
  );
}
