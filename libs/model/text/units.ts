/**
 * Facts about UTF-16 code units, as tables of 65,536 entries that are built once when the module loads (about 10 ms).
 * Everything in `libs/model` works on code units, not code points: a surrogate pair is two units, a lone surrogate is one,
 * and neither is an error. The facts come from the Unicode data of the running Node; golden vectors guard them.
 */
const UNITS = 0x10000;

/** Ends a word; part of a chunk (a stretch between white space). */
export const PUNCTUATION = 0;
/** Ends words and chunks: white space, controls, line and paragraph separators. */
export const SPACE = 1;
/** Part of a word: letters, marks and digits. */
export const WORD = 2;
/** A word by itself: Han, kana, and symbols such as hearts and arrows. */
export const SOLO = 3;
/** First half of a surrogate pair; pair and lone half alike are a word by themselves. */
export const HIGH = 4;

/** Beside `WORD`: what kind of letter a unit is to the normaliser. */
export const NO_LETTER = 0;
export const LATIN = 1;
/** Letters of the other scripts in which one reads single letters as a word: Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu. */
export const ALPHABETIC = 2;
/** Letters and marks of every other script. */
export const OTHER_LETTER = 3;
export const DIGIT = 4;

/** Steps 1-4 may change a text that holds this unit, depending on its neighbours. */
export const FOLDS = 1;
/** Steps 2-4 change this unit to `foldOf`, whatever stands beside it. */
export const FOLDS_ALONE = 128;
/** The unit is half of a surrogate pair: the pair decides. */
export const SURROGATE = 2;

/** Combining marks that belong to no script: dropping them is safe, dropping an Indic or Arabic vowel sign is not. */
export const GENERIC_MARKS = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;

export const lowerOf = new Uint16Array(UNITS);
export const classOf = new Uint8Array(UNITS);
export const letterOf = new Uint8Array(UNITS);
export const foldsOf = new Uint8Array(UNITS);
/** What a unit with FOLDS_ALONE becomes: ellipsis to three stops, é to e, an emoji's variation selector to nothing. */
export const foldOf = new Map<number, string>();
/** 1 for units that NFKC makes an ASCII letter. */
export const looksLikeAscii = new Uint8Array(UNITS);

const everyUnit = ((): string => {
  const parts: string[] = [];
  for (let unit = 0; unit < UNITS; unit++) if (unit < 0xd800 || unit > 0xdfff) parts.push(String.fromCharCode(unit));
  return parts.join('');
})();

/** Visits the units of a character class, for example all letters and digits; surrogates are in none. */
export function eachUnit(characterClass: string, visit: (unit: number) => void): void {
  // Runs, not characters: a match for each of 60,000 characters took ten times as long.
  for (const { 0: run, index } of everyUnit.matchAll(new RegExp(`${characterClass}+`, 'gu'))) {
    for (let i = 0; i < run.length; i++) visit(index + i < 0xd800 ? index + i : index + i + 0x800);
  }
}

for (let unit = 0; unit < UNITS; unit++) lowerOf[unit] = unit;
eachUnit('[\\p{Lu}\\p{Lt}\\u24b6-\\u24cf\\u2160-\\u216f]', (unit) => {
  const lower = String.fromCharCode(unit).toLowerCase();
  if (lower.length === 1) lowerOf[unit] = lower.charCodeAt(0);
});

eachUnit('[\\p{L}\\p{M}\\p{N}]', (unit) => {
  classOf[unit] = WORD;
  letterOf[unit] = OTHER_LETTER;
});
eachUnit(
  '[\\p{Script=Greek}\\p{Script=Cyrillic}\\p{Script=Armenian}\\p{Script=Cherokee}\\p{Script=Coptic}\\p{Script=Lisu}]',
  (unit) => {
    if (classOf[unit] === WORD) letterOf[unit] = ALPHABETIC;
  },
);
eachUnit('\\p{Script=Latin}', (unit) => {
  if (classOf[unit] === WORD) letterOf[unit] = LATIN;
});
eachUnit('\\p{N}', (unit) => {
  letterOf[unit] = DIGIT;
});
eachUnit('[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{So}\\p{Sm}\\p{Sk}]', (unit) => {
  if (unit > 0x7f) classOf[unit] = SOLO;
});
eachUnit('\\p{Default_Ignorable_Code_Point}', (unit) => {
  classOf[unit] = PUNCTUATION;
  letterOf[unit] = NO_LETTER;
});
eachUnit('[\\s\\p{Cc}\\p{Z}]', (unit) => {
  classOf[unit] = SPACE;
});
classOf.fill(HIGH, 0xd800, 0xdc00);
classOf.fill(SOLO, 0xdc00, 0xe000);

const JOINS = '[\\p{M}\\p{Default_Ignorable_Code_Point}\\p{Bidi_Control}\\u1100-\\u11ff\\ua960-\\ua97f\\ud7b0-\\ud7ff]';
const joins = new RegExp(JOINS, 'u');
for (let unit = 0x80; unit < UNITS; unit++) {
  if (unit >= 0xd800 && unit <= 0xdfff) {
    foldsOf[unit] = SURROGATE;
  } else if (unit < 0x3400 || (unit > 0x9fff && unit < 0xac00) || unit > 0xd7a3) {
    // Unified ideographs and Hangul syllables never fold; leaving them out halves the load time.
    const text = String.fromCharCode(unit);
    const compatible = text.normalize('NFKC');
    const folded = compatible.normalize('NFD').replace(GENERIC_MARKS, '').normalize('NFC');
    if (/^[A-Za-z]$/.test(compatible)) looksLikeAscii[unit] = 1;
    if (folded === text) continue;
    foldsOf[unit] = joins.test(folded) ? FOLDS : FOLDS_ALONE;
    foldOf.set(unit, folded);
  }
}
// Marks reorder and compose with what stands before them; conjoining jamo compose with each other.
eachUnit(JOINS, (unit) => {
  foldsOf[unit] = FOLDS;
});
for (const selector of [0xfe0e, 0xfe0f]) {
  foldsOf[selector] = FOLDS_ALONE;
  foldOf.set(selector, '');
}
