import type { ActiveDifference } from './active-difference.js';
import type { EvaluationReport, ModelName } from './evaluation-report.js';
import type { Estimate, Rate } from './intervals.js';
import type { SuiteComparison } from './run-suites.js';
import type { SliceKind } from './slices.js';

/** Challenger less champion, paired: both are judged on the same rows with the same drawn weights. */
export interface Difference extends Estimate {
  readonly champion: number | null;
  readonly challenger: number | null;
}

/** Decisions at one action's thresholds, each model's own. */
export interface DecisionComparison {
  readonly action: 'review' | 'block';
  readonly rows: number;
  /** Decided rightly by one model only. */
  readonly onlyChampionRight: number;
  readonly onlyChallengerRight: number;
  /** McNemar's exact test on those two counts. */
  readonly pValue: number;
  /** Rows with an inclusion probability: what the flips mean for the traffic; null without such rows. */
  readonly active: ActiveDifference | null;
}

export type GateFinding = 'PASSES' | 'FAILS' | 'REPORTED';

export interface CategoryComparison {
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  readonly prevalence: number | null;
  readonly averagePrecision: Difference;
  readonly rocAuc: Difference;
  readonly decisions: readonly DecisionComparison[];
  /** Evaluation 4.2: the lower bound of the difference is at least -.02 (100 positives and more). */
  readonly gate: { readonly margin: number; readonly finding: GateFinding };
}

export type Outcome = 'BETTER' | 'SAME' | 'WORSE' | 'UNDECIDED';

export interface SliceComparison {
  readonly by: SliceKind;
  readonly value: string;
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  readonly averagePrecision: Difference;
  /** At the review thresholds; p values by McNemar on positives and on negatives, after Holm over all judged slices. */
  readonly recall: SliceChange | null;
  readonly specificity: SliceChange | null;
  readonly finding: 'WORSE' | 'NOT_WORSE' | 'TOO_FEW';
}

export interface SliceChange {
  readonly champion: Rate;
  readonly challenger: Rate;
  readonly difference: number | null;
  readonly pValue: number | null;
}

/** A row that the models decide differently; never its text. */
export interface Flip {
  readonly key: string;
  readonly category: string;
  readonly action: 'review' | 'block';
  /** What the challenger does that the champion does not. */
  readonly direction: 'FLAGS' | 'RELEASES';
  readonly label: 0 | 1;
}

/** One JSON document (docs/evaluation.md names every field); `format` as in `EvaluationReport`. */
export interface ComparisonReport {
  readonly format: 1;
  readonly comparisonId: string;
  readonly champion: ModelName;
  readonly challenger: ModelName;
  readonly datasetId: string;
  readonly split: string;
  readonly evaluatedAt: number;
  readonly outcome: Outcome;
  /** Why, in plain sentences, the deciding one first. */
  readonly because: readonly string[];
  readonly categories: readonly CategoryComparison[];
  readonly macro: Difference;
  readonly macroCategories: readonly string[];
  readonly slices: readonly SliceComparison[];
  readonly suites: readonly SuiteComparison[];
  readonly flips: readonly Flip[];
  /** Both evaluations, of the same rows and draws. */
  readonly evaluations: { readonly champion: EvaluationReport; readonly challenger: EvaluationReport };
}
