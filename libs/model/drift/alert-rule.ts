/** Windows that are looked at together, and how many of them must exceed (drift 5.3). */
const WINDOWS = 3;
const NEEDED = 2;
/** Windows that a reader of {@link isOpened} has to give: a drift that stays is said once in so many. */
export const ALERT_MEMORY = 24;

/**
 * Whether the newest window opens an alert: it exceeds, so does one of the two before it, and no alert was open. An open one ends with three
 * windows in a row that do not exceed.
 * @param exceeded windows in order, newest last; those before the first did not exceed
 */
export function isOpened(exceeded: readonly boolean[]): boolean {
  let open = false;
  let opened = false;
  exceeded.forEach((current, i) => {
    const recent = exceeded.slice(Math.max(0, i - WINDOWS + 1), i + 1).filter(Boolean).length;
    opened = !open && current && recent >= NEEDED;
    if (opened) open = true;
    else if (recent === 0) open = false;
  });
  return opened;
}

/** MOVED: beyond chance and by a size that matters. UNKNOWN: there is not enough to tell. */
export type Movement = 'MOVED' | 'STABLE' | 'UNKNOWN';

export type DriftSuggestion = 'RETRAIN' | 'RECALIBRATE' | 'LOOK_AT_POLICY' | 'BENIGN';

/** Strongest first. */
export const driftSuggestions: readonly DriftSuggestion[] = ['RETRAIN', 'LOOK_AT_POLICY', 'RECALIBRATE', 'BENIGN'];

/**
 * What an alert suggests, from the label-free estimate beside the labelled one (drift 5.2). Scores that moved while labels did not: other
 * contents, on which the calibration no longer holds. Labels that moved while scores did not: the meaning changed, or the policy did. Both: the
 * model has got worse on what comes now. Neither: benign, whatever the PSI. Labels that do not tell count as not moved.
 */
export function suggest(evidence: {
  readonly labelFree: Movement;
  readonly labelled: Movement;
  /** Whether another version of the policy judged the window than the reference. */
  readonly policyChanged: boolean;
}): DriftSuggestion {
  const { labelFree, labelled, policyChanged } = evidence;
  if (labelled === 'MOVED') return policyChanged ? 'LOOK_AT_POLICY' : 'RETRAIN';
  return labelFree === 'MOVED' ? 'RECALIBRATE' : 'BENIGN';
}

/** PAGE wakes somebody, TICKET can wait for the morning (drift 5.3). */
export function alertLevel(evidence: {
  readonly isSevere: boolean;
  /** Precision or recall by labels is below its target, the upper end of its interval too. */
  readonly missesTarget: boolean;
  readonly flagRateCrossed: boolean;
}): 'PAGE' | 'TICKET' {
  return evidence.isSevere || evidence.missesTarget || evidence.flagRateCrossed ? 'PAGE' : 'TICKET';
}
