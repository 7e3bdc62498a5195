import { ClickHouseException } from './exceptions.js';

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'sign';
  /** Words in lower case and without their quotes, strings without theirs, signs as they are. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const refuse = (what: string, at: number): never => {
  throw new ClickHouseException('SYNTAX_ERROR', `Syntax error: ${what} at position ${at + 1}`);
};

const isSpace = (character: string): boolean => character <= ' ';
const WORD_START = /[A-Za-z_]/;
const WORD_PART = /[A-Za-z0-9_]/;

const endOfBlockComment = (text: string, start: number): number => {
  // They nest (a statement may hide in the difference).
  let depth = 0;
  for (let at = start; at < text.length - 1; at++) {
    const pair = text.slice(at, at + 2);
    if (pair === '/*') depth++;
    else if (pair === '*/') depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  return refuse('multiline comment is not closed', start);
};

const endOfLine = (text: string, start: number): number => {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
};

const endOfQuoted = (text: string, start: number): number => {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return refuse('quoted text is not closed', start);
};

const endOfWord = (text: string, start: number): number => {
  let at = start;
  while (at < text.length && WORD_PART.test(text.charAt(at))) at++;
  return at;
};

const endOfHeredoc = (text: string, start: number): { from: number; to: number; end: number } | undefined => {
  const tag = /^\$[A-Za-z0-9_]*\$/.exec(text.slice(start, start + 130))?.[0];
  if (tag === undefined) return undefined;
  const from = start + tag.length;
  const to = text.indexOf(tag, from);
  return to === -1 ? refuse('heredoc is not closed', start) : { from, to, end: to + tag.length };
};

/**
 * Reads ClickHouse SQL (as latin1 text, so that positions are bytes) one token at a time, as far as the caller goes: what follows
 * `FORMAT JSONEachRow` in an INSERT is no SQL. Whatever could be read in two ways is refused: unusual quotes, escapes inside quoted names.
 */
export function* readTokens(text: string): Generator<Token, void> {
  let at = 0;
  while (at < text.length) {
    const start = at;
    const character = text.charAt(at);
    const pair = text.slice(at, at + 2);
    if (isSpace(character)) {
      at++;
    } else if (pair === '--' || pair === '# ' || pair === '#!') {
      at = endOfLine(text, at);
    } else if (pair === '/*') {
      at = endOfBlockComment(text, at);
    } else if (character === "'") {
      at = endOfQuoted(text, at);
      yield { kind: 'string', text: text.slice(start + 1, at - 1), start, end: at };
    } else if (character === '`' || character === '"') {
      at = endOfQuoted(text, at);
      const name = text.slice(start + 1, at - 1);
      if (name.includes('\\')) refuse('escapes in quoted names are not supported', start);
      yield { kind: 'word', text: name.toLowerCase(), start, end: at };
    } else if (WORD_START.test(character)) {
      at = endOfWord(text, at);
      const word = text.slice(start, at).toLowerCase();
      if (text[at] === '$') refuse('names with a dollar sign must be quoted', start);
      if ((word === 'x' || word === 'b') && text[at] === "'" && !/^'[0-9A-Fa-f]*'/.test(text.slice(at, at + 4_096)))
        refuse('malformed literal', start);
      yield { kind: 'word', text: word, start, end: at };
    } else if (/[0-9]/.test(character)) {
      at = /^[0-9][0-9A-Za-z_.]*/.exec(text.slice(at, at + 400))?.[0].length ?? 1;
      at += start;
      if (text[at] === '$') refuse('names with a dollar sign must be quoted', start);
      yield { kind: 'number', text: text.slice(start, at), start, end: at };
    } else if (character === '$') {
      const heredoc = endOfHeredoc(text, at);
      at = heredoc?.end ?? at + 1;
      yield heredoc === undefined
        ? { kind: 'sign', text: '$', start, end: at }
        : { kind: 'string', text: text.slice(heredoc.from, heredoc.to), start, end: at };
    } else if (character > '~') {
      refuse('characters beyond ASCII must be quoted', start);
    } else {
      at++;
      yield { kind: 'sign', text: character, start, end: at };
    }
  }
}
