import { seededUniform } from '../../training/seeded-uniform.js';
import { applyCalibrator, logOdds, sigmoid, type Calibrator, type CalibrationRow } from '../calibrator.js';
import { fitCalibrator } from '../fit-calibrator.js';
import { solveBlockThreshold, solveReviewThreshold } from '../thresholds.js';

/** Traffic with planted truth: logits are logistic around one mean for positives and another one for negatives. */
export interface CoverageWorld {
  readonly contents: number;
  /** Labels that the plan spends, in the mean. */
  readonly labels: number;
  readonly prevalence: number;
  /** Means of the logit, and its scale. */
  readonly positive: number;
  readonly negative: number;
  readonly scale: number;
  /** Logits by which positives score higher in another category, whose scores draw as well. */
  readonly entanglement: number;
}

/** How contents are drawn: with equal probability, by this category's scores, or by those of another category. */
export type CoveragePlan = 'uniform' | 'own scores' | 'other scores';

export interface Coverage {
  readonly plan: CoveragePlan;
  readonly weighting: 'weighted' | 'unweighted' | 'weighted, calibrated first';
  readonly runs: number;
  /** Share of the runs that found a block threshold, share whose true precision is below the target, and mean true precision. */
  readonly solved: number;
  readonly belowTarget: number;
  readonly precision: number;
  /** Mean true share of positives below the review threshold. */
  readonly missed: number;
}

export const DEFAULT_WORLD: CoverageWorld = {
  contents: 10_000,
  labels: 1_000,
  prevalence: 0.05,
  positive: 2,
  negative: -4,
  scale: 0.75,
  entanglement: 3,
};

const uniformShare = 0.25;
const thresholdShare = 0.33;

/**
 * Solves thresholds on simulated samples and holds them against the truth, which the world knows in closed form.
 * The same seed gives the same figures.
 */
export function simulateCoverage(options: {
  readonly world: CoverageWorld;
  readonly plan: CoveragePlan;
  readonly runs: number;
  readonly precision: number;
  readonly missRate: number;
  readonly seed: number;
}): readonly Coverage[] {
  const { world, plan, runs, precision, missRate, seed } = options;
  const tallies = (['weighted', 'unweighted', 'weighted, calibrated first'] as const).map((weighting) => ({
    weighting,
    solved: 0,
    below: 0,
    precision: 0,
    missed: 0,
  }));
  for (let run = 0; run < runs; run += 1) {
    const sample = drawSample(world, plan, seed + run);
    for (const tally of tallies) {
      const rows = tally.weighting === 'unweighted' ? sample.map((row) => ({ ...row, weight: 1 })) : sample;
      const calibrator: Calibrator | null =
        tally.weighting === 'weighted, calibrated first' ? fitCalibrator(rows).calibrator : null;
      const scoreOf = (logit: number): number =>
        calibrator === null ? sigmoid(logit) : applyCalibrator(calibrator, logit);
      const scored = rows.map(({ logit, label, weight }) => ({ score: scoreOf(logit), label, weight }));
      const block = solveBlockThreshold(scored, precision).threshold;
      if (block !== null) {
        const truth = precisionFrom(world, logitFrom(scoreOf, block));
        tally.solved += 1;
        tally.precision += truth;
        if (truth < precision) tally.below += 1;
      }
      tally.missed += missedBelow(world, logitFrom(scoreOf, solveReviewThreshold(scored, missRate)));
    }
  }
  return tallies.map(({ weighting, solved, below, precision: sum, missed }) => ({
    plan,
    weighting,
    runs,
    solved: solved / runs,
    belowTarget: below / runs,
    precision: solved > 0 ? sum / solved : Number.NaN,
    missed: missed / runs,
  }));
}

interface Content {
  readonly logit: number;
  readonly label: 0 | 1;
  /** Score that draws. */
  readonly drawing: number;
}

/** A Poisson draw of 25 % uniform, 25 % above a threshold and 50 % by sqrt(s (1 - s)) (sampling 1.2), with its weights. */
function drawSample(world: CoverageWorld, plan: CoveragePlan, seed: number): readonly CalibrationRow[] {
  const { contents, labels, prevalence, positive, negative, scale, entanglement } = world;
  const drawn: Content[] = Array.from({ length: contents }, (_, i) => {
    const label = seededUniform(seed, 0, i) < prevalence ? 1 : 0;
    const logit = (label === 1 ? positive : negative) + scale * logOdds(seededUniform(seed, 1, i));
    const other = sigmoid(-3 + entanglement * label + logOdds(seededUniform(seed, 2, i)));
    return { logit, label, drawing: plan === 'other scores' ? other : posterior(world, logit) };
  });
  let above = 0;
  let uncertain = 0;
  for (const { drawing } of drawn) {
    if (drawing >= 0.5) above += 1;
    uncertain += Math.sqrt(drawing * (1 - drawing));
  }
  return drawn.flatMap(({ logit, label, drawing }, i) => {
    const byThreshold = drawing >= 0.5 ? thresholdShare / above : 0;
    const byUncertainty = ((1 - thresholdShare) * Math.sqrt(drawing * (1 - drawing))) / uncertain;
    const active = (uniformShare * labels) / contents + (1 - uniformShare) * labels * (byThreshold + byUncertainty);
    const inclusion = plan === 'uniform' ? labels / contents : Math.min(1, active);
    return seededUniform(seed, 3, i) < inclusion ? [{ logit, label, weight: 1 / inclusion }] : [];
  });
}

/** P(y = 1 | logit). */
function posterior({ prevalence, positive, negative, scale }: CoverageWorld, logit: number): number {
  const density = (mean: number): number => {
    const p = sigmoid((logit - mean) / scale);
    return p * (1 - p);
  };
  const yes = prevalence * density(positive);
  return yes / (yes + (1 - prevalence) * density(negative));
}

function precisionFrom({ prevalence, positive, negative, scale }: CoverageWorld, logit: number): number {
  const yes = prevalence * sigmoid((positive - logit) / scale);
  return yes / (yes + (1 - prevalence) * sigmoid((negative - logit) / scale));
}

function missedBelow({ positive, scale }: CoverageWorld, logit: number): number {
  return sigmoid((logit - positive) / scale);
}

/** Smallest logit whose score reaches a threshold. */
function logitFrom(scoreOf: (logit: number) => number, threshold: number): number {
  let low = -40;
  let high = 40;
  if (scoreOf(low) >= threshold) return low;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (scoreOf(middle) >= threshold) high = middle;
    else low = middle;
  }
  return high;
}
