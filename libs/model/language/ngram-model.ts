import { readFile } from 'node:fs/promises';
import { eachUnit } from '../text/units.js';

/** The two likeliest languages of a text; `runnerUp` is 0 where no second one has a score. */
export interface NgramGuess {
  readonly language: string;
  /** 0 to 1. */
  readonly score: number;
  readonly runnerUp: number;
}

export interface NgramModel {
  /** The guess for the first `length` (at most MOST_UNITS) of lower-cased units; undefined when no n-gram is known. */
  guess(units: Uint16Array, length: number): NgramGuess | undefined;
}

export const MOST_UNITS = 64;

/** Of one word; the last n-gram of a longer one is all that follows the 66th. */
const LONGEST_WORD = 70;
const GRAM = 4;
const STRIDE = 3;
/** The data leaves this out of each score. */
const BASE_SCORE = 53;
/** score / (score + SCALE) lies between 0 and 1. */
const SCALE = 25;

const BLANK = 0x20;
/** The one letter that lower-casing by unit leaves (test), because its small letter is two units: i and a combining dot. */
const DOTTED_CAPITAL_I = 0x130;
const COMBINING_DOT = 0x307;

const BREAK = 0;
const LETTER = 1;
const QUOTE = 2;

/**
 * The n-gram model of `eld` (data `extrasmall`) for short texts, with the answers of its `detect` to the last bit (test). `eld` keeps an
 * object for each of its 49,553 n-grams (29 MB of heap; walking them made a full collection 30 ms longer) and sorts 60 languages into
 * new objects for each text: 25 to 60 us. Here its data file is read as text into flat tables (2 MB), and a text costs 2 to 3 us.
 *
 * These files are not part of the public interface of `eld`, so its version is pinned, and files of another layout throw.
 */
export async function loadNgramModel(): Promise<NgramModel> {
  const entry = import.meta.resolve('eld/extrasmall');
  const fileOf = (path: string): URL => new URL(path, entry);
  const { dictionary } = (await import(fileOf('../dictionary.js').href)) as { readonly dictionary?: readonly string[] };
  const { separators } = (await import(fileOf('../regexPatterns.js').href)) as { readonly separators?: RegExp };
  const data = parseNgrams(await readFile(fileOf('../ngrams/extrasmall.js'), 'utf8'));
  if (dictionary?.length !== 256 || separators === undefined || data.languages.length === 0 || data.grams === 0) {
    throw new Error(`eld: no n-gram data as of version 2.1.0 beside ${entry}; install that version`);
  }
  return createNgramModel(data, codesOf(dictionary), kindsOf(separators));
}

interface NgramData {
  readonly languages: readonly string[];
  readonly grams: number;
  /** By place: the n-gram as two packed halves, and where its scores start in `scores`; a first half of 0 is an empty place. */
  readonly places: Int32Array;
  readonly mask: number;
  /** For each n-gram the number of its languages, then language and score of each. */
  readonly scores: Uint16Array;
}

/** `{type:…,languages:{0:'am',…},…,ngrams:{' abc':{0:176,…},…}}` */
function parseNgrams(source: string): NgramData {
  const [head = '', body = ''] = source.split('ngrams:{', 2);
  const languages: string[] = [];
  for (const [, index, language = ''] of head.matchAll(/(\d+):'([a-z]{2,3})'/g)) languages[Number(index)] = language;

  const starts = new Map<string, number>();
  const scores: number[] = [];
  for (const [, quoted, bare, entries = ''] of body.matchAll(/(?:'((?:[^'\\]|\\.)*)'|([^\s,:{}']+)):\{([\d:,]+)\}/g)) {
    const gram = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    const pairs = entries.split(',');
    starts.set(gram, scores.length);
    scores.push(pairs.length);
    for (const pair of pairs) {
      const [language, score] = pair.split(':');
      scores.push(Number(language), Number(score) + BASE_SCORE);
    }
  }

  // Half empty at least, so that a search ends after one or two places.
  let capacity = 1;
  while (capacity < 2 * starts.size) capacity *= 2;
  const mask = capacity - 1;
  const places = new Int32Array(3 * capacity);
  for (const [gram, start] of starts) {
    const front = pack(gram, 0);
    const rest = pack(gram, 3);
    let place = placeOf(front, rest, mask);
    while (places[3 * place] !== 0) place = (place + 1) & mask;
    places.set([front, rest, start], 3 * place);
  }
  return { languages, grams: starts.size, places, mask, scores: Uint16Array.from(scores) };
}

/** The up to three units of a text from `from` in one number; n-grams have at most six units, all below 256. */
function pack(gram: string, from: number): number {
  let packed = 0;
  for (let i = from; i < Math.min(gram.length, from + 3); i++) packed = (packed << 8) | gram.charCodeAt(i);
  return packed;
}

const { imul } = Math;

function placeOf(front: number, rest: number, mask: number): number {
  const hash = imul(imul(front, 0x9e3779b1) ^ rest, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) & mask;
}

/** By byte of UTF-8: the unit that stands for it in the n-grams; bytes that they do not know are blanks. */
function codesOf(dictionary: readonly string[]): Uint8Array {
  return Uint8Array.from(dictionary, (character) => character.charCodeAt(0));
}

