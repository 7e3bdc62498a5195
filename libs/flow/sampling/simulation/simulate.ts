import { uniform } from '#policy';
import { drawnIdentity } from '../draw-content.js';
import { prioritySample } from '../priority-sample.js';
import { qualityFrom, type MetricEstimate, type QualityTotals } from '../estimate-quality.js';
import type { Interval } from '../intervals.js';
import { planFor, probabilitiesOf } from './default-plan.js';
import { plantPopulation, type PlantedCategory, type Population } from './population.js';

export const METRICS = ['prevalence', 'precision', 'recall'] as const;
export type Metric = (typeof METRICS)[number];

/** A way to spend a budget on a population. */
export interface SimulatedPlan {
  readonly name: string;
  /** Inclusion probability of each item. */
  readonly probabilities: Float64Array;
  /** Most items that are kept when the window closes; without it, all that were drawn. */
  readonly cap?: number;
  /** Whether the cap treats all draws alike instead of by their inverse probabilities. */
  readonly capsEqually?: boolean;
  /** Probability that somebody labels what was drawn; without it, 1. */
  readonly answered?: number;
}

/** Items to label, with their final probabilities beside them. */
export interface Sample {
  readonly items: readonly number[];
  readonly probabilities: readonly number[];
}

/** What many runs of a plan say of one number. */
export interface SimulatedMetric {
  readonly category: string;
  readonly metric: Metric;
  readonly truth: number;
  /** Runs that gave a number. */
  readonly estimates: number;
  /** Mean of the estimates over truth, less 1. */
  readonly bias: number;
  /** Standard error of `bias` over the runs. */
  readonly biasError: number;
  /** Share of the intervals that hold the truth. */
  readonly coverage: number;
  /** Mean width of the intervals. */
  readonly width: number;
  /** Mean over the runs of positives in 100 labels. */
  readonly positivesPerHundred: number;
}

export interface SimulationOptions {
  readonly runs: number;
  /** Each run has a salt of its own, derived from it. */
  readonly seed: string;
  readonly onProgress?: (done: number) => void;
}

interface Tally {
  estimates: number;
  sum: number;
  squares: number;
  covered: number;
  widths: number;
}

/** True prevalence, precision and recall of a category in a population. */
export function truthOf(population: Population, category: number): Readonly<Record<Metric, number>> {
  const truth = population.truth[category] ?? new Uint8Array();
  const flagged = population.flagged[category] ?? new Uint8Array();
  let [positives, flags, both] = [0, 0, 0];
  for (let i = 0; i < truth.length; i += 1) {
    const [y, h] = [truth[i] ?? 0, flagged[i] ?? 0];
    positives += y;
    flags += h;
    both += y * h;
  }
  return { prevalence: positives / truth.length, precision: both / flags, recall: both / positives };
}

/**
 * Draws the same population again and again, each run with a salt of its own and the product's hash, labels what was drawn with the
 * planted truth, and counts how the estimates fall around it. All plans of a run share the random numbers, so that their differences
 * are the plans'. A variance is about the items of the population (design-based); nothing else is random here.
 */
export function simulatePlans(
  population: Population,
  plans: readonly SimulatedPlan[],
  { runs, seed, onProgress }: SimulationOptions,
): readonly (readonly SimulatedMetric[])[] {
  const identities = population.items.map(drawnIdentity);
  const truths = population.categories.map((_, c) => truthOf(population, c));
  const bases = population.categories.map((_, c) => baseTotals(population, c));
  const tallies = plans.map(() => population.categories.map(() => METRICS.map(newTally)));
  const positives = plans.map(() => population.categories.map(() => 0));
  for (let run = 0; run < runs; run += 1) {
    const salt = `${seed}-${run}`;
    const samples = drawSamples(identities, plans, salt);
    for (const [p, sample] of samples.entries()) {
      for (const [c, base] of bases.entries()) {
        const totals = withSample(base, population, c, sample);
        const estimate = qualityFrom(totals, 1);
        const byCategory = positives[p];
        if (byCategory !== undefined)
          byCategory[c] = (byCategory[c] ?? 0) + (100 * totals.positiveLabels) / sample.items.length;
        for (const [m, metric] of METRICS.entries()) {
          count(tallies[p]?.[c]?.[m], estimate[metric], truths[c]?.[metric] ?? 0, 'interval');
        }
      }
    }
    onProgress?.(run + 1);
  }
  return plans.map((_, p) =>
    summarise(population.categories, tallies[p] ?? [], truths, (c) => (positives[p]?.[c] ?? 0) / runs),
  );
}

