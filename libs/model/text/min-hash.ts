import { fingerprintUnits } from './fingerprint.js';

/** Looked up once: in a test's own global scope each look-up of `Math` costs more than the product. */
const { imul } = Math;

const SHINGLE = 5;

/** Jaccard similarity of the 5-gram sets from which on texts are near-copies (labels 2.5). */
export const nearCopyFrom = 0.8;

/** Murmur3's finaliser: every input bit reaches every output bit. */
function mix(value: number): number {
  let mixed = value;
  mixed = imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Writes the hashes of the character 5-grams (code units) of a fingerprint, in order, and returns their number; a shorter text is one gram. */
function writeGrams(units: Uint16Array, length: number, into: Uint32Array): number {
  const count = gramCount(length);
  for (let i = 0; i < count; i++) {
    const end = Math.min(i + SHINGLE, length);
    let hash = 0x811c9dc5;
    for (let k = i; k < end; k++) hash = imul(hash ^ (units[k] ?? 0), 0x01000193);
    into[i] = mix(hash);
  }
  return count;
}

function gramCount(length: number): number {
  return length === 0 ? 0 : Math.max(1, length - SHINGLE + 1);
}

/** The set of 5-grams as ascending distinct 32-bit hashes. */
export function shingles(print: string): Uint32Array {
  const units = new Uint16Array(print.length);
  for (let i = 0; i < units.length; i++) units[i] = print.charCodeAt(i);
  const hashes = new Uint32Array(gramCount(units.length));
  writeGrams(units, units.length, hashes);
  hashes.sort();
  let distinct = 0;
  for (let i = 0; i < hashes.length; i++) {
    if (i === 0 || hashes[i] !== hashes[i - 1]) hashes[distinct++] = hashes[i] ?? 0;
  }
  return hashes.slice(0, distinct);
}

/** |A ∩ B| / |A ∪ B| of two ascending sets; 1 for two empty ones. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let i = 0;
  let k = 0;
  let both = 0;
  while (i < a.length && k < b.length) {
    const left = a[i] ?? 0;
    const right = b[k] ?? 0;
    if (left === right) both++;
    if (left <= right) i++;
    if (right <= left) k++;
  }
  const either = a.length + b.length - both;
  return either === 0 ? 1 : both / either;
}

const HASHES = 128;
const TOP_BIT = 0x80000000 | 0;
const multipliers = new Int32Array(HASHES);
const offsets = new Int32Array(HASHES);
for (let i = 0; i < HASHES; i++) {
  multipliers[i] = mix(2 * i + 1) | 1;
  offsets[i] = mix(0x9e3779b1 ^ (2 * i));
}

/**
 * The first `size` (at most 128) MinHash values of a set of hashes (its first `count`). Labels 2.5 writes `(a·x+b) mod 2^61-1`; without
 * 64-bit integers that costs ten times as much, so here it is `(a·x+b) mod 2^32` with odd a, over hashes that
 * are mixed already. The S-curve of labels 2.5 holds for them (test).
 */
export function minHash(set: Uint32Array, size: number, into: Uint32Array, count = set.length): void {
  for (let h = 0; h < size; h++) {
    const a = multipliers[h] ?? 1;
    // With the top bit turned, unsigned numbers compare as signed ones, which stay in registers: a quarter of the time.
    const b = (offsets[h] ?? 0) ^ TOP_BIT;
    let least = 0x7fffffff;
    for (let i = 0; i < count; i++) {
      const value = (imul(a, set[i] ?? 0) + b) | 0;
      if (value < least) least = value;
    }
    into[h] = least ^ TOP_BIT;
  }
}

export const BANDS = 16;
const ROWS = HASHES / BANDS;

/** One key for each of the 16 bands of 8 rows; texts that share a key at the same place are candidates. */
export function bandKeys(set: Uint32Array): Float64Array {
  const signature = new Uint32Array(HASHES);
  minHash(set, HASHES, signature);
  const keys = new Float64Array(BANDS);
  for (let band = 0; band < BANDS; band++) {
    let low = band;
    let high = ~band;
    for (let row = 0; row < ROWS; row++) {
      const value = signature[band * ROWS + row] ?? 0;
      low = mix(imul(low, 31) ^ value);
      high = mix(imul(high, 37) + value);
    }
    // 53 bits, exact in a double.
    keys[band] = (high >>> 11) * 2 ** 32 + (low >>> 0);
  }
  return keys;
}

const KEY_HASHES = 8;
const keySignature = new Uint32Array(KEY_HASHES);
/** Reused: a list for each text was half of the cost of its key. */
let grams = new Uint32Array(8192);
/** Two hex digits for each byte. */
const hexOf = Array.from({ length: 0x100 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * The near-duplicate key of `prediction.scored`: 16 hex digits, two for each of 8 MinHash functions over the fingerprint's 5-grams.
 * Texts of Jaccard similarity J agree in each pair of digits with probability about J: equal keys mean copies (J = .95 agrees in
 * all eight with probability .66, J = .5 with .004), six or more equal pairs are candidates for near copies. Good for counting floods and grouping
 * in SQL without the text; `groupNearDuplicates` decides exactly. Sixteen zeros for a text without content.
 */
export function duplicateKey(text: string): string {
  const { units, length } = fingerprintUnits(text);
  if (length === 0) return '0000000000000000';
  if (grams.length < length) grams = new Uint32Array(length);
  const count = writeGrams(units, length, grams);
  // The least of a list is the least of its set.
  minHash(grams, KEY_HASHES, keySignature, count);
  let key = '';
  for (let h = 0; h < KEY_HASHES; h++) key += hexOf[mix(keySignature[h] ?? 0) >>> 24] ?? '';
  return key;
}
