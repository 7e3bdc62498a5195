import { anyCategory } from '../training/labelled-text.js';
import { hashKey } from '../training/seeded-uniform.js';
import type { BootstrapSettings } from './bootstrap.js';
import { calibrationQuality } from './calibration-quality.js';
import type { CategoryReport, MacroReport } from './evaluation-report.js';
import { known, percentileEstimate } from './intervals.js';
import { rankedQuality, visitDraws } from './ranked-rows.js';
import type { RankedRows } from './ranked-rows.js';
import type { CurvePoint } from './ranking.js';
import { operatingReport, scoreCategory } from './scored-rows.js';
import type { ModelScores, ScoredCategory } from './scored-rows.js';

const mostCurvePoints = 200;

/** What a model does with labelled rows, category by category. */
export interface CategoriesReport {
  readonly rows: number;
  /** Near-duplicate groups. */
  readonly groups: number;
  readonly categories: readonly CategoryReport[];
  readonly macro: MacroReport;
}

/** A category over rows that a training held out. */
export interface HeldOutCategory {
  readonly category: string;
  readonly logits: Float64Array;
  /** 1, 0 or a share of raters, above .5 a yes; NaN where the label is not known or the row was not held out. */
  readonly labels: Float64Array;
}

/**
 * Quality of each category on rows that are no data set yet, or no more: equal weights, no slices (evaluation 4.1). `groups` are near-duplicate
 * groups by row.
 */
export function evaluateHeldOut(
  heldOut: readonly HeldOutCategory[],
  model: Pick<ModelScores, 'calibrators' | 'thresholds'>,
  groups: readonly number[],
  settings: BootstrapSettings,
  onProgress?: (done: number, total: number) => void,
): CategoriesReport {
  const groupHashes = Uint32Array.from(groups, (group) => hashKey(String(group)));
  const weights = new Float64Array(groups.length).fill(1);
  const scored = heldOut.map(({ category, logits, labels }) =>
    scoreCategory(category, { ...model, logits: { [category]: logits } }, labels, weights),
  );
  const drawn = scored.map(({ ranked }) => emptyDraws(ranked, settings.draws));
  drawAll(drawn, groupHashes, settings, onProgress);
  return { rows: groups.length, ...reportCategories(scored, drawn, groupHashes, settings.draws) };
}

/** Of draws that were made before. */
export function reportCategories(
  scored: readonly ScoredCategory[],
  drawn: readonly Drawn[],
  groupHashes: Uint32Array,
  draws: number,
): Omit<CategoriesReport, 'rows'> {
  return {
    groups: new Set(groupHashes).size,
    categories: scored.map((one, c) => categoryReport(one, drawn[c], groupHashes)),
    macro: macroReport(scored, drawn, draws),
  };
}

/** Draws of one set of ranked rows. */
export interface Drawn {
  readonly ranked: RankedRows;
  readonly averagePrecision: Float64Array;
  readonly rocAuc: Float64Array;
}

export function emptyDraws(ranked: RankedRows, draws: number): Drawn {
  return { ranked, averagePrecision: new Float64Array(draws), rocAuc: new Float64Array(draws) };
}

export function drawAll(
  all: readonly Drawn[],
  groupHashes: Uint32Array,
  settings: BootstrapSettings,
  onProgress?: (done: number, total: number) => void,
): void {
  // Without a positive there is no average precision to draw.
  const distinct = [...new Set(all)];
  for (const { ranked, averagePrecision, rocAuc } of distinct) {
    if (ranked.positives > 0) continue;
    averagePrecision.fill(Number.NaN);
    rocAuc.fill(Number.NaN);
  }
  const drawable = distinct.filter(({ ranked }) => ranked.positives > 0);
  visitDraws(groupHashes, settings, (weights, draw) => {
    for (const { ranked, averagePrecision, rocAuc } of drawable) {
      const quality = rankedQuality(ranked, weights);
      averagePrecision[draw] = quality.averagePrecision;
      rocAuc[draw] = quality.rocAuc;
    }
    if (draw % 20 === 19) onProgress?.(draw + 1, settings.draws);
  });
}

