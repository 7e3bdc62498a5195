import { quantile, wideBelow } from './bootstrap.js';
import { wilsonInterval } from './reliability.js';

/** A figure with its 95 % interval; null where the data gives none. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Fewer than 30 positives: too wide to gate on. */
  readonly wide: boolean;
}

/** JSON has no NaN: null. */
export function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Percentile interval from the draws; draws without a value (all positives lost) are left out. */
export function percentileEstimate(value: number, draws: Float64Array, positives: number): Estimate {
  const sorted = draws.filter((one) => !Number.isNaN(one)).sort();
  const enough = Number.isFinite(value) && sorted.length > 0;
  return {
    value: known(value),
    low: enough ? known(quantile(sorted, 0.025)) : null,
    high: enough ? known(quantile(sorted, 0.975)) : null,
    wide: positives < wideBelow,
  };
}

/** A rate with its Wilson interval; of weighted rows from the effective number of rows, (sum w)^2 / sum w^2. */
export interface Rate {
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
  /** Rows under the rate, and those of them that count as hits; plain counts, whatever the weights. */
  readonly rows: number;
  readonly hits: number;
}

export interface WeightedCount {
  rows: number;
  hits: number;
  weight: number;
  squares: number;
  hitWeight: number;
}

export function emptyCount(): WeightedCount {
  return { rows: 0, hits: 0, weight: 0, squares: 0, hitWeight: 0 };
}

export function count(into: WeightedCount, isHit: boolean, weight: number): void {
  into.rows += 1;
  into.weight += weight;
  into.squares += weight * weight;
  if (!isHit) return;
  into.hits += 1;
  into.hitWeight += weight;
}

/** Number of equally weighted rows that would say as much. */
export function effectiveRows({ weight, squares }: WeightedCount): number {
  return squares > 0 ? (weight * weight) / squares : 0;
}

export function rateOf(counted: WeightedCount): Rate {
  const { rows, hits, weight, hitWeight } = counted;
  const effective = effectiveRows(counted);
  const value = weight > 0 ? hitWeight / weight : Number.NaN;
  return { value: known(value), ...wilsonInterval(effective > 0 ? value * effective : 0, effective), rows, hits };
}

/** Two-sided p value that two rates are equal, by the pooled normal approximation over effective rows; NaN without rows. */
export function twoProportionP(one: WeightedCount, other: WeightedCount): number {
  const n = effectiveRows(one);
  const m = effectiveRows(other);
  if (n === 0 || m === 0) return Number.NaN;
  const p = one.hitWeight / one.weight;
  const q = other.hitWeight / other.weight;
  const pooled = (n * p + m * q) / (n + m);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return deviation > 0 ? Math.min(1, 2 * normalUpperTail(Math.abs(p - q) / deviation)) : 1;
}

/** P(Z >= z) for z >= 0: Abramowitz and Stegun 26.2.17, absolute error below 1e-7. */
function normalUpperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  return density * terms.reduceRight((sum, term) => (sum + term) * t, 0);
}
