import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Corpus {
  readonly name: string;
  readonly texts: readonly string[];
}

/** Rows of a CSV file in the sense of RFC 4180: quoted fields may hold commas, quotes and line ends. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < csv.length; i++) {
    const character = csv.charAt(i);
    if (quoted) {
      if (character !== '"') field += character;
      else if (csv.charAt(i + 1) === '"') field += csv.charAt(i++);
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',' || character === '\n') {
      row.push(field);
      field = '';
      if (character === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (character !== '\r') field += character;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  return rows;
}

function columnOf(path: string, name: string): string[] {
  const [header, ...rows] = rowsOf(readFileSync(path, 'utf8'));
  const column = header?.indexOf(name) ?? -1;
  if (column < 0) throw new Error(`${path}: no column '${name}'; check --data`);
  return rows.map((row) => row[column] ?? '').filter((text) => text !== '');
}

function fieldOf(path: string, name: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (JSON.parse(line) as Record<string, unknown>)[name])
    .filter((text) => typeof text === 'string');
}

const PUBLIC: readonly { readonly name: string; readonly path: string; readonly read: (path: string) => string[] }[] = [
  { name: 'openai_moderation', path: 'openai_moderation/dev.jsonl', read: (path) => fieldOf(path, 'prompt') },
  { name: 'davidson', path: 'davidson/labeled_data.csv', read: (path) => columnOf(path, 'tweet') },
  { name: 'toxic_spans', path: 'toxic_spans/comments.csv', read: (path) => columnOf(path, 'comment_text') },
];

/** The public posts under `data` that are there; without any, the sentences of `samples/` repeated to about two million characters. */
export function readCorpora(data: string, samples: string): Corpus[] {
  const found = PUBLIC.filter(({ path }) => existsSync(join(data, path)));
  if (found.length > 0) return found.map(({ name, path, read }) => ({ name, texts: read(join(data, path)) }));
  const own = existsSync(samples)
    ? readdirSync(samples, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.jsonl'))
        .sort()
        .flatMap((file) => fieldOf(join(samples, file), 'text'))
    : [];
  if (own.length === 0) {
    throw new Error(
      `no corpus: neither public data under '${data}' nor *.jsonl with 'text' under '${samples}'; name a folder with --data`,
    );
  }
  const length = own.reduce((sum, text) => sum + text.length, 0);
  const texts = Array.from({ length: Math.ceil(2_000_000 / length) }, () => own).flat();
  return [{ name: 'samples, repeated', texts }];
}
