import { createHash } from 'node:crypto';
import { isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { checkFeaturiserSettings, DEFAULT_FEATURISER_SETTINGS, FeaturiserSettingsError } from '../features/settings.js';

/** A recipe that cannot be read; the message says where and what to do. */
export class ModelRecipeError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly field: string,
    detail: string,
  ) {
    super(field === '' ? `${file} line ${line}: ${detail}` : `${file} line ${line}, field "${field}": ${detail}`);
    this.name = 'ModelRecipeError';
  }
}

const word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be a word of at most 64 letters, digits, _, . and -');
const count = z.int().min(0);
const strength = z.number().gt(0, 'must be above 0').lte(1e6, 'must be at most 1000000');
const range = z.tuple([z.int(), z.int()]).readonly();

const featuriserSchema = z
  .strictObject({
    version: z.literal(1).default(DEFAULT_FEATURISER_SETTINGS.version),
    buckets: z.int().default(DEFAULT_FEATURISER_SETTINGS.buckets),
    wordNgrams: range.default(DEFAULT_FEATURISER_SETTINGS.wordNgrams),
    charNgrams: range.default(DEFAULT_FEATURISER_SETTINGS.charNgrams),
    cap: z.int().default(DEFAULT_FEATURISER_SETTINGS.cap),
    views: z
      .array(z.enum(['raw', 'normalised', 'decoded']))
      .readonly()
      .default(DEFAULT_FEATURISER_SETTINGS.views),
  })
  .superRefine((settings, context) => {
    try {
      checkFeaturiserSettings(settings);
    } catch (error) {
      if (!(error instanceof FeaturiserSettingsError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.replace(/;.*/, ''), path: [error.field] });
    }
  });

const strengthSchema = z.strictObject({
  /** Inverse strengths of the L2 penalty, the preferred one first: it holds where there is no choice, and ties are its. */
  grid: z.array(strength).min(1, 'name at least one').max(16).readonly().default([4, 1, 16]),
  /** The rows of `validation` choose where a category has at least this many positives there, else folds inside `train`. */
  leastPositives: z.int().min(1).default(30),
  folds: z.int().min(2).max(20).default(3),
  /** Most fits beyond one for each category that choosing may cost; the grid is cut from its end until it fits. */
  fits: count.default(64),
});

const recipeSchema = z
  .strictObject({
    name: word,
    /** `builtin`, or the name of an external trainer that the operator has set up. */
    trainer: word.default('builtin'),
    /** For the role that runs the trainer; no part of what is trained. */
    limits: z
      .strictObject({ minutes: z.number().positive().optional(), memoryMb: z.int().min(64).optional() })
      .default({}),
    /** Model to start from when the request names none: `none`, `starter`, `live` or the id of a model. */
    parent: z
      .string()
      .regex(/^(none|starter|live|m-[0-9a-f]{16})$/, 'must be none, starter, live or the id of a model')
      .default('none'),
    /** What is taken from the parent: its logits as columns, its weights as the place to begin, or nothing. */
    inherit: z.enum(['stack', 'warm-start', 'nothing']).default('stack'),
    stack: z
      .strictObject({
        /** Of the standardised logits. */
        scale: z.number().gt(0, 'must be above 0').lte(10).default(0.1),
        /** The parent has not learned from the training rows, so that folds inside them hold out. */
        unseen: z.boolean().default(false),
      })
      .prefault({}),
    /** Absent: that of the parent, and without one the default. */
    featuriser: featuriserSchema.optional(),
    strength: strengthSchema.prefault({}),
    convergence: z
      .strictObject({
        maxIterations: z.int().min(1).max(10_000).default(200),
        tolerance: z.number().gt(0, 'must be above 0').lt(1, 'must be below 1').default(1e-4),
      })
      .prefault({}),
    categories: z
      .strictObject({
        /** Fewest rows of either label that a head is trained from. */
        leastRows: z.int().min(1).default(5),
        /** The head ANY: of yes and no said of the whole text, of that or what follows from the categories, or none. */
        any: z.enum(['none', 'labelled', 'implied']).default('implied'),
        /** Heads of the parent for categories that the data set cannot train. */
        untrained: z.enum(['carry', 'drop']).default('carry'),
      })
      .prefault({}),
    outOfFold: z
      .strictObject({
        /** Logits of the training rows by models that have not seen them; 0: none. */
        folds: z.int().min(0).max(20).default(5),
        foldings: z.int().min(1).max(100).default(1),
        /** Above so many training rows there are none, if there is a validation split: it is large enough. */
        mostRows: count.default(20_000),
      })
      .refine(({ folds }) => folds !== 1, { error: 'must be 0 or at least 2', path: ['folds'] })
      .prefault({}),
    calibration: z
      .strictObject({
        /** Where validation has fewer positives, training rows join in by their out-of-fold logits. */
        leastPositives: count.default(20),
        precision: z.number().gt(0).lt(1).default(0.95),
        missRate: z.number().gt(0).lt(1).default(0.1),
      })
      .prefault({}),
    /** Figures by language, where a language has at least this many positives of a category. */
    languages: z.strictObject({ leastPositives: z.int().min(1).default(30) }).prefault({}),
    /** Name of the encoder whose embedding stands beside the n-grams; the encoder tier reads it. */
    encoder: word.nullable().default(null),
    /** Which contents go to the encoder. Absent: a small share of the likeliest, all of them. */
    cascade: z
      .strictObject({
        /** Probabilities by the n-grams, of ANY or, without that head, of each category, between which a content is uncertain. */
        band: z
          .tuple([z.number().min(0).max(1), z.number().min(0).max(1)])
          .readonly()
          .refine(([low, high]) => low < high, { error: 'the lower end comes first' }),
        /** Share of the uncertain contents that the encoder sees. */
        rate: z.number().min(0).max(1),
      })
      .nullable()
      .default(null),
    bootstrapDraws: z.int().min(1).max(10_000).default(1000),
    seed: count.default(1),
  })
  .refine(({ encoder, cascade }) => cascade === null || encoder !== null, {
    error: 'a cascade needs an encoder: name one, or leave this out',
    path: ['cascade'],
  });

