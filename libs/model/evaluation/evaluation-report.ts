import type { CalibrationQuality } from './calibration-quality.js';
import type { ContaminationReport } from './contamination.js';
import type { FairnessReport } from './identity-fairness.js';
import type { Estimate, Rate } from './intervals.js';
import type { CurvePoint } from './ranking.js';
import type { OperatingReport, Population } from './scored-rows.js';
import type { SliceKind } from './slices.js';
import type { SuiteReport } from './run-suites.js';

/**
 * What a model does on labelled rows: one JSON document (docs/evaluation.md names every field). Only counts, rates, scores and keys;
 * never text. `format` grows when a field changes its meaning or goes; new fields may come at any time.
 */
export interface EvaluationReport {
  readonly format: 1;
  /** `ev-` and 16 hex digits over model, data set, split, rows, calibrators, thresholds and settings. */
  readonly evaluationId: string;
  readonly model: ModelName;
  readonly datasetId: string;
  /** `all` for a file without splits. */
  readonly split: string;
  /** Milliseconds; an argument of the evaluation. */
  readonly evaluatedAt: number;
  readonly settings: { readonly draws: number; readonly seed: number; readonly population: Population };
  readonly rows: RowCounts;
  readonly categories: readonly CategoryReport[];
  readonly macro: MacroReport;
  readonly slices: readonly SliceReport[];
  readonly contamination: ContaminationReport | null;
  readonly suites: SuiteReport | null;
  readonly fairness: FairnessReport | null;
  /** What a reader must know before believing a figure. */
  readonly notes: readonly Note[];
}

export interface ModelName {
  readonly modelId: string;
  readonly name: string;
}

export interface RowCounts {
  readonly evaluated: number;
  readonly groups: number;
  /** Rows that weigh 1/inclusion; the others weigh 1. */
  readonly weighted: number;
  /** Further rows, whose text was erased: they are in no figure. */
  readonly withoutText: number;
}

export type NoteCode =
  | 'FEW_POSITIVES'
  | 'NO_POSITIVES'
  | 'MIXED_ORIGINS'
  | 'TEXT_GONE'
  | 'CONTAMINATED'
  | 'CONTAMINATION_UNCHECKED'
  | 'CATEGORY_NOT_IN_MODEL'
  | 'NO_THRESHOLDS';

export interface Note {
  readonly code: NoteCode;
  readonly text: string;
}

export interface CategoryReport {
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  /** Weighted share of positives: the average precision of a model without skill. */
  readonly prevalence: number | null;
  readonly averagePrecision: Estimate;
  readonly rocAuc: Estimate;
  readonly calibration: CalibrationQuality;
  readonly review: OperatingReport | null;
  readonly block: OperatingReport | null;
  /** At most 200 points of the precision-recall curve; thresholds are probabilities. */
  readonly curve: readonly CurvePoint[];
}

export interface MacroReport {
  /** Categories with positives and negatives, without ANY. */
  readonly categories: readonly string[];
  readonly averagePrecision: Estimate;
  readonly rocAuc: Estimate;
}

/** How a slice stands beside all other rows at the review threshold. */
export type SliceFinding = 'WEAKER' | 'NOT_WEAKER' | 'TOO_FEW';

export interface SliceReport {
  readonly by: SliceKind;
  readonly value: string;
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  readonly prevalence: number | null;
  readonly averagePrecision: Estimate;
  readonly rocAuc: Estimate;
  /** At the review threshold; null without one. */
  readonly recall: SliceRate | null;
  readonly specificity: SliceRate | null;
  readonly finding: SliceFinding;
}

export interface SliceRate extends Rate {
  /** Less the rate of the rows outside the slice. */
  readonly difference: number | null;
  /** Two-proportion test of that difference, after Holm over all judged slices; null: not tested. */
  readonly pValue: number | null;
}
