/** By script index (see `scriptOf`), the language that the script writes, or '' where it writes several. Index 0 is no letter. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Latin}/gu, ''],
  [/\p{Script=Cyrillic}/gu, ''],
  [/\p{Script=Arabic}/gu, ''],
  [/\p{Script=Devanagari}/gu, ''],
  [/\p{Script=Han}/gu, 'zh'],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'ja'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Armenian}/gu, 'hy'],
  [/\p{Script=Georgian}/gu, 'ka'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Lao}/gu, 'lo'],
  [/\p{Script=Khmer}/gu, 'km'],
  [/\p{Script=Myanmar}/gu, 'my'],
  [/\p{Script=Sinhala}/gu, 'si'],
  [/\p{Script=Bengali}/gu, 'bn'],
  [/\p{Script=Tamil}/gu, 'ta'],
  [/\p{Script=Telugu}/gu, 'te'],
  [/\p{Script=Kannada}/gu, 'kn'],
  [/\p{Script=Malayalam}/gu, 'ml'],
  [/\p{Script=Gujarati}/gu, 'gu'],
  [/\p{Script=Gurmukhi}/gu, 'pa'],
  [/\p{Script=Oriya}/gu, 'or'],
  [/\p{Script=Ethiopic}/gu, 'am'],
  [/\p{Script=Tibetan}/gu, 'bo'],
];
export const SCRIPT_LANGUAGES: readonly string[] = ['', ...SCRIPTS.map(([, language]) => language)];

/** By code unit: index of its script in SCRIPT_LANGUAGES, 0 for what is no letter or mark of these scripts. */
export const scriptOf = new Uint8Array(0x10000);

const letters = ((): string => {
  const units: string[] = [];
  for (let unit = 0x41; unit < 0xffff; unit++)
    if (unit < 0xd800 || unit > 0xdfff) units.push(String.fromCharCode(unit));
  return units.join('');
})();
SCRIPTS.forEach(([pattern], index) => {
  for (const match of letters.matchAll(pattern)) scriptOf[match[0].charCodeAt(0)] = index + 1;
});
