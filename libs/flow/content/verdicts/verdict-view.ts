import { z } from 'zod';
import type { VerdictIssued } from '#platform/contracts';

const actionSchema = z.enum(['ALLOW', 'REVIEW', 'BLOCK']);

/** A verdict as HTTP shows it: the fields of the event, times as RFC 3339. */
export const verdictSchema = z
  .object({
    verdictId: z.string(),
    kind: z.enum(['ISSUED', 'SUPERSEDED', 'RETRACTED']),
    contentId: z.string(),
    revision: z.int(),
    platform: z.string(),
    channel: z.string(),
    action: actionSchema,
    categories: z.record(
      z.string(),
      z.object({
        probability: z.number(),
        action: actionSchema,
        reviewThreshold: z.number().nullable(),
        blockThreshold: z.number().nullable(),
        provisional: z.boolean(),
      }),
    ),
    deploymentId: z.string(),
    modelId: z.string(),
    calibrationId: z.string(),
    thresholdSetId: z.string(),
    policyId: z.string(),
    policyVersion: z.int(),
    role: z.enum(['LIVE', 'CANARY', 'SHADOW']),
    mode: z.enum(['NORMAL', 'REVIEW_ALL', 'ALLOW_ALL']),
    decidedBy: z.enum(['MODEL', 'MODE', 'UNCOVERED', 'PERSON']),
    textHash: z.string(),
    causeId: z.string().nullable(),
    supersedes: z.string().nullable(),
    reason: z.string().nullable(),
    source: z.object({ topic: z.string(), partition: z.int(), offset: z.int() }),
    submittedAt: z.iso.datetime(),
    issuedAt: z.iso.datetime(),
  })
  .meta({ id: 'Verdict' });

export type VerdictView = z.output<typeof verdictSchema>;

/** The event as HTTP shows it. */
export function viewOf(verdict: VerdictIssued): VerdictView {
  return {
    ...verdict,
    categories: { ...verdict.categories },
    submittedAt: new Date(verdict.submittedAt).toISOString(),
    issuedAt: new Date(verdict.issuedAt).toISOString(),
  };
}

/** A row of the warehouse's verdicts, as far as this view shows it. */
export interface StoredVerdictRow {
  readonly verdict_id: string;
  readonly kind: string;
  readonly current: boolean;
  readonly revision: number;
  readonly channel: string;
  readonly action: string;
  readonly categories: Readonly<
    Record<
      string,
      {
        readonly probability: number;
        readonly action: string;
        readonly review_threshold: number | null;
        readonly block_threshold: number | null;
        readonly provisional: boolean;
      }
    >
  >;
  readonly deployment_id: string;
  readonly model_id: string;
  readonly calibration_id: string;
  readonly threshold_set_id: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly role: string;
  readonly mode: string;
  readonly decided_by: string;
  readonly cause_id: string | null;
  readonly supersedes: string | null;
  readonly reason: string | null;
  /** `2026-03-04 10:00:00.123`, UTC. */
  readonly issued_at: string;
}

const storedVerdictSchema = verdictSchema
  .omit({ platform: true, contentId: true, textHash: true, source: true, submittedAt: true })
  .extend({ current: z.boolean().meta({ description: 'Not replaced and not withdrawn.' }) });

export const storedVerdictsSchema = z
  .object({
    contentId: z.string(),
    verdicts: z.array(storedVerdictSchema).meta({ description: 'Newest first.' }),
  })
  .meta({ id: 'StoredVerdicts' });

/** A verdict of the warehouse as HTTP shows it. @throws Error when the warehouse holds what no verdict is */
export function viewOfRow(row: StoredVerdictRow): z.output<typeof storedVerdictSchema> {
  return storedVerdictSchema.parse({
    verdictId: row.verdict_id,
    kind: row.kind,
    current: row.current,
    revision: row.revision,
    channel: row.channel,
    action: row.action,
    categories: Object.fromEntries(
      Object.entries(row.categories).map(([category, it]) => [
        category,
        {
          probability: it.probability,
          action: it.action,
          reviewThreshold: it.review_threshold,
          blockThreshold: it.block_threshold,
          provisional: it.provisional,
        },
      ]),
    ),
    deploymentId: row.deployment_id,
    modelId: row.model_id,
    calibrationId: row.calibration_id,
    thresholdSetId: row.threshold_set_id,
    policyId: row.policy_id,
    policyVersion: row.policy_version,
    role: row.role,
    mode: row.mode,
    decidedBy: row.decided_by,
    causeId: row.cause_id,
    supersedes: row.supersedes,
    reason: row.reason,
    issuedAt: new Date(`${row.issued_at.replace(' ', 'T')}Z`).toISOString(),
  });
}
