import type { Calibrator, CalibrationRow } from './calibrator.js';
import { countLabels } from './platt.js';

interface Block {
  sum: number;
  weight: number;
  first: number;
  last: number;
}

/**
 * Pool-adjacent-violators: the rising sequence closest to `values` in weighted squares. Both lists are in the order of
 * the predictor. O(n).
 */
export function poolAdjacentViolators(values: readonly number[], weights: readonly number[]): number[] {
  return expand(pool(values, weights), values.length);
}

function pool(values: readonly number[], weights: readonly number[]): Block[] {
  const blocks: Block[] = [];
  for (const [i, value] of values.entries()) {
    const weight = weights[i] ?? 1;
    let current: Block = { sum: value * weight, weight, first: i, last: i };
    let previous = blocks.at(-1);
    while (previous !== undefined && previous.sum * current.weight >= current.sum * previous.weight) {
      blocks.pop();
      current = {
        sum: previous.sum + current.sum,
        weight: previous.weight + current.weight,
        first: previous.first,
        last: current.last,
      };
      previous = blocks.at(-1);
    }
    blocks.push(current);
  }
  return blocks;
}

function expand(blocks: readonly Block[], length: number): number[] {
  const fitted = new Array<number>(length).fill(0);
  for (const { sum, weight, first, last } of blocks) fitted.fill(sum / weight, first, last + 1);
  return fitted;
}

/**
 * Isotonic calibrator: weighted PAV on the logit (equal logits pooled first), clipped to
 * `[1 / (n0 + 2), (n1 + 1) / (n1 + 2)]` (calibration 3.1). A knot at each end of each block.
 */
export function fitIsotonic(rows: readonly CalibrationRow[]): Calibrator {
  const { positives, negatives } = countLabels(rows);
  const floor = 1 / (negatives + 2);
  const ceiling = (positives + 1) / (positives + 2);
  const sorted = [...rows].sort((left, right) => left.logit - right.logit);
  const logits: number[] = [];
  const sums: number[] = [];
  const weights: number[] = [];
  for (const { logit, label, weight } of sorted) {
    if (logits.at(-1) !== logit) {
      logits.push(logit);
      sums.push(0);
      weights.push(0);
    }
    const last = logits.length - 1;
    sums[last] = (sums[last] ?? 0) + weight * label;
    weights[last] = (weights[last] ?? 0) + weight;
  }
  const means = sums.map((sum, i) => sum / (weights[i] ?? 1));
  const x: number[] = [];
  const y: number[] = [];
  for (const block of pool(means, weights)) {
    const level = Math.min(ceiling, Math.max(floor, block.sum / block.weight));
    for (const end of block.first === block.last ? [block.first] : [block.first, block.last]) {
      x.push(logits[end] ?? 0);
      y.push(level);
    }
  }
  return { kind: 'ISOTONIC', parameters: [], x, y };
}
