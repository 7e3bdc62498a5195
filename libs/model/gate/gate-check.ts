/** Rows of the table of evaluation 4.2, in its order, and the budget of flips. */
export const gateChecks = [
  'quality',
  'operating-point',
  'calibration',
  'slices',
  'fairness',
  'functional',
  'robustness',
  'contamination',
  'serving',
  'flips',
] as const;
export type GateCheckName = (typeof gateChecks)[number];

/** What a figure was measured on. */
export type Evidence =
  'GOLD' | 'AUDIT' | 'TEMPLATES' | 'SUITES' | 'SHADOW' | 'REPLAY' | 'ATTACKS' | 'ARTEFACT' | 'NOTHING';

/** WITHIN: the figure without its sign is at most the limit. BELOW: strictly. */
export type Bound = 'AT_LEAST' | 'AT_MOST' | 'BELOW' | 'WITHIN';

/** REPORTED: there is a figure, or a reason why there is none, and nothing is demanded of it. */
export type CheckFinding = 'PASSES' | 'FAILS' | 'REPORTED' | 'NOT_RUN';

/** One figure against one limit. Only numbers, names and keys; never a text of the data. */
export interface GateCheck {
  readonly check: GateCheckName;
  /** What was measured, for example `average-precision`. */
  readonly measure: string;
  readonly on: Evidence;
  readonly category: string | null;
  /** Slice, functionality, group or direction; null: the whole. */
  readonly subject: string | null;
  /** The demand in words. */
  readonly rule: string;
  readonly bound: Bound | null;
  readonly figure: number | null;
  /** What is held against the limit: the figure, or an end of its interval. */
  readonly judgedBy: 'figure' | 'low' | 'high';
  /** 95 % interval of the figure, where it has one. */
  readonly low: number | null;
  readonly high: number | null;
  readonly limit: number | null;
  /** Either model alone, where the figure compares them. */
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly finding: CheckFinding;
  readonly why: string;
  /** Keeps the gate shut: it fails, or was not run and may not be missing, and nobody overrides it. */
  readonly blocks: boolean;
  /** The override that opens the gate in spite of this row. */
  readonly overrideId: string | null;
}
