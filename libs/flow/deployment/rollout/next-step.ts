import type { DeploymentBundled, DeploymentChanged, GateOutcome, GuardFigure } from '#platform/contracts';
import { hashJson } from '#policy';
import { isRunning, rejectionsInARow, type Rollout } from './rollout.js';
import type { CanaryStep, RolloutSettings } from './rollout-settings.js';

/** What the candidate would be bundled as now, by the policy in force. */
export type CandidateNow =
  | { readonly kind: 'bundle'; readonly bundle: DeploymentBundled }
  /** Its artefact is broken, or gone; in words for people. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Nobody can say now, for example because no policy holds. */
  | { readonly kind: 'unknown' };

/** What was seen of the candidate since {@link Rollout.since}, in the windows that the warehouse shows. */
export interface Watch {
  /** Contents that it scored (shadow) or judged (canary). */
  readonly items: number;
  /** Of them those that it could not score. */
  readonly failed: number;
  readonly guards: readonly GuardFigure[];
  readonly decision:
    | { readonly kind: 'ROLL_BACK'; readonly guards: readonly string[] }
    | { readonly kind: 'CONTINUE' }
    /** `promotable`: every armed guard shows that the candidate is as good. */
    | { readonly kind: 'READY'; readonly promotable: boolean; readonly unproven: readonly string[] };
}

export interface Observed {
  /** What runs in the channel. */
  readonly change: DeploymentChanged;
  readonly bundleOf: (deploymentId: string) => Pick<DeploymentBundled, 'modelId' | 'calibrators'> | undefined;
  readonly candidate: CandidateNow;
  /** Of this champion and this candidate; null: not known yet. */
  readonly gate: GateOutcome | null;
  /** Null: nothing can be said now. */
  readonly watch: Watch | null;
  /** All roll-outs of the installation. */
  readonly rollouts: readonly Rollout[];
}

/** What is written at once: one event of the roll-out, and the change that makes it true. */
export interface RolloutStep {
  readonly progressed: Rollout;
  readonly change: DeploymentChanged | null;
  /** Named by the change or by the event for the first time. */
  readonly bundle: DeploymentBundled | null;
}

const SELF = 'deployment';

/**
 * The next step of a roll-out (evaluation 4.5), or null while it has to wait. A function of its arguments: whoever asks again, after a crash or
 * in another replica, gets the same step. What has an end is never continued.
 */
export function nextStep(
  rollout: Rollout,
  observed: Observed,
  settings: RolloutSettings,
  now: number,
): RolloutStep | null {
  switch (rollout.state) {
    case 'GATING':
      return nextOfGating(rollout, observed, settings, now);
    case 'SHADOW':
    case 'CANARY':
      return nextOfRunning(rollout, observed, settings, now);
    case 'REJECTED':
    case 'LIVE':
    case 'ROLLED_BACK':
    case 'CANCELLED':
    case 'REFUSED':
      return null;
  }
}

function nextOfGating(
  rollout: Rollout,
  observed: Observed,
  settings: RolloutSettings,
  now: number,
): RolloutStep | null {
  const { change, candidate } = observed;
  if (candidate.kind === 'refused') return end(rollout, observed, 'REFUSED', candidate.why, now);
  if (candidate.kind === 'unknown') return null;
  const { bundle } = candidate;
  if (bundle.deploymentId === change.live) {
    return end(rollout, observed, 'CANCELLED', 'it is live already', now, change.changedBy);
  }
  if (change.live !== rollout.champion || bundle.deploymentId !== rollout.candidate) {
    return moved(rollout, change, bundle, now);
  }
  const gate = rollout.gate ?? observed.gate;
  if (gate === null) return null;
  if (!gate.passed) {
    const inARow = rejectionsInARow(rollout.channel, observed.rollouts) + 1;
    const incident = inARow >= settings.rejections ? `; ${inARow} rejections in a row: an incident` : '';
    const why = `the gate stays shut: ${gate.failed.join(', ')}${incident}`;
    return end({ ...rollout, gate }, observed, 'REJECTED', why, now);
  }
  const inTheWay = running(rollout, observed).find(({ channel }) => channel === rollout.channel);
  if (inTheWay !== undefined) {
    // Said once, so that nobody runs the gate again.
    if (rollout.gate !== null) return null;
    return step(rollout, { gate }, null, `the gate opened; ${inTheWay.rolloutId} runs in the channel`, now);
  }
  return step(
    rollout,
    { gate, state: 'SHADOW', since: now },
    shape(change, { ...rollout, state: 'SHADOW' }),
    gate.overridden.length === 0 ? 'the gate opened' : `the gate opened, ${gate.overridden.join(', ')} by override`,
    now,
    bundle,
  );
}