export function estimatesOf({
  ranked,
  averagePrecision,
  rocAuc,
}: Drawn): Pick<CategoryReport, 'averagePrecision' | 'rocAuc'> {
  const quality = rankedQuality(ranked);
  return {
    averagePrecision: percentileEstimate(quality.averagePrecision, averagePrecision, ranked.positives),
    rocAuc: percentileEstimate(quality.rocAuc, rocAuc, ranked.positives),
  };
}

export function prevalenceOf({ labels, weights }: RankedRows): number | null {
  let positive = 0;
  let total = 0;
  for (const [at, label] of labels.entries()) {
    const weight = weights[at] ?? 1;
    total += weight;
    positive += weight * label;
  }
  return known(positive / total);
}

function categoryReport(scored: ScoredCategory, drawn: Drawn | undefined, groupHashes: Uint32Array): CategoryReport {
  const { ranked, probabilities } = scored;
  return {
    category: scored.category,
    rows: ranked.rows.length,
    positives: ranked.positives,
    prevalence: prevalenceOf(ranked),
    ...estimatesOf(drawn ?? emptyDraws(ranked, 0)),
    calibration: calibrationQuality(ranked, probabilities, groupHashes),
    review: operatingReport(scored, scored.review),
    block: operatingReport(scored, scored.block),
    curve: curveOf(scored),
  };
}

/**
 * Precision and recall where recall rises: those are the steps whose area the average precision is. From the strictest
 * on, thinned to about 200 points.
 */
function curveOf({ ranked, probabilities }: ScoredCategory): CurvePoint[] {
  if (ranked.positives === 0) return [];
  const points: CurvePoint[] = [];
  let flagged = 0;
  let truePositives = 0;
  let positives = 0;
  for (const [at, label] of ranked.labels.entries()) positives += label * (ranked.weights[at] ?? 1);
  let drawn = 0;
  for (const [at, threshold] of probabilities.entries()) {
    const weight = ranked.weights[at] ?? 1;
    flagged += weight;
    if (ranked.labels[at] === 1) truePositives += weight;
    if (ranked.scores[at] === ranked.scores[at + 1] || truePositives === drawn) continue;
    drawn = truePositives;
    points.push({ threshold, precision: truePositives / flagged, recall: truePositives / positives });
  }
  const every = Math.ceil(points.length / mostCurvePoints);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

/** Categories that enter the macro mean: both labels are there, and it is none that others make up. */
export function isInMacro({ category, ranked }: ScoredCategory): boolean {
  return category !== anyCategory && ranked.positives > 0 && ranked.positives < ranked.rows.length;
}

function macroReport(scored: readonly ScoredCategory[], overall: readonly Drawn[], draws: number): MacroReport {
  const counted = scored.flatMap((one, c) => {
    const drawn = overall[c];
    return isInMacro(one) && drawn !== undefined ? { category: one.category, drawn } : [];
  });
  const values = counted.map(({ drawn }) => rankedQuality(drawn.ranked));
  const fewest = Math.min(...counted.map(({ drawn }) => drawn.ranked.positives));
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const meanDraws = (of: 'averagePrecision' | 'rocAuc'): Float64Array =>
    Float64Array.from({ length: draws }, (_, draw) => mean(counted.map(({ drawn }) => drawn[of][draw] ?? Number.NaN)));
  return {
    categories: counted.map(({ category }) => category),
    averagePrecision: percentileEstimate(
      mean(values.map((value) => value.averagePrecision)),
      meanDraws('averagePrecision'),
      fewest,
    ),
    rocAuc: percentileEstimate(mean(values.map((value) => value.rocAuc)), meanDraws('rocAuc'), fewest),
  };
}
