import path from 'node:path';
import { projectRoot } from '#platform/config';
import { readCorpora } from '../scoring/corpus.js';

/** More than fit any cache of the processor. */
const MOST_TEXTS = 20_000;
/** What a content may hold. */
const LONGEST = 32_768;

export interface Texts {
  readonly name: string;
  readonly texts: readonly string[];
}

export interface TextsOptions {
  readonly data: string;
  readonly corpus: string;
}

/** Real posts where the public data is there, else the sentences of this repository; the same ones each time. */
export function readTexts({ data, corpus }: TextsOptions): Texts {
  const found = readCorpora(data, path.join(projectRoot, 'samples'));
  const chosen = corpus === 'all' ? found : found.filter(({ name }) => name === corpus);
  const taken = chosen.length > 0 ? chosen : found.slice(0, 1);
  const texts = spreadOut(taken.flatMap(({ texts: some }) => some).filter(isAllowed), MOST_TEXTS);
  return { name: taken.map(({ name }) => name).join(' + '), texts };
}

function isAllowed(text: string): boolean {
  return text.length <= LONGEST && text.isWellFormed();
}

/** At most `count`, evenly from begin to end, because files are sorted by source. */
function spreadOut(texts: readonly string[], count: number): readonly string[] {
  const step = Math.max(1, texts.length / count);
  return Array.from({ length: Math.min(count, texts.length) }, (_, n) => texts[Math.floor(n * step)] ?? '');
}

/** Lengths in UTF-16 code units. */
export function describeTexts({ name, texts }: Texts) {
  const lengths = texts.map(({ length }) => length).sort((a, b) => a - b);
  const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))] ?? 0;
  const characters = lengths.reduce((all, length) => all + length, 0);
  return {
    name,
    documents: texts.length,
    mean: Math.round(characters / texts.length),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
  };
}
