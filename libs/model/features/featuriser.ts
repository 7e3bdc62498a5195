import {
  createObfuscationCounters,
  createTextReader,
  OBFUSCATIONS,
  type ObfuscationCounters,
} from '../text/normalise.js';
import { classOf, HIGH, SPACE, WORD } from '../text/units.js';
import { checkFeaturiserSettings, type FeaturiserSettings } from './settings.js';

/** Features of one text, owned by the caller. */
export interface Features {
  /** Distinct bucket ids, in the order in which they were first met. */
  readonly ids: Int32Array;
  readonly count: number;
  readonly counters: ObfuscationCounters;
}

/** Where `write` puts its result; `ids` holds `cap` places and is valid up to `count`. */
export interface FeatureBuffer {
  readonly ids: Int32Array;
  count: number;
  readonly counters: ObfuscationCounters;
}

export interface Featuriser {
  readonly settings: FeaturiserSettings;
  /** A fresh result that the caller may keep: for training. */
  readonly features: (text: string) => Features;
  /** Overwrites `into` and returns its count: for serving, without garbage for plain texts. */
  readonly write: (text: string, into: FeatureBuffer) => number;
}

export function createFeatureBuffer(settings: FeaturiserSettings): FeatureBuffer {
  return { ids: new Int32Array(settings.cap), count: 0, counters: createObfuscationCounters() };
}

const { imul } = Math;
const FNV_PRIME = 0x01000193;
/** FNV-1a's offset basis, moved apart by kind of feature. */
const WORD_BASIS = 0x811c9dc5 | 0;
const CHAR_BASIS = imul(WORD_BASIS ^ 0x63, FNV_PRIME);
const COUNTER_BASIS = imul(WORD_BASIS ^ 0x6e, FNV_PRIME);
/** Odd multipliers that turn one hash into the buckets of both views, so that equal views are read once. */
const RAW = 0x2c1b3c6d;
const NORMALISED = 0x9e3779b1 | 0;
const NONE = 0;
const BLANK = 0x20;

/**
 * Model 9.1; the definition of every feature is in README.md of this folder. One featuriser holds about 1.5 MiB of working space
 * and is not re-entrant; it never waits, so one for each thread is enough.
 */
