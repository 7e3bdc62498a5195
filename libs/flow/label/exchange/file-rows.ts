import type { ExchangeFormat, ExchangeProblem } from './answer-record.js';
import { fromSpreadsheet, parseCsv } from './csv.js';

/** One row of a file, as fields by name; nested ones by a path with dots. */
export interface FileRow {
  readonly line: number;
  /** Undefined: the row has no such field. */
  readonly field: (path: string) => unknown;
  /** Names at the top, in order. */
  readonly names: readonly string[];
}

export type RowResult =
  | { readonly ok: true; readonly row: FileRow }
  | { readonly ok: false; readonly problem: ExchangeProblem }
  /** An annotation that somebody cancelled or skipped. */
  | { readonly ok: 'skipped' };

export interface RowOptions {
  readonly file: string;
  readonly format: ExchangeFormat;
  /** Whether the file is one that we wrote: then quote marks that keep spreadsheets calm are taken off. */
  readonly isOurs: boolean;
}

/** The rows of a file, one mistake never hiding another. */
export function readRows(text: string, options: RowOptions): Iterable<RowResult> {
  switch (options.format) {
    case 'jsonl':
      return readJsonl(text, options);
    case 'csv':
      return readCsv(text, options);
    case 'label-studio':
      return readLabelStudio(text, options);
  }
}

function* readJsonl(text: string, { file }: RowOptions): Generator<RowResult, void, void> {
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    if (content.trim() === '') continue;
    const value = parseObject(line === 1 ? content.replace(/^\uFEFF/, '') : content);
    if (typeof value === 'string') yield { ok: false, problem: { file, line, field: '', message: value } };
    else yield { ok: true, row: rowOf(line, value) };
  }
}

function* readCsv(text: string, { file, isOurs }: RowOptions): Generator<RowResult, void, void> {
  let names: readonly string[] | null = null;
  for (const { line, fields, isSound } of parseCsv(text)) {
    const failed = (message: string): RowResult => ({ ok: false, problem: { file, line, field: '', message } });
    if (!isSound) {
      yield failed('has a quote that is not closed, or text behind one; double the quotes within a field');
      continue;
    }
    if (names === null) {
      names = fields.map((name) => (isOurs ? fromSpreadsheet(name) : name.trim()));
      const twice = names.find((name, index) => names?.indexOf(name) !== index);
      if (twice === undefined) continue;
      yield failed(`names the column ${twice} twice; the first line holds the names`);
      return;
    }
    if (fields.length !== names.length) {
      yield failed(`has ${fields.length} fields where the first line names ${names.length}`);
      continue;
    }
    const value = Object.fromEntries(
      names.map((name, index) => [name, isOurs ? fromSpreadsheet(fields[index] ?? '') : (fields[index] ?? '')]),
    );
    yield { ok: true, row: { line, names, field: (path) => value[path] } };
  }
}

/**
 * Tasks of a Label Studio export (JSON, or JSON-MIN's cousin with one task a line is not read): a row for each annotation, with `data.*`, `meta.*`, `id`,
 * `annotation.*` (`completed_by`, `created_at`, `lead_time`, ...) and `choices.<name of the control>`, the choices that were made.
 */
function* readLabelStudio(text: string, { file }: RowOptions): Generator<RowResult, void, void> {
  for (const { line, json } of splitArray(text)) {
    const failed = (field: string, message: string): RowResult => ({
      ok: false,
      problem: { file, line, field, message },
    });
    const task = json === null ? 'is not a JSON array of tasks' : parseObject(json);
    if (typeof task === 'string') {
      yield failed('', task);
      continue;
    }
    const { annotations } = task;
    if (!Array.isArray(annotations)) {
      yield failed('annotations', 'must be a list; export as JSON with annotations');
      continue;
    }
    for (const [index, annotation] of (annotations as readonly unknown[]).entries()) {
      if (!isObject(annotation)) {
        yield failed(`annotations.${index}`, 'must be an object');
      } else if (annotation['was_cancelled'] === true) {
        yield { ok: 'skipped' };
      } else {
        const choices = choicesOf(annotation['result']);
        if (choices === null) yield failed(`annotations.${index}.result`, 'must be a list of results');
        else yield { ok: true, row: rowOf(line, { ...task, annotation, choices, annotations: undefined }) };
      }
    }
  }
}

function choicesOf(result: unknown): Readonly<Record<string, readonly unknown[]>> | null {
  if (!Array.isArray(result)) return null;
  const choices: Record<string, readonly unknown[]> = {};
  for (const one of result as readonly unknown[]) {
    if (!isObject(one)) return null;
    const { from_name: control, value } = one;
    if (typeof control !== 'string' || !isObject(value) || !Array.isArray(value['choices'])) continue;
    choices[control] = [...(choices[control] ?? []), ...(value['choices'] as readonly unknown[])];
  }
  return choices;
}

/** The elements of a JSON array with the lines on which they begin; null for what is no array. */
function* splitArray(text: string): Generator<{ readonly line: number; readonly json: string | null }, void, void> {
  let line = 1;
  let depth = 0;
  let begin = -1;
  let beginLine = 1;
  let isEnded = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\n') line++;
    if (isBlank(character)) continue;
    if (isEnded || (depth === 0 && character !== '[')) {
      yield { line, json: null };
      return;
    }
    if (character === '"') {
      if (begin < 0) [begin, beginLine] = [at, line];
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\') at++;
        else if (text[at] === '\n') line++;
      }
    } else if (character === '[' || character === '{') {
      if (depth === 1 && begin < 0) [begin, beginLine] = [at, line];
      depth++;
    } else if (character === ']' || character === '}') {
      depth--;
    } else if (begin < 0 && character !== ',') {
      [begin, beginLine] = [at, line];
    }
    const isEnd = depth === 0 || (depth === 1 && character === ',');
    if (isEnd && begin >= 0) {
      yield { line: beginLine, json: text.slice(begin, at) };
      begin = -1;
    }
    isEnded = depth === 0;
  }
  if (!isEnded) yield { line, json: null };
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t' || character === '\uFEFF';
}

/** The object, or what is wrong. */
function parseObject(json: string): Readonly<Record<string, unknown>> | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return 'is not JSON';
  }
  return isObject(value) ? value : 'is not an object';
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rowOf(line: number, value: Readonly<Record<string, unknown>>): FileRow {
  return {
    line,
    names: Object.keys(value),
    field: (path) => {
      // A name may hold dots itself.
      if (path in value) return value[path];
      let inner: unknown = value;
      for (const name of path.split('.')) {
        if (!isObject(inner)) return undefined;
        inner = inner[name];
      }
      return inner;
    },
  };
}
