import { ClickHouseException } from './exceptions.js';
import { isAllowedFormat, isExpressionFormat } from './formats.js';
import { readTokens, type Token } from './tokens.js';

/**
 * `read` changes nothing; `insert` adds rows; `session` changes the connection that runs it; `define` is everything else (tables, views,
 * mutations, drops).
 */
export type StatementKind = 'read' | 'insert' | 'session' | 'define';

export interface InsertWithData {
  readonly format: string;
  /** Byte position in the statement before which `FROM INFILE ...` belongs. */
  readonly sourceAt: number;
  /** Byte position where the rows begin, if they are in the same text. */
  readonly dataAt: number;
}

export interface Statement {
  readonly kind: StatementKind;
  /** The statement's own FORMAT clause. */
  readonly format?: string;
  /** `INSERT ... FORMAT x`, whose rows are not SQL. */
  readonly insert?: InsertWithData;
  /** Names of `{name:Type}` placeholders. */
  readonly placeholders: ReadonlySet<string>;
  /** One SELECT and no other: its plan is made without running a subquery, so it can be streamed without holding up others. */
  readonly isFlat: boolean;
}

const refuse = (what: string): never => {
  throw new ClickHouseException('ACCESS_DENIED', `${what} is not available in the embedded ClickHouse`);
};

/** Functions that reach files, programs, addresses or hide another statement. The engine's own grants refuse most; not all. */
const CALLS: ReadonlySet<string> = new Set(
  [
    'file filecluster filesystem executable eval disk catboostevaluate kql prql python arrowflight',
    'url urlcluster s3 s3cluster gcs oss cosn hdfs hdfscluster azureblobstorage azureblobstoragecluster',
    'remote remotesecure cluster clusterallreplicas mysql postgresql sqlite mongodb redis jdbc odbc ytsaurus arrowstream',
    'aiclassify aigenerate aiembed aiextract aitranslate aicall',
  ]
    .join(' ')
    .split(' '),
);
const CALL_FAMILIES = /^(iceberg|deltalake|hudi|paimon)/;

/** Functions whose text arguments may hold expressions of their own. */
const TEXT_CALLS: ReadonlySet<string> = new Set([
  'format',
  'input',
  'values',
  'generaterandom',
  'fuzzjson',
  'fuzzquery',
  'arrowstream',
]);

const SETTINGS =
  /^(format_schema|format_template|format_regexp|format_avro_schema_registry|dialect$|allow_experimental_\w+_dialect$|user_files_path$)/;

const TABLE_ENGINES =
  /^((aggregating|collapsing|coalescing|graphite|replacing|summing|versionedcollapsing)?mergetree|memory|null|log|tinylog|stripelog|set|join|buffer|merge|dictionary|generaterandom|view|materializedview|windowview|embeddedrocksdb|atomic|ordinary|lazy|alias|timeseries)$/;

const isCall = (name: string): boolean => CALLS.has(name) || CALL_FAMILIES.test(name);

/** Whether a setting of the URL or of the statement may be set at all. */
export const isAllowedSetting = (name: string): boolean =>
  /^[A-Za-z_]\w*$/.test(name) && !SETTINGS.test(name.toLowerCase());

const READS: ReadonlySet<string> = new Set(['select', 'with', 'show', 'describe', 'desc', 'explain', 'exists', '(']);
const DEFINES: ReadonlySet<string> = new Set([
  'create',
  'alter',
  'drop',
  'truncate',
  'rename',
  'exchange',
  'optimize',
  'undrop',
  'detach',
  'delete',
  'update',
  'check',
  'kill',
  'system',
  'replace',
]);

/** Known to ClickHouse, and not for here; any other word is a typing error. */
const REFUSED: ReadonlySet<string> = new Set(
  'attach backup restore grant revoke execute begin commit rollback move watch import copy parallel'.split(' '),
);

const kindOf = (first: string): StatementKind => {
  if (READS.has(first)) return 'read';
  if (first === 'insert') return 'insert';
  if (first === 'set' || first === 'use') return 'session';
  if (DEFINES.has(first)) return 'define';
  if (REFUSED.has(first)) return refuse(`The statement ${first.toUpperCase()}`);
  throw new ClickHouseException('SYNTAX_ERROR', `Syntax error: failed at position 1 (${first})`);
};

const decodeEscapes = (text: string): string =>
  text
    .replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\(.)/gs, '$1')
    .replaceAll("''", "'");

