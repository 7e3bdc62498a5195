/** Scores of one category and its known labels; rows whose label is unknown are left out before. */
export interface Judged {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

/** Rows by falling score; equal scores stay in row order. Sorting once serves a thousand bootstrap draws. */
export function fallingOrder(scores: Float64Array): Int32Array {
  const order = Int32Array.from(scores, (_, i) => i);
  return order.sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right);
}

export interface RankingQuality {
  /** Step-wise average precision, ties as one block (evaluation 4.1); NaN without positives. */
  readonly averagePrecision: number;
  /** Area under the ROC curve, ties count half; NaN without positives or without negatives. */
  readonly rocAuc: number;
}

/** Average precision and ROC AUC in one pass over `order`. Weights default to 1. */
export function rankingQuality(
  { scores, labels }: Judged,
  order: Int32Array = fallingOrder(scores),
  weights?: Float64Array,
): RankingQuality {
  let truePositives = 0;
  let falsePositives = 0;
  let precisionSum = 0;
  let pairSum = 0;
  let position = 0;
  while (position < order.length) {
    const score = scores[order[position] ?? 0];
    let blockPositive = 0;
    let blockNegative = 0;
    while (position < order.length) {
      const row = order[position] ?? 0;
      if (scores[row] !== score) break;
      const weight = weights?.[row] ?? 1;
      if (labels[row] === 1) blockPositive += weight;
      else blockNegative += weight;
      position += 1;
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

export interface CurvePoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

/** Precision and recall at each distinct score, from the strictest on; the points of the precision-recall curve. */
export function precisionRecallCurve({ scores, labels }: Judged): CurvePoint[] {
  const order = fallingOrder(scores);
  let positives = 0;
  for (const label of labels) positives += label;
  const points: CurvePoint[] = [];
  let truePositives = 0;
  for (const [position, row] of order.entries()) {
    truePositives += labels[row] ?? 0;
    const threshold = scores[row] ?? 0;
    const next = order[position + 1];
    if (next !== undefined && scores[next] === threshold) continue;
    points.push({ threshold, precision: truePositives / (position + 1), recall: truePositives / positives });
  }
  return points;
}
