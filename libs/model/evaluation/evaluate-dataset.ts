import { createHash } from 'node:crypto';
import type { DatasetRow } from '../dataset/dataset-row.js';
import { defaultBootstrap, wideBelow } from './bootstrap.js';
import type { BootstrapSettings } from './bootstrap.js';
import type { ContaminationReport } from './contamination.js';
import { drawAll, emptyDraws, estimatesOf, prevalenceOf, reportCategories } from './evaluate-categories.js';
import type { Drawn } from './evaluate-categories.js';
import type { CategoryReport, EvaluationReport, Note, RowCounts, SliceReport } from './evaluation-report.js';
import { holmAdjusted } from './holm.js';
import type { FairnessReport } from './identity-fairness.js';
import { known, rateOf, twoProportionP } from './intervals.js';
import type { WeightedCount } from './intervals.js';
import { sliceOf } from './ranked-rows.js';
import type { SuiteReport } from './run-suites.js';
import {
  countAtThreshold,
  countErased,
  groupHashesOf,
  labelsOf,
  rowWeights,
  scoreCategory,
  takeRows,
} from './scored-rows.js';
import type { ModelScores, Population, ScoredCategory } from './scored-rows.js';
import { slicesOf } from './slices.js';
import type { Slice } from './slices.js';

export type EvaluationProgress = (step: string, done: number, total: number) => void;

export interface EvaluationInput {
  readonly rows: readonly DatasetRow[];
  /** Logits in the order of `rows`. */
  readonly model: ModelScores;
  readonly datasetId: string;
  /** The split to evaluate; `all` takes every row. */
  readonly split: string;
  readonly population?: Population;
  readonly evaluatedAt: number;
  readonly settings?: BootstrapSettings;
  readonly contamination?: ContaminationReport | null;
  readonly suites?: SuiteReport | null;
  readonly fairness?: FairnessReport | null;
  readonly onProgress?: EvaluationProgress;
}

/** A slice is weaker when it lies this far below the rest and the test says that it is no chance (evaluation 4.2). */
const leastGap = 0.05;
const level = 0.05;

interface SlicedCategory {
  readonly slice: Slice;
  readonly scored: ScoredCategory;
  readonly drawn: Drawn;
}

/**
 * Quality of a model on the rows of a data set, by category and by slice (evaluation 4.1, 4.2, calibration 3.2). Pure: the same input
 * gives the same report. Rows with an inclusion probability weigh 1/inclusion. About 2 s for 5,000 rows of 9 categories.
 */
export function evaluateDataset(input: EvaluationInput): EvaluationReport {
  const { model, datasetId, split, population = 'all', settings = defaultBootstrap } = input;
  const taken = takeRows(input.rows, split, population);
  const rows = taken.flatMap((i) => input.rows[i] ?? []);
  const chosen: ModelScores = { ...model, logits: pickLogits(model.logits, taken) };
  const groupHashes = groupHashesOf(rows);
  const weights = rowWeights(rows);
  const scored = Object.keys(chosen.logits).map((category) =>
    scoreCategory(category, chosen, labelsOf(rows, category), weights),
  );
  const overall = scored.map(({ ranked }) => emptyDraws(ranked, settings.draws));
  const sliced = slicedCategories(rows, scored, overall, settings.draws);
  drawAll([...overall, ...sliced.map(({ drawn }) => drawn)], groupHashes, settings, (done, total) => {
    input.onProgress?.('intervals', done, total);
  });
  const { groups, categories, macro } = reportCategories(scored, overall, groupHashes, settings.draws);
  const counts: RowCounts = {
    evaluated: rows.length,
    groups,
    weighted: rows.filter(({ inclusion }) => inclusion !== null).length,
    withoutText: countErased(input.rows, split, population),
  };
  return {
    format: 1,
    evaluationId: `ev-${digestOf([chosen.modelId, datasetId, split, population, settings, rows.map(({ key }) => key), chosen.calibrators, chosen.thresholds])}`,
    model: { modelId: model.modelId, name: model.name },
    datasetId,
    split,
    evaluatedAt: input.evaluatedAt,
    settings: { draws: settings.draws, seed: settings.seed, population },
    rows: counts,
    categories,
    macro,
    slices: sliceReports(sliced),
    contamination: input.contamination ?? null,
    suites: input.suites ?? null,
    fairness: input.fairness ?? null,
    notes: notesOf(categories, counts, rows, input),
  };
}

function pickLogits(logits: ModelScores['logits'], taken: readonly number[]): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(logits).map(([category, all]) => [category, Float64Array.from(taken, (i) => all[i] ?? Number.NaN)]),
  );
}

/** 16 hex digits over a value as JSON. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** A slice that holds every row of a category shares its draws. */
function slicedCategories(
  rows: readonly DatasetRow[],
  scored: readonly ScoredCategory[],
  overall: readonly Drawn[],
  draws: number,
): SlicedCategory[] {
  return slicesOf(rows).flatMap((slice) =>
    scored.flatMap((one, c) => {
      const ranked = sliceOf(one.ranked, slice.isIn);
      const all = overall[c];
      if (ranked.rows.length === 0 || all === undefined) return [];
      const isAll = ranked.rows.length === one.ranked.rows.length;
      return { slice, scored: one, drawn: isAll ? all : emptyDraws(ranked, draws) };
    }),
  );
}

