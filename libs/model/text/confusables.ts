import { lowerOf } from './units.js';

/**
 * Letters that pass for an ASCII letter (redteam 6.4, step 5). Kept by hand, after NFKC and the removal of marks: what those
 * already map (fullwidth, mathematical and circled letters, modifier letters, accents) is absent, so nothing here can fight them.
 * Checked against the idea, not copied from the data, of the confusables of Unicode Technical Standard 39; only glyphs that
 * coincide, or nearly so, in common fonts. Each line is `look-alikes, ASCII`, position by position.
 *
 * *Strong* pairs coincide: a token made of them alone is rewritten when it stands beside Latin. *Weak* pairs resemble:
 * they are rewritten only inside a token that also has Latin letters. The lower case of a strong upper-case letter need not be
 * strong, but a strong lower-case letter's upper case is (else a second pass would find more than the first).
 */
const STRONG: readonly (readonly [string, string])[] = [
  ['аеорсухіјѕһԁԛԝӏ', 'aeopcyxijshdqwl'],
  ['АЕОРСУХІЈЅҺԀԚԜӀВКМНТ', 'aeopcyxijshdqwlbkmht'],
  ['αινορτυ', 'aivoptu'],
  ['ΑΙΝΟΡΤΥΒΕΖΗΚΜΧ', 'ainoptybezhkmx'],
  ['օսհոՕՍՀՈ', 'ouhnouhn'],
  ['ⲟⲥⲣⲭⲞⲤⲢⲬ', 'ocpxocpx'],
  ['ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ', 'abcdefghijklmnoprstuvwxyz'],
];
const WEAK: readonly (readonly [string, string])[] = [
  ['вкмнтгпьГПЬ', 'bkmhtrnbrnb'],
  ['βγεηκμσςχωΓΣΩ', 'byenkuocxwroo'],
  ['ցզյլաՑԶՅԼԱՏ', 'gqjlwgqjlws'],
  ['ᎠᎡᎢᎪᎫᎬᎳᎷᎻᏀᏃᏏᏙᏚᏞᏟᏢᏦᏴ', 'drtajewmhgzbvslcpkb'],
];
/** Latin letters outside ASCII whose mark is part of the glyph, so that step 4 leaves them: ordinary spelling, not counted. */
const SPELLING: readonly (readonly [string, string])[] = [['øØłŁđĐħĦŧŦıȷɨʉ', 'oollddhhttijiu']];
/** Latin letters that ordinary spelling hardly uses and "fancy text" does: counted as confusable. */
const FANCY: readonly (readonly [string, string])[] = [
  ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnoprstuvwyz'],
  ['ɑɡɩɓɗɠɦƙɱɲʂƭʋƴȥƒƅɛɔɐ', 'agibdghkmnstvyzfbeca'],
  ['℮', 'e'],
];
/** Punctuation that word processors and phones put for ASCII: rewritten everywhere, not counted. */
const TYPOGRAPHY: readonly (readonly [string, string])[] = [
  ['‘’‚‛ʼʻ′', "'''''''"],
  ['“”„‟«»', '""""""'],
  ['‐‒–—―−', '------'],
  ['·•∙⋅‧', '*****'],
];

/** What a look-alike asks for before it is rewritten; 0 is "no look-alike". */
export const ALWAYS = 1;
export const ALWAYS_COUNTED = 2;
export const BESIDE_LATIN = 3;
export const AMONG_LATIN = 4;

/** By code unit: the ASCII unit that it passes for, and under which condition. */
export const asciiOf = new Uint16Array(0x10000);
export const conditionOf = new Uint8Array(0x10000);

function fill(pairs: readonly (readonly [string, string])[], condition: number): void {
  for (const [lookalikes, ascii] of pairs) {
    if (lookalikes.length !== ascii.length)
      throw new Error(`confusables: '${ascii}' and its look-alikes differ in length`);
    for (let i = 0; i < ascii.length; i++) {
      const unit = lookalikes.charCodeAt(i);
      if (conditionOf[unit] !== 0) throw new Error(`confusables: U+${unit.toString(16)} stands twice`);
      asciiOf[unit] = ascii.charCodeAt(i);
      conditionOf[unit] = condition;
    }
  }
}
fill(TYPOGRAPHY, ALWAYS);
fill(SPELLING, ALWAYS);
fill(FANCY, ALWAYS_COUNTED);
fill(STRONG, BESIDE_LATIN);
fill(WEAK, AMONG_LATIN);

// Step 6 comes later: a capital whose small letter is always rewritten is as well, else a second pass would find it.
for (let unit = 0x80; unit < 0xd800; unit++) {
  const small = lowerOf[unit] ?? 0;
  const condition = conditionOf[small] ?? 0;
  if (small === unit || conditionOf[unit] !== 0 || condition === 0 || condition > ALWAYS_COUNTED) continue;
  asciiOf[unit] = asciiOf[small] ?? 0;
  conditionOf[unit] = condition;
}
