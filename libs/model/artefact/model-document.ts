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

/** The encoder of a cascade: named by its files, which are too large to be in every model that uses them. */
const encoderSchema = z.strictObject({
  /** For people. */
  name: z.string(),
  files: z.strictObject({ model: sha256, tokenizer: sha256 }),
  dimensions: z.number().int().min(1).max(4096),
  /** Put before each text. */
  prefix: z.string().max(64),
  maxTokens: z.number().int().min(8).max(512),
  /** How "any category" is joined from its own head and the others; null: its own head says it. */
  union: z.strictObject({ category: z.string(), own: z.number(), others: z.number(), bias: z.number() }).nullable(),
});

const cascadeSchema = z.strictObject({
  /** In logits of the n-grams, from low on and below high; a content in any of them is uncertain. */
  bands: z
    .array(z.strictObject({ category: z.string(), low: z.number(), high: z.number() }))
    .max(64)
    .readonly(),
  /** Share of the uncertain contents that the encoder sees. */
  rate: probability,
  saltId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
});

const firstFields = {
  format: z.literal(1),
  modelId: z.string().regex(/^m-[0-9a-f]{16}$/),
  name: z.string(),
} as const;

const commonFields = {
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
} as const;

/** One table over hashed n-grams. */
const hashedLinearSchema = z.strictObject({ ...firstFields, family: z.literal('HASHED_LINEAR'), ...commonFields });
/** Any graph with the inputs and outputs of model 9.3, from a trainer outside. */
const externalSchema = z.strictObject({ ...firstFields, family: z.literal('EXTERNAL'), ...commonFields });
/** A table over n-grams for all contents, and heads over n-grams and an embedding for uncertain ones. */
const stackedEncoderSchema = z
  .strictObject({
    ...firstFields,
    family: z.literal('STACKED_ENCODER'),
    ...commonFields,
    encoder: encoderSchema,
    cascade: cascadeSchema,
  })
  .refine(({ categories, cascade }) => cascade.bands.every(({ category }) => categories.includes(category)), {
    path: ['cascade', 'bands'],
    error: 'names a category that the model does not have',
  })
  .refine(({ categories, encoder }) => encoder.union === null || categories.includes(encoder.union.category), {
    path: ['encoder', 'union'],
    error: 'names a category that the model does not have',
  });

/** `model.json` of a model artefact. Numbers are data of the model; texts of the training data never are. */
export const modelDocumentSchema = z.discriminatedUnion('family', [
  hashedLinearSchema,
  externalSchema,
  stackedEncoderSchema,
]);

export type ModelDocument = z.infer<typeof modelDocumentSchema>;
export type StackedEncoderDocument = z.infer<typeof stackedEncoderSchema>;
export type FileEntry = z.infer<typeof fileSchema>;
export type CategoryMetric = z.infer<typeof metricSchema>;

export function describeFile(path: string, bytes: Uint8Array): FileEntry {
  return { path, bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What decides a logit beside the files. */
export type ModelIdentity = Pick<ModelDocument, 'featuriser' | 'categories' | 'files'> &
  ({ readonly family: 'HASHED_LINEAR' | 'EXTERNAL' } | Pick<StackedEncoderDocument, 'family' | 'encoder' | 'cascade'>);

/** `m-` and 16 hex digits of the hash over all that decides a logit: family, featuriser, categories, files and the cascade. */
export function modelIdOf(parts: ModelIdentity): string {
  const { version, buckets, wordNgrams, charNgrams, cap, views } = parts.featuriser;
  const canonical = JSON.stringify([
    parts.family,
    [version, buckets, wordNgrams, charNgrams, cap, views],
    parts.categories,
    [...parts.files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, sha256: hash }) => [path, hash]),
    // Absent from the other families, so that their ids stay what they were.
    ...(parts.family === 'STACKED_ENCODER' ? [encoderIdentity(parts)] : []),
  ]);
  return `m-${createHash('sha256').update(canonical).digest('hex').slice(0, 16)}`;
}

function encoderIdentity({ encoder, cascade }: Pick<StackedEncoderDocument, 'encoder' | 'cascade'>): unknown {
  const { files, dimensions, prefix, maxTokens, union } = encoder;
  return [
    [files.model, files.tokenizer, dimensions, prefix, maxTokens],
    union === null ? null : [union.category, union.own, union.others, union.bias],
    [cascade.bands.map(({ category, low, high }) => [category, low, high]), cascade.rate, cascade.saltId],
  ];
}
