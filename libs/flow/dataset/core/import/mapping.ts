import { z } from 'zod';
import { hashJson } from '#policy';
import { readYaml, type ReadDocument } from '../read-yaml.js';
import type { FileFormat } from './file-records.js';

/** A test of one field. */
export interface Condition {
  readonly field: string;
  readonly is: readonly string[] | null;
  readonly not: readonly string[];
  readonly startsWith: string | null;
  /** The field is a number above it. */
  readonly above: number | null;
}

/** What a rule says of one category. */
export type LabelValue =
  | { readonly kind: 'known'; readonly value: 0 | 1; readonly weight: number }
  | { readonly kind: 'unknown' }
  /** Share of people who said yes: the largest of the fields over the number of people. Unknown where a field is empty. */
  | {
      readonly kind: 'share';
      readonly fields: readonly string[];
      readonly of: string | number;
      readonly weight: number;
    }
  /** Share of the joined votes that carry one of these marks. */
  | { readonly kind: 'voted'; readonly marks: readonly string[]; readonly weight: number };

export interface LabelRule {
  /** All of them hold; none: always. */
  readonly when: readonly Condition[];
  readonly set: Readonly<Record<string, LabelValue>>;
}

/** A field with a text, and what is known of it. A record may have several texts. */
export interface TextRule {
  readonly field: string;
  readonly when: readonly Condition[];
  /** Of rules that speak of one category the last one that holds counts. */
  readonly labels: readonly LabelRule[];
}

/** Votes in a file of their own, one record each, with marks in another one. */
export interface VoteFiles {
  readonly file: string;
  /** Field with the id of the vote. */
  readonly vote: string;
  /** Field that says what it votes on, and the field of the texts with the same value. */
  readonly item: string;
  readonly of: string;
  readonly marks: { readonly file: string; readonly vote: string; readonly field: string };
}

/** How labelled files of others become rows. */
export interface ImportMapping {
  readonly name: string;
  readonly title: string;
  /** SPDX where there is one. */
  readonly licence: string;
  /** Who published it, and where. */
  readonly origin: string;
  /** How labels became categories, and what is weak about them. */
  readonly about: string;
  /** A constant, `detect`, or a field. */
  readonly language: string | { readonly field: string };
  readonly kind: string;
  /** Near-copies with different labels are its lesson: a build merges exact copies only. */
  readonly keepsPairs: boolean;
  readonly files: readonly string[];
  readonly format: FileFormat;
  /** Field with the author, who is hashed. */
  readonly author: string | null;
  /** Records for which they do not hold are skipped. */
  readonly where: readonly Condition[];
  readonly votes: VoteFiles | null;
  readonly texts: readonly TextRule[];
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const list = z.union([scalar, z.array(scalar)]).transform((value) => [value].flat());
const field = z.string().min(1, 'must name a field');
const fieldList = z.union([field, z.array(field).min(1)]).transform((value) => [value].flat());
const factor = z.number().gt(0, 'must be above 0').max(1, 'must be at most 1').default(1);
const file = z
  .string()
  .min(1, 'must name a file')
  .refine(
    (path) => !path.startsWith('/') && !path.split('/').includes('..'),
    'must lie in the folder that is imported',
  );

const conditions = z
  .record(
    field,
    z.union([
      list.transform((is) => ({ is, not: [] as string[], startsWith: null, above: null })),
      z
        .strictObject({ not: list.default([]), startsWith: z.string().optional(), above: z.number().optional() })
        .transform(({ not, startsWith, above }) => ({
          is: null,
          not,
          startsWith: startsWith ?? null,
          above: above ?? null,
        })),
    ]),
  )
  .default({})
  .transform((fields): Condition[] => Object.entries(fields).map(([name, test]) => ({ field: name, ...test })));

const word = z.enum(['yes', 'no', 'unknown'], 'is yes, no, unknown, {value, weight}, {share, of} or {voted}');
const labelValue = z.union([
  word.transform((value): LabelValue => knownOf(value, 1)),
  z
    .strictObject({ value: z.enum(['yes', 'no']), weight: factor })
    .transform(({ value, weight }): LabelValue => knownOf(value, weight)),
  z
    .strictObject({ share: fieldList, of: z.union([field, z.number().positive()]).default(1), weight: factor })
    .transform(({ share, of, weight }): LabelValue => ({ kind: 'share', fields: share, of, weight })),
  z
    .strictObject({ voted: list, weight: factor })
    .transform(({ voted, weight }): LabelValue => ({ kind: 'voted', marks: voted, weight })),
]);

function knownOf(value: z.infer<typeof word>, weight: number): LabelValue {
  return value === 'unknown' ? { kind: 'unknown' } : { kind: 'known', value: value === 'yes' ? 1 : 0, weight };
}

const category = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, 'a category is a letter and up to 31 letters, digits, - or _');
const kinds = ['POST', 'COMMENT', 'MESSAGE', 'PROFILE', 'PROMPT', 'COMPLETION', 'OTHER'] as const;