function summarise(
  categories: readonly PlantedCategory[],
  tallies: readonly (readonly Tally[])[],
  truths: readonly Readonly<Record<Metric, number>>[],
  positivesPerHundred: (category: number) => number,
): readonly SimulatedMetric[] {
  return categories.flatMap(({ category }, c) =>
    METRICS.map((metric, m) => {
      const { estimates, sum, squares, covered, widths } = tallies[c]?.[m] ?? newTally();
      const truth = truths[c]?.[metric] ?? 0;
      const mean = sum / estimates;
      return {
        category,
        metric,
        truth,
        estimates,
        bias: mean / truth - 1,
        biasError: Math.sqrt(Math.max(0, squares / estimates - mean ** 2) / estimates) / truth,
        coverage: covered / estimates,
        width: widths / estimates,
        positivesPerHundred: positivesPerHundred(c),
      };
    }),
  );
}

function newTally(): Tally {
  return { estimates: 0, sum: 0, squares: 0, covered: 0, widths: 0 };
}

function count(
  tally: Tally | undefined,
  estimate: MetricEstimate,
  truth: number,
  which: 'interval' | 'processInterval',
): void {
  if (tally === undefined || estimate.state !== 'estimated') return;
  const interval: Interval = estimate[which];
  tally.estimates += 1;
  tally.sum += estimate.value;
  tally.squares += estimate.value ** 2;
  tally.covered += interval.low <= truth && truth <= interval.high ? 1 : 0;
  tally.widths += interval.high - interval.low;
}

/** What each plan draws with the random numbers of one salt, after its cap and without what nobody answered. */
function drawSamples(identities: readonly string[], plans: readonly SimulatedPlan[], salt: string): readonly Sample[] {
  const drawn = plans.map((): number[] => []);
  for (const [i, identity] of identities.entries()) {
    const u = uniform(salt, identity);
    for (const [p, { probabilities }] of plans.entries()) if (u < (probabilities[i] ?? 0)) drawn[p]?.push(i);
  }
  return plans.map(({ probabilities, cap, capsEqually, answered }, p) => {
    let items: readonly number[] = drawn[p] ?? [];
    let known = items.map((i) => probabilities[i] ?? 1);
    if (cap !== undefined) {
      const weights = known.map((probability) => (capsEqually === true ? 1 : 1 / probability));
      const us = items.map((i) => uniform(`${salt}|cap`, identities[i] ?? ''));
      const { kept, probabilities: second } = prioritySample(weights, us, cap);
      const before = { items, known };
      items = kept.map((at) => before.items[at] ?? 0);
      known = kept.map((at) => (before.known[at] ?? 1) * (second[at] ?? 1));
    }
    if (answered === undefined) return { items, probabilities: known };
    const isAnswered = items.map((i) => uniform(`${salt}|answer`, identities[i] ?? '') < answered);
    const rate = isAnswered.filter(Boolean).length / items.length;
    return {
      items: items.filter((_, at) => isAnswered[at]),
      probabilities: known.filter((_, at) => isAnswered[at]).map((probability) => probability * rate),
    };
  });
}

/**
 * As {@link simulatePlans} for the default plan, but every run meets new contents: what the process intervals claim is about the traffic
 * behind a window, so each run plants a population of its own and its truth is that of the generator.
 */
export function simulateProcess(
  categories: readonly PlantedCategory[],
  size: number,
  labels: number,
  { runs, seed, onProgress }: SimulationOptions,
): readonly SimulatedMetric[] {
  const truths = categories.map(expectedTruth);
  const tallies = categories.map(() => METRICS.map(newTally));
  const positives = categories.map(() => 0);
  for (let run = 0; run < runs; run += 1) {
    const population = plantPopulation(size, `${seed}-${run}`, categories);
    const probabilities = probabilitiesOf(planFor(population, labels), population);
    const [sample] = drawSamples(
      population.items.map(drawnIdentity),
      [{ name: 'default', probabilities }],
      `${seed}-${run}`,
    );
    for (const c of categories.keys()) {
      const totals = withSample(baseTotals(population, c), population, c, sample ?? { items: [], probabilities: [] });
      const estimate = qualityFrom(totals, 1);
      positives[c] = (positives[c] ?? 0) + (100 * totals.positiveLabels) / totals.labels;
      for (const [m, metric] of METRICS.entries()) {
        count(tallies[c]?.[m], estimate[metric], truths[c]?.[metric] ?? 0, 'processInterval');
      }
    }
    onProgress?.(run + 1);
  }
  return summarise(categories, tallies, truths, (c) => (positives[c] ?? 0) / runs);
}

