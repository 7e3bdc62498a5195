/** One record of a labelled file, by field names. */
export interface FileRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  /** What a field holds, as text; null: it is absent, empty or null. */
  readonly get: (field: string) => string | null;
}

/** How the records of a file are written. */
export interface FileFormat {
  readonly type: 'jsonl' | 'csv' | 'tsv';
  /** Names of the columns of a file without a header. */
  readonly columns: readonly string[] | null;
  /** Whether fields may be quoted (RFC 4180). */
  readonly isQuoted: boolean;
}

/** A mistake in a file; never what a field holds. */
export interface FileMistake {
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

export interface RecordReader {
  /** Records that are whole by now. */
  readonly push: (chunk: string) => readonly FileRecord[];
  readonly end: () => readonly FileRecord[];
  /** So far. After one about the header or a quote nothing more is read. */
  readonly mistakes: readonly FileMistake[];
}

/** A record of more characters is taken for a quote that nobody closed, before the whole file is in memory. */
const longestRecord = 4 * 1024 * 1024;

/**
 * Reads records piece by piece.
 * @param fields that a file with columns must have
 */
export function createRecordReader(format: FileFormat, fields: readonly string[]): RecordReader {
  return format.type === 'jsonl' ? createJsonReader() : createTableReader(format, fields);
}

function createJsonReader(): RecordReader {
  const mistakes: FileMistake[] = [];
  let rest = '';
  let line = 0;
  let isBroken = false;
  const read = (lines: readonly string[]): FileRecord[] =>
    lines.flatMap((content): FileRecord[] => {
      line += 1;
      if (content.trim() === '') return [];
      const value = parseObject(line === 1 ? content.replace(/^\uFEFF/, '') : content);
      if (value !== null) return [{ line, get: (field) => textOf(fieldOf(value, field)) }];
      mistakes.push({ line, field: '', message: 'is no JSON object; each line is one' });
      return [];
    });
  return {
    push(chunk) {
      if (isBroken) return [];
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      const records = read(lines);
      if (rest.length > longestRecord) {
        mistakes.push({ line: line + 1, field: '', message: 'is longer than 4 MB; each line is one JSON object' });
        isBroken = true;
        rest = '';
      }
      return records;
    },
    end: () => read(rest === '' ? [] : [rest]),
    mistakes,
  };
}

function parseObject(content: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(content);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name may hold dots itself. */
function fieldOf(value: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(value, path)) return value[path];
  let inner: unknown = value;
  for (const name of path.split('.')) {
    if (!isObject(inner) || !Object.hasOwn(inner, name)) return undefined;
    inner = inner[name];
  }
  return inner;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function createTableReader({ type, columns, isQuoted }: FileFormat, needed: readonly string[]): RecordReader {
  const delimiter = type === 'csv' ? ',' : '\t';
  const mistakes: FileMistake[] = [];
  let places = columns === null ? null : placesOf(columns);
  let width = columns?.length ?? 0;
  let rest = '';
  let line = 1;
  let isFirst = true;
  let isBroken = places !== null && !hasAll(places);

  function hasAll(found: ReadonlyMap<string, number>): boolean {
    const missing = needed.filter((field) => !found.has(field));
    for (const field of missing) mistakes.push({ line: 1, field, message: 'is no column of the file' });
    return missing.length === 0;
  }

  function take(chunk: string, isLast: boolean): FileRecord[] {
    if (isBroken) return [];
    rest += chunk;
    if (isFirst && rest !== '') {
      rest = rest.replace(/^\uFEFF/, '');
      isFirst = false;
    }
    const records: FileRecord[] = [];
    let at = 0;
    while (at < rest.length) {
      const parsed = parseRecord(rest, at, delimiter, isQuoted, isLast);
      if (parsed === 'unclosed' || (parsed === null && rest.length - at > longestRecord)) {
        mistakes.push({ line, field: '', message: 'a quoted field never ends' });
        isBroken = true;
        return records;
      }
      if (parsed === null) break;
      const begin = line;
      line += parsed.lines;
      at = parsed.end;
      const { fields } = parsed;
      if (fields.length === 1 && fields[0] === '') continue;
      if (places === null) {
        places = placesOf(fields);
        width = fields.length;
        if (!hasAll(places)) {
          isBroken = true;
          return records;
        }
        continue;
      }
      if (fields.length !== width) {
        mistakes.push({ line: begin, field: '', message: `has ${fields.length} fields, ${width} are expected` });
        continue;
      }
      records.push(recordOf(begin, fields, places));
    }
    rest = rest.slice(at);
    return records;
  }

  return { push: (chunk) => take(chunk, false), end: () => take('', true), mistakes };
}

function placesOf(columns: readonly string[]): ReadonlyMap<string, number> {
  return new Map(columns.map((name, at) => [name.trim(), at]));
}

function recordOf(line: number, fields: readonly string[], places: ReadonlyMap<string, number>): FileRecord {
  return {
    line,
    get(field) {
      const value = fields[places.get(field) ?? -1] ?? '';
      return value === '' ? null : value;
    },
  };
}

interface ParsedRecord {
  readonly fields: readonly string[];
  readonly end: number;
  readonly lines: number;
}

/** The record that begins at `at`; null: its end is not here yet. */
function parseRecord(
  text: string,
  at: number,
  delimiter: string,
  isQuoted: boolean,
  isLast: boolean,
): ParsedRecord | 'unclosed' | null {
  const fields: string[] = [];
  let lines = 1;
  for (;;) {
    let field = '';
    if (isQuoted && text[at] === '"') {
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) return isLast ? 'unclosed' : null;
        // The next chunk may begin with the other half of a doubled quote.
        if (quote === text.length - 1 && !isLast) return null;
        field += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        field += '"';
        at += 1;
      }
      lines += countBreaks(field);
    }
    const end = boundary(text, at, delimiter);
    if (end === text.length && !isLast) return null;
    const stop = text[end] === '\n' && end > at && text[end - 1] === '\r' ? end - 1 : end;
    field += text.slice(at, stop);
    fields.push(end === text.length && field.endsWith('\r') ? field.slice(0, -1) : field);
    if (end === text.length || text[end] === '\n') return { fields, end: end + 1, lines };
    at = end + 1;
  }
}

function boundary(text: string, from: number, delimiter: string): number {
  const comma = text.indexOf(delimiter, from);
  const newline = text.indexOf('\n', from);
  if (newline < 0) return comma < 0 ? text.length : comma;
  return comma < 0 || newline < comma ? newline : comma;
}

function countBreaks(text: string): number {
  let breaks = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks += 1;
  return breaks;
}
