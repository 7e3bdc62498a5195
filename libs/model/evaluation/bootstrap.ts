import { seededUniform } from '../training/seeded-uniform.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Fewer than 30 positives: the interval is too wide to gate on (evaluation 4.1). */
  readonly wide: boolean;
}

export interface BootstrapSettings {
  readonly draws: number;
  readonly seed: number;
}

export const defaultBootstrap: BootstrapSettings = { draws: 1000, seed: 1 };

/** Positives below which an interval is marked wide and its draws are stratified by label (evaluation 4.1). */
export const wideBelow = 30;

const chanceOfNone = Math.exp(-1);

/** Poisson(1) weight of a group in a draw: the same for all models, categories and runs. */
export function poissonWeight(seed: number, draw: number, groupHash: number): number {
  const u = seededUniform(seed, draw, groupHash);
  let term = chanceOfNone;
  let cumulative = term;
  let count = 0;
  while (u >= cumulative && count < 20) {
    count += 1;
    term /= count;
    cumulative += term;
  }
  return count;
}

/**
 * Percentile 95 % interval of `statistic` under Poisson(1) weights per near-duplicate group, B = 1000 (evaluation 4.1).
 * `groupHashes[row]` names the row's group. With fewer than 30 positives the draw is stratified by label: weights of
 * either label are rescaled to their observed count, so that no draw loses all positives by chance.
 */
export function bootstrapInterval(
  statistic: (weights: Float64Array) => number,
  groupHashes: Uint32Array,
  labels: Uint8Array,
  settings: BootstrapSettings = defaultBootstrap,
): Interval {
  let positives = 0;
  for (const label of labels) positives += label;
  const wide = positives < wideBelow;
  const weights = new Float64Array(labels.length);
  const values: number[] = [];
  for (let draw = 0; draw < settings.draws; draw += 1) {
    const drawn = [0, 0] as [number, number];
    for (const [row, group] of groupHashes.entries()) {
      const weight = poissonWeight(settings.seed, draw, group);
      weights[row] = weight;
      if (labels[row] === 1) drawn[1] += weight;
      else drawn[0] += weight;
    }
    if (wide) {
      const negativeScale = drawn[0] > 0 ? (labels.length - positives) / drawn[0] : 0;
      const positiveScale = drawn[1] > 0 ? positives / drawn[1] : 0;
      for (const [row, label] of labels.entries()) {
        weights[row] = (weights[row] ?? 0) * (label === 1 ? positiveScale : negativeScale);
      }
    }
    const value = statistic(weights);
    if (!Number.isNaN(value)) values.push(value);
  }
  values.sort((left, right) => left - right);
  return { low: quantile(values, 0.025), high: quantile(values, 0.975), wide };
}

/** Linear-interpolation quantile of sorted values; NaN when empty. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (position - below) * (high - low);
}
