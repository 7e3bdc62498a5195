import fc from 'fast-check';
import { decode } from './decode.js';
import { normalise } from './normalise.js';

const sentence = 'you are all idiots and should leave';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const bytes = (text: string): string[] => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'));
const rot13 = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97));

describe('decoded view', () => {
  it.each([
    ['base64', base64(sentence), sentence],
    ['base64 inside other text', `please read ${base64(sentence)} today`, sentence],
    ['base64 of base64', base64(base64(sentence)), sentence],
    [
      'base64 for addresses',
      base64('öffentliche Prügel für alle').replaceAll('+', '-').replaceAll('/', '_'),
      'öffentliche Prügel für alle',
    ],
    ['base64 of another alphabet', base64('ты дурак и всё'), 'ты дурак и всё'],
    ['hex', bytes(sentence).join(''), sentence],
    ['spaced hex', bytes(sentence).join(' '), sentence],
    [
      'escaped hex',
      bytes(sentence)
        .map((byte) => `\\x${byte}`)
        .join(''),
      sentence,
    ],
    ['ROT13', rot13(sentence), sentence],
    [
      'percent-encoding',
      bytes(sentence)
        .map((byte) => `%${byte}`)
        .join(''),
      sentence,
    ],
    ['percent-encoding of another alphabet', encodeURIComponent('ты дурак'), 'ты дурак'],
    ['decimal references', Array.from(sentence, (letter) => `&#${letter.charCodeAt(0)};`).join(''), sentence],
    [
      'hexadecimal references',
      Array.from(sentence, (letter) => `&#x${letter.charCodeAt(0).toString(16)};`).join(''),
      sentence,
    ],
  ])('reads %s', (_, text, expected) => {
    expect(decode(text).text).toBe(expected);
    expect(normalise(text).counters.encoded).toBeGreaterThan(0);
  });

  it.each([
    ['a plain sentence', 'Nothing is hidden in this one, is it?'],
    ['a long word', 'supercalifragilisticexpialidocious'],
    ['a per cent sign and a reference', '100% sure &amp; &#8220;quoted&#8221;'],
    ['emoji as references', 'so &#128514;&#128514;&#128514;&#128514; funny'],
    ['a hash', 'commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['an address', 'https://example.org/some/long/path/with/many/parts?and=query'],
    ['base64 three levels deep', base64(base64(base64('\u0001\u0002\u0003\u0004 not text \u0005\u0006\u0007')))],
    ['nothing', ''],
  ])('finds nothing in %s', (_, text) => {
    expect(normalise(text).counters.encoded).toBe(0);
  });

  it('looks no further than 4,096 characters and two levels', () => {
    expect(decode(`${'word '.repeat(900)}${base64(sentence)}`)).toEqual({ text: '', segments: 0 });
    expect(decode(base64(base64(base64(sentence)))).text).toBe(base64(sentence));
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: decoded, segments } = decode(text);
        expect(decoded === '').toBe(segments === 0);
      }),
    );
  });
});
