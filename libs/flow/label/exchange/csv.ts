/** A record of a CSV file (RFC 4180); fields may be quoted and go over several lines. */
export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** False: a quote was not closed, or something stands behind a closing one. */
  readonly isSound: boolean;
}

/** Records in order; empty lines are none. A byte order mark at the beginning is skipped. */
export function* parseCsv(text: string): Generator<CsvRecord, void, void> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const begin = line;
    const fields: string[] = [];
    let isSound = true;
    let isQuoted = false;
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        isQuoted = true;
        at++;
        for (;;) {
          const end = text.indexOf('"', at);
          if (end < 0) {
            isSound = false;
            field += text.slice(at);
            at = text.length;
            break;
          }
          field += text.slice(at, end);
          at = end + 1;
          if (text[at] !== '"') break;
          field += '"';
          at++;
        }
        line += countLines(field);
      }
      const rest = /[^,\r\n]*/y;
      rest.lastIndex = at;
      const bare = rest.exec(text)?.[0] ?? '';
      if (bare !== '' && field !== '') isSound = false;
      field += bare;
      at += bare.length;
      fields.push(field);
      if (text[at] !== ',') break;
      at++;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    if (fields.length > 1 || fields[0] !== '' || isQuoted) yield { line: begin, fields, isSound };
  }
}

function countLines(field: string): number {
  let lines = 0;
  for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** What a spreadsheet takes for a formula, and the mark that keeps it from doing so, which must stay tellable from itself. */
const ACTIVE = /^[=+\-@\t\r']/;

/**
 * A field for a spreadsheet: what it would run as a formula gets a leading quote mark, and so does what begins with one, so that
 * `fromSpreadsheet` gives back every field as it was.
 */
export function forSpreadsheet(field: string): string {
  return ACTIVE.test(field) ? `'${field}` : field;
}

export function fromSpreadsheet(field: string): string {
  return field.startsWith("'") && ACTIVE.test(field.slice(1)) ? field.slice(1) : field;
}

/** One line, neutralised for spreadsheets, ending with a line feed. */
export function csvLine(fields: readonly string[]): string {
  const written = fields.map((field) => {
    const inert = forSpreadsheet(field);
    return /[",\r\n]/.test(inert) || inert !== inert.trim() ? `"${inert.replaceAll('"', '""')}"` : inert;
  });
  // A single empty field would be an empty line, which is no record.
  return `${written.length === 1 && written[0] === '' ? '""' : written.join(',')}\n`;
}
