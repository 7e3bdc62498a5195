import { hash } from 'node:crypto';
import type { Split } from '../dataset/dataset-row.js';
import { fingerprint } from './fingerprint.js';
import { bandKeys, BANDS, nearCopyFrom, shingles } from './min-hash.js';

/**
 * Hashes that are kept of a text: all 5-grams of a text of up to 260 characters, so that similarity is exact; of a longer one the smallest, whose
 * estimate has a standard deviation of .025 at J = .8. 128 MinHash values, as long as a sketch of 128, have .035 for every text.
 */
const SKETCH = 256;
/** Members of one group that are kept in one bucket: in a flood of near-copies the others say nothing new. */
const MOST_OF_A_GROUP = 16;
/** Texts that one text is compared with; one of a template with thousands of unlike variants founds a group after these. */
const MOST_COMPARED = 1024;
const KEY_DIGITS = 32;

/** What near-copies share, without the text. */
export interface DuplicatePrint {
  /** SHA-256 of the fingerprint, 32 hex digits: equal for exact copies. */
  readonly exactKey: string;
  /** One key (below 2^53) for each of 16 bands; texts that share one at the same place are candidates. */
  readonly bands: Float64Array;
  /** The smallest hashes of its 5-grams, at most 256, ascending. */
  readonly sketch: Uint32Array;
}

/** What is kept of a text for ever, in the order in which texts came: hashes only. */
export interface DuplicateEntry extends DuplicatePrint {
  readonly key: string;
  /** Root of its group when it came: the first member. Itself when it founds a group or is quarantined. */
  readonly root: string;
  /** Roots of further groups that it is a near-copy of: with equal splits merged into the oldest, else what a quarantined item would tie. */
  readonly tied: readonly string[];
  /** `none` of a quarantined item. */
  readonly split: Split;
  readonly isQuarantined: boolean;
}

/** Near-duplicate groups and their splits as a function of the order in which texts came (labels 2.5). */
export interface DuplicateRegistry {
  /** The entry of the item; a known key gives the entry that it has, whatever the text. */
  readonly add: (item: { readonly key: string; readonly text: string }) => DuplicateEntry;
  readonly entryOf: (key: string) => DuplicateEntry | undefined;
  /** Root of its group now: groups of one split may have been merged since it came. */
  readonly rootOf: (key: string) => string | undefined;
  /** Members of its group now; 0 for an unknown key. */
  readonly sizeOf: (key: string) => number;
  readonly splitOf: (key: string) => Split | undefined;
  readonly size: () => number;
}

export interface DuplicateRegistryOptions {
  /** Secret: platforms choose ids and must not foresee a split. */
  readonly salt: string;
  /** Entries of an earlier registry with the same salt, in the order in which it made them. */
  readonly known?: Iterable<DuplicateEntry>;
}

/** Entries that a registry cannot go on from. */
export class DuplicateRegistryError extends Error {
  constructor(key: string, detail: string) {
    super(`duplicate registry, entry '${key}': ${detail}`);
    this.name = 'DuplicateRegistryError';
  }
}

/** Split of a root, by hash, for ever: 80 % train, 10 % validation, 10 % test (labels 2.5; u as in sampling 1.1). */
export function splitOfRoot(salt: string, root: string): Exclude<Split, 'none'> {
  const digest = hash('sha256', `${salt}|split|${root}`, 'buffer');
  const u = (digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11)) / 2 ** 53;
  if (u < 0.8) return 'train';
  return u < 0.9 ? 'validation' : 'test';
}

export function duplicatePrint(text: string): DuplicatePrint {
  return printOf(fingerprint(text));
}

function printOf(print: string, exactKey = exactKeyOf(print)): DuplicatePrint {
  const set = shingles(print);
  return { exactKey, bands: bandKeys(set), sketch: set.slice(0, SKETCH) };
}

function exactKeyOf(print: string): string {
  return hash('sha256', print, 'hex').slice(0, KEY_DIGITS);
}

/** Jaccard similarity of the sets of 5-grams that two sketches were taken from: exact below 256 of them, else an estimate. */
export function sketchSimilarity(a: Uint32Array, b: Uint32Array): number {
  // Below the last hash of a full sketch both are complete.
  const limit = Math.min(
    a.length < SKETCH ? Infinity : (a[SKETCH - 1] ?? 0),
    b.length < SKETCH ? Infinity : (b[SKETCH - 1] ?? 0),
  );
  let i = 0;
  let k = 0;
  let both = 0;
  let either = 0;
  while (i < a.length || k < b.length) {
    const left = a[i] ?? Infinity;
    const right = b[k] ?? Infinity;
    if (Math.min(left, right) > limit) break;
    if (left === right) both++;
    if (left <= right) i++;
    if (right <= left) k++;
    either++;
  }
  return either === 0 ? 1 : both / either;
}

/**
 * Groups of near-duplicates, one text after the other: an exact copy joins the group of its first; a near-copy (16 x 8 bands, Jaccard .8) the
 * oldest group that it is near. A root keeps its split for ever: groups of one split that a text ties become one, and a text that ties
 * groups of different splits is quarantined, in no split and in nobody's way. The same texts in the same order give the same entries, and a registry
 * that goes on from `known` gives what it would have given without the break.
 */
