/**
 * What a case expects (evaluation 4.4):
 * - MFT: a label by category, `{"H": 0}`: not flagged, or `{"H": 1}`: flagged for review at least;
 * - INV: `"same"`: every category is decided as in the case `ref`;
 * - DIR: `{"H": "up"}` or `{"H": "down"}`: the probability does not move the other way from `ref` by more than .1.
 */
export type Expectation =
  | { readonly type: 'MFT'; readonly labels: Readonly<Record<string, 0 | 1>> }
  | { readonly type: 'INV' }
  | { readonly type: 'DIR'; readonly moves: Readonly<Record<string, 'up' | 'down'>> };

export interface SuiteCase {
  readonly suite: string;
  readonly functionality: string;
  readonly id: string;
  readonly text: string;
  readonly expect: Expectation;
  /** Id, in the same suite, of the case that INV and DIR compare with. */
  readonly ref: string | null;
}

/** A suite that cannot be read: file, line and field, and what to do; never the text. */
export class SuiteFileError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly field: string,
    detail: string,
  ) {
    super(`${file} line ${line}, field "${field}": ${detail}`);
    this.name = 'SuiteFileError';
  }
}

const fields: ReadonlySet<string> = new Set(['suite', 'functionality', 'id', 'text', 'expect', 'ref']);

/** Cases of a JSON lines file, one suite or several. Throws `SuiteFileError`. */
export function parseSuite(content: string, file: string): SuiteCase[] {
  const cases: SuiteCase[] = [];
  const lineOf = new Map<string, number>();
  for (const [i, line] of content.split('\n').entries()) {
    if (line.trim() === '') continue;
    const fail = (field: string, detail: string): never => {
      throw new SuiteFileError(file, i + 1, field, detail);
    };
    const one = parseCase(line, fail);
    const name = JSON.stringify([one.suite, one.id]);
    const earlier = lineOf.get(name);
    if (earlier !== undefined) fail('id', `the suite has this id on line ${earlier} already`);
    lineOf.set(name, i + 1);
    cases.push(one);
  }
  if (cases.length === 0) throw new SuiteFileError(file, 1, '(line)', 'the file holds no cases');
  checkReferences(cases, file, lineOf);
  return cases;
}

type Fail = (field: string, detail: string) => never;

function parseCase(line: string, fail: Fail): SuiteCase {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail('(line)', 'not JSON; each line must be one JSON object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('(line)', 'each line must be one JSON object');
  }
  const record = value as Record<string, unknown>;
  const unknown = Object.keys(record).find((key) => !fields.has(key));
  if (unknown !== undefined) fail(unknown, `not a field of a case; the fields are ${[...fields].join(', ')}`);
  const text = (field: string): string => {
    const given = record[field];
    return typeof given === 'string' && given !== '' ? given : fail(field, 'a text that is not empty is expected');
  };
  const expect = expectationOf(record['expect'], fail);
  const { ref } = record;
  if (ref !== undefined && ref !== null && typeof ref !== 'string') {
    return fail('ref', 'the id of a case is expected');
  }
  if (expect.type !== 'MFT' && typeof ref !== 'string') {
    return fail('ref', 'needed: the id of the case that this one is compared with');
  }
  return {
    suite: text('suite'),
    functionality: text('functionality'),
    id: text('id'),
    text: text('text'),
    expect,
    ref: ref ?? null,
  };
}

function expectationOf(expect: unknown, fail: Fail): Expectation {
  const help = 'expected: {"H": 0}, {"H": 1}, {"H": "up"}, {"H": "down"} or "same"';
  if (expect === 'same') return { type: 'INV' };
  if (typeof expect !== 'object' || expect === null || Array.isArray(expect)) return fail('expect', help);
  const entries = Object.entries(expect);
  if (entries.length === 0) return fail('expect', help);
  if (entries.every(([, value]) => value === 0 || value === 1)) {
    return { type: 'MFT', labels: expect as Readonly<Record<string, 0 | 1>> };
  }
  if (entries.every(([, value]) => value === 'up' || value === 'down')) {
    return { type: 'DIR', moves: expect as Readonly<Record<string, 'up' | 'down'>> };
  }
  return fail('expect', help);
}

function checkReferences(cases: readonly SuiteCase[], file: string, lineOf: ReadonlyMap<string, number>): void {
  for (const { suite, id, ref } of cases) {
    if (ref !== null && !lineOf.has(JSON.stringify([suite, ref]))) {
      throw new SuiteFileError(
        file,
        lineOf.get(JSON.stringify([suite, id])) ?? 1,
        'ref',
        'the suite has no case of this id',
      );
    }
  }
}