const schema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'a data set is named by a-z, then up to 63 of a-z, 0-9, _ and hyphen'),
    title: z.string().min(1),
    licence: z.string().min(1, 'must name a licence, SPDX where there is one'),
    origin: z.string().min(1, 'must say who published it'),
    about: z.string().min(1, 'must say what the labels mean and what is weak about them'),
    language: z.union([
      z
        .string()
        .regex(/^([a-z]{2,3}(-[A-Za-z0-9]+)*|detect)$/, 'a language as BCP-47 writes it, detect, or {field: name}'),
      z.strictObject({ field }),
    ]),
    kind: z.enum(kinds).default('POST'),
    keepsPairs: z.boolean().default(false),
    files: z.array(file).min(1, 'must name a file'),
    format: z
      .strictObject({
        type: z.enum(['jsonl', 'csv', 'tsv']),
        columns: z.array(z.string()).min(1).nullable().default(null),
        quoted: z.boolean().optional(),
      })
      .transform(({ type, columns, quoted }): FileFormat => ({ type, columns, isQuoted: quoted ?? type === 'csv' })),
    author: z.strictObject({ field }).optional(),
    where: conditions,
    votes: z
      .strictObject({ file, vote: field, item: field, of: field, marks: z.strictObject({ file, vote: field, field }) })
      .nullable()
      .default(null),
    texts: z
      .array(
        z.strictObject({
          field,
          when: conditions,
          labels: z
            .array(z.strictObject({ when: conditions, set: z.record(category, labelValue) }))
            .min(1, 'must have a rule'),
        }),
      )
      .min(1, 'must name a field with text'),
  })
  .superRefine(({ votes, texts }, context) => {
    for (const [t, { labels }] of texts.entries()) {
      for (const [r, { set }] of labels.entries()) {
        for (const [name, value] of Object.entries(set)) {
          if (value.kind !== 'voted' || votes !== null) continue;
          context.addIssue({
            code: 'custom',
            path: ['texts', t, 'labels', r, 'set', name],
            message: 'needs the files of votes: say them in votes',
          });
        }
      }
    }
  })
  .transform(({ author, ...rest }): ImportMapping => ({ ...rest, author: author?.field ?? null }));

/** Reads a mapping, YAML. All problems at once, each with line and field. */
export function parseMapping(text: string, name: string): ReadDocument<ImportMapping> {
  return readYaml(text, name, schema);
}

/** `r-` and 16 hex digits over all that a mapping says. */
export function mappingIdOf(mapping: ImportMapping): string {
  return `r-${hashJson(mapping).slice(0, 16)}`;
}

/** Every field of the files with texts that the mapping reads. */
export function fieldsOf({ language, author, where, votes, texts }: ImportMapping): string[] {
  const named = (list: readonly Condition[]): string[] => list.map((condition) => condition.field);
  const values = texts.flatMap(({ labels }) => labels.flatMap(({ set }) => Object.values(set)));
  return [
    ...new Set([
      ...(typeof language === 'string' ? [] : [language.field]),
      ...(author === null ? [] : [author]),
      ...named(where),
      ...(votes === null ? [] : [votes.of]),
      ...texts.flatMap((text) => [text.field, ...named(text.when), ...text.labels.flatMap(({ when }) => named(when))]),
      ...values.flatMap((value) =>
        value.kind === 'share' ? [...value.fields, ...(typeof value.of === 'string' ? [value.of] : [])] : [],
      ),
    ]),
  ];
}
