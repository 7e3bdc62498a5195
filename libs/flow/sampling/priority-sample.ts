import { uniform } from '#policy';

export interface PrioritySample {
  /** Indices of the kept items, highest priority first. */
  readonly kept: readonly number[];
  /** The priority that no longer fitted; 0 when all were kept. */
  readonly threshold: number;
  /** `min(1, weight / threshold)` of each item, kept or not. */
  readonly probabilities: readonly number[];
}

/**
 * Priority sampling (Duffield, Lund and Thorup; sampling 1.4): keeps the `size` items of the largest `weight / u`. Divided by their
 * probabilities the kept items estimate every subset sum without bias, and their covariances are zero.
 * @param weights above 0
 * @param us random numbers in [0, 1), one for each weight, independent of what made the weights
 */
export function prioritySample(weights: readonly number[], us: readonly number[], size: number): PrioritySample {
  if (us.length !== weights.length)
    throw new RangeError(`${weights.length} weights need as many random numbers, not ${us.length}`);
  if (!Number.isInteger(size) || size < 0)
    throw new RangeError(`size must be a whole number of at least 0, is ${size}`);
  const priorities = weights.map((weight, i) => {
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new RangeError(`weight ${i} must be above 0 and finite, is ${weight}`);
    return weight / (us[i] ?? 0);
  });
  const order = priorities.map((_, i) => i).sort((i, j) => (priorities[j] ?? 0) - (priorities[i] ?? 0) || i - j);
  const firstLeft = order[size];
  const threshold = firstLeft === undefined ? 0 : (priorities[firstLeft] ?? 0);
  return {
    kept: order.slice(0, size),
    threshold,
    probabilities: weights.map((weight) => (threshold === 0 ? 1 : Math.min(1, weight / threshold))),
  };
}

/** What a draw of the stream brings to the closing of its window. */
export interface DrawnContent {
  readonly drawId: string;
  /** Of the draw, in (0, 1]. */
  readonly probability: number;
}

export interface CappedDraw<T> {
  readonly draw: T;
  /** Final inclusion probability: of the draw times of the cap. */
  readonly probability: number;
}

/**
 * Second phase when a window closes, before anybody is asked (sampling 1.4): at most `cap` draws are kept, and each gets the product of
 * both probabilities. The result does not depend on the order of the draws. Cap each stratum by itself.
 * @param salt of its own, not the plan's: the plan's u already decided the first phase
 * @param weightOf what a draw's chance to stay grows with, above 0. The inverse probability keeps the count of contents exact but gives up
 * the plan's preference for likely positives; equal weights keep the plan's mix
 */
export function capDraws<T extends DrawnContent>(
  draws: readonly T[],
  cap: number,
  salt: string,
  weightOf: (draw: T) => number = ({ probability }) => 1 / probability,
): readonly CappedDraw<T>[] {
  const sorted = [...draws].sort((left, right) => (left.drawId < right.drawId ? -1 : 1));
  const sample = prioritySample(
    sorted.map(weightOf),
    sorted.map(({ drawId }) => uniform(salt, drawId)),
    cap,
  );
  return sample.kept.flatMap((index) => {
    const draw = sorted[index];
    return draw === undefined ? [] : [{ draw, probability: draw.probability * (sample.probabilities[index] ?? 1) }];
  });
}
