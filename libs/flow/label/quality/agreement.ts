import { seededRandom } from './seeded-random.js';
import { runToEnd, type Steps } from '../steps.js';

const { floor } = Math;

/** What several people said of one item; fewer than two values say nothing about agreement. */
export type Unit = readonly string[];

export type AgreementBand = 'GOOD' | 'TENTATIVE' | 'POOR';

export interface Agreement {
  /** Krippendorff's alpha, nominal: 1 agreement, 0 chance. NaN when nobody could disagree: fewer than two values occur. */
  readonly alpha: number;
  readonly alphaLow: number;
  readonly alphaHigh: number;
  /** Share of agreement among pairs with a yes, 2a / (2a + b + c): what alpha hides for rare answers. NaN without a yes. */
  readonly positiveAgreement: number;
  readonly positiveLow: number;
  readonly positiveHigh: number;
  /** Null when alpha is not a number. */
  readonly band: AgreementBand | null;
  /** Items with two values or more, and values on them. */
  readonly items: number;
  readonly values: number;
}

export interface AgreementOptions {
  /** The value that counts as positive. */
  readonly positive?: string;
  readonly draws?: number;
  readonly seed?: number;
}

/** Units with the same counts of values behave alike: a few dozen patterns stand for any number of items. */
interface Patterns {
  readonly values: readonly string[];
  /** Per pattern: how many of each value. */
  readonly counts: readonly Float64Array[];
  /** The pattern of each pairable unit. */
  readonly ofUnit: Int32Array;
}

function patternsOf(units: readonly Unit[]): Patterns {
  const values = [...new Set(units.flat())].sort();
  const indexOf = new Map(values.map((value, v) => [value, v]));
  const known = new Map<string, number>();
  const counts: Float64Array[] = [];
  const ofUnit: number[] = [];
  for (const unit of units) {
    if (unit.length < 2) continue;
    const own = new Float64Array(values.length);
    for (const value of unit) {
      const v = indexOf.get(value) ?? 0;
      own[v] = (own[v] ?? 0) + 1;
    }
    const key = own.join(' ');
    let pattern = known.get(key);
    if (pattern === undefined) {
      pattern = counts.length;
      known.set(key, pattern);
      counts.push(own);
    }
    ofUnit.push(pattern);
  }
  return { values, counts, ofUnit: Int32Array.from(ofUnit) };
}

/** Alpha and positive agreement of patterns that occur `weights` times. */
function measure(
  { values, counts }: Patterns,
  weights: Float64Array,
  positive: number,
): { alpha: number; positiveAgreement: number } {
  const totals = new Float64Array(values.length);
  let agreeing = 0;
  let positivePairs = 0;
  let all = 0;
  for (const [pattern, own] of counts.entries()) {
    const weight = weights[pattern] ?? 0;
    if (weight === 0) continue;
    const size = own.reduce((sum, count) => sum + count, 0);
    for (const [v, count] of own.entries()) {
      totals[v] = (totals[v] ?? 0) + weight * count;
      const pairs = (weight * count * (count - 1)) / (size - 1);
      agreeing += pairs;
      if (v === positive) positivePairs += pairs;
    }
    all += weight * size;
  }
  let sameByChance = 0;
  for (const total of totals) sameByChance += total * total;
  const expected = all * all - sameByChance;
  const positives = positive < 0 ? 0 : (totals[positive] ?? 0);
  return {
    alpha: expected > 0 ? 1 - ((all - 1) * (all - agreeing)) / expected : Number.NaN,
    positiveAgreement: positives > 0 ? positivePairs / positives : Number.NaN,
  };
}

/** Krippendorff's alpha for nominal values (labels 2.2): `1 - (n - 1) sum o_ck / sum n_c n_k` over c != k. */
export function krippendorffAlpha(units: readonly Unit[]): number {
  const patterns = patternsOf(units);
  return measure(patterns, frequencies(patterns), -1).alpha;
}

function frequencies({ counts, ofUnit }: Patterns): Float64Array {
  const weights = new Float64Array(counts.length);
  for (const pattern of ofUnit) weights[pattern] = (weights[pattern] ?? 0) + 1;
  return weights;
}

/**
 * Agreement on one question, with 95 % percentile intervals from a bootstrap over items, 1,000 draws (labels 2.2). Give the
 * votes of the overlap sample: where a third person was asked because two disagreed, agreement looks worse than it is.
 * Intervals are NaN where the figure is.
 */
export function measureAgreement(units: readonly Unit[], options: AgreementOptions = {}): Agreement {
  return runToEnd(agreementSteps(units, options));
}

/** As {@link measureAgreement}, one draw of the bootstrap a step. */
export function* agreementSteps(
  units: readonly Unit[],
  { positive = 'YES', draws = 1000, seed = 1 }: AgreementOptions = {},
): Steps<Agreement> {
  const patterns = patternsOf(units);
  const { counts, ofUnit, values } = patterns;
  const positiveIndex = values.indexOf(positive);
  const { alpha, positiveAgreement } = measure(patterns, frequencies(patterns), positiveIndex);
  const random = seededRandom(seed);
  const alphas: number[] = [];
  const positives: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const weights = new Float64Array(counts.length);
    let left = ofUnit.length;
    while (left > 0) {
      left -= 1;
      const pattern = ofUnit[floor(random() * ofUnit.length)] ?? 0;
      weights[pattern] = (weights[pattern] ?? 0) + 1;
    }
    const drawn = measure(patterns, weights, positiveIndex);
    // A draw without any rare value has no alpha; it says nothing about its size either.
    if (!Number.isNaN(drawn.alpha)) alphas.push(drawn.alpha);
    if (!Number.isNaN(drawn.positiveAgreement)) positives.push(drawn.positiveAgreement);
    yield;
  }
  alphas.sort((a, b) => a - b);
  positives.sort((a, b) => a - b);
  return {
    alpha,
    alphaLow: quantileOf(alphas, 0.025),
    alphaHigh: quantileOf(alphas, 0.975),
    positiveAgreement,
    positiveLow: quantileOf(positives, 0.025),
    positiveHigh: quantileOf(positives, 0.975),
    band: Number.isNaN(alpha) ? null : bandOf(alpha),
    items: ofUnit.length,
    values: units.reduce((sum, unit) => sum + (unit.length < 2 ? 0 : unit.length), 0),
  };
}

/** Labels 2.2: good from .8, tentative from .667. */
export function bandOf(alpha: number): AgreementBand {
  if (alpha >= 0.8) return 'GOOD';
  return alpha >= 0.667 ? 'TENTATIVE' : 'POOR';
}

/** Value at a share of sorted numbers, linear between neighbours; NaN when there are none. */
export function quantileOf(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = floor(position);
  const low = sorted[below];
  if (low === undefined) return Number.NaN;
  return low + (position - below) * ((sorted[below + 1] ?? low) - low);
}

/** Cohen's kappa of two raters; `table[r][c]` counts items that one called r and the other c. NaN when chance explains all. */
export function cohenKappa(table: readonly (readonly number[])[]): number {
  let total = 0;
  let same = 0;
  const rows = table.map(() => 0);
  const columns = table.map(() => 0);
  for (const [r, row] of table.entries()) {
    for (const [c, count] of row.entries()) {
      total += count;
      if (r === c) same += count;
      rows[r] = (rows[r] ?? 0) + count;
      columns[c] = (columns[c] ?? 0) + count;
    }
  }
  const chance = rows.reduce((sum, row, r) => sum + row * (columns[r] ?? 0), 0) / total;
  return total > chance ? (same - chance) / (total - chance) : Number.NaN;
}
