import { applyCalibrator, identityCalibrator } from '../calibration/calibrator.js';
import type { Calibrator } from '../calibration/calibrator.js';
import { hashKey } from '../training/seeded-uniform.js';
import { bootstrapInterval, defaultBootstrap } from './bootstrap.js';
import type { BootstrapSettings, Interval } from './bootstrap.js';
import { fallingOrder, operatingPoint, precisionRecallCurve, rankingQuality } from './ranking.js';
import type { CurvePoint, Judged } from './ranking.js';
import { measureReliability } from './reliability.js';
import type { Reliability } from './reliability.js';

/** Logits of one category over all rows and what is known of them; NaN where the label is unknown. */
export interface CategoryScores {
  readonly category: string;
  readonly logits: Float64Array;
  readonly labels: Float64Array;
  readonly calibrator: Calibrator | undefined;
  readonly review: number | null;
  readonly block: number | null;
}

export interface OperatingPoint extends CurvePoint {
  readonly flagged: number;
}

export interface CategoryEvaluation {
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  readonly prevalence: number;
  readonly averagePrecision: number;
  readonly averagePrecisionInterval: Interval;
  readonly rocAuc: number;
  readonly rocAucInterval: Interval;
  readonly reliability: Reliability;
  readonly review: OperatingPoint | undefined;
  readonly block: OperatingPoint | undefined;
  /** At most 200 points of the precision-recall curve. */
  readonly curve: readonly CurvePoint[];
}

export interface Evaluation {
  readonly rows: number;
  readonly groups: number;
  readonly categories: readonly CategoryEvaluation[];
  /** Mean average precision over the categories that have positives. */
  readonly macro: number;
  readonly macroInterval: Interval;
}

const mostCurvePoints = 200;

/**
 * Quality of each category over the rows whose label is known, with bootstrap intervals by near-duplicate group
 * (evaluation 4.1). A soft label counts as positive above .5. `onProgress` is told after each category.
 */
export function evaluateScores(
  scores: readonly CategoryScores[],
  groups: readonly number[],
  macroOver: (category: string) => boolean = () => true,
  settings: BootstrapSettings = defaultBootstrap,
  onProgress?: (category: string) => void,
): Evaluation {
  const groupHashes = Uint32Array.from(groups, (group) => hashKey(String(group)));
  const categories = scores.map((one) => {
    const evaluated = evaluateCategory(one, groupHashes, settings);
    onProgress?.(one.category);
    return evaluated;
  });
  const inMacro = categories.filter(({ category, positives }) => macroOver(category) && positives > 0);
  const mean = inMacro.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0) / inMacro.length;
  return {
    rows: groups.length,
    groups: new Set(groups).size,
    categories,
    macro: mean,
    macroInterval: macroInterval(
      scores.filter(({ category }) => inMacro.some((one) => one.category === category)),
      groupHashes,
      settings,
    ),
  };
}

interface KnownRows extends Judged {
  readonly order: Int32Array;
  readonly rows: Int32Array;
}

function knownRows({ logits, labels }: CategoryScores): KnownRows {
  const rows = Int32Array.from(labels.keys()).filter((row) => !Number.isNaN(labels[row] ?? Number.NaN));
  const scores = Float64Array.from(rows, (row) => logits[row] ?? 0);
  const judged = { scores, labels: Uint8Array.from(rows, (row) => ((labels[row] ?? 0) > 0.5 ? 1 : 0)) };
  return { ...judged, order: fallingOrder(scores), rows };
}

function evaluateCategory(
  one: CategoryScores,
  groupHashes: Uint32Array,
  settings: BootstrapSettings,
): CategoryEvaluation {
  const known = knownRows(one);
  const { order, rows } = known;
  const hashes = Uint32Array.from(rows, (row) => groupHashes[row] ?? 0);
  const { averagePrecision, rocAuc } = rankingQuality(known, order);
  const calibrator = one.calibrator ?? identityCalibrator;
  const calibrated = { ...known, scores: known.scores.map((logit) => applyCalibrator(calibrator, logit)) };
  const positives = known.labels.reduce((sum, label) => sum + label, 0);
  const curve = precisionRecallCurve(calibrated);
  const every = Math.ceil(curve.length / mostCurvePoints);
  return {
    category: one.category,
    rows: rows.length,
    positives,
    prevalence: rows.length > 0 ? positives / rows.length : 0,
    averagePrecision,
    averagePrecisionInterval: bootstrapInterval(
      (weights) => rankingQuality(known, order, weights).averagePrecision,
      hashes,
      known.labels,
      settings,
    ),
    rocAuc,
    rocAucInterval: bootstrapInterval(
      (weights) => rankingQuality(known, order, weights).rocAuc,
      hashes,
      known.labels,
      settings,
    ),
    reliability: measureReliability(calibrated),
    review: one.review === null ? undefined : operatingPoint(calibrated, one.review),
    block: one.block === null ? undefined : operatingPoint(calibrated, one.block),
    curve: positives > 0 ? curve.filter((_, i) => i % every === 0 || i === curve.length - 1) : [],
  };
}

/** The same group weights for all categories, as they share rows. */
function macroInterval(
  scores: readonly CategoryScores[],
  groupHashes: Uint32Array,
  settings: BootstrapSettings,
): Interval {
  const all = scores.map(knownRows);
  const positives = all.map(({ labels }) => labels.reduce((sum, label) => sum + label, 0));
  const interval = bootstrapInterval(
    (weights) => {
      let sum = 0;
      for (const known of all) {
        const own = Float64Array.from(known.rows, (row) => weights[row] ?? 0);
        sum += rankingQuality(known, known.order, own).averagePrecision;
      }
      // NaN when a draw lost all positives of a rare category; such a draw is left out.
      return sum / all.length;
    },
    groupHashes,
    new Uint8Array(groupHashes.length).fill(1),
    settings,
  );
  return { ...interval, wide: Math.min(...positives) < 30 };
}
