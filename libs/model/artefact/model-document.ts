import { createHash } from 'node:crypto';
import { z } from 'zod';

const probability = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const pair = z.tuple([z.number().int(), z.number().int()]).readonly();

const featuriserSchema = z.strictObject({
  version: z.literal(1),
  buckets: z.number().int(),
  wordNgrams: pair,
  charNgrams: pair,
  cap: z.number().int().positive(),
  views: z.array(z.enum(['raw', 'normalised', 'decoded'])).readonly(),
});

const calibratorSchema = z
  .strictObject({
    kind: z.enum(['IDENTITY', 'PLATT', 'BETA', 'ISOTONIC']),
    parameters: z.array(z.number()).readonly(),
    x: z.array(z.number()).readonly(),
    y: z.array(probability).readonly(),
  })
  .refine(({ x, y }) => x.length === y.length, { error: 'x and y must have as many knots' })
  .refine(({ kind, parameters }) => parameters.length === { IDENTITY: 0, PLATT: 2, BETA: 3, ISOTONIC: 0 }[kind], {
    error: 'number of parameters does not fit the kind',
  });

const thresholdsSchema = z.strictObject({ review: probability.nullable(), block: probability.nullable() });

const metricSchema = z.strictObject({
  rows: z.number().int(),
  positives: z.number().int(),
  prevalence: probability,
  averagePrecision: probability,
  low: probability,
  high: probability,
  wide: z.boolean(),
  rocAuc: probability.nullable(),
});

const fileSchema = z.strictObject({
  path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/),
  bytes: z.number().int().nonnegative(),
  sha256,
});

/** `model.json` of a model artefact. Numbers are data of the model; texts of the training data never are. */
export const modelDocumentSchema = z.strictObject({
  format: z.literal(1),
  modelId: z.string().regex(/^m-[0-9a-f]{16}$/),
  name: z.string(),
  family: z.literal('HASHED_LINEAR'),
  release: z.string(),
  featuriser: featuriserSchema,
  /** Columns of the model's outputs, in order. */
  categories: z.array(z.string()).min(1).readonly(),
  datasetId: z.string(),
  recipeId: z.string(),
  recipe: z.record(z.string(), z.unknown()),
  /** Out-of-fold quality by category, when it was measured. */
  metrics: z.record(z.string(), metricSchema),
  calibrators: z.record(z.string(), calibratorSchema),
  thresholds: z.strictObject({
    /** Declared, for demonstrations, until labels of the platform's own can solve them. */
    provisional: z.record(z.string(), thresholdsSchema),
    /** Solved by calibration 3.3 from held-out labels; null where the labels do not suffice. */
    solved: z.record(z.string(), thresholdsSchema),
  }),
  /** What the model is made of: these decide modelId. */
  files: z.array(fileSchema).min(1).readonly(),
  /** What describes it: verified, but no part of modelId. */
  documents: z.array(fileSchema).readonly(),
});

export type ModelDocument = z.infer<typeof modelDocumentSchema>;
export type FileEntry = z.infer<typeof fileSchema>;
export type CategoryMetric = z.infer<typeof metricSchema>;

export function describeFile(path: string, bytes: Uint8Array): FileEntry {
  return { path, bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** `m-` and 16 hex digits of the hash over all that decides a logit: family, featuriser, categories and files. */
export function modelIdOf(parts: Pick<ModelDocument, 'family' | 'featuriser' | 'categories' | 'files'>): string {
  const { version, buckets, wordNgrams, charNgrams, cap, views } = parts.featuriser;
  const canonical = JSON.stringify([
    parts.family,
    [version, buckets, wordNgrams, charNgrams, cap, views],
    parts.categories,
    [...parts.files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, sha256: hash }) => [path, hash]),
  ]);
  return `m-${createHash('sha256').update(canonical).digest('hex').slice(0, 16)}`;
}
