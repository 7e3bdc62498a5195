import type { ModelName } from '../evaluation/evaluation-report.js';
import type { GateCheck } from './gate-check.js';
import type { AppliedOverride, RefusedOverride } from './gate-override.js';

export type GateOutcome = 'PASSED' | 'REJECTED' | 'OVERRIDDEN';

/** A comparison that the decision rests on. */
export interface EvidenceSet {
  readonly comparisonId: string;
  readonly datasetId: string;
  readonly split: string;
  readonly rows: number;
  readonly evaluatedAt: number;
}

/** The decision about one candidate for one channel (evaluation 4.2): one JSON document; `format` as in `EvaluationReport`. */
export interface GateReport {
  readonly format: 1;
  /** `gate-` and 16 hex digits over all that the decision rests on, without the time: the same evidence is the same decision. */
  readonly gateId: string;
  readonly kind: 'MODEL' | 'CALIBRATION';
  readonly champion: ModelName;
  readonly challenger: ModelName;
  readonly channel: string;
  readonly policy: { readonly policyId: string; readonly version: number };
  /** What the challenger was trained on; null where nobody knows. */
  readonly datasetId: string | null;
  readonly evidence: {
    readonly gold: EvidenceSet | null;
    readonly audit: EvidenceSet | null;
    readonly replay: { readonly replayId: string; readonly items: number } | null;
  };
  readonly seeds: { readonly training: number | null; readonly gold: number | null; readonly audit: number | null };
  readonly release: string;
  readonly codeSha: string;
  /** `gs-` and 16 hex digits over all margins. */
  readonly settingsId: string;
  readonly checks: readonly GateCheck[];
  readonly outcome: GateOutcome;
  /** PASSED or OVERRIDDEN. */
  readonly passed: boolean;
  /** Why, in plain sentences, the deciding one first. */
  readonly because: readonly string[];
  readonly overrides: readonly AppliedOverride[];
  /** Overrides without effect, and what is wrong with each. */
  readonly refusedOverrides: readonly RefusedOverride[];
  /** Milliseconds; when the first override in use expires, and the pass with it. Null: it does not. */
  readonly validUntil: number | null;
  /** Milliseconds; an argument of the decision. */
  readonly decidedAt: number;
}