interface TestedRate {
  readonly inside: WeightedCount;
  readonly outside: WeightedCount;
}

function sliceReports(sliced: readonly SlicedCategory[]): SliceReport[] {
  const tests: { p: number }[] = [];
  const drafts = sliced.map(({ slice, scored, drawn }) => {
    const isJudged = drawn.ranked.positives >= wideBelow;
    const threshold = scored.review;
    const isIn = (row: number): boolean => slice.isIn[row] === 1;
    const inside = threshold === null ? undefined : countAtThreshold(scored, threshold, isIn);
    const outside = threshold === null ? undefined : countAtThreshold(scored, threshold, (row) => !isIn(row));
    const rate = (of: 'recall' | 'specificity'): (TestedRate & { test: { p: number } | undefined }) | null => {
      if (inside === undefined || outside === undefined) return null;
      const p = twoProportionP(inside[of], outside[of]);
      const test = isJudged && !Number.isNaN(p) ? { p } : undefined;
      if (test !== undefined) tests.push(test);
      return { inside: inside[of], outside: outside[of], test };
    };
    return { slice, scored, drawn, isJudged, recall: rate('recall'), specificity: rate('specificity') };
  });
  const adjusted = new Map(holmAdjusted(tests.map(({ p }) => p)).map((p, i) => [tests[i], p]));
  return drafts.map(({ slice, scored, drawn, isJudged, recall, specificity }) => {
    const rates = [recall, specificity].map((rate) => {
      if (rate === null) return null;
      const { inside, outside, test } = rate;
      return {
        ...rateOf(inside),
        difference: known(inside.hitWeight / inside.weight - outside.hitWeight / outside.weight),
        pValue: test === undefined ? null : (adjusted.get(test) ?? null),
      };
    });
    const isWeaker = rates.some(
      (rate) => rate !== null && rate.pValue !== null && rate.pValue <= level && (rate.difference ?? 0) < -leastGap,
    );
    return {
      by: slice.by,
      value: slice.value,
      category: scored.category,
      rows: drawn.ranked.rows.length,
      positives: drawn.ranked.positives,
      prevalence: prevalenceOf(drawn.ranked),
      ...estimatesOf(drawn),
      recall: rates[0] ?? null,
      specificity: rates[1] ?? null,
      finding: !isJudged ? 'TOO_FEW' : isWeaker ? 'WEAKER' : 'NOT_WEAKER',
    };
  });
}

function named(some: readonly CategoryReport[]): string {
  return some.map(({ category }) => category).join(', ');
}

/** Which categories have too few positives to say anything. */
export function countNotes(categories: readonly CategoryReport[]): Note[] {
  const none = categories.filter(({ positives }) => positives === 0);
  const few = categories.filter(({ positives }) => positives > 0 && positives < wideBelow);
  return [
    ...(none.length === 0
      ? []
      : [
          {
            code: 'NO_POSITIVES' as const,
            text: `No row is labelled yes for ${named(none)}: nothing can be said of them.`,
          },
        ]),
    ...(few.length === 0
      ? []
      : [
          {
            code: 'FEW_POSITIVES' as const,
            text: `Fewer than ${wideBelow} positives for ${named(few)}: too few to decide anything on.`,
          },
        ]),
  ];
}

function notesOf(
  categories: readonly CategoryReport[],
  counts: RowCounts,
  rows: readonly DatasetRow[],
  input: EvaluationInput,
): Note[] {
  const notes: Note[] = [];
  const add = (code: Note['code'], text: string): void => {
    notes.push({ code, text });
  };
  notes.push(...countNotes(categories));
  const without = categories.filter(({ review, positives }) => review === null && positives > 0);
  if (without.length > 0)
    add('NO_THRESHOLDS', `No review threshold for ${named(without)}: only the ranking is judged.`);
  const labelled = new Set(rows.flatMap(({ labels }) => Object.keys(labels)));
  const missing = [...labelled].filter((category) => input.model.logits[category] === undefined).sort();
  if (missing.length > 0)
    add('CATEGORY_NOT_IN_MODEL', `Labelled, but not scored by this model: ${missing.join(', ')}.`);
  if (counts.weighted > 0 && counts.weighted < counts.evaluated) {
    add(
      'MIXED_ORIGINS',
      `${counts.evaluated - counts.weighted} of ${counts.evaluated} rows were not drawn with a known probability and weigh 1 each: ` +
        'the figures describe these rows, not the traffic.',
    );
  }
  if (counts.withoutText > 0) {
    add(
      'TEXT_GONE',
      `The text of ${counts.withoutText} more rows was erased: they cannot be scored and are left out of every figure.`,
    );
  }
  const { contamination } = input;
  if (contamination === undefined || contamination === null) {
    add('CONTAMINATION_UNCHECKED', 'Whether the model was trained on near-copies of these rows was not checked.');
  } else if (contamination.hits.length > 0) {
    add(
      'CONTAMINATED',
      `${contamination.hits.length} rows are near-copies of rows that the model was trained on: the figures flatter it.`,
    );
  }
  return notes;
}
