/** Distances of two samples that need their values, not counters: for audits. */
export interface SampleDistances {
  /** Kolmogorov-Smirnov D. */
  readonly kolmogorovSmirnov: number;
  /** In units of the values. */
  readonly wasserstein: number;
}

/** Both in one pass over the values in order; empty samples have none (NaN). */
export function sampleDistances(reference: readonly number[], current: readonly number[]): SampleDistances {
  if (reference.length === 0 || current.length === 0) {
    return { kolmogorovSmirnov: Number.NaN, wasserstein: Number.NaN };
  }
  const one = Float64Array.from(reference).sort();
  const other = Float64Array.from(current).sort();
  let [i, j, largest, area] = [0, 0, 0, 0];
  while (i < one.length || j < other.length) {
    const value = Math.min(one[i] ?? Infinity, other[j] ?? Infinity);
    while (one[i] === value) i += 1;
    while (other[j] === value) j += 1;
    const gap = Math.abs(i / one.length - j / other.length);
    const next = Math.min(one[i] ?? Infinity, other[j] ?? Infinity);
    largest = Math.max(largest, gap);
    if (next < Infinity) area += gap * (next - value);
  }
  return { kolmogorovSmirnov: largest, wasserstein: area };
}
