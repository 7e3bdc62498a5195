import { eachUnit } from '../text/units.js';

/** By script index (see `scriptOf`), the language that the script writes, or '' where it writes several. Index 0 is no letter. */
const SCRIPTS: readonly (readonly [string, string])[] = [
  ['\\p{Script=Latin}', ''],
  ['\\p{Script=Cyrillic}', ''],
  ['\\p{Script=Arabic}', ''],
  ['\\p{Script=Devanagari}', ''],
  ['\\p{Script=Han}', 'zh'],
  ['[\\p{Script=Hiragana}\\p{Script=Katakana}]', 'ja'],
  ['\\p{Script=Hangul}', 'ko'],
  ['\\p{Script=Greek}', 'el'],
  ['\\p{Script=Hebrew}', 'he'],
  ['\\p{Script=Armenian}', 'hy'],
  ['\\p{Script=Georgian}', 'ka'],
  ['\\p{Script=Thai}', 'th'],
  ['\\p{Script=Lao}', 'lo'],
  ['\\p{Script=Khmer}', 'km'],
  ['\\p{Script=Myanmar}', 'my'],
  ['\\p{Script=Sinhala}', 'si'],
  ['\\p{Script=Bengali}', 'bn'],
  ['\\p{Script=Tamil}', 'ta'],
  ['\\p{Script=Telugu}', 'te'],
  ['\\p{Script=Kannada}', 'kn'],
  ['\\p{Script=Malayalam}', 'ml'],
  ['\\p{Script=Gujarati}', 'gu'],
  ['\\p{Script=Gurmukhi}', 'pa'],
  ['\\p{Script=Oriya}', 'or'],
  ['\\p{Script=Ethiopic}', 'am'],
  ['\\p{Script=Tibetan}', 'bo'],
];
export const SCRIPT_LANGUAGES: readonly string[] = ['', ...SCRIPTS.map(([, language]) => language)];

/** By code unit: index of its script in SCRIPT_LANGUAGES, 0 for what is no letter or mark of these scripts. */
export const scriptOf = new Uint8Array(0x10000);

SCRIPTS.forEach(([characterClass], index) => {
  eachUnit(characterClass, (unit) => {
    scriptOf[unit] = index + 1;
  });
});
