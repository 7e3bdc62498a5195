import fc from 'fast-check';
import { anyExpression } from './policy.fixture.js';
import { parseRule, type Expression } from './rule-expression.js';

function expressionOf(text: string): Expression {
  const parsed = parseRule(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.rule.expression;
}

function print(expression: Expression): string {
  switch (expression.kind) {
    case 'fact':
      return expression.question;
    case 'not':
      return `not (${print(expression.part)})`;
    case 'at-least':
      return `at least ${expression.count} of (${expression.parts.map(print).join(', ')})`;
  }
}
const fact = (question: string): Expression => ({ kind: 'fact', question, at: expect.any(Number) as number });
const withoutPlaces = (expression: Expression): unknown =>
  JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'at' ? undefined : value)));

describe('parseRule', () => {
  it.each<[string, Expression]>([
    ['a', fact('a')],
    ['not not a', { kind: 'not', part: { kind: 'not', part: fact('a') } }],
    ['a and b and c', { kind: 'at-least', count: 3, parts: [fact('a'), fact('b'), fact('c')] }],
    ['a or not b', { kind: 'at-least', count: 1, parts: [fact('a'), { kind: 'not', part: fact('b') }] }],
    [
      'a and (b or c)',
      { kind: 'at-least', count: 2, parts: [fact('a'), { kind: 'at-least', count: 1, parts: [fact('b'), fact('c')] }] },
    ],
    ['at least 2 of (a, b-1, c)', { kind: 'at-least', count: 2, parts: [fact('a'), fact('b-1'), fact('c')] }],
    ['( (a) )', fact('a')],
  ])('reads %s', (text, expected) => {
    expect(expressionOf(text)).toEqual(expected);
  });

  it('reads back every expression that is written out', () => {
    fc.assert(
      fc.property(anyExpression, (expression) => {
        expect(withoutPlaces(expressionOf(print(expression)))).toEqual(withoutPlaces(expression));
      }),
    );
  });

  it.each([
    ['', 0, 'ends where the id of a question is expected'],
    ['a and', 5, 'ends where the id of a question is expected'],
    ['a b', 2, 'has b where "and", "or" or the end is expected'],
    ['a and b or c', 8, 'has "and" beside "or"; say with parentheses what belongs together'],
    ['a or b and c', 7, 'has "and" beside "or"; say with parentheses what belongs together'],
    ['(a or b', 7, 'ends where ")" is expected'],
    ['a)', 1, 'has ) where "and", "or" or the end is expected'],
    ['a && b', 2, 'has & where "and", "or" or the end is expected'],
    ['A', 0, 'has A where the id of a question is expected'],
    ['not of', 4, 'has of where the id of a question is expected'],
    ['at least x of (a)', 9, 'has x where a whole number from 1 is expected'],
    ['at least 0 of (a)', 9, 'has 0 where a whole number from 1 is expected'],
    ['at least 3 of (a, b)', 9, 'asks for 3 of 2; it could never hold'],
    ['at most 3 of (a, b)', 3, 'has most where "least" is expected'],
  ])('says of "%s" what is wrong at %d', (text, at, message) => {
    expect(parseRule(text)).toEqual({ ok: false, at, message });
  });

  it('refuses what nests without end before it recurses', () => {
    expect(parseRule('('.repeat(100_000))).toMatchObject({ ok: false, at: 0 });
    expect(parseRule('('.repeat(2000))).toMatchObject({ ok: false, at: 2000 });
    expect(parseRule('not '.repeat(500))).toMatchObject({ ok: false });
  });

  it('answers any text with a rule or with a place inside it', () => {
    const words = fc.constantFrom('a', 'b', 'and', 'or', 'not', 'at', 'least', 'of', '2', '(', ')', ',', '!');
    fc.assert(
      fc.property(
        fc.array(words).map((list) => list.join(' ')),
        (text) => {
          const parsed = parseRule(text);
          if (!parsed.ok) expect(parsed.at).toBeLessThanOrEqual(text.length);
          else expect(parsed.rule.text).toBe(text);
        },
      ),
    );
  });
});
