export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median, max: sorted.at(-1) ?? 0 };
}

export interface Trend {
  /** Least squares, in units of y per unit of x. */
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
}

/** Neighbouring samples resemble each other, so the error is taken from the means of this many stretches. */
const STRETCHES = 12;

/** @param points by rising x */
export function trendOf(points: readonly (readonly [x: number, y: number])[]): Trend {
  const size = Math.max(1, points.length / STRETCHES);
  const means: (readonly [number, number])[] = [];
  for (let from = 0; Math.round(from) < points.length; from += size) {
    const some = points.slice(Math.round(from), Math.round(from + size));
    if (some.length > 0) means.push([mean(some.map(([x]) => x)), mean(some.map(([, y]) => y))]);
  }
  const [mx, my] = [mean(means.map(([x]) => x)), mean(means.map(([, y]) => y))];
  const sxx = sum(means.map(([x]) => (x - mx) ** 2));
  if (means.length < 3 || sxx === 0) return { slope: 0, error: Infinity };
  const slope = sum(means.map(([x, y]) => (x - mx) * (y - my))) / sxx;
  const rest = sum(means.map(([x, y]) => (y - my - slope * (x - mx)) ** 2));
  return { slope, error: Math.sqrt(rest / (means.length - 2) / sxx) };
}

/** Counts by whole milliseconds. */
export type Histogram = ReadonlyMap<number, number>;

export function merged(histograms: readonly Histogram[]): Histogram {
  const all = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [value, count] of histogram) all.set(value, (all.get(value) ?? 0) + count);
  }
  return all;
}

/** Smallest value that at least `share` of the counts do not exceed; 0 when nothing was counted. */
export function quantile(histogram: Histogram, share: number): number {
  const sorted = [...histogram].sort(([a], [b]) => a - b);
  let left = share * total(histogram);
  for (const [value, count] of sorted) {
    left -= count;
    if (left <= 0) return value;
  }
  return sorted.at(-1)?.[0] ?? 0;
}

export function total(histogram: Histogram): number {
  return sum([...histogram.values()]);
}

export function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
