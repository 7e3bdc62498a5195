export interface DelimitedRow {
  /** 1-based line on which the row begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Rows of a delimited text (RFC 4180: quoted fields may hold delimiters, line breaks and doubled quotes). A byte-order
 * mark and empty lines are skipped. Throws, naming the line, when a quoted field never ends.
 */
export function parseDelimited(text: string, delimiter = ','): DelimitedRow[] {
  const rows: DelimitedRow[] = [];
  let position = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (position < text.length) {
    const startLine = line;
    const fields: string[] = [];
    let rowEnded = false;
    while (!rowEnded) {
      let field = '';
      if (text[position] === '"') {
        position += 1;
        for (;;) {
          const quote = text.indexOf('"', position);
          if (quote < 0) throw new Error(`line ${startLine}: quoted field ${fields.length + 1} never ends`);
          const part = text.slice(position, quote);
          line += countBreaks(part);
          field += part;
          position = quote + 1;
          if (text[position] !== '"') break;
          field += '"';
          position += 1;
        }
      }
      const rest = nextBoundary(text, position, delimiter);
      field += text.slice(position, rest);
      position = rest;
      fields.push(field);
      if (text[position] === delimiter) {
        position += 1;
        continue;
      }
      if (text[position] === '\r') position += 1;
      if (text[position] === '\n') position += 1;
      line += 1;
      rowEnded = true;
    }
    if (fields.length > 1 || fields[0] !== '') rows.push({ line: startLine, fields });
  }
  return rows;
}

function nextBoundary(text: string, from: number, delimiter: string): number {
  for (let i = from; i < text.length; i += 1) {
    const character = text[i];
    if (character === delimiter || character === '\n') return i;
    if (character === '\r' && text[i + 1] === '\n') return i;
  }
  return text.length;
}

function countBreaks(text: string): number {
  let breaks = 0;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) breaks += 1;
  return breaks;
}

/** The rows of a delimited text with a header line, as a reader of named columns. Throws when a column is missing. */
export function parseTable(
  text: string,
  columns: readonly string[],
  delimiter = ',',
): { readonly line: number; readonly get: (column: string) => string }[] {
  const [header, ...rows] = parseDelimited(text, delimiter);
  const names = header?.fields ?? [];
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new Error(`line 1: column "${missing.join('", "')}" is missing`);
  const index = new Map(names.map((name, i) => [name, i]));
  return rows.map(({ line, fields }) => ({ line, get: (column) => fields[index.get(column) ?? -1] ?? '' }));
}