const refuseCallsInText = (text: string): void => {
  for (const match of decodeEscapes(text)
    .toLowerCase()
    .matchAll(/([a-z_]\w*)[`"\s]*\(/g)) {
    const name = match[1] ?? '';
    if (isCall(name)) refuse(`The function ${name} in a text argument`);
  }
};

/** Rules about two or three tokens that follow each other, wherever they are. */
const checkSequence = (token: Token, before: Token | undefined, earlier: Token | undefined): void => {
  if (token.kind === 'word') {
    if (token.text === 'outfile' && before?.text === 'into') refuse('INTO OUTFILE');
    if (token.text === 'infile' && before?.text === 'from') refuse('FROM INFILE');
    if (before?.text === 'system' && /^(shutdown|kill)$/.test(token.text)) refuse(`SYSTEM ${token.text.toUpperCase()}`);
    if (!isAllowedSetting(token.text) && SETTINGS.test(token.text)) refuse(`The setting ${token.text}`);
  }
  if (token.text === '(' && token.kind === 'sign' && before?.kind === 'word' && isCall(before.text))
    refuse(`The function ${before.text}`);
  if (before?.text === '(' && earlier?.kind === 'word' && earlier.text === 'format') {
    const isNamed = token.kind === 'word' || token.kind === 'string';
    if (!isNamed || !isAllowedFormat(token.text) || isExpressionFormat(token.text))
      refuse('This use of the function format');
  }
};

/** CREATE ... ENGINE = x and CREATE DICTIONARY ... SOURCE(x(...)) by a list of what may be. */
const checkDefinition = (tokens: readonly Token[]): void => {
  const isDictionary = tokens.slice(0, 6).some(({ text }) => text === 'dictionary');
  tokens.forEach((token, index) => {
    const [next, afterNext] = [tokens[index + 1], tokens[index + 2]];
    if (token.text === 'engine' && next?.text === '=' && !TABLE_ENGINES.test(afterNext?.text ?? ''))
      refuse(`The engine ${afterNext?.text ?? ''}`);
    if (!isDictionary) return;
    if (token.text === 'source' && next?.text === '(' && !/^(clickhouse|null)$/.test(afterNext?.text ?? ''))
      refuse(`The dictionary source ${afterNext?.text ?? ''}`);
    if (/^(host|port|secure|command)$/.test(token.text) && next?.kind !== 'sign')
      refuse(`${token.text.toUpperCase()} in a dictionary`);
  });
};

/** Follows `INSERT INTO [TABLE] name [(columns)] [SETTINGS ...] FORMAT x` and nothing else. */
const createInsertFollower = (): { take(token: Token): InsertWithData | undefined } => {
  let depth = 0;
  let isPlain = true;
  let settingsAt: number | undefined;
  let formatAt: number | undefined;
  return {
    take(token) {
      if (token.kind === 'sign' && token.text === '(') depth++;
      if (token.kind === 'sign' && token.text === ')') depth--;
      if (depth !== 0 || token.kind !== 'word') return undefined;
      if (formatAt !== undefined)
        return isPlain ? { format: token.text, sourceAt: settingsAt ?? formatAt, dataAt: token.end } : undefined;
      if (/^(select|with|values|from|watch|function)$/.test(token.text)) isPlain = false;
      if (token.text === 'settings') settingsAt ??= token.start;
      if (token.text === 'format' && isPlain) formatAt = token.start;
      return undefined;
    },
  };
};

/** The name in `... FORMAT x` or `... FORMAT x SETTINGS ...`; a column that is called format is followed by something else. */
const formatClause = (tokens: readonly Token[]): Token | undefined => {
  const at = tokens.findLastIndex(({ kind, text }) => kind === 'word' && text === 'format');
  const [name, next] = [tokens[at + 1], tokens[at + 2]];
  if (at < 1 || name?.kind !== 'word' || /^(asc|desc)$/.test(name.text)) return undefined;
  return next === undefined || next.text === 'settings' ? name : undefined;
};

/**
 * Reads one statement and refuses what the embedded engine would do to the machine that it runs on: it does not confine files and
 * programs as a server does. Throws ClickHouseException.
 *
 * @param bytes the text as latin1, so that positions are byte positions
 */
export const readStatement = (bytes: string): Statement => {
  const tokens: Token[] = [];
  const placeholders = new Set<string>();
  const follower = createInsertFollower();
  let insert: InsertWithData | undefined;
  let isOver = false;
  for (const token of readTokens(bytes)) {
    if (isOver) throw new ClickHouseException('SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
    if (token.kind === 'sign' && token.text === ';') {
      isOver = true;
      continue;
    }
    const [before, earlier] = [tokens.at(-1), tokens.at(-2)];
    checkSequence(token, before, earlier);
    if (token.text === ':' && before?.kind === 'word' && earlier?.text === '{')
      placeholders.add(bytes.slice(before.start, before.end));
    tokens.push(token);
    if (tokens[0]?.text !== 'insert') continue;
    const found = follower.take(token);
    if (found === undefined) continue;
    if (!isAllowedFormat(found.format)) refuse(`The format ${found.format}`);
    if (isExpressionFormat(found.format)) continue;
    insert = found;
    break;
  }
  const first = tokens[0];
  if (first === undefined) throw new ClickHouseException('SYNTAX_ERROR', 'Syntax error: Empty query');
  const kind = kindOf(first.text);
  if (kind === 'define' || kind === 'session') checkDefinition(tokens);
  if (tokens.some(({ text }, index) => TEXT_CALLS.has(text) && tokens[index + 1]?.text === '(')) {
    for (const token of tokens) if (token.kind === 'string') refuseCallsInText(token.text);
  }
  const format = kind === 'read' ? formatClause(tokens) : undefined;
  if (format !== undefined && !isAllowedFormat(format.text)) refuse(`The format ${format.text}`);
  const isFlat =
    kind === 'read' && first.text === 'select' && tokens.filter(({ text }) => text === 'select').length === 1;
  return {
    kind: kind === 'define' && first.text === 'create' && tokens[1]?.text === 'temporary' ? 'session' : kind,
    placeholders,
    isFlat,
    ...(format && { format: bytes.slice(format.start, format.end) }),
    ...(insert && { insert }),
  };
};
