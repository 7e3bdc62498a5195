import { z } from 'zod';
import type { ContentReported, ReportKind } from '#platform/contracts';
import { hashFields, type KeyedHash } from '#policy';
import { idSchema, revisionSchema } from './content-request.js';

const reasonSchema = z.string().max(1000).nullable().default(null).meta({ description: 'Free text; never logged.' });
const categorySchema = z
  .string()
  .regex(/^[A-Za-z0-9/_-]{1,64}$/, 'Must be a category')
  .nullable()
  .default(null);

export const reportSchema = z
  .strictObject({
    contentId: idSchema,
    revision: revisionSchema,
    category: categorySchema,
    reason: reasonSchema,
    reporterId: idSchema
      .nullable()
      .default(null)
      .meta({ description: 'Who reports, on the platform; kept only as a keyed hash.' }),
  })
  .meta({ id: 'Report', examples: [{ contentId: 'post-1042', category: 'HR', reporterId: 'user-7' }] });

export const appealSchema = z
  .strictObject({
    contentId: idSchema,
    revision: revisionSchema,
    channel: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'Must be a channel')
      .nullable()
      .default(null),
    verdictId: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'Must be the verdictId of a verdict')
      .nullable()
      .default(null),
    reason: reasonSchema,
    authorId: idSchema
      .nullable()
      .default(null)
      .meta({ description: 'Who appeals, on the platform; kept only as a keyed hash.' }),
  })
  .meta({ id: 'Appeal', examples: [{ contentId: 'post-1042', channel: 'public', authorId: 'user-3' }] });

export const reportedSchema = z
  .strictObject({
    reportId: z.string(),
    selfSelected: z.literal(true).meta({ description: 'Reports and appeals never enter an unbiased estimate.' }),
  })
  .meta({ id: 'Reported' });

/** What a report and an appeal have in common. */
export interface Reporting {
  readonly kind: ReportKind;
  readonly contentId: string;
  readonly revision: number;
  readonly channel: string | null;
  readonly verdictId: string | null;
  readonly category: string | null;
  readonly reason: string | null;
  readonly personId: string | null;
}

/**
 * The event of a report. Its id hashes what, who and the UTC day (or the Idempotency-Key), so a repeated call is one report.
 */
export function reportedEvent(
  reporting: Reporting,
  context: {
    readonly platform: string;
    readonly idempotencyScope: string | null;
    readonly now: number;
    readonly keyedHash: KeyedHash;
  },
): ContentReported {
  const { kind, contentId, revision, channel, verdictId, category, reason, personId } = reporting;
  const { platform, now } = context;
  const reporterHash = context.keyedHash(platform, personId);
  const when = context.idempotencyScope ?? new Date(now).toISOString().slice(0, 10);
  const reportId = hashFields(
    kind,
    platform,
    contentId,
    revision,
    channel,
    verdictId,
    category,
    reason,
    reporterHash,
    when,
  );
  return {
    reportId,
    contentId,
    revision,
    platform,
    kind,
    channel,
    verdictId,
    category,
    scores: {},
    reporterHash,
    reason,
    reportedAt: now,
  };
}
