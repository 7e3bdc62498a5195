import { applyCalibrator, identityCalibrator } from '../calibration/calibrator.js';
import type { Calibrator } from '../calibration/calibrator.js';
import type { DatasetRow } from '../dataset/dataset-row.js';
import { anyCategory } from '../training/labelled-text.js';
import { hashKey } from '../training/seeded-uniform.js';
import { count, emptyCount, rateOf } from './intervals.js';
import type { Rate, WeightedCount } from './intervals.js';
import { rankRows } from './ranked-rows.js';
import type { RankedRows } from './ranked-rows.js';

/** What a model says of the rows, in their order, and what it makes of its logits. */
export interface ModelScores {
  readonly modelId: string;
  readonly name: string;
  readonly logits: Readonly<Record<string, Float64Array>>;
  readonly calibrators: Readonly<Record<string, Calibrator>>;
  readonly thresholds: Readonly<Record<string, { readonly review: number | null; readonly block: number | null }>>;
}

/** `all` rows, or only those `drawn` with a known inclusion probability: an estimate for the traffic they were drawn from. */
export type Population = 'all' | 'drawn';

export interface OperatingReport {
  readonly threshold: number;
  /** Share of rows at or above the threshold. */
  readonly flagged: Rate;
  readonly precision: Rate;
  readonly recall: Rate;
  /** Share of negatives that stay below. */
  readonly specificity: Rate;
}

/** One category of one model over rows with a known label. */
export interface ScoredCategory {
  readonly category: string;
  readonly ranked: RankedRows;
  /** In the order of `ranked`. */
  readonly probabilities: Float64Array;
  readonly review: number | null;
  readonly block: number | null;
}

/** Rows of the split and population whose text is there: without it there is no score. */
export function takeRows(rows: readonly DatasetRow[], split: string, population: Population): number[] {
  return rows.flatMap((row, i) => (isMeant(row, split, population) && row.text !== '' ? [i] : []));
}

/** Rows that would be taken if their text had not been erased. */
export function countErased(rows: readonly DatasetRow[], split: string, population: Population): number {
  return rows.filter((row) => isMeant(row, split, population) && row.text === '').length;
}

function isMeant({ split, inclusion }: DatasetRow, wanted: string, population: Population): boolean {
  return (wanted === 'all' || split === wanted) && (population === 'all' || inclusion !== null);
}

/** Labels of a category: 1, 0, or NaN where unknown. ANY is yes when any category is, and unknown only where all are. */
export function labelsOf(rows: readonly DatasetRow[], category: string): Float64Array {
  return Float64Array.from(rows, ({ labels }) => {
    const own = labels[category];
    if (own !== undefined) return own.value;
    if (category !== anyCategory) return Number.NaN;
    const all = Object.values(labels);
    if (all.length === 0) return Number.NaN;
    return all.some(({ value }) => value === 1) ? 1 : 0;
  });
}

/** 1/inclusion where a row has one, else 1. */
export function rowWeights(rows: readonly DatasetRow[]): Float64Array {
  return Float64Array.from(rows, ({ inclusion }) => (inclusion === null ? 1 : 1 / inclusion));
}

export function groupHashesOf(rows: readonly DatasetRow[]): Uint32Array {
  return Uint32Array.from(rows, ({ group }) => hashKey(group));
}

export function scoreCategory(
  category: string,
  model: Pick<ModelScores, 'logits' | 'calibrators' | 'thresholds'>,
  labels: Float64Array,
  weights: Float64Array,
): ScoredCategory {
  const ranked = rankRows(model.logits[category] ?? new Float64Array(labels.length), labels, weights);
  const calibrator = model.calibrators[category] ?? identityCalibrator;
  const thresholds = model.thresholds[category];
  return {
    category,
    ranked,
    probabilities: ranked.scores.map((logit) => applyCalibrator(calibrator, logit)),
    review: thresholds?.review ?? null,
    block: thresholds?.block ?? null,
  };
}

/** Rates of "probability >= threshold" over the rows that `isIn` marks (by row number; all without it). */
export interface ThresholdCounts {
  readonly flagged: WeightedCount;
  readonly precision: WeightedCount;
  readonly recall: WeightedCount;
  readonly specificity: WeightedCount;
}

export function countAtThreshold(
  { ranked, probabilities }: Pick<ScoredCategory, 'ranked' | 'probabilities'>,
  threshold: number,
  isIn?: (row: number) => boolean,
): ThresholdCounts {
  const counts = { flagged: emptyCount(), precision: emptyCount(), recall: emptyCount(), specificity: emptyCount() };
  for (const [at, probability] of probabilities.entries()) {
    if (isIn !== undefined && !isIn(ranked.rows[at] ?? 0)) continue;
    const weight = ranked.weights[at] ?? 1;
    const isPositive = ranked.labels[at] === 1;
    const isFlagged = probability >= threshold;
    count(counts.flagged, isFlagged, weight);
    if (isFlagged) count(counts.precision, isPositive, weight);
    if (isPositive) count(counts.recall, isFlagged, weight);
    else count(counts.specificity, !isFlagged, weight);
  }
  return counts;
}

export function operatingReport(scored: ScoredCategory, threshold: number | null): OperatingReport | null {
  if (threshold === null || scored.ranked.rows.length === 0) return null;
  const { flagged, precision, recall, specificity } = countAtThreshold(scored, threshold);
  return {
    threshold,
    flagged: rateOf(flagged),
    precision: rateOf(precision),
    recall: rateOf(recall),
    specificity: rateOf(specificity),
  };
}
