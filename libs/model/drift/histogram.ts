/** Logits are counted in steps of a quarter between -10 and 10; the outer bins hold what is beyond (drift 5.4). */
export const LOGIT_BIN_WIDTH = 0.25;
export const LOGIT_BINS = 80;
const LEAST_LOGIT = -10;

/** Index of a logit's bin, from 0. */
export function logitBin(logit: number): number {
  return Math.min(LOGIT_BINS - 1, Math.max(0, Math.floor((logit - LEAST_LOGIT) / LOGIT_BIN_WIDTH)));
}

export function logitHistogram(logits: Iterable<number>): readonly number[] {
  const counts = new Array<number>(LOGIT_BINS).fill(0);
  for (const logit of logits) {
    const bin = logitBin(logit);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/**
 * Where the deciles of a reference lie on its grid: `e` means a border after the first `e` bins. Several deciles in one bin give one border, and
 * none is beyond the last count, so that every group of the reference holds something.
 */
export function decileEdges(histogram: readonly number[]): readonly number[] {
  const sums = cumulative(histogram);
  const total = sums.at(-1) ?? 0;
  const edges = new Set<number>();
  for (let decile = 1; decile < 10; decile += 1) {
    const index = sums.findIndex((sum) => sum * 10 >= decile * total);
    if (index >= 0 && (sums[index] ?? total) < total) edges.add(index + 1);
  }
  return [...edges];
}

/** Counts between the borders of {@link decileEdges}: one more than there are borders. */
export function groupCounts(histogram: readonly number[], edges: readonly number[]): readonly number[] {
  const sums = [0, ...cumulative(histogram)];
  const borders = [0, ...edges, histogram.length];
  return borders.slice(1).map((border, i) => (sums[border] ?? 0) - (sums[borders[i] ?? 0] ?? 0));
}

/** Largest distance of the two distribution functions at the borders of the bins: at most that of the raw values. */
export function binnedKolmogorovSmirnov(reference: readonly number[], current: readonly number[]): number {
  return Math.max(0, ...distributionGaps(reference, current).map(Math.abs));
}

/** Wasserstein-1 distance in units of the values, each taken for the middle of its bin. */
export function binnedWasserstein(
  reference: readonly number[],
  current: readonly number[],
  width = LOGIT_BIN_WIDTH,
): number {
  return width * distributionGaps(reference, current).reduce((sum, gap) => sum + Math.abs(gap), 0);
}

function distributionGaps(reference: readonly number[], current: readonly number[]): readonly number[] {
  const one = cumulative(reference);
  const other = cumulative(current);
  const [n0, n1] = [one.at(-1) ?? 0, other.at(-1) ?? 0];
  return one.map((sum, i) => sum / n0 - (other[i] ?? 0) / n1);
}

function cumulative(counts: readonly number[]): readonly number[] {
  let sum = 0;
  return counts.map((count) => (sum += count));
}
