import { isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { parseRule, RULE_WORDS, type Rule } from './rule-expression.js';

/** What is wrong in a policy document, and where. */
export interface PolicyProblem {
  /** A warning may be published. */
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Field, for example `channels.public.targets.H.block.precision`; empty for the whole document. */
  readonly field: string;
  readonly message: string;
}

const unit = z.number().gt(0, 'must be above 0').lte(1, 'must be at most 1');
const name = (text: string) => z.string().trim().min(1, `${text} must not be empty`);
const CATEGORY = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const CHANNEL = /^[a-z][a-z0-9-]{0,31}$/;
const category = z.string().regex(CATEGORY, 'a category is a letter and up to 31 letters, digits, - or _');

const targetSchema = z.strictObject({
  /** Block where the precision is at least this; until labels solve it, from the provisional probability on. */
  block: z.strictObject({ precision: unit, provisional: unit.optional() }).optional(),
  /** Review so that the recall is at least this; until labels solve it, from the provisional probability on. */
  review: z.strictObject({ recall: unit, provisional: unit.optional() }).optional(),
});

const channelSchema = z.strictObject({
  /** What a category does that no model covers. */
  uncovered: z.enum(['allow', 'review']),
  /** By category; `{}`: the category never acts in this channel. */
  targets: z.record(category, targetSchema),
});

const questionId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'the id of a question is a-z, then up to 63 of a-z, 0-9 and hyphen')
  .refine(
    (id) => !RULE_WORDS.includes(id),
    `a rule could not tell this id from its own words (${RULE_WORDS.join(', ')})`,
  );

const exampleSchema = z.strictObject({
  text: name('the text'),
  /** The answer that is right. */
  answer: z.enum(['yes', 'no', 'unsure']),
  why: name('the reason').optional(),
});

const questionSchema = z.strictObject({
  id: questionId,
  /** What is asked. A question@version never changes; other wording is another version. */
  version: z.int().min(1, 'versions count from 1'),
  wording: name('the wording'),
  help: name('the help').optional(),
  /** The question whose sub-level this is: asked when that one is yes, and no when that one is no. */
  under: questionId.optional(),
  /** Texts at the border. */
  examples: z.array(exampleSchema).default([]),
});

const rule = z.string().transform((text, context): Rule => {
  const parsed = parseRule(text);
  if (parsed.ok) return parsed.rule;
  context.addIssue({ code: 'custom', message: parsed.message, params: { at: parsed.at } });
  return z.NEVER;
});

const categoryRulesSchema = z.strictObject({
  /** Categories that are yes wherever this one is. */
  implies: z.array(category).default([]),
  /** The category is yes when one of these rules holds. */
  when: z.array(rule).default([]),
});

/** A policy as people write it. Fields that a later version of the format brings are refused by name until then. */
const documentSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'an id is a-z, then up to 63 of a-z, 0-9 and hyphen'),
  version: z.int().min(1, 'versions count from 1'),
  title: name('the title'),
  owner: name('the owner'),
  changelog: name('the changelog'),
  categories: z.array(category).min(1, 'a policy knows at least one category'),
  /** Documents from before there were questions have neither these nor rules: their categories cannot be derived. */
  questions: z.array(questionSchema).default([]),
  /** By category. */
  rules: z.record(category, categoryRulesSchema).default({}),
  channels: z.record(
    z.string().regex(CHANNEL, 'a channel is a-z, then up to 31 of a-z, 0-9 and hyphen'),
    channelSchema,
  ),
});

export type PolicyDocument = z.infer<typeof documentSchema>;
export type PolicyTarget = z.infer<typeof targetSchema>;

export type PolicyField = readonly (string | number)[];

/** A problem of a field; `at` is an offset within its text. */
export type ProblemAt = (field: PolicyField, message: string, at?: number) => PolicyProblem;

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: PolicyDocument; readonly problemAt: ProblemAt }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** One line for people: file, line, column, field and what to do. */
export function formatPolicyProblem({ severity, file, line, column, field, message }: PolicyProblem): string {
  const what = field === '' ? message : `${field}: ${message}`;
  return `${file}:${line}:${column}: ${severity === 'warning' ? 'warning: ' : ''}${what}`;
}

/**
 * Reads a policy document. All problems are reported at once, each with its place.
 * @param file only named in problems
 */
export function parsePolicy(text: string, file: string): ParsedPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    const { line, col } = lines.linePos(syntaxError.pos[0]);
    return {
      ok: false,
      problems: [
        { severity: 'error', file, line, column: col, field: '', message: `not YAML: ${syntaxError.message}` },
      ],
    };
  }
  const problemAt: ProblemAt = (field, message, at) => {
    const offset = at === undefined ? offsetOf(document, field) : offsetWithin(document, text, field, at);
    const { line, col } = lines.linePos(offset);
    return { severity: 'error', file, line, column: col, field: field.join('.'), message };
  };
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    // The library refuses documents whose aliases multiply; nobody writes such a policy by hand.
    return { ok: false, problems: [problemAt([], 'has too many aliases; write the values out')] };
  }
  const parsed = documentSchema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, policy: parsed.data, problemAt };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, problemAt)) };
}

function problemsOf(issue: z.core.$ZodIssue, problemAt: ProblemAt): readonly PolicyProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => problemAt([...path, key], 'unknown field; remove it or correct its name'));
    case 'invalid_type':
      return [problemAt(path, issue.input === undefined ? `missing, must be ${issue.expected}` : issue.message)];
    case 'invalid_key':
      return [problemAt(path, issue.issues[0]?.message ?? issue.message)];
    case 'custom': {
      const at: unknown = issue.params?.['at'];
      return [problemAt(path, issue.message, typeof at === 'number' ? at : undefined)];
    }
    default:
      return [problemAt(path, issue.message)];
  }
}

/** Where the deepest part of the path stands that exists. */
function offsetOf(document: Document.Parsed, path: PolicyField): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    if (typeof parent === 'object' && parent !== null && 'items' in parent && Array.isArray(parent.items)) {
      for (const item of parent.items as readonly unknown[]) {
        if (isPair(item) && isScalar(item.key) && item.key.value === key) return item.key.range?.[0] ?? 0;
      }
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range[0] ?? 0;
}

/** Where a place within the text of a scalar stands, also when the text is quoted or goes over several lines. */
function offsetWithin(document: Document.Parsed, text: string, path: PolicyField, at: number): number {
  const node = document.getIn(path, true);
  const start = offsetOf(document, path);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return start;
  const { value } = node;
  const header = /^(?:["']|[|>][^\n]*\n)/.exec(text.slice(start, node.range[1]))?.[0].length ?? 0;
  // YAML changes the white space of folded text and nothing else, so the words are found by counting their characters.
  let toSkip = value.slice(0, at).replace(/\s/g, '').length;
  let offset = start + header;
  while (offset < node.range[1] && (toSkip > 0 || /\s/.test(text[offset] ?? ''))) {
    if (!/\s/.test(text[offset] ?? '')) toSkip--;
    offset++;
  }
  return offset;
}
