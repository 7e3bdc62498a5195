import fc from 'fast-check';
import { hasMixedScripts, reveal, revealLine } from './reveal.js';

describe('a revealed text', () => {
  it('keeps every character, seen or named', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const back = reveal(text)
          .map(({ kind, text: part }) => (kind === 'plain' ? part : String.fromCodePoint(parseInt(part.slice(2), 16))))
          .join('');
        expect(back).toBe(text);
      }),
    );
  });

  it('never shows a character that turns a line around or is not seen', () => {
    const hidden = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u0000-\u0008\u001b\u2028\u2029]/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { text: part } of reveal(text)) expect(part).not.toMatch(hidden);
        expect(revealLine(text)).not.toMatch(hidden);
      }),
    );
  });

  it('names what it found', () => {
    expect(reveal('pay\u202elap')).toEqual([
      { kind: 'plain', text: 'pay', name: '' },
      { kind: 'hidden', text: 'U+202E', name: 'right-to-left override' },
      { kind: 'plain', text: 'lap', name: '' },
    ]);
    expect(revealLine('a\u200bb\nc')).toBe('a[U+200B]b c');
  });

  it('leaves lines and ordinary text of every language alone', () => {
    for (const text of [
      'two\nlines\tand a tab',
      'שלום עולם',
      'مرحبا',
      '日本語',
      'naïve café',
      '<script>alert(1)</script>',
    ]) {
      expect(reveal(text)).toEqual([{ kind: 'plain', text, name: '' }]);
    }
  });
});

describe('mixed scripts', () => {
  it('are found within a word and not between words', () => {
    expect(hasMixedScripts('p\u0430ypal.com')).toBe(true);
    expect(hasMixedScripts('Москва and Paris')).toBe(false);
  });
});
