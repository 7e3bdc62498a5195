import {
  benjaminiHochberg,
  estimatePerformance,
  movedFigure,
  movementOf,
  performanceMetrics,
  type MeasuredFigure,
  type Movement,
  type PerformanceMetric,
} from '#model';
import type { DriftChannel, DriftScope, PerformanceSums } from './drift-rows.js';

/** Fewer labels say nothing of a figure (sampling 1.4). */
const LEAST_LABELS = 20;
/** Labels are few: a shift that one day in a hundred shows by chance counts, if it stands out among all of them too. */
const SIGNIFICANCE = 0.01;
const FALSE_DISCOVERIES = 0.05;
/** Two-sided 95 %. */
const Z = 1.96;
const WEEK_HOURS = 168;
const labelledMetrics = ['prevalence', 'precision', 'recall'] as const;

type Figures = Readonly<Partial<Record<PerformanceMetric, MeasuredFigure>>>;

/** What labels say of one figure of one category and slice: the week beside the four weeks before it. */
export interface LabelledFigure {
  readonly scope: DriftScope;
  readonly before: MeasuredFigure;
  readonly after: MeasuredFigure;
  readonly labelsBefore: number;
  readonly labels: number;
  readonly p: number;
  readonly adjusted: number;
  readonly signs: readonly ('LABELS' | 'TARGET')[];
  readonly target: number | null;
}

export interface MeasuredPerformance {
  readonly figures: readonly LabelledFigure[];
  /** How label-free and labelled figures of a category and slice moved; without a category how any did. */
  readonly movements: (of: PerformanceScope) => { readonly labelFree: Movement; readonly labelled: Movement };
}

interface PerformanceScope {
  readonly channel: string;
  readonly category: string;
  readonly slice_by: string;
  readonly slice_value: string;
}

interface Place {
  readonly scope: PerformanceScope;
  before: PerformanceSums | null;
  after: PerformanceSums | null;
  readonly labelFree: Movement[];
  readonly labelled: Movement[];
}

/** Label-free beside labelled performance of a week, against the four weeks before it (drift 5.2, 5.3). */
export function measurePerformance(
  rows: readonly PerformanceSums[],
  channels: readonly DriftChannel[],
): MeasuredPerformance {
  const places = new Map<string, Place>();
  for (const row of rows) {
    const key = keyOf(row);
    const place = places.get(key) ?? { scope: placeOf(row), before: null, after: null, labelFree: [], labelled: [] };
    if (row.is_window === 1) place.after = row;
    else place.before = row;
    places.set(key, place);
  }
  const measured = [...places.values()].flatMap((place) => {
    const [freeBefore, freeAfter] = [labelFreeOf(place.before), labelFreeOf(place.after)];
    place.labelFree.push(
      ...performanceMetrics.map(
        (metric) => movedFigure(metric, freeBefore[metric] ?? NOTHING, freeAfter[metric] ?? NOTHING).movement,
      ),
    );
    const [knownBefore, knownAfter] = [labelledOf(place.before), labelledOf(place.after)];
    return labelledMetrics.map((metric) => {
      const [before, after] = [knownBefore[metric] ?? NOTHING, knownAfter[metric] ?? NOTHING];
      return { place, metric, before, after, ...movedFigure(metric, before, after, SIGNIFICANCE) };
    });
  });
  const known = measured.filter(({ movement }) => movement !== 'UNKNOWN');
  const adjusted = new Map(benjaminiHochberg(known.map(({ p }) => p)).map((value, i) => [known[i], value]));
  const figures = measured.map((one): LabelledFigure => {
    const { place, metric, before, after, movement, p } = one;
    const beyondChance = adjusted.get(one) ?? 1;
    const hasMoved = movement === 'MOVED' && beyondChance <= FALSE_DISCOVERIES;
    place.labelled.push(movement === 'MOVED' && !hasMoved ? 'STABLE' : movement);
    const scope = { ...place.scope, width_hours: WEEK_HOURS, feature: metric, model_id: '' };
    const target = targetOf(scope, metric, channels);
    const signs: ('LABELS' | 'TARGET')[] = [];
    if (hasMoved) signs.push('LABELS');
    if (isMissed(after, target)) signs.push('TARGET');
    return {
      scope,
      before,
      after,
      labelsBefore: labelsOf(place.before, metric),
      labels: labelsOf(place.after, metric),
      p,
      adjusted: beyondChance,
      signs,
      target,
    };
  });
  const asked = (of: PerformanceScope): readonly Place[] =>
    [...places.values()].filter(
      ({ scope }) =>
        scope.channel === of.channel &&
        scope.slice_by === of.slice_by &&
        scope.slice_value === of.slice_value &&
        (of.category === '' || scope.category === of.category),
    );
  return {
    figures,
    movements: (of) => ({
      labelFree: movementOf(asked(of).flatMap(({ labelFree }) => labelFree)),
      labelled: movementOf(asked(of).flatMap(({ labelled }) => labelled)),
    }),
  };
}

