import { eld } from 'eld/extrasmall';
import fc from 'fast-check';
import { lowerOf } from '../text/units.js';
import { loadNgramModel, MOST_UNITS, type NgramGuess, type NgramModel } from './ngram-model.js';

let model: NgramModel;
beforeAll(async () => {
  model = await loadNgramModel();
});

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: Math.min(MOST_UNITS, text.length) }, (_, i) => lowerOf[text.charCodeAt(i)] ?? 0);
}

function guess(text: string): NgramGuess | undefined {
  const units = unitsOf(text);
  return model.guess(units, units.length);
}

/** What the package itself says of the same units. */
function answerOfEld(text: string): NgramGuess | undefined {
  const [first, second] = Object.entries(eld.detect(String.fromCharCode(...unitsOf(text))).getScores());
  return first && { language: first[0], score: first[1], runnerUp: second?.[1] ?? 0 };
}

describe('n-gram model', () => {
  it.each([
    'wczoraj wieczorem poszliśmy na spacer wzdłuż rzeki',
    "don't 'quote' '' rock’n’roll `tick` ' x",
    'İstanbul’da İYİ günler',
    'сегодня утром мы ездили на рынок',
    'donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverlei',
    `${'ж'.repeat(40)} ${'я'.repeat(23)}`,
    `${'ሰላም'.repeat(8)} ${'ሰላም'.repeat(8)} ${'ሰላም'.repeat(4)}`,
    '1234 !? \ud83d\ude00 \ud800',
    '',
  ])('says what eld says, to the last bit: %j', (text) => {
    expect(guess(text)).toEqual(answerOfEld(text));
  });

  it('says what eld says of every unit, within a word and at its borders', () => {
    const different: string[] = [];
    const together = 8;
    for (let unit = 0; unit < 0x10000; unit += together) {
      const text = Array.from({ length: together }, (_, i) => String.fromCharCode(unit + i))
        .map((character) => `${character}as${character}d${character} `)
        .join('');
      if (!isSame(guess(text), answerOfEld(text))) different.push(unit.toString(16));
    }
    expect(different).toEqual([]);
  });

  it('says what eld says of any text', () => {
    const letters = Array.from('aäeéißñşżдюλبक漢한’`. \t');
    const piece = fc.constantFrom(...letters, "'", 'the', 'und ', ' não', 'ção', ' się ', 'ный ');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ unit: piece })), (text) => {
        expect(guess(text)).toEqual(answerOfEld(text));
      }),
    );
  });
});

function isSame(a: NgramGuess | undefined, b: NgramGuess | undefined): boolean {
  return a?.language === b?.language && a?.score === b?.score && a?.runnerUp === b?.runnerUp;
}
