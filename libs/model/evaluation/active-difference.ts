/** One labelled draw: whether each model decided it wrongly. */
export interface PairedDecision {
  readonly championErrs: boolean;
  readonly challengerErrs: boolean;
  /** Inclusion probability. */
  readonly inclusion: number;
}

/** Errors of the champion less errors of the challenger, a share of the whole window: above 0 the challenger errs less. */
export interface ActiveDifference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly rows: number;
  /** Rows that the models decide differently: they carry all of the variance. */
  readonly flips: number;
  /** Size of the window that the draws stand for. */
  readonly window: number;
}

const z95 = 1.959963984540054;

/**
 * Difference of error rates on an active sample (evaluation 4.1): sum of (l_A - l_B)/pi over N, with variance
 * sum of (1 - pi)/pi^2 (l_A - l_B)^2 over N^2. Items on which both models are right, or both wrong, cancel. `window` is
 * the number of contents drawn from; without it, its estimate, the sum of 1/pi.
 */
export function activeDifference(decisions: readonly PairedDecision[], window?: number): ActiveDifference {
  let estimate = 0;
  let variance = 0;
  let flips = 0;
  let drawnFrom = 0;
  for (const { championErrs, challengerErrs, inclusion } of decisions) {
    drawnFrom += 1 / inclusion;
    const loss = Number(championErrs) - Number(challengerErrs);
    if (loss === 0) continue;
    flips += 1;
    estimate += loss / inclusion;
    variance += ((1 - inclusion) / inclusion ** 2) * loss ** 2;
  }
  const size = window ?? drawnFrom;
  const difference = size > 0 ? estimate / size : 0;
  const standardError = size > 0 ? Math.sqrt(variance) / size : 0;
  return {
    difference,
    low: difference - z95 * standardError,
    high: difference + z95 * standardError,
    standardError,
    rows: decisions.length,
    flips,
    window: size,
  };
}