/** Prevalence, precision and recall that the generator of a category has in the long run, by integrating over the normal logit. */
function expectedTruth({ mean, spread, slope, shift, threshold }: PlantedCategory): Readonly<Record<Metric, number>> {
  const steps = 20_000;
  const border = Math.log(threshold / (1 - threshold));
  let [positives, flagged, both] = [0, 0, 0];
  for (let step = 0; step < steps; step += 1) {
    const z = -8 + (16 * (step + 0.5)) / steps;
    const density = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * (16 / steps);
    const logit = mean + spread * z;
    const positive = density / (1 + Math.exp(-logit * slope - shift));
    positives += positive;
    if (logit < border) continue;
    flagged += density;
    both += positive;
  }
  return { prevalence: positives, precision: both / flagged, recall: both / positives };
}

/** Sums of a population of which nothing is labelled; every item is a near-duplicate group of its own. */
export function baseTotals(population: Population, category: number): QualityTotals {
  const scores = population.scores[category] ?? new Float64Array();
  const flags = population.flagged[category] ?? new Uint8Array();
  let [flagged, positives, truePositives, bb, aa] = [0, 0, 0, 0, 0];
  for (let i = 0; i < scores.length; i += 1) {
    const [score, h] = [scores[i] ?? 0, flags[i] ?? 0];
    flagged += h;
    positives += score;
    truePositives += h * score;
    bb += score ** 2;
    aa += h * score ** 2;
  }
  const contents = scores.length;
  return {
    contents,
    flagged,
    drawn: 0,
    labels: 0,
    flaggedLabels: 0,
    positiveLabels: 0,
    silentStrata: 0,
    weights: 0,
    squaredWeights: 0,
    maximumWeight: 0,
    flaggedWeights: 0,
    positiveWeights: 0,
    flaggedPositiveWeights: 0,
    squaredFlaggedWeights: 0,
    squaredPositiveWeights: 0,
    positives,
    truePositives,
    squares: 0,
    flaggedSquares: 0,
    groups: { nn: contents, ff: flagged, bb, aa, bn: positives, af: truePositives, ab: aa },
  };
}

/** The base with the labels of a sample: the same sums as `qualityTotals` over all rows (a test compares), without walking the population. */
export function withSample(
  base: QualityTotals,
  population: Population,
  category: number,
  sample: Sample,
): QualityTotals {
  const scores = population.scores[category] ?? new Float64Array();
  const flags = population.flagged[category] ?? new Uint8Array();
  const truth = population.truth[category] ?? new Uint8Array();
  let [flaggedLabels, positiveLabels, weights, squaredWeights, maximumWeight] = [0, 0, 0, 0, 0];
  let [flaggedWeights, positiveWeights, flaggedPositiveWeights, squaredFlagged, squaredPositive] = [0, 0, 0, 0, 0];
  let [squares, flaggedSquares, lifted, flaggedLifted, bb, aa] = [0, 0, 0, 0, 0, 0];
  for (const [at, i] of sample.items.entries()) {
    const [score, h, y, probability] = [scores[i] ?? 0, flags[i] ?? 0, truth[i] ?? 0, sample.probabilities[at] ?? 1];
    const w = 1 / probability;
    const error = y - score;
    const square = (1 - probability) * w * w * error * error;
    const z = score + w * error;
    flaggedLabels += h;
    positiveLabels += y;
    weights += w;
    squaredWeights += w * w;
    maximumWeight = Math.max(maximumWeight, w);
    flaggedWeights += h * w;
    positiveWeights += y * w;
    flaggedPositiveWeights += h * y * w;
    squaredFlagged += h * w * w;
    squaredPositive += y * w * w;
    squares += square;
    flaggedSquares += h * square;
    lifted += w * error;
    flaggedLifted += h * w * error;
    bb += z * z - score * score;
    aa += h * (z * z - score * score);
  }
  const positives = base.positives + lifted;
  const truePositives = base.truePositives + flaggedLifted;
  const squared = base.groups.aa + aa;
  return {
    ...base,
    drawn: sample.items.length,
    labels: sample.items.length,
    flaggedLabels,
    positiveLabels,
    weights,
    squaredWeights,
    maximumWeight,
    flaggedWeights,
    positiveWeights,
    flaggedPositiveWeights,
    squaredFlaggedWeights: squaredFlagged,
    squaredPositiveWeights: squaredPositive,
    positives,
    truePositives,
    squares,
    flaggedSquares,
    groups: { ...base.groups, bb: base.groups.bb + bb, aa: squared, bn: positives, af: truePositives, ab: squared },
  };
}
