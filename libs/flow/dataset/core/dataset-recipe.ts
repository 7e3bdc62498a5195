import { z } from 'zod';
import type { RowOrigin } from '#model';
import { hashJson } from '#policy';
import { parseExpectation, type Expectation } from './expectation.js';
import { readYaml, type ReadDocument } from './read-yaml.js';

/** What a data set is made of and what it must satisfy (labels 2.5), as `parseRecipe` reads it from YAML. */
export interface DatasetRecipe {
  readonly name: string;
  /** Whose categories the labels are of. */
  readonly policy: string;
  readonly labels: LabelRule;
  /** Names of imported data sets whose rows are taken, in the order of the recipe. */
  readonly sources: readonly string[];
  /** Primary subtags of BCP-47 that are kept; null: all. */
  readonly languages: readonly string[] | null;
  /** Names of imported data sets that models are judged by: no training row may be a near-copy of theirs. */
  readonly evaluation: readonly string[];
  /** Labels of experts from before this moment (milliseconds) are frozen gold; null: there is none. */
  readonly goldFrozenAt: number | null;
  readonly validation: ValidationRule;
  readonly expectations: readonly Expectation[];
  readonly schedule: BuildSchedule;
}

export interface LabelRule {
  readonly origins: readonly Exclude<RowOrigin, 'IMPORTED'>[];
  /** Leave out while somebody is still to be asked. */
  readonly settledOnly: boolean;
  /** Milliseconds before the newest label up to the cut; null: any age. Frozen gold has no age. */
  readonly maxAge: number | null;
  /** Labels of less weight become unknown. */
  readonly minWeight: number;
}

/**
 * Validation refresh: rows of the validation split that were drawn are taken while they are fresh, so that it looks like what comes in now. Old ones
 * leave and never train; frozen gold stays, and so does what nobody drew.
 */
export interface ValidationRule {
  /** Milliseconds before the newest label up to the cut; null: nothing leaves. */
  readonly fresh: number | null;
  /** As long as fewer are fresh, the newest of the old ones stay. */
  readonly atLeast: number;
}

/** When a data set is built without being asked for. */
export interface BuildSchedule {
  /** Milliseconds between builds; null: never by time. */
  readonly every: number | null;
  /** New labels since the last one; null: never by count. */
  readonly newLabels: number | null;
  /** When another version of its policy is published. */
  readonly onPolicyChange: boolean;
}

const origins = ['DRAWN', 'TRAIN_ONLY', 'REPORTED', 'APPEALED', 'RED_TEAM', 'OTHER'] as const;
const milliseconds = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `90d`, `12h`, `30m`, `2w`, or `never`. */
const duration = z.string().transform((text, context): number | null => {
  if (text === 'never') return null;
  const [, number = '', unit = ''] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
  if (unit !== '') return Number(number) * milliseconds[unit as keyof typeof milliseconds];
  context.addIssue({ code: 'custom', message: 'is written as 30m, 12h, 90d, 2w, or never' });
  return z.NEVER;
});
const dataset = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'a data set is named by a-z, then up to 63 of a-z, 0-9, _ and hyphen');
const day = z.string().transform((text, context): number | null => {
  if (text === 'never') return null;
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: 'custom', message: 'is a day as 2026-01-31, a moment as 2026-01-31T12:00Z, or never' });
  return z.NEVER;
});
const expectations = (severity: Expectation['severity']) =>
  z
    .array(
      z.string().transform((text, context): Expectation => {
        const parsed = parseExpectation(text, severity);
        if (typeof parsed !== 'string') return parsed;
        context.addIssue({ code: 'custom', message: parsed });
        return z.NEVER;
      }),
    )
    .default([]);

const schema = z
  .strictObject({
    name: dataset,
    policy: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/, 'the id of a policy is a-z, then up to 63 of a-z, 0-9 and hyphen'),
    labels: z
      .strictObject({
        origins: z.array(z.enum(origins)).default([...origins]),
        settledOnly: z.boolean().default(true),
        maxAge: duration.default(null),
        minWeight: z.number().min(0).max(1).default(0),
      })
      .prefault({}),
    sources: z.array(dataset).default([]),
    languages: z
      .union([
        z.literal('all').transform(() => null),
        z.array(z.string().regex(/^[a-z]{2,3}$/, 'a language is two or three letters')),
      ])
      .default(null),
    evaluation: z.array(dataset).default([]),
    goldFrozenAt: day.default(null),
    validation: z.strictObject({ fresh: duration.default(null), atLeast: z.int().min(0).default(0) }).prefault({}),
    expectations: z.strictObject({ fail: expectations('fail'), warn: expectations('warn') }).prefault({}),
    schedule: z
      .strictObject({
        every: duration.default(null),
        newLabels: z.union([z.int().min(1), z.literal('never').transform(() => null)]).default(null),
        onPolicyChange: z.boolean().default(false),
      })
      .prefault({}),
  })
  .superRefine(({ sources, evaluation }, context) => {
    for (const [at, name] of sources.entries()) {
      if (evaluation.includes(name)) {
        context.addIssue({
          code: 'custom',
          path: ['sources', at],
          message: `'${name}' must stay out: it is an evaluation set`,
        });
      }
      if (sources.indexOf(name) < at)
        context.addIssue({ code: 'custom', path: ['sources', at], message: `'${name}' stands twice` });
    }
  })
  .transform(({ expectations: { fail, warn }, ...rest }): DatasetRecipe => ({
    ...rest,
    expectations: [...fail, ...warn],
  }));

/** Reads a recipe, YAML; what is not there has a default but name and policy. All problems at once, each with line and field. */
export function parseRecipe(text: string, file: string): ReadDocument<DatasetRecipe> {
  return readYaml(text, file, schema);
}

/** What decides the rows and whether they may be published: everything but the schedule. */
export function canonicalRecipe(recipe: DatasetRecipe): Omit<DatasetRecipe, 'schedule'> {
  const { name, policy, labels, sources, languages, evaluation, goldFrozenAt, validation, expectations } = recipe;
  return { name, policy, labels, sources, languages, evaluation, goldFrozenAt, validation, expectations };
}

/** `r-` and 16 hex digits over the recipe without its schedule, however it was written. */
export function recipeIdOf(recipe: DatasetRecipe): string {
  return `r-${hashJson(canonicalRecipe(recipe)).slice(0, 16)}`;
}
