import { isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';

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

/** A policy as people write it. Fields that a later version of the format brings are refused by name until then. */
const documentSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'an id is a-z, then up to 63 of a-z, 0-9 and hyphen'),
  version: z.int().min(1, 'versions count from 1'),
  title: name('the title'),
  owner: name('the owner'),
  changelog: name('the changelog'),
  categories: z.array(category).min(1, 'a policy knows at least one category'),
  channels: z.record(
    z.string().regex(CHANNEL, 'a channel is a-z, then up to 31 of a-z, 0-9 and hyphen'),
    channelSchema,
  ),
});

export type PolicyDocument = z.infer<typeof documentSchema>;
export type PolicyTarget = z.infer<typeof targetSchema>;

type Path = readonly (string | number)[];

export type ParsedPolicy =
  | {
      readonly ok: true;
      readonly policy: PolicyDocument;
      readonly problemAt: (path: Path, message: string) => PolicyProblem;
    }
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
  const problemAt = (path: Path, message: string): PolicyProblem => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return { severity: 'error', file, line, column: col, field: path.join('.'), message };
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

function problemsOf(
  issue: z.core.$ZodIssue,
  problemAt: (path: Path, message: string) => PolicyProblem,
): readonly PolicyProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => problemAt([...path, key], 'unknown field; remove it or correct its name'));
    case 'invalid_type':
      return [problemAt(path, issue.input === undefined ? `missing, must be ${issue.expected}` : issue.message)];
    case 'invalid_key':
      return [problemAt(path, issue.issues[0]?.message ?? issue.message)];
    default:
      return [problemAt(path, issue.message)];
  }
}

/** Where the deepest part of the path stands that exists. */
function offsetOf(document: Document.Parsed, path: Path): number {
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
