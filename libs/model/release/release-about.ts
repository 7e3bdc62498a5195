import { z } from 'zod';
import { ReleaseError } from './release-error.js';

const line = z.string().trim().min(1).max(400);
const lines = z.array(line).max(20).readonly();

const aboutSchema = z.strictObject({
  title: line.optional(),
  /** SPDX identifier of what others may do with the weights. */
  licence: line.optional(),
  contact: line.optional(),
  intendedUse: lines.optional(),
  outOfScope: lines.optional(),
  limits: lines.optional(),
  data: z
    .array(z.strictObject({ name: line, licence: line, origin: line.optional(), rows: z.int().positive().optional() }))
    .max(100)
    .readonly()
    .optional(),
});

/** What only people know of a model that they give away; all of it may be left out, and the card says so then. */
export type ReleaseAbout = z.infer<typeof aboutSchema>;

/** @throws ReleaseError that names the field */
export function checkReleaseAbout(value: unknown, file: string): ReleaseAbout {
  const parsed = aboutSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ReleaseError(
    'ABOUT_INVALID',
    file,
    `field "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'invalid'}`,
  );
}
