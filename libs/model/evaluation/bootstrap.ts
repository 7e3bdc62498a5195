import { seededUniform } from '../training/seeded-uniform.js';

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

/** Linear-interpolation quantile of sorted values; NaN when empty. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (position - below) * (high - low);
}
