import fc from 'fast-check';
import { parseDelimited } from './delimited.js';
import { anyLabel, withImplied } from './labelled-text.js';
import { parseLabelled } from './parse-labelled.js';

function failure(content: string, format: 'jsonl' | 'csv'): unknown {
  try {
    return parseLabelled(content, 'x', format);
  } catch (error) {
    return error;
  }
}

describe('delimited text', () => {
  it('keeps delimiters, quotes and line breaks inside quoted fields', () => {
    const rows = parseDelimited('a,"b,""c""\nd"\r\ne,f');
    expect(rows).toEqual([
      { line: 1, fields: ['a', 'b,"c"\nd'] },
      { line: 3, fields: ['e', 'f'] },
    ]);
  });

  it('gives back any fields that were written by the rules', () => {
    const field = fc.string().map((text) => text.replaceAll('\r', ''));
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (table) => {
        const content = table.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
        expect(parseDelimited(content).map(({ fields }) => fields)).toEqual(table);
      }),
    );
  });

  it('names the line on which a quoted field never ends', () => {
    expect(() => parseDelimited('a,b\nc,"d')).toThrow('line 2');
  });
});

describe('labelled files', () => {
  it('reads labels as an object, in the native form and from CSV columns alike', () => {
    const expected = [{ text: 'hello', labels: { H: 1, V: 0 }, weight: 1 }];
    expect(parseLabelled('{"text":"hello","labels":{"H":1,"V":0}}\n', 'x', 'jsonl')).toEqual(expected);
    expect(parseLabelled('{"prompt":"hello","H":1,"V":0,"S":null}', 'x', 'jsonl')).toEqual(expected);
    expect(parseLabelled('text,H,V,S\nhello,1,0,\n', 'x', 'csv')).toEqual(expected);
  });

  it('renames labels by the mapping and ignores the others', () => {
    const mapping = { toxic: 'HR' };
    expect(parseLabelled('text,toxic,id\nhello,0.5,77', 'x', 'csv', { mapping })).toEqual([
      { text: 'hello', labels: { HR: 0.5 }, weight: 1 },
    ]);
  });

  it.each([
    ['{"text":"a","labels":{"H":1}}\n{"text":"b","labels":{"H":2}}', 'jsonl', 'x line 2, field "H"'],
    ['{"text":"a","labels":{"Q":1}}', 'jsonl', 'field "Q": not a known category'],
    ['{"labels":{"H":1}}', 'jsonl', 'line 1, field "text"'],
    ['{"text":"a"', 'jsonl', 'line 1, field "(line)": not JSON'],
    ['{"text":"a","labels":{"H":1},"weight":-1}', 'jsonl', 'field "weight"'],
    ['', 'jsonl', 'holds no rows'],
    ['text,H\na,yes', 'csv', 'line 2, field "H"'],
    ['text,H\na,1,2', 'csv', 'line 2, field "(row)": 3 fields'],
    ['body,H\na,1', 'csv', 'no column "text"'],
    ['text,H\n"a,1', 'csv', 'line 2, field "(row)": a quoted field never ends'],
  ] as const)('refuses %j and says where', (content, format, message) => {
    expect(String(failure(content, format))).toContain(message);
  });

  it('never repeats the text in an error', () => {
    expect(String(failure('{"text":"secret words","labels":{"H":7}}', 'jsonl'))).not.toContain('secret');
  });
});

describe('taxonomy', () => {
  it('implies the outer yes and the inner no, and changes no known label', () => {
    expect(withImplied({ H2: 1 })).toEqual({ H2: 1, H: 1 });
    expect(withImplied({ S: 0 })).toEqual({ S: 0, S3: 0 });
    expect(withImplied({ V: 0, V2: 1 })).toEqual({ V: 0, V2: 1 });
  });

  it('counts unknown as no for ANY', () => {
    expect(anyLabel({})).toBe(0);
    expect(anyLabel({ S: 0, V: 1 })).toBe(1);
  });
});
