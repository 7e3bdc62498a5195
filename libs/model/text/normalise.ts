import { ALWAYS, ALWAYS_COUNTED, AMONG_LATIN, asciiOf, BESIDE_LATIN, conditionOf } from './confusables.js';
import { decode, encodingAlphabet, mayBeEncoded, ROTATED, rotationEvidence, SHORTEST_ENCODING } from './decode.js';
import {
  ALPHABETIC,
  classOf,
  DIGIT,
  foldOf,
  FOLDS,
  FOLDS_ALONE,
  foldsOf,
  GENERIC_MARKS,
  LATIN,
  letterOf,
  looksLikeAscii,
  lowerOf,
  SPACE,
  SURROGATE,
  WORD,
} from './units.js';

/** How often each kind of obfuscation was met in one text; `prediction.scored` carries it (design 3). */
export interface ObfuscationCounters {
  /** Default-ignorable characters outside emoji and outside scripts that spell with joiners. */
  zeroWidth: number;
  /** Bidirectional embeddings, overrides and isolates. */
  bidi: number;
  /** Letters that were rewritten to the ASCII letter they pass for, by NFKC or by our own table. */
  confusable: number;
  /** Words that mix Latin with another alphabet. */
  mixedScript: number;
  /** Digits and signs that were read as letters. */
  leet: number;
  /** Letters that stood apart and were joined. */
  spacedLetters: number;
  /** Runs of three or more of the same character. */
  repeats: number;
  /** Stretches that decode to text (step 10). */
  encoded: number;
}

export const OBFUSCATIONS = [
  'zeroWidth',
  'bidi',
  'confusable',
  'mixedScript',
  'leet',
  'spacedLetters',
  'repeats',
  'encoded',
] as const satisfies readonly (keyof ObfuscationCounters)[];

export function createObfuscationCounters(): ObfuscationCounters {
  return { zeroWidth: 0, bidi: 0, confusable: 0, mixedScript: 0, leet: 0, spacedLetters: 0, repeats: 0, encoded: 0 };
}

/** Both views of one text as code units; the buffers are reused by the next `read`. */
export interface TextViews {
  /** The text in lower case, unit by unit. */
  raw: Uint16Array;
  rawLength: number;
  /** Steps 1-9. Equal to `raw` (the same buffer) when `same`: nothing but case was to be done. */
  normalised: Uint16Array;
  normalisedLength: number;
  same: boolean;
  /** The decoded view (step 10), as text; mostly empty. */
  decoded: string;
  readonly counters: ObfuscationCounters;
}

/** Flags of the first look at a text, beside FOLDS and SURROGATE: which steps may find something to do. */
const CONFUSES = 4;
const LEET = 8;
const APART = 16;
const REPEATS = 32;
const ENCODED = 64;

const flagsOf = Uint8Array.from(foldsOf, (folds, unit) => {
  const confuses = conditionOf[unit] !== 0 || letterOf[unit] === ALPHABETIC;
  return folds | (confuses ? CONFUSES : 0);
});

/** 0 for what is no leet character. `2` is left alone: "y2k", "b2b", "me2". */
const leetOf = new Uint16Array(0x10000);
for (const pair of ['0o', '1i', '3e', '4a', '5s', '6g', '7t', '8b', '9g', '@a', '$s', '!i']) {
  leetOf[pair.charCodeAt(0)] = pair.charCodeAt(1);
}

const AT = 0x40;
const DOLLAR = 0x24;
const BANG = 0x21;
const BLANK = 0x20;
const STOP = 0x2e;
const isSign = (unit: number): boolean => unit === AT || unit === DOLLAR || unit === BANG;
const isSeparator = (unit: number): boolean =>
  unit === BLANK || unit === STOP || unit === 0x2d || unit === 0x5f || unit === 0x2a;

/** What the first look keeps of a unit: 1 a letter of an alphabet, 2 a separator, 4 a digit or one of @ $ !, 8 neither digit nor space. */
const shapeOf = new Uint8Array(0x10000);
for (let unit = 0; unit < 0x10000; unit++) {
  const letter = letterOf[unit];
  let shape = 0;
  if (letter === LATIN || letter === ALPHABETIC) shape |= 1;
  if (isSeparator(unit)) shape |= 2;
  if (letter === DIGIT || isSign(unit)) shape |= 4;
  if (letter !== DIGIT && classOf[unit] !== SPACE) shape |= 8;
  shapeOf[unit] = shape;
}