function nextOfRunning(
  rollout: Rollout,
  observed: Observed,
  settings: RolloutSettings,
  now: number,
): RolloutStep | null {
  const { change, candidate, watch } = observed;
  if (change.live === rollout.candidate) {
    return step(
      rollout,
      { state: 'LIVE', share: 1, since: now },
      withoutCandidate(change, rollout),
      'it was put live',
      now,
      null,
      change.changedBy,
    );
  }
  if (change.live !== rollout.champion) {
    const before = rollout.champion === null ? undefined : observed.bundleOf(rollout.champion);
    const live = observed.bundleOf(change.live);
    if (live === undefined) return null;
    if (live.modelId !== before?.modelId) {
      return end(rollout, observed, 'CANCELLED', 'another model went live', now, change.changedBy);
    }
  }
  if (candidate.kind === 'refused') return end(rollout, observed, 'ROLLED_BACK', candidate.why, now);
  if (candidate.kind === 'bundle') {
    const { bundle } = candidate;
    if (change.live !== rollout.champion || bundle.deploymentId !== rollout.candidate) {
      return moved(rollout, change, bundle, now);
    }
  } else if (change.live !== rollout.champion) return null;
  // What the event says is what runs, whatever came between.
  const due = shape(change, rollout);
  if (hashJson(due) !== hashJson(change)) {
    return step(rollout, {}, due, 'what runs was brought in line with the roll-out', now);
  }
  if (watch === null) return null;
  return rollout.state === 'SHADOW'
    ? nextOfShadow(rollout, observed, watch, settings, now)
    : nextOfCanary(rollout, observed, watch, settings, now);
}

function nextOfShadow(
  rollout: Rollout,
  observed: Observed,
  { items, failed, guards }: Watch,
  { shadow, canary }: RolloutSettings,
  now: number,
): RolloutStep | null {
  const [first] = canary.steps;
  if (first === undefined) return null;
  if (now - rollout.since < shadow.hold || items < shadow.items) return null;
  if (items > 0 && failed / items > shadow.mostErrors) {
    const why = `it could not score ${failed} of ${items} contents beside the live model`;
    return end({ ...rollout, guards }, observed, 'REFUSED', why, now);
  }
  if (isBlocked(rollout, observed, canary.coolDown, now)) return null;
  const next = canaryAt(rollout, first, 1, now);
  const why = `${items} contents scored beside the live model`;
  return step({ ...rollout, guards: [] }, next, shape(observed.change, { ...rollout, ...next }), why, now);
}

function nextOfCanary(
  rollout: Rollout,
  observed: Observed,
  { items, guards, decision }: Watch,
  { canary }: RolloutSettings,
  now: number,
): RolloutStep | null {
  const seen: Rollout = { ...rollout, guards: [...guards] };
  if (decision.kind === 'ROLL_BACK') {
    return end(seen, observed, 'ROLLED_BACK', `beyond its margin: ${decision.guards.join(', ')}`, now);
  }
  const { steps } = canary;
  const current = steps[rollout.step - 1];
  if (current === undefined) {
    return end(seen, observed, 'ROLLED_BACK', 'the steps of the canary were changed; ask again', now);
  }
  if (now - rollout.since < current.hold || items < current.items) return null;
  const next = steps[rollout.step];
  const hasControl = current.share < 1;
  // Behind this step nothing is left to compare with: only what is shown to be as good goes on.
  const isLastComparison = hasControl && (next === undefined || next.share === 1);
  if (hasControl && decision.kind !== 'READY') return stuck(seen, observed, items, canary.mostItems, [], now);
  if (isLastComparison && decision.kind === 'READY' && !decision.promotable) {
    return stuck(seen, observed, items, canary.mostItems, decision.unproven, now);
  }
  const why = `no guard crossed in ${items} contents`;
  if (next === undefined) {
    const live: Partial<Rollout> = { state: 'LIVE', share: 1, since: now };
    return step(seen, live, shape(observed.change, { ...rollout, ...live }), `${why}; all steps are done`, now);
  }
  const on = canaryAt(rollout, next, rollout.step + 1, now);
  return step(seen, on, shape(observed.change, { ...rollout, ...on }), why, now);
}

function stuck(
  rollout: Rollout,
  observed: Observed,
  items: number,
  most: number,
  unproven: readonly string[],
  now: number,
): RolloutStep | null {
  if (items < most) return null;
  const what = unproven.length === 0 ? '' : `: ${unproven.join(', ')}`;
  return end(rollout, observed, 'ROLLED_BACK', `${items} contents do not show that it is as good${what}`, now);
}

function canaryAt(_: Rollout, { share }: CanaryStep, number: number, now: number): Partial<Rollout> {
  return { state: 'CANARY', step: number, share, since: now };
}

