import fc from 'fast-check';
import { csvOf } from './csv.js';

/** Reads one line of cells back, as RFC 4180 says. */
function cellsOf(text: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',' || character === '\r') {
      cells.push(cell);
      cell = '';
      if (character === '\r') at++;
    } else cell += character;
  }
  return cells;
}

const hostile = fc
  .tuple(
    fc.constantFrom('', ' ', '\t', '\r', '\n', '\u0000', '"', "'"),
    fc.constantFrom('=', '+', '-', '@', '＝', '＠', '|', '%', ''),
  )
  .chain(([before, sign]) => fc.string({ unit: 'binary' }).map((rest) => before + sign + rest));

describe('a CSV file', () => {
  it('gives back every text, with an apostrophe before what would be a formula', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (texts) => {
        const cells = cellsOf(csvOf(texts, []));
        expect(cells.map((cell, index) => (cell === `'${texts[index] ?? ''}` ? texts[index] : cell))).toEqual(texts);
      }),
    );
  });

  it('has no cell that a spreadsheet would run', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (texts) => {
        for (const cell of cellsOf(csvOf(texts, []))) expect(cell.trimStart()).not.toMatch(/^[=+\-@＝＋－＠|%]/);
      }),
    );
  });

  it('keeps numbers as they are, also below zero, and nothing as nothing', () => {
    expect(csvOf(['a', 'b', 'c'], [[-0.5, null, true]])).toBe('a,b,c\r\n-0.5,,true\r\n');
    expect(csvOf(['a'], [['=HYPERLINK("http://evil.example","x")']])).toBe(
      'a\r\n"\'=HYPERLINK(""http://evil.example"",""x"")"\r\n',
    );
  });
});