/** Ranges of supplementary characters that no step changes: emoji, most symbols, the unified ideographs. */
function isPlainPair(codePoint: number): boolean {
  return (
    (codePoint >= 0x1f300 && codePoint <= 0x1faff) ||
    (codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff) ||
    (codePoint >= 0x20000 && codePoint <= 0x2a6df)
  );
}

/**
 * Reads texts into their raw and normalised views (redteam 6.4, steps 1-9) without garbage for texts in ASCII and in other plain
 * letters. Not re-entrant: one reader for each place that reads.
 */
export function createTextReader(): { read: (text: string) => TextViews } {
  const counters = createObfuscationCounters();
  let spare = new Uint16Array(8192);
  const views: TextViews = {
    raw: new Uint16Array(8192),
    rawLength: 0,
    normalised: spare,
    normalisedLength: 0,
    same: true,
    decoded: '',
    counters,
  };

  function read(text: string): TextViews {
    for (const name of OBFUSCATIONS) counters[name] = 0;
    if (text.length > views.raw.length) views.raw = new Uint16Array(text.length * 2);
    let flags = look(text, views.raw);
    if ((flags & SURROGATE) !== 0) flags |= lookAtPairs(text);
    views.rawLength = text.length;
    views.decoded = '';
    if ((flags & ENCODED) !== 0 || mayBeEncoded(text, (flags & LEET) !== 0)) {
      const decoded = decode(text);
      views.decoded = decoded.text;
      counters.encoded = decoded.segments;
    }
    const length =
      (flags & (FOLDS | FOLDS_ALONE | CONFUSES | LEET | APART | REPEATS)) === 0 ? -1 : rewriteAll(text, flags);
    views.same = length < 0 || (length === text.length && equal(spare, views.raw, length));
    views.normalised = views.same ? views.raw : spare;
    views.normalisedLength = views.same ? text.length : length;
    return views;
  }

  /** Writes the normalised units to `spare` and returns their number; -1 when they are those of the raw view. */
  function rewriteAll(text: string, flags: number): number {
    const folds = (flags & (FOLDS | FOLDS_ALONE)) !== 0;
    let length = text.length;
    if (folds || (flags & CONFUSES) !== 0) {
      length = copyFolded((flags & FOLDS) === 0 ? text : foldCodePoints(text, counters));
      rewriteConfusables(spare, length, counters);
      const lower = lowerOf;
      for (let i = 0; i < length; i++) spare[i] = lower[spare[i] ?? 0] ?? 0;
    } else {
      if (length > spare.length) spare = new Uint16Array(length * 2);
      spare.set(views.raw.subarray(0, length));
    }
    // A step is left out when the first look saw nothing for it and no step before it has made something new.
    let all = folds || (flags & CONFUSES) !== 0;
    if (all || (flags & LEET) !== 0) {
      rewriteLeet(spare, length, counters);
      all ||= counters.leet > 0;
    }
    if (all || (flags & APART) !== 0) {
      length = joinLetters(spare, length, counters);
      all ||= counters.spacedLetters > 0;
    }
    if (all || (flags & REPEATS) !== 0) {
      length = squeeze(spare, length, counters);
      all ||= counters.repeats > 0;
    }
    return all ? length : -1;
  }

  /** Copies a text to `spare`, folding what folds without looking at its neighbours; returns the length. */
  function copyFolded(text: string): number {
    let length = 0;
    if (text.length > spare.length) spare = new Uint16Array(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (((flagsOf[unit] ?? 0) & FOLDS_ALONE) === 0) {
        spare[length++] = unit;
        continue;
      }
      counters.confusable += looksLikeAscii[unit] ?? 0;
      const folded = foldOf.get(unit) ?? '';
      if (length + folded.length + text.length - i > spare.length) {
        const wider = new Uint16Array(2 * (spare.length + folded.length));
        wider.set(spare);
        spare = wider;
      }
      for (let k = 0; k < folded.length; k++) spare[length++] = folded.charCodeAt(k);
    }
    return length;
  }
  return { read };
}

