import { mixtureBound } from './confidence-sequence.js';

/** Flagged contents of one window, and the share that its reference leads to expect. */
export interface FlagCount {
  readonly contents: number;
  readonly flagged: number;
  readonly expectedRate: number;
}

export interface FlagRateRule {
  /** Total error rate of a run of windows, whenever it is looked at. */
  readonly alpha: number;
  /** Relative change that is let through: against none, a harmless one would be found in time (evaluation 4.5). */
  readonly margin: number;
  /** Windows at which the bound is tightest. */
  readonly plannedWindows: number;
}

export const DEFAULT_FLAG_RATE_RULE: FlagRateRule = { alpha: 0.001, margin: 0.2, plannedWindows: 6 };

/** Windows of a day, at each of which a change may begin. */
const MOST_STARTS = 24;

/**
 * Whether flags of a run of at most 24 windows rose or fell beyond the margin, by sequences that may be looked at after each window. One begins at
 * each window and has its share of alpha, so that a quiet morning does not hide what begins at noon. Flags come in clusters, so their variance is
 * that of single ones times `dispersion`, which {@link flagDispersion} takes from windows before the run.
 */
export function crossedFlagRate(
  run: readonly FlagCount[],
  dispersion: number,
  rule: FlagRateRule = DEFAULT_FLAG_RATE_RULE,
): 'RISEN' | 'FALLEN' | null {
  const perWindow = run.reduce((total, one) => total + varianceOf(one), 0) / Math.max(1, run.length);
  const planned = rule.plannedWindows * perWindow * dispersion;
  if (planned === 0) return null;
  const crosses = (sign: 1 | -1): boolean =>
    run.some((_, start) => {
      let [sum, variance] = [0, 0];
      return run.slice(start).some((one) => {
        sum += sign * (one.flagged - one.contents * one.expectedRate * (1 + sign * rule.margin));
        variance += varianceOf(one) * dispersion;
        return sum > mixtureBound(variance, planned, rule.alpha / (2 * MOST_STARTS));
      });
    });
  if (crosses(1)) return 'RISEN';
  return crosses(-1) ? 'FALLEN' : null;
}

/** How much more windows differ from what was expected than independent flags would: at least 1. */
export function flagDispersion(windows: readonly FlagCount[]): number {
  const known = windows.filter((one) => varianceOf(one) > 0);
  if (known.length === 0) return 1;
  const squares = known.map((one) => (one.flagged - one.contents * one.expectedRate) ** 2 / varianceOf(one));
  return Math.max(1, squares.reduce((sum, square) => sum + square, 0) / known.length);
}

function varianceOf({ contents, expectedRate }: FlagCount): number {
  return contents * expectedRate * (1 - expectedRate);
}
