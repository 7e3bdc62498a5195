import { duplicatePrint, sketchSimilarity } from '../text/duplicate-registry.js';
import type { DuplicatePrint } from '../text/duplicate-registry.js';
import { nearCopyFrom } from '../text/min-hash.js';
import { createNearCopyIndex } from '../text/near-copy-index.js';

/** Rows under evaluation that the model may have learned by heart (labels 2.5). Keys only. */
export interface ContaminationReport {
  /** Rows with a text that were looked up, and training texts that they were looked up among. */
  readonly checked: number;
  readonly against: number;
  /** Evaluated row and the first training row that is a near-copy: equal fingerprints or Jaccard similarity of .8 and more. */
  readonly hits: readonly { readonly key: string; readonly copyOf: string }[];
}

interface KeyedText {
  readonly key: string;
  readonly text: string;
}

/** An evaluated text, whatever the number of rows that have it. */
interface Evaluated {
  readonly print: DuplicatePrint;
  readonly keys: string[];
  copyOf: string | null;
}

/**
 * Near-copies between evaluated rows and training texts, judged as data sets judge them. The evaluated side, the smaller one, is held in
 * memory (about 2 KiB a row); training texts pass by one at a time. Rows whose text is gone cannot be checked and are not counted.
 */
export function findContamination(evaluated: readonly KeyedText[], training: Iterable<KeyedText>): ContaminationReport {
  const withText = evaluated.filter(({ text }) => text !== '');
  const index = createNearCopyIndex<Evaluated>();
  const all: Evaluated[] = [];
  for (const { key, text } of withText) {
    const print = duplicatePrint(text);
    const [same] = index.copiesOf(print);
    if (same !== undefined) same.keys.push(key);
    else {
      const one: Evaluated = { print, keys: [key], copyOf: null };
      all.push(one);
      index.add(print, one);
    }
  }
  let against = 0;
  for (const { key, text } of training) {
    if (text === '') continue;
    against += 1;
    const print = duplicatePrint(text);
    for (const candidate of index.candidatesOf(print)) {
      if (candidate.copyOf !== null) continue;
      const isCopy =
        candidate.print.exactKey === print.exactKey ||
        sketchSimilarity(candidate.print.sketch, print.sketch) >= nearCopyFrom;
      if (isCopy) candidate.copyOf = key;
    }
  }
  const copyOf = new Map(
    all.flatMap(({ keys, copyOf: copy }) => (copy === null ? [] : keys.map((key) => [key, copy] as const))),
  );
  return {
    checked: withText.length,
    against,
    hits: withText.flatMap(({ key }) => {
      const copy = copyOf.get(key);
      return copy === undefined ? [] : [{ key, copyOf: copy }];
    }),
  };
}