/** By unit: what it is to a pattern that takes all but letters and leaves the quotes before a letter where they are. */
function kindsOf(separators: RegExp): Uint8Array {
  const kinds = new Uint8Array(0x10000).fill(BREAK);
  const others = /^\[\^(?<letters>.+)\]\+\(\?<!/s.exec(separators.source)?.groups?.['letters'];
  if (others === undefined) throw new Error('eld: its pattern of separators is not that of version 2.1.0');
  eachUnit(`[${others}]`, (unit) => {
    kinds[unit] = LETTER;
  });
  for (const quote of [0x27, 0x60, 0x2019]) kinds[quote] = QUOTE;
  return kinds;
}

function createNgramModel(data: NgramData, codeOf: Uint8Array, kindOf: Uint8Array): NgramModel {
  const { languages, places, mask, scores } = data;
  /** The word at hand as units of the n-grams: up to three bytes a unit. */
  const word = new Uint8Array(3 * MOST_UNITS);
  let wordLength = 0;
  /** The distinct n-grams so far, packed. */
  const fronts = new Int32Array(3 * MOST_UNITS);
  const rests = new Int32Array(3 * MOST_UNITS);
  let met = 0;
  const totals = new Int32Array(languages.length);

  function addUnit(unit: number): void {
    if (unit < 0x80) {
      word[wordLength++] = codeOf[unit] ?? 0;
    } else if (unit < 0x800) {
      word[wordLength++] = codeOf[0xc0 | (unit >> 6)] ?? 0;
      word[wordLength++] = codeOf[0x80 | (unit & 0x3f)] ?? 0;
    } else {
      word[wordLength++] = codeOf[0xe0 | (unit >> 12)] ?? 0;
      word[wordLength++] = codeOf[0x80 | ((unit >> 6) & 0x3f)] ?? 0;
      word[wordLength++] = codeOf[0x80 | (unit & 0x3f)] ?? 0;
    }
  }

  /** N-grams of four in steps of three, the first and the last with a blank at the border of the word. */
  function endWord(): void {
    const length = Math.min(wordLength, LONGEST_WORD);
    let from = 0;
    for (; from + GRAM < length; from += STRIDE) meet(from, from + GRAM, from === 0, false);
    meet(Math.max(0, length - GRAM), wordLength, from === 0, true);
    wordLength = 0;
  }

  function meet(from: number, to: number, opens: boolean, closes: boolean): void {
    let front = opens ? BLANK : 0;
    let rest = 0;
    let length = opens ? 1 : 0;
    const last = closes ? to + 1 : to;
    for (let i = from; i < last; i++) {
      const code = i < to ? (word[i] ?? 0) : BLANK;
      if (length < 3) front = (front << 8) | code;
      else if (length < 6) rest = (rest << 8) | code;
      else {
        // The rest of a word beyond its 70th byte: no known n-gram, told apart by its hash and counted.
        front = imul(front ^ rest, 0x85ebca6b) | (1 << 30);
        rest = imul(rest ^ code, 0x01000193);
      }
      length++;
    }
    for (let i = 0; i < met; i++) if (rests[i] === rest && fronts[i] === front) return;
    fronts[met] = front;
    rests[met++] = rest;
    for (let place = placeOf(front, rest, mask); places[3 * place] !== 0; place = (place + 1) & mask) {
      if (places[3 * place] !== front || places[3 * place + 1] !== rest) continue;
      const start = places[3 * place + 2] ?? 0;
      const end = start + 2 * (scores[start] ?? 0);
      for (let at = start + 1; at < end; at += 2) {
        const language = scores[at] ?? 0;
        totals[language] = (totals[language] ?? 0) + (scores[at + 1] ?? 0);
      }
      return;
    }
  }

  return {
    guess(units, length) {
      met = 0;
      wordLength = 0;
      totals.fill(0);
      let i = 0;
      while (i < length) {
        const unit = units[i] ?? 0;
        if (kindOf[unit] === LETTER) {
          addUnit(unit === DOTTED_CAPITAL_I ? 0x69 : unit);
          if (unit === DOTTED_CAPITAL_I) addUnit(COMBINING_DOT);
          i++;
          continue;
        }
        // Of a run of other units only the quotes at its end are kept: "don't", but not "'tis' so".
        const from = i;
        while (i < length && kindOf[units[i] ?? 0] !== LETTER) i++;
        let quotes = i;
        while (quotes > from && kindOf[units[quotes - 1] ?? 0] === QUOTE) quotes--;
        if (quotes > from && wordLength > 0) endWord();
        for (; quotes < i; quotes++) addUnit(units[quotes] ?? 0);
      }
      if (wordLength > 0) endWord();

      let language = -1;
      let score = 0;
      let runnerUp = 0;
      for (let candidate = 0; candidate < totals.length; candidate++) {
        const total = totals[candidate] ?? 0;
        if (total === 0) continue;
        const mean = total / met;
        const scaled = mean / (mean + SCALE);
        if (scaled > score) {
          runnerUp = score;
          score = scaled;
          language = candidate;
        } else if (scaled > runnerUp) {
          runnerUp = scaled;
        }
      }
      return language < 0 ? undefined : { language: languages[language] ?? 'und', score, runnerUp };
    },
  };
}