export function createDuplicateRegistry({ salt, known = [] }: DuplicateRegistryOptions): DuplicateRegistry {
  const entries: DuplicateEntry[] = [];
  const indexOf = new Map<string, number>();
  const firstOf = new Map<string, number>();
  /** Union-find over entries; the smallest index is the root. */
  const parent: number[] = [];
  /** Members by root. */
  const sizes: number[] = [];
  const buckets = Array.from({ length: BANDS }, () => new Map<number, number | number[]>());
  /** By entry: the newest text that it was compared with. */
  const comparedWith: number[] = [];

  const find = (start: number): number => {
    let at = start;
    for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
      const over = parent[up] ?? up;
      parent[at] = over;
      at = over;
    }
    return at;
  };
  const keyAt = (index: number): string => entries[index]?.key ?? '';
  const indexOfRoot = (root: string, key: string): number => {
    const index = indexOf.get(root);
    if (index === undefined) {
      throw new DuplicateRegistryError(
        key,
        `its root '${root}' did not come before it; give the entries in their order`,
      );
    }
    return find(index);
  };
  const join = (a: number, b: number): void => {
    const left = find(a);
    const right = find(b);
    if (left === right) return;
    const [root, other] = left < right ? [left, right] : [right, left];
    parent[other] = root;
    sizes[root] = (sizes[root] ?? 0) + (sizes[other] ?? 0);
  };

  const file = (index: number, bands: Float64Array): void => {
    const root = find(index);
    for (let band = 0; band < BANDS; band++) {
      const bucket = buckets[band];
      const value = bands[band] ?? 0;
      const members = bucket?.get(value);
      // Most buckets have one member: a list for each took twice the memory.
      if (members === undefined) bucket?.set(value, index);
      else if (typeof members === 'number') bucket?.set(value, [members, index]);
      else {
        let same = 0;
        for (const member of members) if (find(member) === root) same++;
        if (same < MOST_OF_A_GROUP) members.push(index);
      }
    }
  };

  /** Takes an entry in, new or known: one way for both, so that both lead to the same state. */
  const remember = (entry: DuplicateEntry): DuplicateEntry => {
    const index = entries.length;
    entries.push(entry);
    indexOf.set(entry.key, index);
    parent.push(index);
    sizes.push(1);
    comparedWith.push(-1);
    const isFirst = !firstOf.has(entry.exactKey);
    if (isFirst) firstOf.set(entry.exactKey, index);
    if (entry.root !== entry.key) join(indexOfRoot(entry.root, entry.key), index);
    if (entry.isQuarantined) return entry;
    for (const tied of entry.tied) join(indexOfRoot(tied, entry.key), index);
    if (isFirst) file(index, entry.bands);
    return entry;
  };

  /** Roots of the groups that have a near-copy of it, oldest first. */
  const groupsNear = ({ bands, sketch }: DuplicatePrint): number[] => {
    const near = new Set<number>();
    const turn = entries.length;
    let compared = 0;
    for (let band = 0; band < BANDS; band++) {
      const members = buckets[band]?.get(bands[band] ?? 0);
      if (members === undefined) continue;
      for (const member of typeof members === 'number' ? [members] : members) {
        if (comparedWith[member] === turn) continue;
        const root = find(member);
        if (near.has(root)) continue;
        comparedWith[member] = turn;
        if (++compared > MOST_COMPARED) return [...near].sort((a, b) => a - b);
        const other = entries[member]?.sketch;
        if (other !== undefined && sketchSimilarity(sketch, other) >= nearCopyFrom) near.add(root);
      }
    }
    return [...near].sort((a, b) => a - b);
  };

  const splitAt = (index: number): Split => entries[find(index)]?.split ?? 'none';

  for (const entry of known) {
    if (indexOf.has(entry.key)) throw new DuplicateRegistryError(entry.key, 'stands twice');
    if (entry.root === entry.key && !entry.isQuarantined && entry.split !== splitOfRoot(salt, entry.key)) {
      throw new DuplicateRegistryError(
        entry.key,
        'its split is that of another salt; use the salt that it was made with',
      );
    }
    remember(entry);
  }

  return {
    add({ key, text }) {
      const old = entries[indexOf.get(key) ?? -1];
      if (old !== undefined) return old;
      const print = fingerprint(text);
      const exactKey = exactKeyOf(print);
      const first = firstOf.get(exactKey);
      const original = entries[first ?? -1];
      if (first !== undefined && original !== undefined) {
        const { bands, sketch, isQuarantined } = original;
        const root = keyAt(find(first));
        return remember({ key, exactKey, bands, sketch, root, tied: [], split: splitAt(first), isQuarantined });
      }
      const hashes = printOf(print, exactKey);
      const [oldest, ...others] = groupsNear(hashes);
      if (oldest === undefined) {
        const split = splitOfRoot(salt, key);
        return remember({ key, ...hashes, root: key, tied: [], split, isQuarantined: false });
      }
      const split = splitAt(oldest);
      if (others.every((other) => splitAt(other) === split)) {
        const tied = others.map(keyAt);
        return remember({ key, ...hashes, root: keyAt(oldest), tied, split, isQuarantined: false });
      }
      const tied = [oldest, ...others].map(keyAt);
      return remember({ key, ...hashes, root: key, tied, split: 'none', isQuarantined: true });
    },
    entryOf: (key) => entries[indexOf.get(key) ?? -1],
    rootOf(key) {
      const index = indexOf.get(key);
      return index === undefined ? undefined : keyAt(find(index));
    },
    sizeOf(key) {
      const index = indexOf.get(key);
      return index === undefined ? 0 : (sizes[find(index)] ?? 0);
    },
    splitOf(key) {
      const index = indexOf.get(key);
      return index === undefined ? undefined : splitAt(index);
    },
    size: () => entries.length,
  };
}
