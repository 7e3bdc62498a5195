import type { CategoryGoal, ThresholdsInForce } from '../calibration/solve-targets.js';
import type { ComparisonReport } from '../evaluation/comparison-report.js';
import type { ModelName } from '../evaluation/evaluation-report.js';
import type { GateOverride } from './gate-override.js';
import type { GateSettings } from './gate-settings.js';
import type { VerdictDiff } from './verdict-diff.js';

/** Decisions other than ALLOW that both models made about the same contents of the stream. */
export interface FlagRate {
  readonly category: string;
  readonly items: number;
  readonly champion: number;
  readonly challenger: number;
  readonly both: number;
}

/** The challenger's file at work. */
export interface ServingFigures {
  /** 99th percentile of the latency, challenger by champion, measured side by side. */
  readonly p99Ratio: number | null;
  readonly bytes: number | null;
  /** Largest difference of a score, ours against ONNX Runtime, over fixed texts. ONE_RUNTIME: only ONNX Runtime can score this family. */
  readonly parity: { readonly maxDifference: number; readonly texts: number } | 'ONE_RUNTIME' | null;
  /** The scores that the file of golden scores demands came out. */
  readonly goldenScores: boolean | null;
}

/** Attacks on the challenger (redteam 6.5). */
export interface RobustnessFigures {
  /** Mean share of transferred attacks that succeed. */
  readonly champion: number | null;
  readonly challenger: number;
  readonly families: readonly {
    readonly family: string;
    readonly success: number;
    /** It keeps the meaning. */
    readonly keepsMeaning: boolean;
    /** Declared to be open. */
    readonly isDeclared: boolean;
  }[];
  /** Challenger less champion, on harmless texts in many scripts. */
  readonly harmlessRise: number | null;
}

/** All that a decision rests on. The gate computes none of it. */
export interface GateInput {
  /** CALIBRATION: calibrators and thresholds of the live model; what a monotone map cannot change is not judged (calibration 3.4). */
  readonly kind: 'MODEL' | 'CALIBRATION';
  readonly champion: ModelName;
  readonly challenger: ModelName;
  readonly channel: string;
  readonly policy: { readonly policyId: string; readonly version: number };
  /** The frozen gold set. */
  readonly gold: ComparisonReport | null;
  /** The fresh audit slice: rows drawn from the traffic with a known probability. */
  readonly audit: ComparisonReport | null;
  /** What the policy asks in this channel, by category. */
  readonly goals: Readonly<Record<string, Pick<CategoryGoal, 'blockPrecision' | 'reviewRecall'>>>;
  /** Thresholds of the challenger's bundle; both evaluations must have used them. */
  readonly operatingPoints: Readonly<Record<string, ThresholdsInForce>>;
  /** From the shadow; null: those of the replay are taken. */
  readonly flagRates: readonly FlagRate[] | null;
  readonly replay: { readonly replayId: string; readonly diff: VerdictDiff } | null;
  readonly serving: ServingFigures | null;
  readonly robustness: RobustnessFigures | null;
  readonly overrides: readonly GateOverride[];
  readonly settings: GateSettings;
  readonly datasetId: string | null;
  readonly trainingSeed: number | null;
  readonly release: string;
  readonly codeSha: string;
  /** Milliseconds. */
  readonly decidedAt: number;
}

/** One of both sets that the dual gate demands. */
export interface JudgedSet {
  readonly on: 'GOLD' | 'AUDIT';
  readonly comparison: ComparisonReport;
}

export function setsOf({ gold, audit }: Pick<GateInput, 'gold' | 'audit'>): JudgedSet[] {
  return [
    ...(gold === null ? [] : [{ on: 'GOLD' as const, comparison: gold }]),
    ...(audit === null ? [] : [{ on: 'AUDIT' as const, comparison: audit }]),
  ];
}