export function createFeaturiser(settings: FeaturiserSettings): Featuriser {
  checkFeaturiserSettings(settings);
  const { buckets, cap } = settings;
  const shift = 32 - Math.log2(buckets);
  const [charLeast, charMost] = settings.charNgrams;
  const wordPairs = settings.wordNgrams[1] === 2;
  const rawView = settings.views.includes('raw') ? RAW : NONE;
  const normalisedView = settings.views.includes('normalised') ? NORMALISED : NONE;

  const decodedView = settings.views.includes('decoded');

  const reader = createTextReader();
  const decodedReader = createTextReader();
  const met = new Int32Array(buckets >>> 5);
  /** Every distinct bucket of the text at hand; `cap` of them go out. */
  const seen = new Int32Array(buckets + 1);
  const histogram = new Int32Array(1024);
  let seenCount = 0;
  /** The chunks of a view with one blank before, between and after them. */
  let sequence = new Uint16Array(8192);

  // The loops below are written out and keep everything in locals: each feature costs a few nanoseconds, and a call, a context
  // slot or a mispredicted branch costs as much again. `seen` is always written and its count moves only for a new bucket.

  function meet(hash: number, multiplier: number): void {
    const bucket = imul(hash ^ (hash >>> 15), multiplier) >>> shift;
    const bits = met[bucket >>> 5] ?? 0;
    met[bucket >>> 5] = bits | (1 << bucket);
    seen[seenCount] = bucket;
    seenCount += ((bits >>> bucket) & 1) ^ 1;
  }

  function meetWords(units: Uint16Array, length: number, first: number, second: number): void {
    const classes = classOf;
    let before = 0;
    let i = 0;
    while (i < length) {
      let unit = units[i] ?? 0;
      const kind = classes[unit] ?? 0;
      i++;
      if (kind < WORD) continue;
      let hash = imul(WORD_BASIS ^ unit, FNV_PRIME);
      if (kind === WORD) {
        for (; i < length; i++) {
          unit = units[i] ?? 0;
          if (classes[unit] !== WORD) break;
          hash = imul(hash ^ unit, FNV_PRIME);
        }
      } else if (kind === HIGH && i < length) {
        unit = units[i] ?? 0;
        if (unit >= 0xdc00 && unit <= 0xdfff) {
          hash = imul(hash ^ unit, FNV_PRIME);
          i++;
        }
      }
      meet(hash, first);
      if (second !== NONE) meet(hash, second);
      if (wordPairs) {
        if (before !== 0) {
          const pair = imul(imul(before ^ BLANK, FNV_PRIME) ^ hash, FNV_PRIME);
          meet(pair, first);
          if (second !== NONE) meet(pair, second);
        }
        before = hash;
      }
    }
  }

  /** Lays the chunks out in `sequence` and returns the number of units without the blank after the last. */
  function layOut(units: Uint16Array, length: number): number {
    if (sequence.length < length + 3) sequence = new Uint16Array(2 * length + 3);
    const classes = classOf;
    const laid = sequence;
    laid[0] = BLANK;
    let to = 1;
    let blank = true;
    for (let i = 0; i < length; i++) {
      const unit = units[i] ?? 0;
      const space = classes[unit] === SPACE;
      if (space && blank) continue;
      laid[to++] = space ? BLANK : unit;
      blank = space;
    }
    if (!blank) laid[to++] = BLANK;
    return to - 1;
  }

  function meetCharacters(units: Uint16Array, length: number, first: number, second: number): void {
    const last = layOut(units, length);
    const laid = sequence;
    // A chunk with its borders is laid[open, close].
    let open = 0;
    while (open < last) {
      let close = open + 1;
      while (laid[close] !== BLANK) close++;
      if (charLeast === 3 && charMost === 5) meetThreeToFive(laid, open, close, first, second);
      else meetGrams(laid, open, close, first, second);
      open = close;
    }
  }

  function meetGrams(laid: Uint16Array, open: number, close: number, first: number, second: number): void {
    for (let start = open; start < close; start++) {
      let hash = CHAR_BASIS;
      const end = Math.min(close + 1, start + charMost);
      for (let at = start; at < end; at++) {
        hash = imul(hash ^ (laid[at] ?? 0), FNV_PRIME);
        // An n-gram holds at least one unit of the chunk.
        if (at - start + 1 < charLeast || at === open) continue;
        meet(hash, first);
        if (second !== NONE) meet(hash, second);
      }
    }
  }

  /** What `meetGrams` does for [3, 5], the usual setting, at half the cost. */
  function meetThreeToFive(laid: Uint16Array, open: number, close: number, first: number, second: number): void {
    const bitmap = met;
    const out = seen;
    let count = seenCount;
    let bucket = 0;
    let bits = 0;
    for (let start = open; start + 2 <= close; start++) {
      let hash = imul(CHAR_BASIS ^ (laid[start] ?? 0), FNV_PRIME);
      hash = imul(hash ^ (laid[start + 1] ?? 0), FNV_PRIME);
      const end = Math.min(close, start + 4);
      for (let at = start + 2; at <= end; at++) {
        hash = imul(hash ^ (laid[at] ?? 0), FNV_PRIME);
        const mixed = hash ^ (hash >>> 15);
        bucket = imul(mixed, first) >>> shift;
        bits = bitmap[bucket >>> 5] ?? 0;
        bitmap[bucket >>> 5] = bits | (1 << bucket);
        out[count] = bucket;
        count += ((bits >>> bucket) & 1) ^ 1;
        if (second === NONE) continue;
        bucket = imul(mixed, second) >>> shift;
        bits = bitmap[bucket >>> 5] ?? 0;
        bitmap[bucket >>> 5] = bits | (1 << bucket);
        out[count] = bucket;
        count += ((bits >>> bucket) & 1) ^ 1;
      }
    }
    seenCount = count;
  }

  function meetCounters(counters: ObfuscationCounters): void {
    for (let i = 0; i < OBFUSCATIONS.length; i++) {
      const count = counters[OBFUSCATIONS[i] ?? 'encoded'];
      if (count === 0) continue;
      const level = count === 1 ? 1 : count <= 3 ? 2 : count <= 7 ? 3 : 4;
      meet(imul(imul(COUNTER_BASIS ^ i, FNV_PRIME) ^ level, FNV_PRIME), NORMALISED);
    }
  }

  /**
   * Copies seen[from, to) to `ids` from `at`. When that is more than `room`, keeps the buckets with the smallest mixed number, so that
   * a long text is sampled over its whole length and not cut at its head.
   */
  function keep(from: number, to: number, ids: Int32Array, at: number, room: number): number {
    let out = at;
    if (to - from <= room) {
      for (let i = from; i < to; i++) ids[out++] = seen[i] ?? 0;
      return out;
    }
    histogram.fill(0);
    for (let i = from; i < to; i++) {
      const mixed = mixedClass(seen[i] ?? 0);
      histogram[mixed] = (histogram[mixed] ?? 0) + 1;
    }
    let last = 0;
    let spare = room;
    while (spare >= (histogram[last] ?? 0)) spare -= histogram[last++] ?? 0;
    for (let i = from; i < to; i++) {
      const bucket = seen[i] ?? 0;
      const mixed = mixedClass(bucket);
      if (mixed < last || (mixed === last && spare-- > 0)) ids[out++] = bucket;
    }
    return out;
  }

  function write(text: string, into: FeatureBuffer): number {
    const { raw, rawLength, normalised, normalisedLength, same, decoded, counters } = reader.read(text);
    seenCount = 0;
    meetCounters(counters);
    const shared = same && rawView !== NONE && normalisedView !== NONE ? normalisedView : NONE;
    const apart = shared === NONE ? normalisedView : NONE;
    if (rawView !== NONE) meetWords(raw, rawLength, rawView, shared);
    if (apart !== NONE) meetWords(normalised, normalisedLength, apart, NONE);
    const further = decodedView && decoded !== '' ? decodedReader.read(decoded) : undefined;
    if (further !== undefined) meetWords(further.normalised, further.normalisedLength, NORMALISED, NONE);
    const words = seenCount;
    if (rawView !== NONE) meetCharacters(raw, rawLength, rawView, shared);
    if (apart !== NONE) meetCharacters(normalised, normalisedLength, apart, NONE);
    if (further !== undefined) meetCharacters(further.normalised, further.normalisedLength, NORMALISED, NONE);
    // Words first: there are fewer of them, and with them the whole of a long text is seen.
    const kept = keep(0, words, into.ids, 0, cap);
    into.count = keep(words, seenCount, into.ids, kept, cap - kept);
    if (seenCount > met.length >>> 3) met.fill(0);
    else for (let i = 0; i < seenCount; i++) met[(seen[i] ?? 0) >>> 5] = 0;
    for (const name of OBFUSCATIONS) into.counters[name] = counters[name];
    return into.count;
  }

  const own = createFeatureBuffer(settings);
  function features(text: string): Features {
    const count = write(text, own);
    return { ids: own.ids.slice(0, count), count, counters: { ...own.counters } };
  }
  return { settings, features, write };
}

/** One of 1,024 classes of buckets, unrelated to the order of bucket numbers. */
function mixedClass(bucket: number): number {
  return imul(bucket, 0x85ebca6b) >>> 22;
}
