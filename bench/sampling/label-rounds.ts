import {
  aggregateWindow,
  DEFAULT_PLAN_SHARES,
  drawContent,
  largestParts,
  makePlan,
  mostUncertain,
  pickByGradients,
  type PlanSettings,
  type SamplingItem,
  type SparseRow,
} from '#flow/sampling';
import { createFeaturiser, DEFAULT_FEATURISER_SETTINGS } from '#model';
import { uniform } from '#policy';
import { rankingQuality } from '../../libs/model/evaluation/ranking.js';
import {
  rowScales,
  sparseDesign,
  type DesignMatrix,
  type SparseRows,
} from '../../libs/model/training/design-matrix.js';
import { documentFrequency, featureRows } from '../../libs/model/training/feature-rows.js';
import { fitLogistic } from '../../libs/model/training/fit-logistic.js';
import type { RealData } from './real-data.js';

/** Fewer buckets than the product's models have: a few hundred labels fit the same, several times as fast. */
const SETTINGS = { ...DEFAULT_FEATURISER_SETTINGS, buckets: 2 ** 16 };
const DAY = 86_400_000;
const SEED_NEGATIVES = 300;
const SEED_POSITIVES = 20;
/** Part of the contents that a policy's review threshold flags. */
const FLAGGED_SHARE = 0.01;

