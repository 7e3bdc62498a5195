import {
  crossedFlagRate,
  estimatePerformance,
  flagDispersion,
  judgeWindow,
  movedFigure,
  movementOf,
  performanceMetrics,
  type Distances,
  type DriftRule,
  type FlagCount,
  type MeasuredFigure,
  type Movement,
  type PerformanceMetric,
  type ScoreDistances,
} from '#model';
import type { DriftHistory, DriftJudgement, DriftScope, DriftWindow } from './drift-rows.js';
import { scopeKey } from './drift-rows.js';

const DAY_MS = 86_400_000;
/** Windows from which the clustering of flags is learnt; with fewer the sequence is not armed. */
const LEAST_HISTORY = 24;

/** Judges all windows that end now, those of each channel together (drift 5.3). */
export function judgeTraffic(windows: readonly DriftWindow[], rule: DriftRule): readonly DriftJudgement[] {
  const channels = [...new Set(windows.map(({ channel }) => channel))];
  return channels.flatMap((channel) => {
    const own = windows.filter((one) => one.channel === channel);
    const judged = judgeWindow(own.map(distancesOf), rule);
    return own.map((scope, i) => {
      const { p = 1, adjusted = 1, signs = [], isSevere = false } = judged[i] ?? {};
      return { scope, p, adjusted, signs, isSevere };
    });
  });
}

function distancesOf(window: DriftWindow): Distances | ScoreDistances {
  const common = {
    groups: window.group_count,
    referenceContents: window.reference_contents,
    contents: window.contents,
    psi: window.psi,
    jensenShannon: window.jensen_shannon,
    hellinger: window.hellinger,
  };
  const { kolmogorov_smirnov: kolmogorovSmirnov, wasserstein } = window;
  if (kolmogorovSmirnov === null || wasserstein === null) return common;
  return {
    ...common,
    kolmogorovSmirnov,
    wasserstein,
    referenceMean: window.reference_mean,
    mean: window.mean,
    referenceVariance: window.reference_variance,
    variance: window.variance,
  };
}

/** Whether the label-free figures of a window differ from those of its reference; of a mix those of all scores of its channel. */
export function labelFreeMovement(scope: DriftScope, windows: readonly DriftWindow[]): Movement {
  if (scope.feature === 'logit') {
    const window = windows.find((one) => scopeKey(one) === scopeKey(scope));
    return window === undefined ? 'UNKNOWN' : movementOfWindow(window);
  }
  return movementOf(
    windows
      .filter(
        (one) =>
          one.feature === 'logit' &&
          one.channel === scope.channel &&
          one.width_hours === scope.width_hours &&
          one.slice_by === 'all',
      )
      .map(movementOfWindow),
  );
}

function movementOfWindow(window: DriftWindow): Movement {
  // Of training rows nobody knows how they would have been flagged.
  if (window.reference === 'TRAINING') return 'UNKNOWN';
  const [before, after] = [
    estimateOf(window.reference_contents, window.reference_sums),
    estimateOf(window.contents, window.sums),
  ];
  return movementOf(performanceMetrics.map((metric) => movedFigure(metric, before[metric], after[metric]).movement));
}

/** What calibrated scores say of the decisions of a window, by metric. */
export function labelFreeFigures({
  contents,
  sums,
}: DriftWindow): readonly (readonly [PerformanceMetric, MeasuredFigure])[] {
  const estimates = estimateOf(contents, sums);
  return performanceMetrics.map((metric) => [metric, estimates[metric]]);
}

function estimateOf(contents: number, sums: DriftWindow['sums']) {
  return estimatePerformance({
    contents,
    flagged: sums.flagged,
    probability: sums.probability,
    flaggedProbability: sums.flagged_probability,
    spread: sums.spread,
    flaggedSpread: sums.flagged_spread,
  });
}

/**
 * Whether this window is the one with which the flags of a category cross what is expected of them, by the sequence of the windows of its UTC day. The
 * eight days before teach how flags cluster.
 */
export function crossesFlagRate(
  window: DriftWindow,
  past: DriftHistory['past'],
  to: number,
): 'RISEN' | 'FALLEN' | null {
  const expectedRate = window.reference === 'TRAINING' ? -1 : window.reference_sums.flagged / window.reference_contents;
  if (!(expectedRate > 0)) return null;
  const dayOf = (end: number): number => Math.floor((end - 1) / DAY_MS);
  const counts = past.flatMap(([end, , contents, flagged, rate]) =>
    rate > 0 ? [{ end, contents, flagged, expectedRate: rate }] : [],
  );
  const before = counts.filter(({ end }) => dayOf(end) < dayOf(to));
  if (before.length < LEAST_HISTORY) return null;
  const today: readonly FlagCount[] = counts.filter(({ end }) => dayOf(end) === dayOf(to));
  const dispersion = flagDispersion(before);
  if (crossedFlagRate(today, dispersion) !== null) return null;
  return crossedFlagRate(
    [...today, { contents: window.contents, flagged: window.sums.flagged, expectedRate }],
    dispersion,
  );
}
