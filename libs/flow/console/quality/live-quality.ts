import type { LiveQuality, QualityPoint, QualitySeries } from '../api/index.js';
import { instantOf, latestOf } from '../instants.js';
import { csvOf, type CsvCell } from './csv.js';

/** A row of the view `live_quality`, as far as the console shows it. */
export interface QualityFigure {
  readonly category: string;
  readonly window_from: string;
  readonly window_to: string;
  readonly slice_by: string;
  readonly slice_value: string;
  readonly metric: string;
  readonly status: QualityPoint['status'];
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly n_eff: number;
  readonly contents: number;
  readonly flagged: number;
  readonly drawn: number;
  readonly labels: number;
  readonly pending: number;
  readonly computed_at: string;
}

/** Rows of `live_quality`, newest first, as the lines of charts: a line a category and slice, the widest traffic first. */
export function seriesOf(rows: readonly QualityFigure[]): LiveQuality {
  const found = new Map<
    string,
    { readonly category: string; readonly slice: string; readonly points: QualityPoint[] }
  >();
  for (const row of rows) {
    const key = `${row.category}\n${row.slice_value}`;
    const series = found.get(key) ?? { category: row.category, slice: row.slice_value, points: [] };
    found.set(key, series);
    series.points.unshift(pointOf(row));
  }
  return {
    series: [...found.values()].sort(bySize),
    categories: [...new Set(rows.map(({ category }) => category))].sort(),
    computedAt: latestOf(rows.map(({ computed_at }) => computed_at)),
  };
}

function bySize(a: QualitySeries, b: QualitySeries): number {
  if (a.category !== b.category) return a.category < b.category ? -1 : 1;
  const size = ({ points }: QualitySeries) => points.reduce((sum, { contents }) => sum + contents, 0);
  return size(b) - size(a) || (a.slice < b.slice ? -1 : 1);
}

function pointOf(row: QualityFigure): QualityPoint {
  return {
    from: instantOf(row.window_from),
    to: instantOf(row.window_to),
    status: row.status,
    estimate: { value: row.estimate, low: row.low, high: row.high },
    n: row.n,
    effective: row.n_eff,
    contents: row.contents,
    labels: row.labels,
  };
}

const columns = [
  ...['channel', 'category', 'window_from', 'window_to', 'slice_by', 'slice_value', 'metric', 'status'],
  ...['estimate', 'low', 'high', 'n', 'n_eff', 'contents', 'flagged', 'drawn', 'labels', 'pending', 'computed_at'],
];

export function liveQualityCsv(channel: string, rows: readonly QualityFigure[]): string {
  return csvOf(
    columns,
    rows.map((row): CsvCell[] => [
      ...[channel, row.category, instantOf(row.window_from), instantOf(row.window_to), row.slice_by, row.slice_value],
      ...[row.metric, row.status, row.estimate, row.low, row.high, row.n, row.n_eff, row.contents, row.flagged],
      ...[row.drawn, row.labels, row.pending, instantOf(row.computed_at)],
    ]),
  );
}
