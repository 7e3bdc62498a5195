import { fingerprint } from '../text/fingerprint.js';
import { bandKeys, BANDS, jaccard, shingles } from '../text/min-hash.js';

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

const leastJaccard = 0.8;

/**
 * Near-copies between evaluated rows and training texts. The evaluated side, the smaller one, is held in memory (about
 * 1 KiB a row); training texts pass by one at a time. Rows whose text is gone cannot be checked and are not counted.
 */
export function findContamination(evaluated: readonly KeyedText[], training: Iterable<KeyedText>): ContaminationReport {
  const withText = evaluated.filter(({ text }) => text !== '');
  const byPrint = new Map<string, KeyedText[]>();
  for (const row of withText) {
    const print = fingerprint(row.text);
    const same = byPrint.get(print);
    if (same === undefined) byPrint.set(print, [row]);
    else same.push(row);
  }
  const buckets = Array.from({ length: BANDS }, () => new Map<number, string[]>());
  const sets = new Map<string, Uint32Array>();
  for (const print of byPrint.keys()) {
    const set = shingles(print);
    sets.set(print, set);
    for (const [band, key] of bandKeys(set).entries()) {
      const members = buckets[band]?.get(key);
      if (members === undefined) buckets[band]?.set(key, [print]);
      else members.push(print);
    }
  }
  const copyOf = new Map<string, string>();
  let against = 0;
  for (const { key, text } of training) {
    if (text === '') continue;
    against += 1;
    const print = fingerprint(text);
    if (sets.has(print)) {
      if (!copyOf.has(print)) copyOf.set(print, key);
      continue;
    }
    const set = shingles(print);
    for (const [band, bandKey] of bandKeys(set).entries()) {
      for (const candidate of buckets[band]?.get(bandKey) ?? []) {
        if (copyOf.has(candidate) || jaccard(set, sets.get(candidate) ?? set) < leastJaccard) continue;
        copyOf.set(candidate, key);
      }
    }
  }
  const hits = [...byPrint].flatMap(([print, rows]) => {
    const copy = copyOf.get(print);
    return copy === undefined ? [] : rows.map(({ key }) => ({ key, copyOf: copy }));
  });
  return { checked: withText.length, against, hits };
}