/** Writes the lower-cased units and tells, never missing one, which of steps 1-10 may do more to the text than that. */
function look(text: string, into: Uint16Array): number {
  const lowers = lowerOf;
  const shapeTable = shapeOf;
  const flagTable = flagsOf;
  const evidenceTable = rotationEvidence;
  const alphabet = encodingAlphabet;
  let flags = 0;
  let before = 0;
  let same = 0;
  let shapes = 0;
  let run = 0;
  let evidence = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const lower = lowers[unit] ?? 0;
    const shape = shapeTable[unit] ?? 0;
    into[i] = lower;
    flags |= flagTable[unit] ?? 0;
    evidence += evidenceTable[unit] ?? 0;
    run = alphabet[unit] === 0 ? 0 : run + 1;
    if (run === SHORTEST_ENCODING) flags |= ENCODED;
    shapes = (shapes << 4) | shape;
    // Letter beside sign or digit; letter, separator, letter, separator, letter; three of a kind.
    if ((shapes & 0x14) === 0x14 || (shapes & 0x41) === 0x41) flags |= LEET;
    if ((shapes & 0x12121) === 0x12121) flags |= APART;
    same = lower === before ? same + 1 : 1;
    if (same > 2 && (shape & 8) !== 0 && (same > 3 || lower !== STOP)) flags |= REPEATS;
    before = lower;
  }
  if (evidence < ROTATED) flags |= ENCODED;
  return flags;
}

/** The same for surrogate pairs. */
function lookAtPairs(text: string): number {
  let flags = 0;
  let before = -1;
  let beforeThat = -1;
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) ?? 0;
    if (codePoint > 0xffff) {
      i++;
      if (!isPlainPair(codePoint)) flags |= FOLDS;
      if (codePoint === before && codePoint === beforeThat) flags |= REPEATS;
    }
    beforeThat = before;
    before = codePoint;
  }
  return flags;
}

function equal(a: Uint16Array, b: Uint16Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const ASCII_LETTER = /^[A-Za-z]$/;
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT_OVERRIDE = '\u202e';
const IGNORABLES = /\p{Default_Ignorable_Code_Point}/gu;
/** Negative circled and squared letters, which NFKC leaves. */
const BADGE_LETTERS = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu;

/** Steps 1-4, and the letters of step 5 that lie outside the Basic Multilingual Plane. */
function foldCodePoints(text: string, counters: ObfuscationCounters): string {
  counters.bidi += text.match(BIDI_CONTROLS)?.length ?? 0;
  const ordered = text.includes(RIGHT_TO_LEFT_OVERRIDE) ? turnOverrides(text) : text;
  for (let i = 0; i < ordered.length; i++) {
    const unit = ordered.charCodeAt(i);
    const pair = unit >= 0xd800 && unit <= 0xdbff ? (ordered.codePointAt(i) ?? 0) : 0;
    if (looksLikeAscii[unit] === 1) counters.confusable++;
    else if (pair > 0xffff && !isPlainPair(pair) && ASCII_LETTER.test(String.fromCodePoint(pair).normalize('NFKC'))) {
      counters.confusable++;
    }
  }
  return ordered
    .normalize('NFKC')
    .replace(IGNORABLES, (character, offset: number, whole: string) => {
      if (isObfuscating(character, offset, whole)) counters.zeroWidth++;
      return '';
    })
    .normalize('NFD')
    .replace(GENERIC_MARKS, '')
    .normalize('NFC')
    .replace(BADGE_LETTERS, (badge) => {
      counters.confusable++;
      const codePoint = badge.codePointAt(0) ?? 0;
      return String.fromCharCode(0x61 + codePoint - (codePoint >= 0x1f170 ? 0x1f170 : 0x1f150));
    });
}

/** Emoji carry variation selectors, joiners and tags, and many scripts spell with joiners: those say nothing of intent. */
function isObfuscating(character: string, offset: number, text: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint === 0xfe0e || codePoint === 0xfe0f) return false;
  if (codePoint === 0xfeff && offset === 0) return false;
  if (/\p{Bidi_Control}/u.test(character)) return false;
  const before = offset === 0 ? 0 : text.charCodeAt(offset - 1);
  // A surrogate before a joiner or tag: within an emoji sequence (tags follow each other as pairs).
  if (codePoint === 0x200d && ((before >= 0xd800 && before <= 0xdfff) || before >= 0x2000)) return false;
  if (codePoint >= 0xe0020 && codePoint <= 0xe007f) return !isFlagTag(text, offset);
  // Persian, Urdu, Indic and other scripts between Hebrew and Georgian.
  return !((codePoint === 0x200c || codePoint === 0x200d) && before >= 0x0590 && before < 0x10a0);
}

