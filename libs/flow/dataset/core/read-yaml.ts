import { isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

/** What is wrong in a document that people write, and where. */
export interface DocumentProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** For example `labels.maxAge`; empty for the whole document. */
  readonly field: string;
  readonly message: string;
}

export type ReadDocument<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** One line for people. */
export function formatProblem({ file, line, field, message }: DocumentProblem): string {
  return `${file}:${line}: ${field === '' ? message : `${field}: ${message}`}`;
}

/**
 * Reads YAML by a schema. All problems at once, each with line and field.
 * @param file only named in problems
 */
export function readYaml<T>(text: string, file: string, schema: z.ZodType<T>): ReadDocument<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    return { ok: false, problems: [{ file, line, field: '', message: `not YAML: ${broken.message}` }] };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    // The library refuses documents whose aliases multiply.
    return {
      ok: false,
      problems: [{ file, line: 1, field: '', message: 'has too many aliases; write the values out' }],
    };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue): readonly DocumentProblem[] => {
    const { path, message } = deepest(issue);
    const names = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
    const said = issue.code === 'unrecognized_keys' ? 'unknown field; remove it or correct its name' : message;
    return names.map((name) => ({ file, line: lineOf(document, lines, name), field: name.join('.'), message: said }));
  });
  return { ok: false, problems };
}

/** Of a union that no branch fits, the problem of the branch that came farthest: it is the one that was meant. */
function deepest(issue: z.core.$ZodIssue): { readonly path: readonly string[]; readonly message: string } {
  const path = issue.path.map(String);
  // Names of fields that have a form of their own.
  if (issue.code === 'invalid_key') return { path, message: issue.issues[0]?.message ?? issue.message };
  if (issue.code !== 'invalid_union') return { path, message: issue.message };
  const branches = issue.errors
    .flatMap((issues) => issues.map(deepest))
    .map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
  const [first = { path, message: issue.message }, ...rest] = branches;
  return rest.reduce((found, branch) => (branch.path.length > found.path.length ? branch : found), first);
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly string[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const steps = path.slice(0, depth - 1).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const parent = document.getIn(steps, true);
    if (typeof parent !== 'object' || parent === null || !('items' in parent) || !Array.isArray(parent.items)) continue;
    const last = path[depth - 1];
    for (const [at, item] of (parent.items as readonly unknown[]).entries()) {
      if (isPair(item) && isScalar(item.key) && String(item.key.value) === last) {
        return lines.linePos(item.key.range?.[0] ?? 0).line;
      }
      if (isNode(item) && String(at) === last) return lines.linePos(item.range?.[0] ?? 0).line;
    }
  }
  return isNode(document.contents) ? lines.linePos(document.contents.range[0]).line : 1;
}
