import { poissonWeight, wideBelow } from './bootstrap.js';
import type { BootstrapSettings } from './bootstrap.js';
import type { RankingQuality } from './ranking.js';

/**
 * Labelled rows sorted once by falling score, so that a thousand bootstrap draws cost a thousand passes and no sort.
 * All arrays are in that order.
 */
export interface RankedRows {
  /** Number of the row in the data set: where its drawn weight stands. */
  readonly rows: Int32Array;
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  /** 1/pi of the row; 1 where rows are drawn with equal probability. */
  readonly weights: Float64Array;
  readonly positives: number;
}

/** Ranks the rows whose label is known; NaN is unknown, above .5 is positive. `labels`, `scores` and `weights` by row. */
export function rankRows(scores: Float64Array, labels: Float64Array, weights: Float64Array): RankedRows {
  const order = Int32Array.from(labels.keys()).filter((row) => !Number.isNaN(labels[row] ?? Number.NaN));
  order.sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right);
  return pick(order, (row) => row, { scores, labels, weights });
}

/** The ranked rows of a slice: those whose row number `isIn` marks. */
export function sliceOf(ranked: RankedRows, isIn: Uint8Array): RankedRows {
  const positions = Int32Array.from(ranked.rows.keys()).filter((at) => isIn[ranked.rows[at] ?? 0] === 1);
  return pick(positions, (at) => ranked.rows[at] ?? 0, ranked);
}

function pick(
  order: Int32Array,
  rowOf: (at: number) => number,
  from: { readonly scores: Float64Array; readonly labels: ArrayLike<number>; readonly weights: Float64Array },
): RankedRows {
  const labels = Uint8Array.from(order, (at) => ((from.labels[at] ?? 0) > 0.5 ? 1 : 0));
  return {
    rows: order.map(rowOf),
    scores: Float64Array.from(order, (at) => from.scores[at] ?? 0),
    labels,
    weights: Float64Array.from(order, (at) => from.weights[at] ?? 1),
    positives: labels.reduce((sum, label) => sum + label, 0),
  };
}

/**
 * Average precision and ROC AUC of ranked rows (evaluation 4.1), each row weighing its own weight times the one that
 * was drawn for it. Under 30 positives a draw is stratified by label: both labels are scaled back to their observed
 * weight, so that no draw differs only by how many positives it happened to take.
 */
export function rankedQuality(ranked: RankedRows, drawn?: Float64Array): RankingQuality {
  const { rows, scores, labels, weights } = ranked;
  const count = rows.length;
  const scale = drawn === undefined || ranked.positives >= wideBelow ? 1 : positiveScale(ranked, drawn);
  let truePositives = 0;
  let falsePositives = 0;
  let precisionSum = 0;
  let pairSum = 0;
  let at = 0;
  while (at < count) {
    const score = scores[at];
    let blockPositive = 0;
    let blockNegative = 0;
    while (at < count && scores[at] === score) {
      const own = weights[at] ?? 1;
      const weight = drawn === undefined ? own : own * (drawn[rows[at] ?? 0] ?? 0);
      if (labels[at] === 1) blockPositive += weight * scale;
      else blockNegative += weight;
      at += 1;
    }
    pairSum += blockNegative * (truePositives + blockPositive / 2);
    truePositives += blockPositive;
    falsePositives += blockNegative;
    if (blockPositive > 0) precisionSum += (blockPositive * truePositives) / (truePositives + falsePositives);
  }
  return {
    // Weighted sums of a perfect ranking may exceed 1 by a rounding error.
    averagePrecision: truePositives > 0 ? Math.min(1, precisionSum / truePositives) : Number.NaN,
    rocAuc: truePositives > 0 && falsePositives > 0 ? pairSum / (truePositives * falsePositives) : Number.NaN,
  };
}

/** What positives must be scaled by, so that their weight against the negatives' is the observed one; only the ratio matters. */
function positiveScale({ rows, labels, weights }: RankedRows, drawn: Float64Array): number {
  const observed = [0, 0] as [number, number];
  const taken = [0, 0] as [number, number];
  for (let at = 0; at < rows.length; at += 1) {
    const label = labels[at] === 1 ? 1 : 0;
    const weight = weights[at] ?? 1;
    observed[label] += weight;
    taken[label] += weight * (drawn[rows[at] ?? 0] ?? 0);
  }
  const scale = (observed[1] * taken[0]) / (taken[1] * observed[0]);
  // A draw without positives, or without negatives, has no scale: it gives NaN or the plain figure.
  return Number.isFinite(scale) ? scale : 1;
}

/**
 * Calls `visit` once for each draw with the Poisson(1) weight of every row: one weight for each near-duplicate group,
 * the same for all categories, slices and models, which makes every difference a paired one (evaluation 4.1).
 */
export function visitDraws(
  groupHashes: Uint32Array,
  settings: BootstrapSettings,
  visit: (drawn: Float64Array, draw: number) => void,
): void {
  const numbers = new Map<number, number>();
  const group = Int32Array.from(groupHashes, (hash) => {
    const known = numbers.get(hash);
    if (known !== undefined) return known;
    numbers.set(hash, numbers.size);
    return numbers.size - 1;
  });
  const hashes = Uint32Array.from(numbers.keys());
  const ofGroup = new Float64Array(hashes.length);
  const drawn = new Float64Array(group.length);
  for (let draw = 0; draw < settings.draws; draw += 1) {
    for (let g = 0; g < hashes.length; g += 1) ofGroup[g] = poissonWeight(settings.seed, draw, hashes[g] ?? 0);
    for (let row = 0; row < group.length; row += 1) drawn[row] = ofGroup[group[row] ?? 0] ?? 0;
    visit(drawn, draw);
  }
}
