import type {
  DeploymentBundled,
  DeploymentChanged,
  DeploymentRequested,
  PolicyPublished,
  TrainingCompleted,
} from '#platform/contracts';
import { emit, reject, skip, type Outcome } from '#platform/stream';
import { carryThresholds } from '../carry-thresholds.js';
import type { DeskState } from '../desk-state.js';
import { makeBundle, type CalibrationAnswer, type ChannelCalibration, type ServableModel } from '../make-bundle.js';
import { policyOfChannel } from '../policy-of-channel.js';
import type { GateAnswer } from './gate-answer.js';
import { end, nextStep, takeBack, type CandidateNow, type RolloutStep, type Watch } from './next-step.js';
import { isRunning, isUnderWay, rolloutIdOf, type Rollout } from './rollout.js';
import type { RolloutSettings } from './rollout-settings.js';

export interface RolloutDeskDeps {
  readonly state: DeskState;
  readonly settings: RolloutSettings;
  /** Channel whose targets the thresholds of a trained model meet. */
  readonly reference: string;
  readonly policies: () => Iterable<PolicyPublished>;
  readonly artefactOf: (artefactId: string) => TrainingCompleted | undefined;
  readonly modelOf: (modelId: string) => Promise<ServableModel | null>;
  readonly calibrationFor: (channel: string, modelId: string | null, artefactId: string) => CalibrationAnswer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Roll-outs as the desk answers for them; its caller lets one of these work at a time. */
export interface RolloutDesk {
  readonly start: (request: DeploymentRequested) => Promise<Outcome<never>>;
  readonly rollBack: (request: DeploymentRequested) => Promise<Outcome<never>>;
  readonly cancel: (request: DeploymentRequested) => Promise<Outcome<never>>;
  /** True: a step was taken. */
  advance(
    rolloutId: string,
    seen: { readonly gate: GateAnswer | null; readonly watch: Watch | null },
  ): Promise<boolean>;
}

export function createRolloutDesk(deps: RolloutDeskDeps): RolloutDesk {
  const { state, settings, clock } = deps;
  const { rollouts, changeOf, bundleOf } = state;

  /** A request that is delivered once more has been answered when something names it. */
  function isAnswered({ requestId }: DeploymentRequested): boolean {
    return rollouts.all().some(({ causeId }) => causeId === requestId);
  }

  async function take(step: RolloutStep): Promise<void> {
    await state.write(step);
  }

  async function start(request: DeploymentRequested): Promise<Outcome<never>> {
    const { channel, artefactId, requestId, reason, requestedBy: by, override } = request;
    const current = changeOf(channel);
    const live = current && bundleOf(current.live);
    if (current === undefined || live === undefined) {
      return reject('invalid_field', 'channel: nothing is live there yet');
    }
    const modelId = request.modelId ?? (artefactId === null ? null : live.modelId);
    if (modelId === null) return reject('invalid_field', 'modelId: a ROLL_OUT names one, or an artefactId');
    const rolloutId = rolloutIdOf(channel, modelId, artefactId, requestId);
    if (rollouts.get(rolloutId) !== undefined) return skip('unchanged');
    const candidate = await candidateOf({ channel, modelId, artefactId, candidate: null });
    if (candidate.kind === 'unknown') return reject('invalid_field', 'channel: no one policy holds there');
    if (candidate.kind === 'missing') return reject('invalid_field', candidate.why);
    const bundle = candidate.kind === 'bundle' ? candidate.bundle : null;
    if (bundle?.deploymentId === current.live) return skip('unchanged');
    const now = clock();
    await state.write({
      bundle,
      change: null,
      progressed: {
        ...{ rolloutId, channel, requestId, modelId, artefactId, step: 0, share: 0, gate: null, guards: [] },
        champion: current.live,
        candidate: bundle?.deploymentId ?? null,
        requestedAt: request.requestedAt,
        sequence: 1,
        state: candidate.kind === 'refused' ? 'REFUSED' : 'GATING',
        override: override === null ? null : { ...override, reason, by },
        reason: candidate.kind === 'refused' ? candidate.why : reason,
        ...{ since: now, by, causeId: requestId, at: now },
      },
    });
    return emit();
  }

  /**
   * What the candidate would be bundled as now. Its artefact is read only when the bundle that is known is of another version of the policy:
   * a running candidate needs it no more than the live one does.
   */
  async function candidateOf({
    channel,
    modelId,
    artefactId,
    candidate,
  }: Pick<Rollout, 'channel' | 'modelId' | 'artefactId' | 'candidate'>): Promise<
    CandidateNow | { readonly kind: 'missing'; readonly why: string }
  > {
    const answer = policyOfChannel(channel, deps.policies());
    if (answer.kind !== 'policy') return { kind: 'unknown' };
    const { policy } = answer;
    const known = candidate === null ? undefined : bundleOf(candidate);
    if (known?.policyId === policy.policyId && known.policyVersion === policy.version) {
      return { kind: 'bundle', bundle: known };
    }
    if (artefactId !== null) {
      const calibrated = deps.calibrationFor(channel, modelId, artefactId);
      if (!calibrated.ok) return { kind: candidate === null ? 'missing' : 'refused', why: calibrated.why };
      const { model, calibration } = calibrated;
      return { kind: 'bundle', bundle: makeBundle(channel, policy, model, clock(), calibration) };
    }
    let model: ServableModel | null;
    try {
      model = await deps.modelOf(modelId);
    } catch (error) {
      return { kind: 'refused', why: error instanceof Error ? error.message : 'its artefact cannot be read' };
    }
    if (model === null) {
      const why = 'modelId: no artefact of MODELS_DIR or of the artefact store has this id';
      return { kind: candidate === null ? 'missing' : 'refused', why };
    }
    return { kind: 'bundle', bundle: makeBundle(channel, policy, model, clock(), solvedFor(channel, policy, model)) };
  }

  /** Thresholds that the training has solved from this platform's labels, for the targets of this channel, where they still mean the same. */
  function solvedFor(channel: string, policy: PolicyPublished, { modelId }: ServableModel): ChannelCalibration | null {
    const completed = deps.artefactOf(modelId);
    if (channel !== deps.reference || completed?.kind !== 'MODEL' || completed.policyId === null) return null;
    const { policyId, policyVersion, calibrators, thresholds } = completed;
    const before = [...deps.policies()].find((one) => one.policyId === policyId && one.version === policyVersion);
    const solved = Object.fromEntries(Object.entries(thresholds).filter(([, { provisional }]) => !provisional));
    return { calibrators, thresholds: carryThresholds(channel, before, policy, solved) };
  }

  async function cancel(request: DeploymentRequested): Promise<Outcome<never>> {
    const { channel, modelId, requestId, reason, requestedBy } = request;
    if (isAnswered(request)) return skip('unchanged');
    const underWay = rollouts
      .all()
      .filter((it) => it.channel === channel && isUnderWay(it) && (modelId === null || it.modelId === modelId));
    const [rollout, another] = underWay;
    const change = changeOf(channel);
    if (rollout === undefined || change === undefined) return skip('unchanged');
    if (another !== undefined && modelId === null) {
      const names = underWay.map((it) => it.modelId).join(', ');
      return reject('invalid_field', `modelId: several are under way: ${names}`);
    }
    await take(caused(end(rollout, { change }, 'CANCELLED', reason, clock(), requestedBy), requestId));
    return emit();
  }

  async function rollBack(request: DeploymentRequested): Promise<Outcome<never>> {
    const { channel, modelId, requestId, reason, requestedBy } = request;
    if (isAnswered(request)) return skip('unchanged');
    const change = changeOf(channel);
    const live = change && bundleOf(change.live);
    if (change === undefined || live === undefined)
      return reject('invalid_field', 'channel: nothing is live there yet');
    const own = rollouts.all().filter((it) => it.channel === channel);
    const running = own.find((it) => isRunning(it) && (modelId === null || it.modelId === modelId));
    if (running !== undefined) {
      await take(caused(end(running, { change }, 'ROLLED_BACK', reason, clock(), requestedBy), requestId));
      return emit();
    }
    if (modelId !== null && modelId !== live.modelId) {
      return reject('invalid_field', `modelId: it judges nothing in ${channel}; ${live.modelId} is live there`);
    }
    const before = whatWasBefore(own, change, live);
    if (before === null) {
      return reject(
        'invalid_field',
        `channel: nothing is known that was live before ${live.modelId}; put a model live`,
      );
    }
    await take(caused(takeBack(before, change, reason, clock(), requestedBy), requestId));
    return emit();

    /** The roll-out that brought the live model, or, of one that was put live directly, what it would have been. */
    function whatWasBefore(
      all: readonly Rollout[],
      { previous }: DeploymentChanged,
      { deploymentId, modelId: liveModel }: DeploymentBundled,
    ): Rollout | null {
      const brought = all.filter((it) => it.state === 'LIVE' && it.modelId === liveModel).at(-1);
      const back = brought?.champion ?? previous;
      if (back === null || bundleOf(back) === undefined) return null;
      if (brought !== undefined) return { ...brought, candidate: deploymentId };
      if (bundleOf(back)?.modelId === liveModel) return null;
      const now = clock();
      return {
        ...{ rolloutId: rolloutIdOf(channel, liveModel, null, requestId), channel, requestId, modelId: liveModel },
        ...{ artefactId: null, champion: back, candidate: deploymentId, requestedAt: request.requestedAt, sequence: 0 },
        ...{ state: 'LIVE', step: 0, share: 1, since: now, override: null, gate: null, guards: [] },
        ...{ reason, by: requestedBy, causeId: null, at: now },
      };
    }
  }

  async function advance(
    rolloutId: string,
    { gate, watch }: { readonly gate: GateAnswer | null; readonly watch: Watch | null },
  ): Promise<boolean> {
    const rollout = rollouts.get(rolloutId);
    const change = rollout && changeOf(rollout.channel);
    if (rollout === undefined || change === undefined || !isUnderWay(rollout)) return false;
    const found = await candidateOf(rollout);
    let candidate: CandidateNow = found.kind === 'missing' ? { kind: 'refused', why: found.why } : found;
    const isOfThis = gate !== null && gate.candidate === rollout.candidate;
    if (isOfThis && gate.kind === 'refused' && candidate.kind === 'bundle')
      candidate = { kind: 'refused', why: gate.why };
    const isOfBoth = isOfThis && gate.kind === 'judged' && gate.champion === rollout.champion;
    const step = nextStep(
      rollout,
      {
        ...{ change, candidate, watch, bundleOf },
        gate: isOfBoth ? gate.outcome : null,
        rollouts: rollouts.all(),
      },
      settings,
      clock(),
    );
    if (step === null) return false;
    await take(step);
    return true;
  }

  return { start, rollBack, cancel, advance };
}

function caused(step: RolloutStep, requestId: string): RolloutStep {
  return { ...step, progressed: { ...step.progressed, causeId: requestId } };
}