function isFlagTag(text: string, offset: number): boolean {
  let start = offset;
  while (start >= 2 && text.charCodeAt(start - 2) === 0xdb40) start -= 2;
  return start >= 2 && text.codePointAt(start - 2) === 0x1f3f4;
}

const MIRRORED: ReadonlyMap<string, string> = new Map(
  ['()', ')(', '[]', '][', '{}', '}{', '<>', '><'].map((pair) => [pair.charAt(0), pair.charAt(1)]),
);

/**
 * Step 1. A right-to-left override shows what follows in reverse, up to its end or the end of the paragraph: put into the order
 * that a reader sees. Embeddings and isolates change no order within a word and are only dropped (step 3).
 */
function turnOverrides(text: string): string {
  const open: { turned: boolean; characters: string[] }[] = [{ turned: false, characters: [] }];
  const top = (): { turned: boolean; characters: string[] } =>
    open[open.length - 1] ?? { turned: false, characters: [] };
  const close = (): void => {
    const closed = open.pop();
    if (closed === undefined) return;
    // Nested overrides turn once for each change of direction.
    const outer = top().turned;
    const characters = closed.turned === outer ? closed.characters : turn(closed.characters);
    for (const character of characters) top().characters.push(character);
  };
  for (const character of text) {
    if (character === RIGHT_TO_LEFT_OVERRIDE) open.push({ turned: true, characters: [] });
    else if (character === '\u202d' || character === '\u202a') open.push({ turned: false, characters: [] });
    else if (character === '\u202b') open.push({ turned: top().turned, characters: [] });
    else if (character === '\u202c') {
      if (open.length > 1) close();
    } else if (character === '\n' || character === '\r' || character === '\u2029') {
      while (open.length > 1) close();
      top().characters.push(character);
    } else top().characters.push(character);
  }
  while (open.length > 1) close();
  return top().characters.join('');
}

/** Reverses characters but keeps marks after their base. */
function turn(characters: readonly string[]): string[] {
  const clusters: string[] = [];
  for (const character of characters) {
    const last = clusters.length - 1;
    if (last >= 0 && /^[\p{M}\u200d]/u.test(character)) clusters[last] = (clusters[last] ?? '') + character;
    else clusters.push(MIRRORED.get(character) ?? character);
  }
  return clusters.reverse();
}

const isWordUnit = (unit: number): boolean => classOf[unit] === WORD;