/** Never two canaries of a channel or of a category, and none too soon after another one ended. */
function isBlocked(rollout: Rollout, observed: Observed, coolDown: number, now: number): boolean {
  const own = categoriesOf(rollout, observed);
  const isMet = running(rollout, observed).some(
    (other) =>
      other.state === 'CANARY' &&
      (other.channel === rollout.channel || categoriesOf(other, observed).some((category) => own.includes(category))),
  );
  if (isMet) return true;
  return observed.rollouts.some(
    ({ rolloutId, channel, state, step: reached, at }) =>
      rolloutId !== rollout.rolloutId &&
      channel === rollout.channel &&
      reached > 0 &&
      (state === 'LIVE' || state === 'ROLLED_BACK' || state === 'CANCELLED') &&
      now - at < coolDown,
  );
}

function running({ rolloutId }: Rollout, { rollouts }: Observed): readonly Rollout[] {
  return rollouts.filter((other) => other.rolloutId !== rolloutId && isRunning(other));
}

function categoriesOf({ candidate }: Rollout, { bundleOf }: Observed): readonly string[] {
  return Object.keys((candidate === null ? undefined : bundleOf(candidate))?.calibrators ?? {});
}

/**
 * What runs while a roll-out is where it is. Applied again it changes nothing, which is how a reader of both tables can tell that they agree.
 */
export function shape(
  change: DeploymentChanged,
  rollout: Pick<Rollout, 'state' | 'candidate' | 'champion' | 'share'>,
): DeploymentChanged {
  const { state, candidate, champion, share } = rollout;
  if (candidate === null || champion === null) return change;
  const shadows = change.shadows.filter((shadow) => shadow !== candidate);
  switch (state) {
    case 'SHADOW':
      return { ...withoutCandidate(change, rollout), shadows: [...shadows, candidate] };
    case 'CANARY':
      return { ...change, shadows, canary: { deploymentId: candidate, share } };
    case 'LIVE':
      return { ...change, live: candidate, previous: champion, canary: null, shadows };
    default:
      return withoutCandidate(change, rollout);
  }
}

function withoutCandidate(change: DeploymentChanged, { candidate }: Pick<Rollout, 'candidate'>): DeploymentChanged {
  return {
    ...change,
    canary: change.canary?.deploymentId === candidate ? null : change.canary,
    shadows: change.shadows.filter((shadow) => shadow !== candidate),
  };
}

/** Champion or candidate are other bundles now, of the same models: what was seen does not count for them. */
function moved(rollout: Rollout, change: DeploymentChanged, bundle: DeploymentBundled, now: number): RolloutStep {
  const next: Partial<Rollout> = {
    champion: change.live,
    candidate: bundle.deploymentId,
    since: now,
    guards: [],
    ...(rollout.state === 'GATING' ? { gate: null } : {}),
  };
  const cleared = withoutCandidate(change, rollout);
  const due = isRunning(rollout) ? shape(cleared, { ...rollout, ...next }) : null;
  return step(rollout, next, due, 'what is live, or the policy, is another one: begun anew', now, bundle);
}

export function end(
  rollout: Rollout,
  { change }: Pick<Observed, 'change'>,
  state: 'REJECTED' | 'ROLLED_BACK' | 'CANCELLED' | 'REFUSED',
  reason: string,
  now: number,
  by = SELF,
): RolloutStep {
  const due = isRunning(rollout) ? withoutCandidate(change, rollout) : null;
  return step(rollout, { state, share: 0, since: now }, due, reason, now, null, by);
}

/** A person takes back what a roll-out has put live. */
export function takeBack(
  rollout: Rollout,
  change: DeploymentChanged,
  reason: string,
  now: number,
  by: string,
): RolloutStep {
  const { candidate, champion } = rollout;
  const due: DeploymentChanged = {
    ...change,
    live: champion ?? change.live,
    previous: candidate,
    canary: change.canary?.deploymentId === champion ? null : change.canary,
  };
  return step(rollout, { state: 'ROLLED_BACK', share: 0, since: now }, due, reason, now, null, by);
}

function step(
  rollout: Rollout,
  next: Partial<Rollout>,
  due: DeploymentChanged | null,
  reason: string,
  now: number,
  bundle: DeploymentBundled | null = null,
  by = SELF,
): RolloutStep {
  const progressed: Rollout = {
    ...rollout,
    ...next,
    sequence: rollout.sequence + 1,
    reason,
    by,
    causeId: null,
    at: now,
  };
  const { modelId, state, share } = progressed;
  const what = `${modelId}: ${state.toLowerCase()}${state === 'CANARY' ? ` ${share * 100} %` : ''}, ${reason}`;
  return {
    progressed,
    change: due === null ? null : { ...due, sequence: due.sequence + 1, reason: what, changedBy: by, changedAt: now },
    bundle,
  };
}
