import fc from 'fast-check';
import { Problem } from './problem.js';
import { parseStrictJson } from './strict-json.js';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

function problemIn(parseIt: () => unknown): Problem {
  try {
    parseIt();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('strict JSON', () => {
  it('reads what JSON.stringify writes, whatever the strings hold', () => {
    const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('"__proto__"'));
    fc.assert(
      fc.property(json, (value) => {
        expect(parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('refuses a field that occurs twice, and says where', () => {
    const { errors } = problemIn(() => parse('{"items":[{"text":"a"},{"text":"a","b":{"c":[1,2]},"te\\u0078t":"b"}]}'));
    expect(errors).toEqual([{ pointer: '/items/1/text', detail: 'The field occurs twice in one object.' }]);
  });

  it('allows the same field in different objects, and names inside of strings', () => {
    expect(parse('{"a":{"b":1},"c":{"b":"{\\"b\\":1,\\"b\\":2}"}}')).toEqual({
      a: { b: 1 },
      c: { b: '{"b":1,"b":2}' },
    });
  });

  it.each([
    ['', 'The body is empty.'],
    ['{', 'The body is not JSON.'],
    ['['.repeat(17) + ']'.repeat(17), 'The body nests deeper than 16 levels.'],
    ['{"__proto__":{}}', 'This name is not allowed.'],
  ])('refuses %j', (text, detail) => {
    expect(problemIn(() => parse(text)).detail).toBe(detail);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(problemIn(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).detail).toBe('The body is not UTF-8.');
  });

  it('repeats nothing of the body in its message', () => {
    expect(problemIn(() => parse('{"text": secret words}')).message).not.toContain('secret');
  });
});
