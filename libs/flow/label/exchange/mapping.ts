import { isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { questionKeyPattern, type ExchangeProblem } from './answer-record.js';

/** Where a value comes from: a constant, or a field of each row. */
export type Source =
  | string
  | number
  | {
      readonly field: string;
      /** Numbers are multiplied by it: 1000 for seconds. */
      readonly times?: number | undefined;
      /** What the values of the file mean. */
      readonly values?: Readonly<Record<string, string>> | undefined;
    };

export interface AnswerRule {
  readonly field: string;
  /** Values that mean it. Of a field with several values one is enough. */
  readonly yes: readonly string[];
  readonly no: readonly string[];
  readonly unsure: readonly string[];
  /** What all other values mean; `ignore`: the question was not answered. */
  readonly otherwise: 'refuse' | 'no' | 'unsure' | 'ignore';
  /** The rule is for rows whose field has this value: for files with one row per question. */
  readonly when: { readonly field: string; readonly is: string } | null;
}

/** How a file that others wrote is read. */
export interface Mapping {
  readonly platform: Source | null;
  readonly contentId: Source;
  readonly revision: Source | null;
  readonly labeler: Source;
  readonly role: Source | null;
  readonly group: Source | null;
  readonly submittedAt: Source | null;
  readonly durationMs: Source | null;
  readonly text: Source | null;
  /** By question@version. */
  readonly answers: Readonly<Record<string, AnswerRule>>;
}

const scalar = z.union([z.string(), z.number()]);
const source = z.union([
  scalar,
  z.strictObject({
    field: z.string().min(1),
    times: z.number().positive().optional(),
    values: z.record(z.string(), z.string()).optional(),
  }),
]);
const values = z
  .union([scalar, z.boolean(), z.array(z.union([scalar, z.boolean()]))])
  .default([])
  .transform((value) => [value].flat().map(String));

const schema = z.strictObject({
  platform: source.nullable().default(null),
  contentId: source,
  revision: source.nullable().default(null),
  labeler: source,
  role: source.nullable().default(null),
  group: source.nullable().default(null),
  submittedAt: source.nullable().default(null),
  durationMs: source.nullable().default(null),
  text: source.nullable().default(null),
  answers: z.record(
    z.string().regex(questionKeyPattern, 'a question is written as question@version, for example attack@1'),
    z.strictObject({
      field: z.string().min(1),
      yes: values,
      no: values,
      unsure: values,
      otherwise: z.enum(['refuse', 'no', 'unsure', 'ignore']).default('refuse'),
      when: z
        .strictObject({ field: z.string().min(1), is: scalar.transform(String) })
        .nullable()
        .default(null),
    }),
  ),
});

export type ParsedMapping =
  | { readonly ok: true; readonly mapping: Mapping }
  | { readonly ok: false; readonly problems: readonly ExchangeProblem[] };

/** Reads a mapping, YAML. All problems at once, each with its line and field. */
export function parseMapping(text: string, file: string): ParsedMapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    return { ok: false, problems: [{ file, line, field: '', message: `not YAML: ${broken.message}` }] };
  }
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return { ok: true, mapping: parsed.data };
  const problems = parsed.error.issues.flatMap((issue): readonly ExchangeProblem[] => {
    const path = issue.path.map(String);
    const names = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
    const message =
      issue.code === 'unrecognized_keys' ? 'unknown field; remove it or correct its name' : messageOf(issue);
    return names.map((name) => ({ file, line: lineOf(document, lines, name), field: name.join('.'), message }));
  });
  return { ok: false, problems };
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return 'must be a constant, or {field: name}';
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly string[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    if (typeof parent !== 'object' || parent === null || !('items' in parent) || !Array.isArray(parent.items)) continue;
    for (const item of parent.items as readonly unknown[]) {
      if (isPair(item) && isScalar(item.key) && String(item.key.value) === path[depth - 1]) {
        return lines.linePos(item.key.range?.[0] ?? 0).line;
      }
    }
  }
  return isNode(document.contents) ? lines.linePos(document.contents.range[0]).line : 1;
}
