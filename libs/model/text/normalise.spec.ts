import fc from 'fast-check';
import { asciiOf, conditionOf } from './confusables.js';
import { EDGES, REWRITTEN_SENTENCES } from './normalise.goldens.js';
import { createTextReader, normalise, textOf } from './normalise.js';
import { GENERIC_MARKS, lowerOf } from './units.js';

/** Texts that provoke the steps: look-alikes, marks, joiners, signs, separators and plain letters side by side. */
const provoking = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from('abcXYZ019@$!.-_* \n’“–·')),
      fc.constantFrom(...Array.from('аеорсАВЕжяαβοΝօսłøıɑᴀᎠꓮ')),
      fc.constantFrom(...Array.from('ａＷﬁ㎏½ﷺ가ㅋ가กิनी\u064b\u05b8ｶﾞ')),
      fc.constantFrom(
        '\u200b',
        '\u200d',
        '\ufe0f',
        '\u00ad',
        '\u202e',
        '\u202c',
        '\u202d',
        '\u2066',
        '\u0301',
        '\u0336',
      ),
      fc.constantFrom('😂', '👍', '🅰', '𝐚', '𝓫', '\ud83d', '\udc4d', 'http://', 'www.', '\u{1f3f4}\u{e0067}'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

describe('normalised view', () => {
  it('undoes each family of rewriting', () => {
    expect(REWRITTEN_SENTENCES.length + EDGES.length).toBeGreaterThanOrEqual(300);
    const wrong = REWRITTEN_SENTENCES.filter(([, text, expected]) => normalise(text).text !== expected);
    expect(wrong.map(([family, text, expected]) => [family, text, expected, normalise(text).text])).toEqual([]);
  });

  it.each(EDGES)('%s', (_, text, expected) => {
    expect(normalise(text).text).toBe(expected);
  });

  it('has nothing left to do on its own result', () => {
    fc.assert(
      fc.property(provoking, (text) => {
        const once = normalise(text).text;
        expect(normalise(once).text).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same whether the first look sends a text through all steps or around them', () => {
    const plain = fc.string({ unit: fc.constantFrom(...Array.from('abAB01 2.-_*@$!aab..')), maxLength: 16 });
    fc.assert(
      fc.property(fc.oneof(provoking, plain), (text) => {
        // The mark on another line makes the reader take every step.
        expect(normalise(`${text}\nж\u0301`).text).toBe(`${normalise(text).text}\nж`);
      }),
      { numRuns: 3000 },
    );
  });

  it('has nothing left to do on any single code unit, alone, tripled or among letters', () => {
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const character = String.fromCharCode(unit);
      const once = normalise(`${character} a${character}b ${character}${character}${character}`).text;
      if (normalise(once).text !== once) throw new Error(`U+${unit.toString(16)} changes again`);
    }
  });

  it('reads the raw view unit by unit and calls both the same exactly when they are', () => {
    const reader = createTextReader();
    fc.assert(
      fc.property(fc.oneof(provoking, fc.string({ maxLength: 40 })), (text) => {
        const views = reader.read(text);
        const raw = textOf(views.raw, views.rawLength);
        expect(raw).toBe(
          [...Array(text.length).keys()].map((i) => String.fromCharCode(lowerOf[text.charCodeAt(i)] ?? 0)).join(''),
        );
        expect(views.same).toBe(textOf(views.normalised, views.normalisedLength) === raw);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a text of 32,768 characters, and more after it', () => {
    const long = 'Ab1 '.repeat(8192);
    expect(normalise(long).text).toBe('abi '.repeat(8192));
    expect(normalise('\ufdfa'.repeat(32_768)).text).toHaveLength(32_768 * '\ufdfa'.normalize('NFKC').length);
  });
});

describe('counters', () => {
  it.each([
    ['zeroWidth', 'he\u200bll\u00ado', 2],
    ['zeroWidth', '\u{1f469}\u200d\u{1f4bb} \u2764\ufe0f \u{1f3f4}\u{e0067}\u{e0062}\u{e007f}', 0],
    ['zeroWidth', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', 0],
    ['bidi', '\u202eabc\u202c \u2066x\u2069', 4],
    ['confusable', 'fооl ａ 𝐛 ᴄ 🅳', 6],
    ['confusable', 'Привет, как дела? Łódź – “so”', 0],
    ['mixedScript', 'fооl ok hеllo мир', 2],
    ['mixedScript', 'T恤 мир hello', 0],
    ['leet', '1d10t a$$ 100kg @us3r', 5],
    ['spacedLetters', 'f o o l and a b', 4],
    ['repeats', 'nooo!!! 1000', 2],
  ] as const)('%s of %j is %d', (name, text, expected) => {
    expect(normalise(text).counters[name]).toBe(expected);
  });

  it('are all zero for plain text', () => {
    expect(Object.values(normalise("Plain text, isn't it? It costs $5 (or 4.50).").counters)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });
});

describe('confusables', () => {
  it('hold nothing that NFKC or the removal of marks already changes, and map to lower-case ASCII', () => {
    for (let unit = 0; unit < 0x10000; unit++) {
      if (conditionOf[unit] === 0) continue;
      const text = String.fromCharCode(unit);
      expect(text.normalize('NFKC').normalize('NFD').replace(GENERIC_MARKS, '').normalize('NFC')).toBe(text);
      expect(String.fromCharCode(asciiOf[unit] ?? 0)).toMatch(/^[a-z'"*-]$/);
    }
  });
});
