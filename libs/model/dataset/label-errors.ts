/** Labels of one category with probabilities from models that did not see the item (labels 2.4: five folds by near-duplicate group). */
export interface CategoryLabels {
  readonly category: string;
  /** Per item 1, 0, or NaN for unknown. */
  readonly labels: Float64Array;
  /** Per item the out-of-fold probability. */
  readonly probabilities: Float64Array;
}

export interface SuspectedError {
  /** Index into the given vectors. */
  readonly row: number;
  /** From 0 (surely wrong) to 1, over all categories of the item. */
  readonly score: number;
  readonly flags: readonly { readonly category: string; readonly kind: 'MISS' | 'FALSE_LABEL' }[];
}

/** Mean self-confidence of the items with each label: what a model usually says of them. NaN when no item has the label. */
export interface ConfidenceThresholds {
  readonly yes: number;
  readonly no: number;
}

export function confidenceThresholds({ labels, probabilities }: CategoryLabels): ConfidenceThresholds {
  const sums = { yes: 0, yesCount: 0, no: 0, noCount: 0 };
  for (const [row, label] of labels.entries()) {
    const probability = probabilities[row] ?? Number.NaN;
    if (label === 1) {
      sums.yes += probability;
      sums.yesCount += 1;
    } else if (label === 0) {
      sums.no += 1 - probability;
      sums.noCount += 1;
    }
  }
  return { yes: sums.yes / sums.yesCount, no: sums.no / sums.noCount };
}

/**
 * Confident learning (labels 2.4). A label is suspected when the model is as sure of the opposite as it is of items that have it; where
 * it is that sure of both, the likelier one counts. Returns only items with a suspected label, most suspicious first (ties by row): they go
 * to people, never to deletion. Unknown labels are masked.
 */
export function findLabelErrors(categories: readonly CategoryLabels[]): SuspectedError[] {
  const thresholds = categories.map(confidenceThresholds);
  const rows = Math.max(0, ...categories.map(({ labels }) => labels.length));
  const suspected: SuspectedError[] = [];
  for (let row = 0; row < rows; row += 1) {
    const flags: { category: string; kind: 'MISS' | 'FALSE_LABEL' }[] = [];
    const confidences: number[] = [];
    for (const [c, { category, labels, probabilities }] of categories.entries()) {
      const label = labels[row];
      const p = probabilities[row] ?? Number.NaN;
      if (label !== 1 && label !== 0) continue;
      confidences.push(label === 1 ? p : 1 - p);
      const { yes = Number.NaN, no = Number.NaN } = thresholds[c] ?? {};
      const likeYes = p >= yes;
      const likeNo = 1 - p >= no;
      if (label === 0 && likeYes && (p > 1 - p || !likeNo)) flags.push({ category, kind: 'MISS' });
      if (label === 1 && likeNo && (1 - p > p || !likeYes)) flags.push({ category, kind: 'FALSE_LABEL' });
    }
    if (flags.length > 0) suspected.push({ row, score: labelScore(confidences), flags });
  }
  return suspected.sort((a, b) => a.score - b.score || a.row - b.row);
}

/** Weight of the next smaller confidence. */
const decay = 0.8;

/** Score of an item with several labels (labels 2.4): moving average over the confidences, largest first, so that the least dominates. */
export function labelScore(confidences: readonly number[]): number {
  const [first, ...rest] = [...confidences].sort((a, b) => b - a);
  if (first === undefined) return Number.NaN;
  return rest.reduce((average, confidence) => decay * confidence + (1 - decay) * average, first);
}
