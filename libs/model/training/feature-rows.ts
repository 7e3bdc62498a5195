import type { Featuriser } from '../features/featuriser.js';
import type { SparseRows } from './design-matrix.js';

/** Features of each text as compressed rows. Ids are sorted, so that sums do not depend on the order of meeting. */
export function featureRows(
  featuriser: Pick<Featuriser, 'features' | 'settings'>,
  texts: readonly string[],
  onProgress?: (done: number) => void,
): SparseRows {
  const starts = new Int32Array(texts.length + 1);
  let ids = new Int32Array(Math.max(1024, texts.length * 256));
  let used = 0;
  for (const [row, text] of texts.entries()) {
    const { ids: found, count } = featuriser.features(text);
    if (used + count > ids.length) {
      const grown = new Int32Array(2 * (used + count));
      grown.set(ids);
      ids = grown;
    }
    ids.set(found.subarray(0, count), used);
    ids.subarray(used, used + count).sort();
    used += count;
    starts[row + 1] = used;
    if ((row & 1023) === 1023) onProgress?.(row + 1);
  }
  return { rows: texts.length, columns: featuriser.settings.buckets, starts, ids: ids.slice(0, used) };
}

/** In how many rows each feature occurs. */
export function documentFrequency(rows: SparseRows): Uint32Array {
  const frequency = new Uint32Array(rows.columns);
  for (const id of rows.ids) frequency[id] = (frequency[id] ?? 0) + 1;
  return frequency;
}
