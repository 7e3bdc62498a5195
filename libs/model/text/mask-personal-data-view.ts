import { eachUnit } from './units.js';

/** What a unit is to the masker. */
export const OTHER = 0;
export const LETTER = 1;
export const DIGIT = 2;
export const SPACE = 3;

/** Stands for what has been masked: no rule reads over it, as none reads over the brackets of a placeholder. */
export const MASKED = 0xfffc;

const classes = new Uint8Array(0x10000);
const digits = new Map<number, string>();
const dropped = new Set<number>([0x20e3]);

eachUnit('[\\p{L}\\p{M}]', (unit) => {
  classes[unit] = LETTER;
});
eachUnit('\\s', (unit) => {
  classes[unit] = SPACE;
});
{
  // The digits of a script are ten neighbours, zero first.
  let zero = -1;
  let last = -2;
  eachUnit('\\p{Nd}', (unit) => {
    if (unit !== last + 1) zero = unit;
    last = unit;
    digits.set(unit, String((unit - zero) % 10));
  });
}
for (let unit = 0x30; unit < 0x3a; unit += 1) classes[unit] = DIGIT;
eachUnit('\\p{Default_Ignorable_Code_Point}', (unit) => dropped.add(unit));

/** Class of a unit of a view. */
export function classOf(unit: number): number {
  return classes[unit] ?? OTHER;
}

/** A text as the masker reads it, with the place of each unit in the text. */
export interface MaskView {
  readonly text: string;
  /** Start and end of each unit in the original. */
  readonly from: Int32Array | null;
  readonly until: Int32Array | null;
}

const notPlain = /[^\t\n -~]/;
const boldZero = 0x1d7ce;
const boldNine = 0x1d7ff;

/**
 * Folds what people use to hide a number from a reader of bytes: digits of any script, full-width and mathematical ones and keycaps become ASCII
 * digits; full-width signs, dashes and spaces their plain forms; invisible characters vanish. ASCII is its own view.
 */
export function viewOf(text: string): MaskView {
  if (!notPlain.test(text)) return { text, from: null, until: null };
  const from = new Int32Array(text.length);
  const until = new Int32Array(text.length);
  const parts: string[] = [];
  let length = 0;
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i) ?? 0;
    const size = code > 0xffff ? 2 : 1;
    const folded = fold(code, text, i, size);
    for (let k = 0; k < folded.length; k += 1) {
      from[length] = folded.length === size ? i + k : i;
      until[length] = folded.length === size ? i + k + 1 : i + size;
      length += 1;
    }
    parts.push(folded);
    i += size;
  }
  return { text: parts.join(''), from: from.subarray(0, length), until: until.subarray(0, length) };
}

function fold(code: number, text: string, at: number, size: number): string {
  if (code < 0x80) return code < 0x20 && classes[code] !== SPACE ? '' : text.charAt(at);
  if (size === 2) {
    if (code >= boldZero && code <= boldNine) return String((code - boldZero) % 10);
    return code >= 0xe0000 && code <= 0xe0fff ? '' : text.slice(at, at + 2);
  }
  if (dropped.has(code)) return '';
  const digit = digits.get(code);
  if (digit !== undefined) return digit;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return '-';
  if (classes[code] === SPACE) return code === 0x2028 || code === 0x2029 ? '\n' : ' ';
  return text.charAt(at);
}