/** Step 5. */
function rewriteConfusables(units: Uint16Array, length: number, counters: ObfuscationCounters): void {
  const conditions = conditionOf;
  const letterKinds = letterOf;
  const classes = classOf;
  let alphabets = false;
  for (let i = 0; i < length; i++) {
    const unit = units[i] ?? 0;
    const condition = conditions[unit];
    alphabets ||= letterKinds[unit] === ALPHABETIC;
    if (condition !== ALWAYS && condition !== ALWAYS_COUNTED) continue;
    // Whatever its class, also inside a word; what it becomes decides about its word.
    units[i] = asciiOf[unit] ?? 0;
    if (condition === ALWAYS_COUNTED) counters.confusable++;
  }
  if (!alphabets) return;

  let besideLatin = false;
  /** Start of a stretch of words made of look-alikes alone that awaits its right neighbour; -1 for none. */
  let waiting = -1;
  let i = 0;
  while (i < length) {
    if (classes[units[i] ?? 0] !== WORD) {
      i++;
      continue;
    }
    const start = i;
    let latin = 0;
    let foreign = 0;
    let strong = 0;
    let weak = 0;
    let letters = 0;
    for (; i < length && classes[units[i] ?? 0] === WORD; i++) {
      const unit = units[i] ?? 0;
      const letter = letterKinds[unit];
      if (letter === DIGIT) continue;
      letters++;
      if (letter === LATIN) latin++;
      if (letter === ALPHABETIC) foreign++;
      const condition = conditions[unit];
      if (condition === BESIDE_LATIN) strong++;
      if (condition === AMONG_LATIN) weak++;
    }
    if (letters === 0) continue;
    if (latin > 0) {
      if (foreign > 0) counters.mixedScript++;
      if (strong + weak > 0) counters.confusable += rewrite(units, start, i, AMONG_LATIN);
      if (waiting >= 0) counters.confusable += rewrite(units, waiting, start, BESIDE_LATIN);
      waiting = -1;
      besideLatin = true;
    } else if (strong === letters) {
      if (besideLatin) counters.confusable += rewrite(units, start, i, BESIDE_LATIN);
      else if (waiting < 0) waiting = start;
    } else {
      waiting = -1;
      besideLatin = false;
    }
  }
}

/** Rewrites what `condition` allows in [from, to) and returns how many letters. */
function rewrite(units: Uint16Array, from: number, to: number, condition: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const unit = units[i] ?? 0;
    const wants = conditionOf[unit] ?? 0;
    if (wants < BESIDE_LATIN || wants > condition) continue;
    units[i] = asciiOf[unit] ?? 0;
    count++;
  }
  return count;
}

/** End of the chunk that starts at `start`, and whether it is an address, which steps 7 and 9 leave alone. */
function chunkEnd(units: Uint16Array, length: number, start: number): number {
  let end = start;
  while (end < length && classOf[units[end] ?? 0] !== SPACE) end++;
  return end;
}

function isAddress(units: Uint16Array, start: number, end: number): boolean {
  const W = 0x77;
  if (
    end - start > 4 &&
    units[start] === W &&
    units[start + 1] === W &&
    units[start + 2] === W &&
    units[start + 3] === 0x2e
  ) {
    return true;
  }
  for (let i = start + 1; i + 2 < end; i++) {
    if (units[i] === 0x3a && units[i + 1] === 0x2f && units[i + 2] === 0x2f) return true;
  }
  return false;
}

const isLeetTokenUnit = (unit: number): boolean => isWordUnit(unit) || isSign(unit);

/**
 * Step 7. A token is a stretch of letters, digits and @ $ !, without ! and @ at its end and ! at its start; one that starts with @
 * is a mention. It must have a Latin letter and no other. A run of digits and signs between letters is read as letters if each has
 * a reading; at an end of the token only if it is one character, or signs alone, or the same digit ("a55", "5ex", "$hit", not
 * "covid19", "100kg", "$20k"). Runs are rewritten whole or not at all, so that a second pass sees the same runs.
 */
function rewriteLeet(units: Uint16Array, length: number, counters: ObfuscationCounters): void {
  for (let start = 0; start < length; start++) {
    if (classOf[units[start] ?? 0] === SPACE) continue;
    const end = chunkEnd(units, length, start);
    if (!isAddress(units, start, end)) {
      for (let i = start; i < end; i++) {
        if (!isLeetTokenUnit(units[i] ?? 0)) continue;
        const from = i;
        while (i < end && isLeetTokenUnit(units[i] ?? 0)) i++;
        counters.leet += rewriteLeetToken(units, from, i);
      }
    }
    start = end;
  }
}

