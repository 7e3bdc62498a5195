import { z } from 'zod';
import type { GateReport, VerdictDiff, ComparisonReport } from '#model';

const thresholds = z.strictObject({
  review: z.number().nullable(),
  block: z.number().nullable(),
  provisional: z.boolean(),
});
const calibrator = z.strictObject({
  kind: z.enum(['PLATT', 'BETA', 'ISOTONIC', 'IDENTITY']),
  parameters: z.array(z.number()),
  x: z.array(z.number()),
  y: z.array(z.number()),
});
const bundle = z.strictObject({
  deploymentId: z.string(),
  modelId: z.string(),
  policyId: z.string(),
  policyVersion: z.number(),
  calibrators: z.record(z.string(), calibrator),
  thresholds: z.record(z.string(), thresholds),
  uncovered: z.enum(['ALLOW', 'REVIEW']),
  uncoveredCategories: z.array(z.string()),
  /** Of the artefact. */
  folder: z.string(),
});

/** What the child that judges is given: one file, named by its only argument. */
export const gateTaskSchema = z.strictObject({
  channel: z.string(),
  kind: z.enum(['MODEL', 'CALIBRATION']),
  champion: bundle,
  candidate: bundle,
  /** Rows of the data set, a JSON line each; null: there is none. */
  rows: z.string().nullable(),
  datasetId: z.string().nullable(),
  /** Whether the candidate learned from these rows. */
  isOwnDataset: z.boolean(),
  /** Contents of the stored window, a JSON line each. */
  contents: z.string(),
  replayId: z.string(),
  /** Suites, a file or a folder; null: none. */
  suites: z.string().nullable(),
  goals: z.record(
    z.string(),
    z.strictObject({ blockPrecision: z.number().nullable(), reviewRecall: z.number().nullable() }),
  ),
  overrides: z.array(
    z.strictObject({
      channel: z.string(),
      modelId: z.string(),
      reason: z.string(),
      by: z.string(),
      expiresAt: z.number(),
      covers: z.array(z.strictObject({ check: z.string(), category: z.string().nullable() })),
    }),
  ),
  /** Margins, YAML; empty: the defaults. */
  margins: z.string(),
  encoder: z.strictObject({ folder: z.string(), threads: z.number().int().min(1) }),
  release: z.string(),
  decidedAt: z.number(),
  /** File to leave the result in. */
  result: z.string(),
});

export type GateTask = z.infer<typeof gateTaskSchema>;

/** A content of the window; holds text, so the file goes when the gate has decided. */
export interface ReplayedContent {
  readonly key: string;
  readonly platform: string;
  readonly language: string;
  readonly kind: string;
  readonly text: string;
}

/** The decision and all that it rests on; no text. */
export interface GateResult {
  readonly report: GateReport;
  readonly gold: ComparisonReport | null;
  readonly audit: ComparisonReport | null;
  readonly replay: VerdictDiff;
}
