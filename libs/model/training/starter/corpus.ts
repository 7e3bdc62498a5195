import { groupNearDuplicates } from '../../text/near-duplicates.js';
import type { LabelledText } from '../labelled-text.js';
import type { PublicRow } from './public-sources.js';

export interface Corpus {
  readonly inDomain: readonly LabelledText[];
  /** Near-duplicate group of each in-domain row. */
  readonly groups: readonly number[];
  readonly publicRows: readonly PublicRow[];
  readonly droppedAsCopiesOfInDomain: number;
  readonly mergedAsCopies: number;
}

/**
 * Removes near-duplicates across all sources (labels 2.5): public rows in a group with an in-domain row go; public rows
 * of one group and equal labels become one. Rows of one group with different labels both stay: two of the sources are
 * made of minimal pairs, in which that one changed word is the lesson.
 */
export function buildCorpus(inDomain: readonly LabelledText[], publicRows: readonly PublicRow[]): Corpus {
  const roots = groupNearDuplicates([...inDomain.map(({ text }) => text), ...publicRows.map(({ text }) => text)]);
  const evaluated = new Set(roots.subarray(0, inDomain.length));
  const seen = new Set<string>();
  const kept: PublicRow[] = [];
  let copies = 0;
  for (const [i, row] of publicRows.entries()) {
    const root = roots[inDomain.length + i] ?? 0;
    if (evaluated.has(root)) {
      copies += 1;
      continue;
    }
    const key = `${root} ${signature(row.labels)}`;
    if (row.text.trim() === '' || seen.has(key)) continue;
    seen.add(key);
    kept.push(row);
  }
  return {
    inDomain,
    groups: [...roots.subarray(0, inDomain.length)],
    publicRows: kept,
    droppedAsCopiesOfInDomain: copies,
    mergedAsCopies: publicRows.length - copies - kept.length,
  };
}

function signature(labels: PublicRow['labels']): string {
  return Object.entries(labels)
    .map(([category, label]) => `${category}${Math.round(label)}`)
    .sort()
    .join();
}
