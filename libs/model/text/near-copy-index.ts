import { BANDS } from './min-hash.js';
import type { DuplicatePrint } from './duplicate-registry.js';

/** What a text is looked up by. */
export interface CopyKeys extends Pick<DuplicatePrint, 'exactKey'> {
  readonly bands: ArrayLike<number>;
}

/** Texts by what copies of them share (labels 2.5). Holds hashes, no text: about 1 KiB for each. */
export interface NearCopyIndex<T> {
  readonly add: (print: CopyKeys, item: T) => void;
  /** Items with the same fingerprint. */
  readonly copiesOf: (print: Pick<CopyKeys, 'exactKey'>) => readonly T[];
  /**
   * Each item once that is an exact copy or shares one of the 16 band keys: nearly all of J = .9, 95 % of J = .8, 6 % of J = .5. Whoever asks
   * decides whether that is enough or similarity is measured.
   */
  readonly candidatesOf: (print: CopyKeys) => ReadonlySet<T>;
  /** Whether it has candidates, without counting them. */
  readonly hasCandidates: (print: CopyKeys) => boolean;
}

export function createNearCopyIndex<T>(): NearCopyIndex<T> {
  const exact = new Map<string, T[]>();
  const buckets = Array.from({ length: BANDS }, () => new Map<number, T[]>());
  const file = <K>(into: Map<K, T[]>, key: K, item: T): void => {
    const members = into.get(key);
    if (members === undefined) into.set(key, [item]);
    else members.push(item);
  };
  const copiesOf = ({ exactKey }: Pick<CopyKeys, 'exactKey'>): readonly T[] => exact.get(exactKey) ?? [];
  return {
    add({ exactKey, bands }, item) {
      file(exact, exactKey, item);
      buckets.forEach((bucket, band) => {
        file(bucket, bands[band] ?? 0, item);
      });
    },
    copiesOf,
    candidatesOf(print) {
      const found = new Set(copiesOf(print));
      buckets.forEach((bucket, band) => bucket.get(print.bands[band] ?? 0)?.forEach((item) => found.add(item)));
      return found;
    },
    hasCandidates: ({ exactKey, bands }) =>
      exact.has(exactKey) || buckets.some((bucket, band) => bucket.has(bands[band] ?? 0)),
  };
}

/** Tells training texts that are, or may be, copies of what models are judged by. */
export interface ContaminationGuard {
  readonly add: (print: CopyKeys) => void;
  /** Whether it has a candidate at all: before a training, a text too many is left out rather than one too few. */
  readonly hits: (print: CopyKeys) => boolean;
}

export function createContaminationGuard(): ContaminationGuard {
  const index = createNearCopyIndex<null>();
  return {
    add: (print) => {
      // Copies have the same keys.
      if (index.copiesOf(print).length === 0) index.add(print, null);
    },
    hits: index.hasCandidates,
  };
}
