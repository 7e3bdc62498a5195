/**
 * A rule as a tree. `and` is at least all of its parts and `or` at least one of them, so one kind of node is evaluated, negated and
 * linted.
 */
export type Expression =
  | { readonly kind: 'fact'; readonly question: string; readonly at: number }
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'at-least'; readonly count: number; readonly parts: readonly Expression[] };

export interface Rule {
  /** As it was written. */
  readonly text: string;
  readonly expression: Expression;
}

export type ParsedRule =
  | { readonly ok: true; readonly rule: Rule }
  /** `at`: offset within the text. */
  | { readonly ok: false; readonly message: string; readonly at: number };

/** Keeps the recursion of hostile rules ("((((…") far below the limit of the stack. */
const RULE_LENGTH = 2000;

/** Words of the rules, which no question can have as its id. */
export const RULE_WORDS: readonly string[] = ['and', 'or', 'not', 'at', 'least', 'of'];

interface Token {
  readonly text: string;
  readonly at: number;
}

class RuleSyntaxError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/**
 * Reads `a and (b or not c)` or `at least 2 of (a, b, c)`. `and` and `or` side by side need parentheses: people disagree about which
 * binds closer.
 */
export function parseRule(text: string): ParsedRule {
  if (text.length > RULE_LENGTH) {
    return { ok: false, message: `a rule has at most ${RULE_LENGTH} characters; make several of it`, at: 0 };
  }
  try {
    return { ok: true, rule: { text, expression: readRule(tokensOf(text), text.length) } };
  } catch (error) {
    if (error instanceof RuleSyntaxError) return { ok: false, message: error.message, at: error.at };
    throw error;
  }
}

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(/[A-Za-z0-9_@-]+|\S/g)].map((match) => ({ text: match[0], at: match.index }));
}

function readRule(tokens: readonly Token[], end: number): Expression {
  let position = 0;
  const peek = (): string => tokens[position]?.text ?? '';
  const fail = (message: string): RuleSyntaxError => new RuleSyntaxError(message, tokens[position]?.at ?? end);
  const expected = (what: string): RuleSyntaxError =>
    fail(peek() === '' ? `ends where ${what} is expected` : `has ${peek()} where ${what} is expected`);
  const take = (word: string): void => {
    if (peek() !== word) throw expected(`"${word}"`);
    position++;
  };

  const readSide = (): Expression => {
    const first = readPart();
    const joint = peek();
    if (joint !== 'and' && joint !== 'or') return first;
    const parts = [first];
    while (peek() === joint) {
      position++;
      parts.push(readPart());
    }
    if (peek() === 'and' || peek() === 'or')
      throw fail('has "and" beside "or"; say with parentheses what belongs together');
    return { kind: 'at-least', count: joint === 'and' ? parts.length : 1, parts };
  };

  const readPart = (): Expression => {
    const token = tokens[position];
    if (token?.text === 'not') {
      position++;
      return { kind: 'not', part: readPart() };
    }
    if (token?.text === '(') {
      position++;
      const inner = readSide();
      take(')');
      return inner;
    }
    if (token?.text === 'at') return readAtLeast();
    if (token === undefined || RULE_WORDS.includes(token.text) || !/^[a-z]/.test(token.text)) {
      throw expected('the id of a question');
    }
    position++;
    return { kind: 'fact', question: token.text, at: token.at };
  };

  const readAtLeast = (): Expression => {
    take('at');
    take('least');
    const place = position;
    const count = Number(peek());
    if (!Number.isInteger(count) || count < 1) throw expected('a whole number from 1');
    position++;
    take('of');
    take('(');
    const parts = [readSide()];
    while (peek() === ',') {
      position++;
      parts.push(readSide());
    }
    take(')');
    if (count > parts.length) {
      throw new RuleSyntaxError(`asks for ${count} of ${parts.length}; it could never hold`, tokens[place]?.at ?? end);
    }
    return { kind: 'at-least', count, parts };
  };

  const expression = readSide();
  if (position < tokens.length) throw expected('"and", "or" or the end');
  return expression;
}