function rewriteLeetToken(units: Uint16Array, tokenStart: number, tokenEnd: number): number {
  let start = tokenStart;
  let end = tokenEnd;
  while (start < end && units[start] === BANG) start++;
  while (end > start && (units[end - 1] === BANG || units[end - 1] === AT)) end--;
  if (start === end || units[start] === AT) return 0;
  let latin = 0;
  let readable = 0;
  for (let i = start; i < end; i++) {
    const unit = units[i] ?? 0;
    const letter = letterOf[unit];
    if (letter === LATIN) latin++;
    else if (letter !== DIGIT && !isSign(unit)) return 0;
    if (leetOf[unit] !== 0) readable++;
  }
  if (latin === 0 || readable === 0) return 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    if (letterOf[units[i] ?? 0] === LATIN) continue;
    const from = i;
    let allReadable = true;
    let allSame = true;
    let allSigns = true;
    for (; i < end && letterOf[units[i] ?? 0] !== LATIN; i++) {
      const unit = units[i] ?? 0;
      if (leetOf[unit] === 0) allReadable = false;
      if (unit !== units[from]) allSame = false;
      if (!isSign(unit)) allSigns = false;
    }
    const between = from > start && i < end;
    if (!allReadable || !(between || allSame || allSigns)) continue;
    for (let k = from; k < i; k++) units[k] = leetOf[units[k] ?? 0] ?? 0;
    count += i - from;
  }
  return count;
}

/** Step 8: three or more single letters of one kind, each pair parted by one separator. */
function joinLetters(units: Uint16Array, length: number, counters: ObfuscationCounters): number {
  let to = 0;
  let i = 0;
  while (i < length) {
    const unit = units[i] ?? 0;
    const letter = letterOf[unit];
    if ((letter === LATIN || letter === ALPHABETIC) && (i === 0 || !isWordUnit(units[i - 1] ?? 0))) {
      let run = 0;
      let at = i;
      while (
        at < length &&
        letterOf[units[at] ?? 0] === letter &&
        (at + 1 >= length || !isWordUnit(units[at + 1] ?? 0))
      ) {
        run++;
        if (at + 2 < length && isSeparator(units[at + 1] ?? 0)) at += 2;
        else break;
      }
      if (run >= 3) {
        for (let k = 0; k < run; k++) units[to++] = units[i + 2 * k] ?? 0;
        counters.spacedLetters += run;
        i += 2 * run - 1;
        continue;
      }
    }
    units[to++] = unit;
    i++;
  }
  return to;
}

/**
 * Step 9: three or more of one code point become two; digits and white space keep their number, and an ellipsis its three stops: every
 * eighth post has one, and it hides nothing.
 */
function squeeze(units: Uint16Array, length: number, counters: ObfuscationCounters): number {
  let to = 0;
  let i = 0;
  while (i < length) {
    if (classOf[units[i] ?? 0] === SPACE) {
      units[to++] = units[i++] ?? 0;
      continue;
    }
    const end = chunkEnd(units, length, i);
    const keep = isAddress(units, i, end);
    while (i < end) {
      const unit = units[i] ?? 0;
      const low = i + 1 < end ? (units[i + 1] ?? 0) : 0;
      const width = unit >= 0xd800 && unit <= 0xdbff && low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
      let run = 1;
      while (
        i + (run + 1) * width <= end &&
        units[i + run * width] === unit &&
        (width === 1 || units[i + run * width + 1] === low)
      ) {
        run++;
      }
      const most = unit === STOP ? 3 : 2;
      const kept = run <= most || keep || letterOf[unit] === DIGIT ? run : most;
      if (kept < run) counters.repeats++;
      for (let k = 0; k < kept * width; k++) units[to++] = units[i + k] ?? 0;
      i += run * width;
    }
  }
  return to;
}

/** A stretch of units as a string, in slices that fit an argument list. */
export function textOf(units: Uint16Array, length: number): string {
  let text = '';
  for (let from = 0; from < length; from += 4096) {
    // Not as `...`, which walks an iterator: 6 us where this takes 1 for 60 units.
    const slice = units.subarray(from, Math.min(length, from + 4096));
    text += Reflect.apply(String.fromCharCode, null, slice) as string;
  }
  return text;
}

const reader = createTextReader();

/** The normalised view of a text (redteam 6.4, steps 1-9) and what was met on the way. `normalise(normalise(x).text).text` is the same. */
export function normalise(text: string): { readonly text: string; readonly counters: ObfuscationCounters } {
  const views = reader.read(text);
  return { text: textOf(views.normalised, views.normalisedLength), counters: { ...views.counters } };
}
