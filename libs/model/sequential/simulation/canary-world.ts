import { mix } from '../../training/seeded-uniform.js';
import type { Arm, BlockLabel, ClusterSums } from '../guard-state.js';

/**
 * How contents cluster by author: each one has its own author; authors of similar activity; activity with a heavy tail,
 * where those who break rules are three times as active; bursts of three windows, in which rule breakers post much, while the
 * flag rate of the whole world doubles half-way.
 */
export const CLUSTER_LAWS = ['single', 'regular', 'heavy', 'bursts'] as const;

export type ClusterLaw = (typeof CLUSTER_LAWS)[number];

/** Ratios of the canary over control: 1 is an equal canary. */
export interface CanaryEffects {
  readonly flags: number;
  readonly errors: number;
  readonly latency: number;
  readonly overturns: number;
  readonly precision: number;
}

export const EQUAL: CanaryEffects = { flags: 1, errors: 1, latency: 1, overturns: 1, precision: 1 };

export interface CanaryWorld {
  readonly law: ClusterLaw;
  /** Share of authors in the canary. */
  readonly share: number;
  readonly windows: number;
  readonly itemsPerWindow: number;
  readonly effects: CanaryEffects;
}

/** Flag rates of control in the mean; effects on flags are on the first category. */
export const FLAG_RATES: Readonly<Record<string, number>> = { H: 0.05, S: 0.02, V: 0.005, SH: 0.001 };

const categories = Object.keys(FLAG_RATES);
const rates = Object.values(FLAG_RATES);
const allRates = rates.reduce((sum, rate) => sum + rate, 0);
const errorRate = 0.004;
const appealRate = 0.15;
const overturnRate = 0.2;
const precision = 0.9;

interface Author {
  readonly key: string;
  readonly arm: Arm;
  /** Items of a window in the mean. */
  readonly activity: number;
  /** The windows in which the author posts: from, and before until. */
  readonly from: number;
  readonly until: number;
  /** Chance of a flag, by category of FLAG_RATES. */
  readonly propensities: readonly number[];
  readonly right: number;
}

/** The windows of one simulated canary; the same seed gives the same numbers. */
export function* simulateCanary(world: CanaryWorld, seed: number): Generator<readonly ClusterSums[]> {
  const uniform = uniformFrom(seed);
  const { law, windows, itemsPerWindow } = world;
  const authors = law === 'single' ? [] : makeAuthors(world, uniform);
  const total = authors.reduce((sum, { activity, from, until }) => sum + activity * (until - from), 0);
  const means = authors.map(({ activity }) => (activity * itemsPerWindow * windows) / total);
  const none = means.map((mean) => Math.exp(-mean));
  for (let window = 0; window < windows; window += 1) {
    const batch: ClusterSums[] = [];
    const hour = startHour(world, window, uniform);
    const post = (author: Author, items: number): void => {
      if (items > 0) batch.push(sumsOf(author, items, hour, uniform));
    };
    for (let i = 0; law === 'single' && i < itemsPerWindow; i += 1)
      post(makeAuthor(world, `${window}/${i}`, uniform), 1);
    for (let i = 0; i < authors.length; i += 1) {
      const author = authors[i];
      if (author === undefined) continue;
      if (author.from <= window && window < author.until) post(author, poisson(means[i] ?? 0, none[i] ?? 1, uniform));
    }
    for (const arm of ['CANARY', 'CONTROL'] as const) batch.push(...latencyOf(arm, hour, window));
    yield batch;
  }
}

/** Timed items of each minute; one arm's latency is clustered by time and not by author. */
const minutes = 20;

/** What all authors of a window share. */
interface Hour {
  readonly effects: CanaryEffects;
  /** Chance of an error in control: ten times as high in a tenth of the windows. */
  readonly errorRate: number;
  /** Factor on flag rates. */
  readonly tide: number;
  readonly slowFrom: Readonly<Record<Arm, number>>;
  readonly timed: Readonly<Record<Arm, Minutes>>;
}

interface Minutes {
  readonly timed: number[];
  readonly slow: number[];
  /** Items go to the minutes in turn. */
  next: number;
}

function startHour({ law, windows, effects }: CanaryWorld, window: number, uniform: () => number): Hour {
  const none = (): Minutes => ({
    timed: new Array<number>(minutes).fill(0),
    slow: new Array<number>(minutes).fill(0),
    next: 0,
  });
  return {
    effects,
    errorRate: (errorRate / 1.9) * (uniform() < 0.1 ? 10 : 1),
    tide: law === 'bursts' && window * 2 < windows ? 0.5 : 1,
    slowFrom: { CONTROL: 1 - slowShare('CONTROL', 1), CANARY: 1 - slowShare('CANARY', effects.latency) },
    timed: { CANARY: none(), CONTROL: none() },
  };
}

function latencyOf(arm: Arm, { timed }: Hour, window: number): readonly ClusterSums[] {
  return timed[arm].timed.map((count, minute) => ({
    arm,
    cluster: `minute/${window}/${minute}`,
    items: 0,
    latency: { timed: count, slow: timed[arm].slow[minute] ?? 0 },
  }));
}

/** Marsaglia's xorshift128: a canary takes half a million draws, for each of which a hash would be slow. */
function uniformFrom(seed: number): () => number {
  let [a, b, c, d] = [
    mix(seed + 0x9e3779b9) | 1,
    mix(seed + 0x3c6ef372),
    mix(seed + 0xdaa66d2b),
    mix(seed + 0x78dde6e4),
  ];
  return () => {
    const t = a ^ (a << 11);
    a = b;
    b = c;
    c = d;
    d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
    return (d >>> 0) / 0x100000000;
  };
}

