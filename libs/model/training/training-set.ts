import type { DatasetRow } from '../dataset/dataset-row.js';
import { anyCategory, nativeCategories } from './labelled-text.js';
import { TrainingError } from './training-error.js';

/** Rows of a data set as the trainer takes them: by key, whatever order they came in. */
export interface TrainingSet {
  /** With a text and in a split, by key. */
  readonly rows: readonly DatasetRow[];
  /** Where each of them stood in the input. */
  readonly origins: Int32Array;
  /** Positions in `rows`, one of each near-duplicate group. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Near-duplicate group of each row as a number. */
  readonly groups: readonly number[];
  readonly leftOut: {
    /** The text is gone. */
    readonly erased: number;
    /** In no split. */
    readonly quarantined: number;
    /** Another row of the group stands for them in training. */
    readonly copies: number;
    /** Of the copies, those with another label than the row that stands for them. */
    readonly contradictions: number;
  };
}

/** Labels of one category over the rows of a training set. */
export interface CategoryLabels {
  readonly category: string;
  /** By row; NaN is unknown. */
  readonly targets: Float64Array;
  /** By row: how much it trains. */
  readonly weights: Float64Array;
}

/**
 * Chooses what trains and what is held out. Throws `TrainingError` when a near-duplicate group lies in two splits, for then the
 * held-out rows would have been seen.
 */
export function prepareTrainingSet(given: readonly DatasetRow[]): TrainingSet {
  const order = [...given.keys()].sort((a, b) => compareKeys(given[a], given[b]));
  const kept = order.filter((i) => given[i]?.text !== '' && given[i]?.split !== 'none');
  const rows = kept.flatMap((i) => given[i] ?? []);
  const numbers = new Map<string, number>();
  const splits: string[] = [];
  const groups = rows.map((row) => {
    const number = numbers.get(row.group) ?? numbers.size;
    numbers.set(row.group, number);
    const split = (splits[number] ??= row.split);
    if (split !== row.split) {
      throw new TrainingError(
        'SPLITS_TOUCH',
        `row '${row.key}' is in split ${row.split}, but its near-duplicate group is in ${split}: build the data set again`,
      );
    }
    return number;
  });
  const of = (split: DatasetRow['split']): Int32Array =>
    Int32Array.from(rows.keys()).filter((i) => rows[i]?.split === split);
  const all = of('train');
  const { train, contradictions } = representatives(rows, all, groups);
  return {
    rows,
    origins: Int32Array.from(kept),
    train,
    validation: of('validation'),
    test: of('test'),
    groups,
    leftOut: {
      erased: given.filter(({ text, split }) => text === '' && split !== 'none').length,
      quarantined: given.filter(({ split }) => split === 'none').length,
      copies: all.length - train.length,
      contradictions,
    },
  };
}

function compareKeys(a: DatasetRow | undefined, b: DatasetRow | undefined): number {
  const [left, right] = [a?.key ?? '', b?.key ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return 0;
}

/** The row of each group whose labels say most; of equals the one with the smallest key (labels 2.5). */
function representatives(
  rows: readonly DatasetRow[],
  all: Int32Array,
  groups: readonly number[],
): { train: Int32Array; contradictions: number } {
  const best = new Map<number, number>();
  for (const i of all) {
    const group = groups[i] ?? 0;
    const known = best.get(group);
    if (known === undefined || certainty(rows[i]) > certainty(rows[known])) best.set(group, i);
  }
  let contradictions = 0;
  for (const i of all) {
    const chosen = best.get(groups[i] ?? 0) ?? i;
    if (chosen !== i && contradict(rows[chosen], rows[i])) contradictions += 1;
  }
  return { train: Int32Array.from(best.values()).sort(), contradictions };
}

function certainty(row: DatasetRow | undefined): number {
  return Object.values(row?.labels ?? {}).reduce((sum, { weight }) => sum + weight, 0);
}

function contradict(a: DatasetRow | undefined, b: DatasetRow | undefined): boolean {
  return Object.entries(a?.labels ?? {}).some(([category, { value }]) => {
    const other = b?.labels[category];
    return other !== undefined && other.value !== value;
  });
}

/** In one order however they are given, so that a model's columns do not depend on who asks: the native ones first, without ANY. */
export function orderedCategories(categories: readonly string[]): string[] {
  const native: readonly string[] = nativeCategories;
  const further = [...new Set(categories)].filter((one) => !native.includes(one) && one !== anyCategory).sort();
  return [...native.filter((one) => categories.includes(one)), ...further];
}

/** Labels of one category. ANY, when it is implied, is yes where any category is, and no where none is known to be. */
export function labelsOf(
  rows: readonly DatasetRow[],
  category: string,
  any: 'none' | 'labelled' | 'implied',
): CategoryLabels {
  const targets = new Float64Array(rows.length).fill(Number.NaN);
  const weights = new Float64Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const label = row.labels[category] ?? (category === anyCategory && any === 'implied' ? impliedAny(row) : undefined);
    if (label === undefined) continue;
    targets[i] = label.value;
    weights[i] = row.weight * label.weight;
  }
  return { category, targets, weights };
}

/** As sure as the surest yes, or as the least sure no. */
function impliedAny({ labels }: DatasetRow): DatasetRow['labels'][string] | undefined {
  const known = Object.values(labels);
  if (known.length === 0) return undefined;
  const yes = known.filter(({ value }) => value === 1);
  if (yes.length > 0) return { value: 1, weight: Math.max(...yes.map(({ weight }) => weight)) };
  return { value: 0, weight: Math.min(...known.map(({ weight }) => weight)) };
}

/**
 * Weights of held-out rows in estimates. Only draws carry a probability, and only they enter an estimate (labels 2.5) where they
 * have positives enough; else every row counts alike, and that is said.
 */
export function estimateWeights(
  rows: readonly DatasetRow[],
  targets: Float64Array,
  positions: Int32Array,
  leastPositives: number,
): { readonly weights: Float64Array; readonly byInclusion: boolean } {
  let drawnPositives = 0;
  for (const i of positions) if (rows[i]?.inclusion !== null && targets[i] === 1) drawnPositives += 1;
  const byInclusion = drawnPositives >= leastPositives;
  const weights = Float64Array.from(positions, (i) => {
    if (!byInclusion) return 1;
    const inclusion = rows[i]?.inclusion ?? null;
    return inclusion === null ? 0 : 1 / inclusion;
  });
  return { weights, byInclusion };
}
