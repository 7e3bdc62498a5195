/** What a recipe may demand, with what follows the first word. */
const measures = {
  /** Rows, or rows of a split. */
  rows: /^(?:\.(?:train|validation|test|none))?$/,
  /** Rows with yes of a category (`*`: of each), or of one in a split. */
  positives: /^\.(?:\*|[A-Za-z][\w-]*)(?:\.(?:train|validation|test))?$/,
  /** Rows with no. */
  negatives: /^\.(?:\*|[A-Za-z][\w-]*)(?:\.(?:train|validation|test))?$/,
  /** Share of yes among the known. */
  share: /^\.(?:\*|[A-Za-z][\w-]*)$/,
  /** Share of rows where the category is unknown. */
  unknown: /^\.(?:\*|[A-Za-z][\w-]*)$/,
  /** Rows of a language. */
  languages: /^\.[A-Za-z-]+$/,
  /** Rows of a source; `labels` are those of this installation. */
  sources: /^\.[\w-]+$/,
  /** Krippendorff's alpha of a question. */
  agreement: /^\.(?:\*|[\w@-]+)$/,
  /** Rows of frozen gold. */
  gold: /^$/,
  /** Rows in which personal data is found after masking. */
  personalData: /^$/,
  /** Share of validation and test rows whose author also has training rows. */
  leakage: /^$/,
  /** Training rows that hit an evaluation text after filtering. */
  contaminated: /^$/,
  /** Rows that tie groups of different splits. */
  quarantined: /^$/,
  /** Near-duplicate groups on which people disagree. */
  conflicts: /^$/,
  /** Members of the largest near-duplicate group. */
  largestGroup: /^$/,
  /** Share of labels that look wrong. */
  suspected: /^$/,
  /** Share of items and rows that were left out, or left out for a reason. */
  leftOut: /^(?:\.[A-Z_]+)?$/,
} as const;

export type Measure = keyof typeof measures;

/** A demand on the rows, for example `positives.H >= 30`. */
export interface Expectation {
  /** As the recipe writes it. */
  readonly name: string;
  readonly measure: Measure;
  /** What follows it; `*` stands for every category or question. */
  readonly of: readonly string[];
  readonly operator: '>=' | '<=' | '>' | '<' | '=';
  /** A share for per cent. */
  readonly bound: number;
  /** `fail` stops the build; `warn` is told. */
  readonly severity: 'warn' | 'fail';
}

export interface ExpectationResult {
  readonly name: string;
  readonly severity: 'warn' | 'fail';
  readonly passed: boolean;
  /** What was found; never content. */
  readonly detail: string;
}

const written = /^([A-Za-z]+)((?:\.[^\s.]+)*)\s*(>=|<=|>|<|=)\s*(\d+(?:\.\d+)?)\s*(%?)$/;

/** Reads a demand; a string says what is wrong with it. */
export function parseExpectation(text: string, severity: 'warn' | 'fail'): Expectation | string {
  const name = text.trim();
  const [, word = '', path = '', operator = '', number = '', percent = ''] = written.exec(name) ?? [];
  if (word === '')
    return 'is written as measure, comparison and number, for example positives.H >= 30 or leakage <= 5 %';
  if (!isMeasure(word)) return `'${word}' is not measured; there are ${Object.keys(measures).join(', ')}`;
  if (!measures[word].test(path))
    return `'${word}${path}' is not measured; see the README of data sets for what follows '${word}'`;
  return {
    name,
    measure: word,
    of: path === '' ? [] : path.slice(1).split('.'),
    operator: operator as Expectation['operator'],
    bound: percent === '' ? Number(number) : Number(number) / 100,
    severity,
  };
}

function isMeasure(word: string): word is Measure {
  return Object.hasOwn(measures, word);
}

/** What was found of one thing that is measured; null: it was not measured. */
export interface Measured {
  readonly name: string;
  readonly value: number | null;
}

/**
 * Whether a demand holds for everything that it speaks of. What was not measured satisfies no demand: a demand that nobody checks would be a
 * comfort and no more.
 */
export function judgeExpectation(expectation: Expectation, found: readonly Measured[]): ExpectationResult {
  const { name, severity } = expectation;
  const broken = found.filter(({ value }) => value === null || !holds(expectation, value));
  const shown = broken.length > 0 ? broken : found;
  const detail = shown
    .map((one) => `${one.name}: ${one.value === null ? 'not measured' : format(one.value)}`)
    .join(', ');
  return {
    name,
    severity,
    passed: found.length > 0 && broken.length === 0,
    detail: detail === '' ? 'not measured' : detail,
  };
}

function holds({ operator, bound }: Expectation, value: number): boolean {
  switch (operator) {
    case '>=':
      return value >= bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '<':
      return value < bound;
    case '=':
      return value === bound;
  }
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
