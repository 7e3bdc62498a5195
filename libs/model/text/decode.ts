/** Redteam 6.4, step 10. */
const LONGEST = 4096;
const LEVELS = 2;
const LEAST_PRINTABLE = 0.9;
const LEAST_LETTERS = 3;
/** ROT13 leaves spaces and punctuation: its source is as much letters as its result. */
const LEAST_ROTATED_SHARE = 0.6;
/** English has about half, its ROT13 less than a tenth. */
const LEAST_COMMON_PAIRS = 0.25;

const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[ :,]?){8,}/g;
const PERCENT = /(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~+-]*){3,}/g;
const REFERENCES = /(?:&#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6});?[ ]?){3,}/g;
const REFERENCE = /&#(?:(\d{1,7})|[xX]([0-9A-Fa-f]{1,6}));?/g;

export interface DecodedText {
  /** What was decoded, parted by spaces; empty when nothing was. */
  readonly text: string;
  /** How many stretches were decoded. */
  readonly segments: number;
}

const NOTHING: DecodedText = { text: '', segments: 0 };

/**
 * The decoded view of a raw text: base64, hex, percent-encoding, numeric HTML references and ROT13, two levels deep, within the
 * first 4,096 code units. A stretch counts only if it decodes to text that is more than 90 % printable and reads more like
 * language than its source. Never decodes the normalised view: steps 5-7 would have destroyed an encoding.
 */
export function decode(text: string): DecodedText {
  let source = text.slice(0, LONGEST);
  let best = NOTHING;
  let segments = 0;
  for (let level = 0; level < LEVELS; level++) {
    const found = decodeOnce(source);
    if (found.length === 0) break;
    segments += found.length;
    source = found.join(' ').slice(0, LONGEST);
    best = { text: source, segments };
  }
  return best;
}

function decodeOnce(text: string): string[] {
  const found: string[] = [];
  const take = (encoded: string, decoded: string): void => {
    if (!isPrintable(decoded) || letterShare(decoded) <= letterShare(encoded)) return;
    // Emoji written as references are markup, not disguise.
    if ((decoded.match(/\p{L}/gu)?.length ?? 0) >= LEAST_LETTERS) found.push(decoded);
  };
  for (const [run] of text.matchAll(HEX))
    take(run, Buffer.from(run.replace(/\\x|0x|[ :,]/g, ''), 'hex').toString('utf8'));
  if (found.length === 0) {
    // Buffer reads the alphabet for addresses as well.
    for (const [run] of text.matchAll(BASE64)) take(run, Buffer.from(run, 'base64').toString('utf8'));
  }
  if (text.includes('%')) for (const [run] of text.matchAll(PERCENT)) take(run, fromPercent(run));
  if (text.includes('&#')) for (const [run] of text.matchAll(REFERENCES)) take(run, fromReferences(run));
  if (found.length === 0 && evidenceOf(text) < ROTATED && letterShare(text) > LEAST_ROTATED_SHARE) {
    const turned = rot13(text);
    const likeness = commonPairs(turned);
    if (likeness > LEAST_COMMON_PAIRS && likeness > 2 * commonPairs(text)) found.push(turned);
  }
  return found;
}

function evidenceOf(text: string): number {
  let evidence = 0;
  for (let i = 0; i < text.length; i++) evidence += rotationEvidence[text.charCodeAt(i)] ?? 0;
  return evidence;
}

function fromPercent(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

function fromReferences(encoded: string): string {
  return encoded.replace(REFERENCE, (_, decimal: string | undefined, hex: string | undefined) => {
    const codePoint = decimal === undefined ? parseInt(hex ?? '0', 16) : parseInt(decimal, 10);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '';
  });
}

function isPrintable(text: string): boolean {
  let printable = 0;
  let all = 0;
  for (const character of text) {
    all++;
    if (!/[\p{C}\ufffd]/u.test(character) || /[\t\n\r]/.test(character)) printable++;
  }
  return all > 0 && printable / all > LEAST_PRINTABLE;
}

/** Share of small letters, letters without case and spaces: high in any language, about a half in base64 and less in the others. */
function letterShare(text: string): number {
  return (text.match(/[\p{Ll}\p{Lo}\p{M} ]/gu)?.length ?? 0) / Math.max(1, text.length);
}

const A = 0x61;
/** The pairs that make up about half of all pairs of letters in English, and a good part in other languages in Latin letters. */
const COMMON_PAIRS = new Uint8Array(26 * 26);
for (const pair of 'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur'.split(
  ' ',
)) {
  COMMON_PAIRS[(pair.charCodeAt(0) - A) * 26 + pair.charCodeAt(1) - A] = 1;
}

/** Share of common pairs among the pairs of ASCII letters; 0 when there are none. */
function commonPairs(text: string): number {
  let pairs = 0;
  let common = 0;
  let before = -1;
  for (let i = 0; i < text.length; i++) {
    const letter = (text.charCodeAt(i) | 0x20) - A;
    const now = letter >= 0 && letter < 26 ? letter : -1;
    if (before >= 0 && now >= 0) {
      pairs++;
      common += COMMON_PAIRS[before * 26 + now] ?? 0;
    }
    before = now;
  }
  return pairs === 0 ? 0 : common / pairs;
}

function rot13(text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) => {
    const code = letter.charCodeAt(0);
    const first = code < A ? 0x41 : A;
    return String.fromCharCode(first + ((code - first + 13) % 26));
  });
}

/** Of a thousand letters of English text, by letter from a to z; rounded from common knowledge, only their order matters. */
const PER_MILLE = [82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1];

/**
 * By code unit: how much more (or less) often a letter is written than the letter that ROT13 makes of it, in eighths of a bit. The sum over
 * a text is far below 0 only for a text that ROT13 made.
 */
export const rotationEvidence = new Int8Array(0x10000);
PER_MILLE.forEach((perMille, letter) => {
  const evidence = Math.round(8 * Math.log2(perMille / (PER_MILLE[(letter + 13) % 26] ?? 1)));
  rotationEvidence[A + letter] = evidence;
  rotationEvidence[A - 0x20 + letter] = evidence;
});

/** By code unit: 1 for what base64 and hex are written with. */
export const encodingAlphabet = new Uint8Array(0x10000);
for (let unit = 0; unit < 0x80; unit++) {
  if (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(unit))) encodingAlphabet[unit] = 1;
}
/** The shortest run that base64 or hex is looked for in. */
export const SHORTEST_ENCODING = 16;
/** Evidence of ROT13 that is worth a trial: English of some ten words shows as much on the other side. */
export const ROTATED = -64;

const SPACED_HEX = /(?:[0-9A-Fa-f]{2}[ :,]){7}/;

/** Whether one of the encodings may be there that need no long run and leave the letter counts alone. */
export function mayBeEncoded(text: string, hasLettersBesideDigits: boolean): boolean {
  return text.includes('%') || text.includes('&#') || (hasLettersBesideDigits && SPACED_HEX.test(text));
}