/** Whether another version of the policy judges than before: figures then differ without anything having moved. */
export function hasPolicyChanged({ policies, policies_before: before }: DriftChannel): boolean {
  return before.length > 0 && policies.some((policy) => !before.includes(policy));
}

const NOTHING: MeasuredFigure = { value: null, error: null };

function keyOf({ channel, category, slice_by: by, slice_value: value }: PerformanceSums): string {
  return JSON.stringify([channel, category, by, value]);
}

function placeOf({ channel, category, slice_by, slice_value }: PerformanceSums): PerformanceScope {
  return { channel, category, slice_by, slice_value };
}

function labelFreeOf(row: PerformanceSums | null): Figures {
  if (row === null || row.contents === 0) return {};
  return estimatePerformance({
    contents: row.contents,
    flagged: row.flagged,
    probability: row.probability,
    flaggedProbability: row.flagged_probability,
    spread: row.spread,
    flaggedSpread: row.flagged_spread,
  });
}

/** AIPW with the errors of a statement about the traffic, as `live_quality` has them (sampling 1.4). */
function labelledOf(row: PerformanceSums | null): Figures {
  if (row === null || row.silent_draws > 0 || row.positives <= 0) return {};
  const { labelled_contents: n, labelled_flagged: m, positives: p, true_positives: tp } = row;
  const [prevalence, precision, recall] = [p / n, tp / m, tp / p];
  const variances = {
    prevalence: (row.bb - 2 * prevalence * row.bn + prevalence ** 2 * row.nn) / n ** 2,
    precision: (row.aa - 2 * precision * row.af + precision ** 2 * row.ff) / m ** 2,
    recall: (row.aa - 2 * recall * row.ab + recall ** 2 * row.bb) / p ** 2,
  };
  const values = { prevalence, precision, recall };
  return Object.fromEntries(
    labelledMetrics.map((metric): [PerformanceMetric, MeasuredFigure] => {
      const isKnown = labelsOf(row, metric) >= LEAST_LABELS && Number.isFinite(values[metric]);
      return [
        metric,
        isKnown
          ? {
              value: Math.min(1, Math.max(0, values[metric])),
              error: Math.sqrt(Math.max(0, variances[metric])),
            }
          : NOTHING,
      ];
    }),
  );
}

function labelsOf(row: PerformanceSums | null, metric: (typeof labelledMetrics)[number]): number {
  if (row === null) return 0;
  switch (metric) {
    case 'prevalence':
      return row.labels;
    case 'precision':
      return row.flagged_labels;
    case 'recall':
      return row.positive_labels;
  }
}

/**
 * The target of the policy that a figure can be held against. Flags are what review asks for, so the recall of review is; the precision of block is
 * only where nothing is reviewed.
 */
function targetOf(
  scope: DriftScope,
  metric: (typeof labelledMetrics)[number],
  channels: readonly DriftChannel[],
): number | null {
  const channel = channels.find((one) => one.channel === scope.channel);
  const targets = channel?.targets[scope.category];
  if (channel === undefined || targets === undefined) return null;
  if (metric === 'recall') return targets.review_recall;
  const thresholds = channel.thresholds[scope.category];
  return metric === 'precision' && thresholds?.review === null ? targets.block_precision : null;
}

/** Its interval too is below the target. */
function isMissed({ value, error }: MeasuredFigure, target: number | null): boolean {
  return value !== null && error !== null && target !== null && value + Z * error < target;
}
