import { uniform } from '#policy';
import type { SamplingItem } from '../draw-content.js';

/** A category of a planted population. */
export interface PlantedCategory {
  readonly category: string;
  /** Mean and standard deviation of the logits. */
  readonly mean: number;
  readonly spread: number;
  /** Truth is drawn with `sigmoid(logit * slope + shift)`: 1 and 0 for a calibrated score. */
  readonly slope: number;
  readonly shift: number;
  readonly threshold: number;
}

/** Contents with scores and planted truth. */
export interface Population {
  readonly categories: readonly PlantedCategory[];
  readonly items: readonly SamplingItem[];
  /** By category: scores, decisions and truths, one for each item. */
  readonly scores: readonly Float64Array[];
  readonly flagged: readonly Uint8Array[];
  readonly truth: readonly Uint8Array[];
}

/**
 * About 12 %, 4 %, 2 % and 5 % prevalence. V's scores are too low by half a logit, as a stale calibration's are; S is a head that lost
 * touch: most of what it calls harmless and is not has a score below 0.01.
 */
export const PLANTED_CATEGORIES: readonly PlantedCategory[] = [
  { category: 'HR', mean: -3.2, spread: 2.2, slope: 1, shift: 0, threshold: 0.5 },
  { category: 'H', mean: -5.4, spread: 2.4, slope: 1, shift: 0, threshold: 0.4 },
  { category: 'V', mean: -7.2, spread: 2.6, slope: 1, shift: 0.5, threshold: 0.3 },
  { category: 'S', mean: -6, spread: 2.5, slope: 0.5, shift: -0.5, threshold: 0.3 },
];

/** Unequal metadata, so that the square-root re-weighting has something to do. */
const LANGUAGES = [
  ['en', 0.7],
  ['pt', 0.2],
  ['de', 0.07],
  ['zh', 0.03],
] as const;

/** @param seed every number of the population is a hash of it */
export function plantPopulation(
  size: number,
  seed: string,
  categories: readonly PlantedCategory[] = PLANTED_CATEGORIES,
): Population {
  const random = createGenerator(seed);
  const scores = categories.map(() => new Float64Array(size));
  const flagged = categories.map(() => new Uint8Array(size));
  const truth = categories.map(() => new Uint8Array(size));
  const items: SamplingItem[] = [];
  for (let i = 0; i < size; i += 1) {
    const own: Record<string, number> = {};
    // What is bad in one way is often bad in another: a third of the spread is common.
    const common = normal(random);
    for (const [c, { category, mean, spread, slope, shift, threshold }] of categories.entries()) {
      const logit = mean + spread * (Math.sqrt(1 / 3) * common + Math.sqrt(2 / 3) * normal(random));
      const score = Math.fround(sigmoid(logit));
      own[category] = score;
      set(scores[c], i, score);
      set(flagged[c], i, score >= threshold ? 1 : 0);
      set(truth[c], i, random() < sigmoid(logit * slope + shift) ? 1 : 0);
    }
    items.push({
      platform: 'demo',
      contentId: `c-${i}`,
      revision: 1,
      kind: random() < 0.8 ? 'COMMENT' : 'POST',
      language: pickLanguage(random()),
      scores: own,
    });
  }
  return { categories, items, scores, flagged, truth };
}

/**
 * Numbers in [0, 1) for what is only simulated; draws use the hash of the product. SplitMix-like: 32-bit state, two words a number.
 * Not for anything that must stay secret.
 */
export function createGenerator(seed: string): () => number {
  let state = Math.floor(uniform(seed, 'generator') * 2 ** 32) | 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return () => (word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function pickLanguage(u: number): string {
  let rest = u;
  for (const [language, share] of LANGUAGES) {
    rest -= share;
    if (rest < 0) return language;
  }
  return LANGUAGES[0][0];
}

function set(array: Float64Array | Uint8Array | undefined, at: number, value: number): void {
  if (array !== undefined) array[at] = value;
}
