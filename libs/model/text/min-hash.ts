import { fingerprint } from './fingerprint.js';

/** Looked up once: in a test's own global scope each look-up of `Math` costs more than the product. */
const { imul } = Math;

const SHINGLE = 5;

/** Murmur3's finaliser: every input bit reaches every output bit. */
function mix(value: number): number {
  let mixed = value;
  mixed = imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Hashes of the character 5-grams (code units) of a fingerprint, in order; a shorter text is one gram. */
function gramHashes(print: string): Uint32Array {
  const count = print.length === 0 ? 0 : Math.max(1, print.length - SHINGLE + 1);
  const hashes = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let hash = 0x811c9dc5;
    const end = Math.min(i + SHINGLE, print.length);
    for (let k = i; k < end; k++) hash = imul(hash ^ print.charCodeAt(k), 0x01000193);
    hashes[i] = mix(hash);
  }
  return hashes;
}

/** The set of 5-grams as ascending distinct 32-bit hashes. */
export function shingles(print: string): Uint32Array {
  const hashes = gramHashes(print).sort();
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
const multipliers = new Int32Array(HASHES);
const offsets = new Int32Array(HASHES);
for (let i = 0; i < HASHES; i++) {
  multipliers[i] = mix(2 * i + 1) | 1;
  offsets[i] = mix(0x9e3779b1 ^ (2 * i));
}

/**
 * The first `size` (at most 128) MinHash values of a set of hashes. Labels 2.5 writes `(a·x+b) mod 2^61-1`; without 64-bit integers
 * that costs ten times as much, so here it is `(a·x+b) mod 2^32` with odd a, over hashes that
 * are mixed already. The S-curve of labels 2.5 holds for them (test).
 */
export function minHash(set: Uint32Array, size: number, into: Uint32Array): void {
  for (let h = 0; h < size; h++) {
    const a = multipliers[h] ?? 1;
    const b = offsets[h] ?? 0;
    let least = 0xffffffff;
    for (const x of set) {
      const value = (imul(a, x) + b) >>> 0;
      if (value < least) least = value;
    }
    into[h] = least;
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

/**
 * The near-duplicate key of `prediction.scored`: 16 hex digits, two for each of 8 MinHash functions over the fingerprint's 5-grams.
 * Texts of Jaccard similarity J agree in each pair of digits with probability about J: equal keys mean copies (J = .95 agrees in
 * all eight with probability .66, J = .5 with .004), six or more equal pairs are candidates for near copies. Good for counting floods and grouping
 * in SQL without the text; `groupNearDuplicates` decides exactly. Sixteen zeros for a text without content.
 */
export function duplicateKey(text: string): string {
  const hashes = gramHashes(fingerprint(text));
  if (hashes.length === 0) return '0000000000000000';
  // The least of a list is the least of its set.
  minHash(hashes, KEY_HASHES, keySignature);
  let key = '';
  for (const value of keySignature) key += (mix(value) >>> 24).toString(16).padStart(2, '0');
  return key;
}