export const STRATEGIES = ['random', 'plan', 'most uncertain'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What one strategy found in the labels of one run. */
export interface LabelRun {
  readonly labels: number;
  /** By category. */
  readonly positives: readonly number[];
  /** Of the labels with a probability; 0 for other strategies. */
  readonly streamLabels: number;
  readonly streamPositives: readonly number[];
  /** Positives among as many labels at random from what was not labelled at the start, by expectation. */
  readonly atRandom: readonly number[];
  /** Average precision on held-out texts before the first round and after each, mean over the categories. */
  readonly curve: readonly number[];
}

/** Texts of a data set, featurised once. */
export interface Corpus {
  readonly data: RealData;
  readonly design: DesignMatrix;
  readonly rowOf: (at: number) => SparseRow;
}

export function prepare(data: RealData): Corpus {
  const rows = featureRows(createFeaturiser(SETTINGS), data.texts);
  const frequency = documentFrequency(rows);
  const weights = Float64Array.from(frequency, (df) => Math.log((1 + rows.rows) / (1 + df)) + 1);
  const scales = rowScales(rows, weights);
  return { data, design: sparseDesign(rows, weights), rowOf: (at) => sparseRow(rows, weights, scales, at) };
}

function sparseRow({ starts, ids }: SparseRows, weights: Float64Array, scales: Float64Array, at: number): SparseRow {
  const own = ids.subarray(starts[at] ?? 0, starts[at + 1] ?? 0);
  return { ids: own, values: Float64Array.from(own, (id) => (weights[id] ?? 0) * (scales[at] ?? 0)) };
}

/**
 * Rounds of labelling and training. Begins with 300 random texts and up to 20 known positives of each category, as reports and an older
 * model leave them; a fifth of the texts is held out.
 */
export function runRounds(
  corpus: Corpus,
  categories: readonly string[],
  strategy: Strategy,
  { rounds, perRound, seed }: { readonly rounds: number; readonly perRound: number; readonly seed: string },
): LabelRun {
  const { data } = corpus;
  const truths = categories.map((category) => data.labels.get(category) ?? new Uint8Array());
  const order = [...data.texts.keys()]
    .map((at) => ({ at, u: uniform(seed, String(at)) }))
    .sort((left, right) => left.u - right.u)
    .map(({ at }) => at);
  const heldOut = order.slice(0, order.length / 5);
  const pool = order.slice(heldOut.length);
  const labelled = new Set(pool.slice(0, SEED_NEGATIVES));
  for (const truth of truths) {
    const known = pool.filter((at) => truth[at] === 1);
    // Where positives are few, two thirds must be left to find.
    for (const at of known.slice(0, Math.min(SEED_POSITIVES, known.length / 3))) labelled.add(at);
  }
  const unlabelled = pool.filter((at) => !labelled.has(at));
  const budget = rounds * perRound;
  const atRandom = truths.map(
    (truth) => (budget * unlabelled.filter((at) => truth[at] === 1).length) / unlabelled.length,
  );

  const positives = categories.map(() => 0);
  const streamPositives = categories.map(() => 0);
  let [labels, streamLabels] = [0, 0];
  const curve: number[] = [];
  for (let round = 0; ; round += 1) {
    const scores = truths.map((truth) => fitAndScore(corpus, truth, labelled));
    curve.push(meanAveragePrecision(truths, scores, heldOut));
    if (round === rounds) break;
    const left = pool.filter((at) => !labelled.has(at));
    const { stream, rest } = pick(corpus, strategy, { categories, scores, left, perRound, salt: `${seed}|${round}` });
    for (const at of [...stream, ...rest]) labelled.add(at);
    labels += stream.length + rest.length;
    streamLabels += stream.length;
    for (const [c, truth] of truths.entries()) {
      const count = (picks: readonly number[]) => picks.filter((at) => truth[at] === 1).length;
      positives[c] = (positives[c] ?? 0) + count(stream) + count(rest);
      streamPositives[c] = (streamPositives[c] ?? 0) + count(stream);
    }
  }
  // The stream's size is a random number; the comparison is made label by label.
  return {
    labels,
    positives,
    streamLabels,
    streamPositives,
    atRandom: atRandom.map((n) => (n * labels) / budget),
    curve,
  };
}

interface Round {
  readonly categories: readonly string[];
  readonly scores: readonly Float64Array[];
  readonly left: readonly number[];
  readonly perRound: number;
  readonly salt: string;
}

function pick(
  corpus: Corpus,
  strategy: Strategy,
  round: Round,
): { stream: readonly number[]; rest: readonly number[] } {
  const { scores, left, perRound, salt } = round;
  switch (strategy) {
    case 'random':
      return { stream: [], rest: largest(left, (at) => uniform(salt, String(at)), perRound) };
    case 'most uncertain': {
      const uncertainty = (at: number) => Math.max(...scores.map((own) => (own[at] ?? 0) * (1 - (own[at] ?? 0))));
      return { stream: [], rest: largest(left, uncertainty, perRound) };
    }
    case 'plan':
      return pickByPlan(corpus, round);
  }
}

function largest(items: readonly number[], valueOf: (item: number) => number, size: number): readonly number[] {
  return items
    .map((item) => ({ item, value: valueOf(item) }))
    .sort((left, right) => right.value - left.value)
    .slice(0, size)
    .map(({ item }) => item);
}

function pickByPlan(
  corpus: Corpus,
  { categories, scores, left, perRound, salt }: Round,
): { stream: readonly number[]; rest: readonly number[] } {
  const items = left.map((at): SamplingItem => ({
    platform: 'bench',
    contentId: String(at),
    revision: 1,
    language: 'und',
    kind: 'POST',
    scores: Object.fromEntries(categories.map((category, c) => [category, scores[c]?.[at] ?? 0])),
  }));
  const thresholds = Object.fromEntries(
    categories.map((category, c) => {
      const falling = left.map((at) => scores[c]?.[at] ?? 0).sort((one, other) => other - one);
      return [category, Math.max(1e-6, falling[Math.floor(falling.length * FLAGGED_SHARE)] ?? 1)];
    }),
  );
  const settings: PlanSettings = {
    channel: 'bench',
    salt,
    from: DAY,
    to: 2 * DAY,
    ...DEFAULT_PLAN_SHARES,
    bootstrapRate: 0.02,
    budgets: [{ team: 'bench', languages: [], labelsPerDay: perRound }],
    categories: Object.fromEntries(
      categories.map((category) => [
        category,
        {
          threshold: thresholds[category] ?? null,
          target: 500,
          positives: 0,
          trainedOn: SEED_POSITIVES,
          nearest: null,
        },
      ]),
    ),
  };
  const window = aggregateWindow(items, thresholds, { from: 0, to: DAY });
  const draft = makePlan(window, settings);
  const plan = makePlan(
    window,
    settings,
    draft.strata.map((stratum) => largestParts(stratum, items)),
  );
  const draws = items.map((item) => drawContent({ plan, bootstrap: { rate: 0.02, salt } }, item));
  const stream = left.filter((_, i) => draws[i]?.drawn);
  const size = Math.round(plan.strata[0]?.trainOnlyBudget ?? 0);
  const notDrawn = left.flatMap((at, i) =>
    draws[i]?.drawn === false ? [{ at, id: String(at), uncertainty: draws[i].parts.uncertainty }] : [],
  );
  const candidates = mostUncertain(notDrawn, size).map(({ at, ...candidate }) => ({
    ...candidate,
    probabilities: scores.map((own) => own[at] ?? 0),
    features: corpus.rowOf(at),
  }));
  const picked = pickByGradients(candidates, size, salt);
  return { stream, rest: picked.map((at) => Number(candidates[at]?.id)) };
}

function fitAndScore({ design }: Corpus, truth: Uint8Array, labelled: ReadonlySet<number>): Float64Array {
  const targets = new Float64Array(design.rows).fill(Number.NaN);
  for (const at of labelled) targets[at] = truth[at] ?? 0;
  const { weights, bias } = fitLogistic(design, targets, { c: 4, maxIterations: 60, tolerance: 1e-3 });
  const logits = new Float64Array(design.rows);
  design.multiply(weights, new Uint8Array(design.rows).fill(1), logits);
  return logits.map((logit) => 1 / (1 + Math.exp(-logit - bias)));
}

function meanAveragePrecision(
  truths: readonly Uint8Array[],
  scores: readonly Float64Array[],
  heldOut: readonly number[],
): number {
  const each = truths.map((truth, c) => {
    const ofHeldOut = Float64Array.from(heldOut, (at) => scores[c]?.[at] ?? 0);
    return rankingQuality({ scores: ofHeldOut, labels: Uint8Array.from(heldOut, (at) => truth[at] ?? 0) })
      .averagePrecision;
  });
  return each.reduce((sum, one) => sum + one, 0) / each.length;
}
