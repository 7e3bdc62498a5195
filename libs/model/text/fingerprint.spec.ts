import fc from 'fast-check';
import { exactKey, fingerprint } from './fingerprint.js';

describe('fingerprint', () => {
  it.each([
    ['case and white space do not count', '  Hello\n\tWORLD ', 'hello world'],
    ['fullwidth letters are letters', 'Ｆｕｌｌ', 'full'],
    ['zero-width characters vanish', 'he\u200bl\u2060lo\u00ad', 'hello'],
    ['addresses are masked', 'see https://example.org/a?b=1 or www.example.com now', 'see URL or URL now'],
    ['mentions are masked', 'hey @Some_One1!', 'hey @WHO!'],
    ['runs of digits are masked, in any script', 'call 555-0199 or ٣٤', 'call N-N or N'],
    ['emoji stay', 'nice \u{1f600}\u{1f600}', 'nice \u{1f600}\u{1f600}'],
    ['nothing stays nothing', ' \u200b ', ''],
  ])('%s', (_, text, expected) => {
    expect(fingerprint(text)).toBe(expected);
  });

  it('gives copies one exact key and other texts another', () => {
    expect(exactKey('Win 100 coins at http://a.example')).toBe(exactKey('win 250 coins at https://b.example '));
    expect(exactKey('win')).not.toBe(exactKey('won'));
    expect(exactKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('takes lone surrogates', () => {
    expect(fingerprint('A\ud800B')).toBe('a\ud800b');
    expect(exactKey('\udc00')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is what four replacements, one after the other, would make of the folded text', () => {
    const characters = Array.from('aZ1_@.: /\t\u00a0\u0307éİ٣ﬁΣ漢\u200b\u{1d7d8}\u{11136}\u{10400}\u{1f600}');
    const piece = fc.constantFrom(...characters, '\ud800', 'http://', 'HTTPS://x', 'www.', ' @', 'http:// ');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: piece }), fc.string({ unit: 'binary' }), fc.webUrl()), (text) => {
        expect(fingerprint(text)).toBe(defined(text));
      }),
      { numRuns: 500 },
    );
  });
});

/** The definition of labels 2.5, written as its sentence. */
function defined(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\b(?:https?:\/\/|www\.)\S+/g, 'URL')
    .replace(/@[\p{L}\p{N}_]+/gu, '@WHO')
    .replace(/\p{Nd}+/gu, 'N')
    .replace(/\s+/g, ' ')
    .trim();
}
