import { parseDelimited } from './delimited.js';
import { nativeCategories } from './labelled-text.js';
import type { LabelledText } from './labelled-text.js';

export interface LabelledFileOptions {
  /** From names in the file (label keys, columns) to categories; names that are not listed are ignored. */
  readonly mapping?: Readonly<Record<string, string>>;
}

/** A labelled file that cannot be read; the message says where and what to do, and never quotes the text. */
export class LabelledFileError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly field: string,
    detail: string,
  ) {
    super(`${file} line ${line}, field "${field}": ${detail}`);
    this.name = 'LabelledFileError';
  }
}

const reserved: ReadonlySet<string> = new Set(['text', 'prompt', 'weight', 'labels']);

/**
 * Labelled texts of a file. JSON lines: `{"text", "labels": {"H": 1}, "weight"?}` or the native form
 * `{"prompt", "H": 1, "V": 0}`. CSV: a header with `text`, one column per category, optionally `weight`; an empty cell is
 * unknown. Labels are probabilities from 0 to 1; null or absent is unknown. Throws `LabelledFileError`.
 */
export function parseLabelled(
  content: string,
  file: string,
  format: 'jsonl' | 'csv',
  { mapping }: LabelledFileOptions = {},
): LabelledText[] {
  const rows = format === 'csv' ? parseCsv(content, file, mapping) : parseJsonLines(content, file, mapping);
  if (rows.length === 0) throw new LabelledFileError(file, 1, 'text', 'the file holds no rows');
  return rows;
}

type Mapping = Readonly<Record<string, string>> | undefined;

function parseJsonLines(content: string, file: string, mapping: Mapping): LabelledText[] {
  const rows: LabelledText[] = [];
  for (const [i, line] of content.split('\n').entries()) {
    if (line.trim() === '') continue;
    const at = i + 1;
    const value = parseObject(line, file, at);
    const name = 'prompt' in value && !('text' in value) ? 'prompt' : 'text';
    const text = value[name];
    if (typeof text !== 'string') throw new LabelledFileError(file, at, name, 'a string is expected');
    const given = value['labels'] ?? withoutReserved(value);
    if (typeof given !== 'object' || Array.isArray(given)) {
      throw new LabelledFileError(file, at, 'labels', 'an object such as {"H": 1} is expected');
    }
    const labels: Record<string, number> = {};
    for (const [key, label] of Object.entries(given)) addLabel(labels, key, label, mapping, file, at);
    rows.push({ text, labels, weight: weightOf(value['weight'], file, at) });
  }
  return rows;
}

function parseObject(line: string, file: string, at: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new LabelledFileError(file, at, '(line)', 'not JSON; each line must be one JSON object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LabelledFileError(file, at, '(line)', 'each line must be one JSON object');
  }
  return value as Record<string, unknown>;
}

function withoutReserved(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !reserved.has(key)));
}

function parseCsv(content: string, file: string, mapping: Mapping): LabelledText[] {
  const [header, ...rows] = parseTableOrThrow(content, file);
  const names = header?.fields ?? [];
  const textColumn = names.findIndex((name) => name === 'text' || name === 'prompt');
  if (textColumn < 0) throw new LabelledFileError(file, 1, 'text', 'the header names no column "text" or "prompt"');
  return rows.map(({ line, fields }) => {
    if (fields.length !== names.length) {
      throw new LabelledFileError(file, line, '(row)', `${fields.length} fields, but the header has ${names.length}`);
    }
    const labels: Record<string, number> = {};
    for (const [column, name] of names.entries()) {
      const cell = (fields[column] ?? '').trim();
      if (!reserved.has(name) && cell !== '') addLabel(labels, name, Number(cell), mapping, file, line);
    }
    const weight = fields[names.indexOf('weight')];
    return {
      text: fields[textColumn] ?? '',
      labels,
      weight: weightOf(weight === undefined || weight === '' ? undefined : Number(weight), file, line),
    };
  });
}

function parseTableOrThrow(content: string, file: string): ReturnType<typeof parseDelimited> {
  try {
    return parseDelimited(content);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
    throw new LabelledFileError(file, line, '(row)', 'a quoted field never ends');
  }
}

function addLabel(
  labels: Record<string, number>,
  key: string,
  label: unknown,
  mapping: Mapping,
  file: string,
  line: number,
): void {
  const category = mapping === undefined ? key : mapping[key];
  if (category === undefined) return;
  if (mapping === undefined && !(nativeCategories as readonly string[]).includes(key)) {
    throw new LabelledFileError(
      file,
      line,
      key,
      `not a known category (${nativeCategories.join(', ')}); give a mapping`,
    );
  }
  if (label === null || label === undefined) return;
  if (typeof label !== 'number' || !(label >= 0 && label <= 1)) {
    throw new LabelledFileError(file, line, key, 'a label from 0 to 1 is expected (leave it out when unknown)');
  }
  labels[category] = label;
}

function weightOf(weight: unknown, file: string, line: number): number {
  if (weight === undefined || weight === null) return 1;
  if (typeof weight !== 'number' || !(weight > 0 && Number.isFinite(weight))) {
    throw new LabelledFileError(file, line, 'weight', 'a positive number is expected');
  }
  return weight;
}
