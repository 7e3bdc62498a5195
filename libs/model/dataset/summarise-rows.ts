import { createRowDigest } from './canonical-row.js';
import type { CategoryCounts, DatasetManifest } from './dataset-manifest.js';
import type { DatasetRow, Split } from './dataset-row.js';

export type RowSummary = Pick<DatasetManifest, 'rows' | 'digest' | 'splits' | 'categories' | 'languages'>;

export interface RowCounter {
  readonly add: (row: DatasetRow) => void;
  readonly summary: () => RowSummary;
}

/** Counts and digest of rows as they pass; throws as the digest does. */
export function createRowCounter(): RowCounter {
  const digest = createRowDigest();
  const splits: Record<Split, number> = { train: 0, validation: 0, test: 0, none: 0 };
  const known = new Map<string, { positives: number; negatives: number }>();
  const languages = new Map<string, number>();
  let rows = 0;
  return {
    add(row) {
      digest.add(row);
      rows += 1;
      splits[row.split] += 1;
      languages.set(row.language, (languages.get(row.language) ?? 0) + 1);
      for (const [category, { value }] of Object.entries(row.labels)) {
        const counts = known.get(category) ?? { positives: 0, negatives: 0 };
        if (value === 1) counts.positives += 1;
        else counts.negatives += 1;
        known.set(category, counts);
      }
    },
    summary: () => ({
      rows,
      digest: digest.digest(),
      splits: { ...splits },
      categories: sortedRecord(
        [...known].map(([category, { positives, negatives }]): [string, CategoryCounts] => [
          category,
          { positives, negatives, unknown: rows - positives - negatives },
        ]),
      ),
      languages: sortedRecord([...languages]),
    }),
  };
}

/** Counts and digest of all rows. */
export function summariseRows(rows: Iterable<DatasetRow>): RowSummary {
  const counter = createRowCounter();
  for (const row of rows) counter.add(row);
  return counter.summary();
}

function sortedRecord<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