/** How a model is made of a data set, beside the data. */
export type ModelRecipe = z.infer<typeof recipeSchema>;

/**
 * Reads a recipe. `file` is only named in problems. Throws `ModelRecipeError` with line and field of the first problem.
 * What is left out has its default; recipes that say the same have the same id, however they are written.
 */
export function parseModelRecipe(text: string, file: string): ModelRecipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [mistake] = document.errors;
  // What the parser says may quote the document.
  if (mistake !== undefined)
    throw new ModelRecipeError(file, lineAt(mistake.pos[0]), '', `is not YAML (${mistake.code})`);
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    throw new ModelRecipeError(file, 1, '', 'has too many aliases; write the values out');
  }
  const parsed = recipeSchema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? String(part) : part));
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = unknown === undefined ? path : [...path, unknown];
  throw new ModelRecipeError(file, lineAt(offsetOf(document, field)), field.join('.'), explain(issue));
}

/** The recipe with this name and all defaults. */
export function defaultModelRecipe(name: string): ModelRecipe {
  return recipeSchema.parse({ name });
}

/** `r-` and 16 hex digits of the SHA-256 over all that decides the model: the name and the limits of a run do not. */
export function modelRecipeIdOf(recipe: ModelRecipe): string {
  const deciding = Object.entries(recipe).filter(([field]) => field !== 'name' && field !== 'limits');
  return `r-${createHash('sha256')
    .update(canonicalJson(Object.fromEntries(deciding)))
    .digest('hex')
    .slice(0, 16)}`;
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`).join()}}`;
}

function explain(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'is wrong';
  if (issue.code === 'unrecognized_keys') return 'unknown field; remove it or correct its name';
  if (issue.code === 'invalid_type' && issue.input === undefined) return `missing, must be ${issue.expected}`;
  return issue.message;
}

/** Where the deepest part of the field stands that exists. */
function offsetOf(document: Document.Parsed, field: readonly (string | number)[]): number {
  for (let depth = field.length; depth > 0; depth -= 1) {
    const parent = document.getIn(field.slice(0, depth - 1), true);
    if (typeof parent === 'object' && parent !== null && 'items' in parent && Array.isArray(parent.items)) {
      for (const item of parent.items as readonly unknown[]) {
        if (isPair(item) && isScalar(item.key) && item.key.value === field[depth - 1]) return item.key.range?.[0] ?? 0;
      }
    }
    const node = document.getIn(field.slice(0, depth), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range[0] ?? 0;
}