function makeAuthors(world: CanaryWorld, uniform: () => number): readonly Author[] {
  const { windows, itemsPerWindow, law } = world;
  // About 20 items each; a burst is shorter.
  const count = Math.max(200, Math.round((windows * itemsPerWindow) / (law === 'bursts' ? 10 : 20)));
  return Array.from({ length: count }, (_, i) => makeAuthor(world, String(i), uniform));
}

/** 85 % hardly ever break rules, 12 % often, and 3 % again and again, in one category of theirs. */
function makeAuthor({ law, share, windows }: CanaryWorld, key: string, uniform: () => number): Author {
  const u = uniform();
  const kind = u < 0.85 ? 'calm' : u < 0.97 ? 'lively' : 'breaker';
  let favourite = uniform() * allRates;
  const propensities = rates.map((rate) => {
    const isFavourite = favourite >= 0 && favourite < rate;
    favourite -= rate;
    if (kind === 'breaker') return isFavourite ? 0.35 : 0.5 * rate;
    return kind === 'lively' ? 3 * rate : 0.5 * rate;
  });
  const activity = activityOf(law, kind === 'breaker', uniform());
  const from = law === 'bursts' ? Math.floor(uniform() * (windows + 2)) - 2 : 0;
  return {
    key,
    arm: uniform() < share ? 'CANARY' : 'CONTROL',
    activity,
    from: Math.max(0, from),
    until: law === 'bursts' ? Math.min(windows, from + 3) : windows,
    propensities,
    right: uniform() < 0.1 ? precision - 0.36 : precision + 0.04,
  };
}

function activityOf(law: ClusterLaw, isBreaker: boolean, u: number): number {
  const exponential = 0.2 - Math.log(1 - u);
  switch (law) {
    case 'single':
      return 1;
    case 'regular':
      return exponential;
    case 'heavy':
      return (isBreaker ? 3 : 1) * Math.min(1000, (1 - u) ** (-1 / 1.2));
    case 'bursts':
      return (isBreaker ? 20 : 1) * exponential;
  }
}

function sumsOf(
  { key, arm, propensities, right }: Author,
  items: number,
  { effects, errorRate: failing, tide, slowFrom, timed }: Hour,
  uniform: () => number,
): ClusterSums {
  const { flags, errors, overturns, precision: rightness } = arm === 'CANARY' ? effects : EQUAL;
  const sums: Open = { arm, cluster: key, items };
  const minutesOf = timed[arm];
  for (let i = 0; i < items; i += 1) {
    const luck = uniform();
    const minute = (minutesOf.next = (minutesOf.next + 1) % minutes);
    minutesOf.timed[minute] = (minutesOf.timed[minute] ?? 0) + 1;
    if (luck < failing * errors) sums.errors = (sums.errors ?? 0) + 1;
    else if (luck > slowFrom[arm]) minutesOf.slow[minute] = (minutesOf.slow[minute] ?? 0) + 1;
    const category = flagged(propensities, tide, flags, uniform());
    if (category === null) continue;
    sums.flags ??= {};
    sums.flags[category] = (sums.flags[category] ?? 0) + 1;
    // Half of what is flagged is blocked.
    if (uniform() < 0.5) continue;
    sums.blocks ??= { blocked: 0, expectedRight: 0, labels: [] };
    sums.blocks.blocked += 1;
    sums.blocks.expectedRight += precision;
    const inclusion = uniform() < 0.5 ? 0.25 : 0.75;
    if (uniform() < inclusion) {
      sums.blocks.labels.push({ inclusion, probability: precision, right: uniform() < right * rightness });
    }
    if (uniform() >= appealRate) continue;
    sums.appeals ??= { closed: 0, overturned: 0 };
    sums.appeals.closed += 1;
    if (uniform() < overturnRate * overturns) sums.appeals.overturned += 1;
  }
  return sums;
}

interface Open {
  readonly arm: Arm;
  readonly cluster: string;
  readonly items: number;
  errors?: number;
  flags?: Record<string, number>;
  appeals?: { closed: number; overturned: number };
  blocks?: { blocked: number; expectedRight: number; labels: BlockLabel[] };
}

/** The category that an item is flagged for, if any: chances lie one after the other in [0, 1). */
function flagged(propensities: readonly number[], tide: number, effect: number, u: number): string | null {
  let reached = 0;
  for (let c = 0; c < propensities.length; c += 1) {
    reached += (propensities[c] ?? 0) * tide * (c === 0 ? effect : 1);
    if (u < reached) return categories[c] ?? null;
  }
  return null;
}

/** Latency is log-normal with sigma 1/2: 1 % of control is above the reference, and of the canary what is above 1.2 times it. */
function slowShare(arm: Arm, effect: number): number {
  if (arm === 'CONTROL') return 0.01;
  return normalTail(2.326347874 - (Math.log(effect) - Math.log(1.2)) / 0.5);
}

/** P(Z >= z) for z >= 0: Abramowitz and Stegun 26.2.17. */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return density * terms.reduceRight((sum, term) => (sum + term) * t, 0);
}

/** `none` is exp(-mean), the chance of 0. */
function poisson(mean: number, none: number, uniform: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  let product = uniform();
  let count = 0;
  while (product > none) {
    count += 1;
    product *= uniform();
  }
  return count;
}
