import type {
  CountChange,
  DatasetDiff,
  DatasetLine,
  DatasetList,
  DatasetRowLine,
  DatasetView,
  LabelCounts,
  RowChangeKind,
} from '../api/index.js';
import { instantOf } from '../instants.js';
import { policyOf } from '../work-progress.js';
import { readDatasetReport } from './dataset-report.js';
import type { DatasetFullRow, DatasetListRow, DatasetRowSummary } from '../training-rows.js';

const none: LabelCounts = { positives: 0, negatives: 0, unknown: 0 };

/** Versions of each recipe, in the order of the rows, which are the newest first; recipes by name. */
export function recipesOf(rows: readonly DatasetListRow[]): DatasetList['recipes'] {
  const byName = new Map<string, DatasetLine[]>();
  for (const row of rows) {
    const versions = byName.get(row.name) ?? [];
    byName.set(row.name, versions);
    versions.push(lineOf(row));
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, versions]) => ({ name, versions }));
}

function lineOf(row: DatasetListRow): DatasetLine {
  const { expected, failed } = row;
  return { ...namedOf(row), expected, failed };
}

function namedOf(row: Omit<DatasetListRow, 'expected' | 'failed'>): Omit<DatasetLine, 'expected' | 'failed'> {
  return {
    datasetId: row.dataset_id,
    name: row.name,
    kind: row.kind,
    policy: policyOf(row),
    rows: row.rows,
    splits: row.splits,
    licences: row.licences,
    previousId: row.previous_id,
    recipeId: row.recipe_id,
    digest: row.digest,
    publishedAt: instantOf(row.published_at),
  };
}

export function datasetOf(row: DatasetFullRow): DatasetView {
  return {
    ...namedOf(row),
    requestId: row.request_id,
    labelsUntil: row.labels_until,
    sources: row.sources,
    rule: row.rule,
    recipe: row.recipe,
    categories: Object.entries(row.categories)
      .map(([category, counts]) => ({ category, ...counts }))
      .sort((a, b) => (a.category < b.category ? -1 : 1)),
    languages: Object.entries(row.languages)
      .map(([name, rows]) => ({ name, rows }))
      .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1)),
    expectations: row.expectations,
    report: readDatasetReport(row.report),
    card: row.card,
  };
}

export function rowLineOf(row: DatasetRowSummary): DatasetRowLine {
  return {
    key: row.row_key,
    language: row.language,
    split: row.split,
    labels: Object.entries(row.labels)
      .map(([category, { value, weight }]) => ({ category, value, weight }))
      .sort((a, b) => (a.category < b.category ? -1 : 1)),
    origin: row.origin,
    isGold: row.is_gold,
    source: row.source,
    groupSize: row.group_size,
    isErased: row.erased,
  };
}

interface ChangeCount {
  readonly change: RowChangeKind;
  readonly reason: string;
  readonly language: string;
  readonly source: string;
  readonly rows: number;
}

interface ChangedRow extends Omit<ChangeCount, 'rows'> {
  readonly row_key: string;
  readonly said_before: Readonly<Record<string, string>>;
  readonly said_after: Readonly<Record<string, string>>;
}

/** @param counts by change, reason, language and source; the larger first */
export function diffOf(
  before: DatasetFullRow,
  after: DatasetFullRow,
  counts: readonly ChangeCount[],
  rows: readonly ChangedRow[],
): DatasetDiff {
  const byReason = sumsBy(counts, ({ change, reason }) => `${change} ${reason}`);
  const bySource = new Map<string, Record<RowChangeKind, number>>();
  for (const { change, source, rows: count } of counts) {
    const sums = bySource.get(source) ?? { ADDED: 0, REMOVED: 0, RELABELLED: 0 };
    bySource.set(source, sums);
    sums[change] += count;
  }
  return {
    before: { ...namedOf(before), ...expectationsOf(before) },
    after: { ...namedOf(after), ...expectationsOf(after) },
    changes: [...byReason].map(([key, count]) => {
      const [change = 'ADDED', reason = ''] = key.split(' ') as [RowChangeKind?, string?];
      return { change, reason, rows: count };
    }),
    sources: [...bySource].map(([name, sums]) => ({ name, ...sums })),
    languages: countChanges(before.languages, after.languages),
    categories: [...new Set([...Object.keys(before.categories), ...Object.keys(after.categories)])]
      .sort()
      .map((category) => ({
        category,
        before: before.categories[category] ?? none,
        after: after.categories[category] ?? none,
      })),
    rows: rows.map(({ change, reason, row_key, language, source, said_before, said_after }) => ({
      ...{ change, reason, key: row_key, language, source },
      labels: [...new Set([...Object.keys(said_before), ...Object.keys(said_after)])]
        .sort()
        .map((category) => ({ category, before: saidOf(said_before, category), after: saidOf(said_after, category) }))
        .filter((label) => label.before !== label.after),
    })),
  };
}

function expectationsOf({ expectations }: DatasetFullRow): { readonly expected: number; readonly failed: number } {
  return { expected: expectations.length, failed: expectations.filter(({ passed }) => !passed).length };
}

function saidOf(said: Readonly<Record<string, string>>, category: string): 'YES' | 'NO' | null {
  const value = said[category];
  return value === 'YES' || value === 'NO' ? value : null;
}

function sumsBy(counts: readonly ChangeCount[], keyOf: (count: ChangeCount) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const count of counts) sums.set(keyOf(count), (sums.get(keyOf(count)) ?? 0) + count.rows);
  return new Map([...sums].sort(([, a], [, b]) => b - a));
}

function countChanges(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): readonly CountChange[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .map((name) => ({ name, before: before[name] ?? 0, after: after[name] ?? 0 }))
    .sort((a, b) => b.after - a.after || b.before - a.before || (a.name < b.name ? -1 : 1));
}
