import type {
  DeploymentBundled,
  DeploymentRequested,
  DeploymentRequestKind,
  PolicyPublished,
  TrainingCompleted,
} from '#platform/contracts';
import { emit, reject, skip, type Outcome } from '#platform/stream';
import { carryThresholds } from './carry-thresholds.js';
import { goLive, setMode, type Motive } from './change-channel.js';
import { createDeskState, type DeskStateDeps } from './desk-state.js';
import { makeBundle, type CalibrationAnswer, type ChannelCalibration, type ServableModel } from './make-bundle.js';
import { policyOfChannel } from './policy-of-channel.js';
import type { GateAnswer } from './rollout/gate-answer.js';
import type { Watch } from './rollout/next-step.js';
import type { Rollout } from './rollout/rollout.js';
import { createRolloutDesk } from './rollout/rollout-desk.js';
import type { RolloutSettings } from './rollout/rollout-settings.js';

export interface DeploymentDeps extends Pick<DeskStateDeps, 'changeOf' | 'bundleOf' | 'rollouts' | 'commit'> {
  readonly channels: readonly string[];
  /** Channel whose targets the thresholds of a trained model meet. */
  readonly reference: string;
  readonly settings: RolloutSettings;
  readonly policies: () => Iterable<PolicyPublished>;
  /** Of training.completed. */
  readonly artefactOf: (artefactId: string) => TrainingCompleted | undefined;
  /** The model of a fresh installation. Rejects with a message for people when it cannot be read. */
  readonly starter: () => Promise<ServableModel>;
  /** Null when no artefact has this id. Rejects as `starter`. */
  readonly modelOf: (modelId: string) => Promise<ServableModel | null>;
  /** Loads and runs a model apart from this process; null when all is well, else what is wrong. */
  readonly dryRun: (model: ServableModel) => Promise<string | null>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly report: (event: DeskEvent) => void;
}

/** What the shell logs. */
export type DeskEvent =
  | { readonly event: 'waiting_for_policy'; readonly channel: string }
  | { readonly event: 'policies_conflict'; readonly channel: string; readonly policies: readonly string[] }
  | {
      readonly event: 'live_model_unreadable';
      readonly channel: string;
      readonly modelId: string;
      readonly why: string;
    }
  | { readonly event: 'waiting_for_bundle'; readonly channel: string; readonly deploymentId: string }
  | {
      readonly event: 'live_model_is_gone';
      readonly channel: string;
      readonly modelId: string;
      readonly replacedBy: string;
    }
  | {
      readonly event: 'deployment_changed';
      readonly channel: string;
      readonly live: string;
      readonly mode: string;
      readonly reason: string;
    }
  | {
      readonly event: 'rollout_progressed';
      readonly channel: string;
      readonly rolloutId: string;
      readonly modelId: string;
      readonly state: string;
      readonly share: number;
      readonly reason: string;
    };

/** The one place where what runs in a channel is changed. Changes are made one after the other. */
export interface DeploymentDesk {
  /** Makes what runs agree with the policies in force. Changes nothing when it does. */
  reconcile(): Promise<void>;
  answer(request: DeploymentRequested): Promise<Outcome<never>>;
  /** All of them, in the order in which they were asked for. */
  rollouts(): readonly Rollout[];
  /** Takes the next step of a roll-out, if it is time; false: it waits. */
  advance(
    rolloutId: string,
    seen: { readonly gate: GateAnswer | null; readonly watch: Watch | null },
  ): Promise<boolean>;
  bundleOf(deploymentId: string): DeploymentBundled | undefined;
  policyOf(channel: string): PolicyPublished | null;
}

const SELF = 'deployment';

export function createDeploymentDesk(deps: DeploymentDeps): DeploymentDesk {
  const { channels, policies, clock, report } = deps;
  const state = createDeskState({
    ...deps,
    onChange: ({ channel, live, mode, reason }) => {
      report({ event: 'deployment_changed', channel, live, mode, reason });
    },
    onProgress: ({ channel, rolloutId, modelId, state: reached, share, reason }) => {
      report({ event: 'rollout_progressed', channel, rolloutId, modelId, state: reached, share, reason });
    },
  });
  const { changeOf, bundleOf } = state;
  const rollouts = createRolloutDesk({ ...deps, state, calibrationFor });
  let queue = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async function putLive(
    channel: string,
    policy: PolicyPublished,
    model: ServableModel,
    motive: Motive,
    calibration: ChannelCalibration | null = null,
  ): Promise<boolean> {
    const bundle = makeBundle(channel, policy, model, motive.changedAt, calibration);
    const current = changeOf(channel);
    const change = goLive(current, current && bundleOf(current.live), bundle, motive);
    if (change === null) return false;
    await state.write({ bundle, change, progressed: null });
    return true;
  }

  async function reconcileChannel(channel: string): Promise<void> {
    const answer = policyOfChannel(channel, policies());
    if (answer.kind === 'none') {
      report({ event: 'waiting_for_policy', channel });
      return;
    }
    if (answer.kind === 'conflict') {
      report({ event: 'policies_conflict', channel, policies: answer.policyIds });
      return;
    }
    const { policy } = answer;
    const byPolicy = `policy ${policy.policyId}@${policy.version}`;
    const motive = (reason: string): Motive => ({ reason, changedBy: SELF, changedAt: clock() });
    const current = changeOf(channel);
    if (current === undefined) {
      await putLive(channel, policy, await deps.starter(), motive(`first start, ${byPolicy}`));
      return;
    }
    const liveBundle = bundleOf(current.live);
    if (liveBundle === undefined) {
      report({ event: 'waiting_for_bundle', channel, deploymentId: current.live });
      return;
    }
    const liveModelId = liveBundle.modelId;
    let live: ServableModel | null;
    try {
      live = await deps.modelOf(liveModelId);
    } catch (error) {
      // Whoever runs it goes on with what it has in memory; only the artefact on this disk is broken.
      report({ event: 'live_model_unreadable', channel, modelId: liveModelId, why: messageOf(error) });
      return;
    }
    if (live !== null) {
      // Calibrators outlive a version of the policy; thresholds do where labels still mean what they meant.
      const { calibrators } = liveBundle;
      const thresholds = carryThresholds(channel, policyOf(liveBundle), policy, liveBundle.thresholds);
      await putLive(channel, policy, live, motive(byPolicy), { calibrators, thresholds });
      return;
    }
    // A release may bring another starter model in place of the old one; a channel without a model would be worse.
    const starter = await deps.starter();
    report({ event: 'live_model_is_gone', channel, modelId: liveModelId, replacedBy: starter.modelId });
    await putLive(channel, policy, starter, motive(`the artefact of ${liveModelId} is gone, ${byPolicy}`));
  }

  function policyOf({ policyId, policyVersion }: DeploymentBundled): PolicyPublished | undefined {
    for (const policy of policies())
      if (policy.policyId === policyId && policy.version === policyVersion) return policy;
    return undefined;
  }

  /** Other calibrators and thresholds for the model that is live, or what is wrong with them. */
  function calibrationFor(channel: string, modelId: string | null, artefactId: string): CalibrationAnswer {
    const completed = deps.artefactOf(artefactId);
    if (completed?.kind !== 'CALIBRATION') {
      return wrong('artefactId: no calibration of training.completed has this id');
    }
    if (completed.channel !== channel) {
      return wrong(`artefactId: it was made for channel ${completed.channel ?? 'none'}`);
    }
    const answer = policyOfChannel(channel, policies());
    if (answer.kind !== 'policy') return wrong(`channel: ${whyNoPolicy(answer)}`);
    const { policy } = answer;
    if (completed.policyId !== policy.policyId || completed.policyVersion !== policy.version) {
      const madeFor = `${completed.policyId ?? 'none'}@${completed.policyVersion ?? 0}`;
      const holds = `${policy.policyId}@${policy.version}`;
      return wrong(`artefactId: made for policy ${madeFor}, and ${holds} holds; calibrate anew`);
    }
    const current = changeOf(channel);
    const live = current && bundleOf(current.live);
    if (live === undefined) return wrong('channel: nothing is live there yet');
    if (live.modelId !== completed.modelId || (modelId !== null && modelId !== completed.modelId)) {
      return wrong(`artefactId: it calibrates ${completed.modelId}, and ${live.modelId} is live`);
    }
    const { calibrators, thresholds } = completed;
    const left = Object.keys(live.calibrators).find((category) => calibrators[category] === undefined);
    if (left !== undefined) return wrong(`artefactId: it leaves out category ${left}, which is live`);
    const model = { modelId: live.modelId, sha256: live.modelSha256, calibrators: live.calibrators, thresholds: {} };
    return { ok: true, policy, model, calibration: { calibrators, thresholds } };
  }

  /** A new bundle without a new model. */
  async function answerCalibration(request: DeploymentRequested, artefactId: string): Promise<Outcome<never>> {
    const answer = calibrationFor(request.channel, request.modelId, artefactId);
    if (!answer.ok) return reject('invalid_field', answer.why);
    const { policy, model, calibration } = answer;
    const motive = motiveOf({ ...request, reason: `${request.reason} (calibration ${artefactId})` });
    return (await putLive(request.channel, policy, model, motive, calibration)) ? emit() : skip('unchanged');
  }

  async function answerGoLive(request: DeploymentRequested): Promise<Outcome<never>> {
    const { channel, modelId, artefactId } = request;
    if (artefactId !== null) return answerCalibration(request, artefactId);
    if (modelId === null) return reject('invalid_field', 'modelId: a GO_LIVE names one, or an artefactId');
    const answer = policyOfChannel(channel, policies());
    if (answer.kind !== 'policy') return reject('invalid_field', `channel: ${whyNoPolicy(answer)}`);
    let model: ServableModel | null;
    try {
      model = await deps.modelOf(modelId);
    } catch (error) {
      return reject('invalid_field', `modelId: ${messageOf(error)}`);
    }
    if (model === null) return reject('invalid_field', 'modelId: no artefact of MODELS_DIR has this id');
    const problem = await deps.dryRun(model);
    if (problem !== null) return reject('invalid_field', `modelId: the dry run failed: ${problem}`);
    return (await putLive(channel, answer.policy, model, motiveOf(request))) ? emit() : skip('unchanged');
  }

  async function answerSetMode(request: DeploymentRequested): Promise<Outcome<never>> {
    const { channel, mode } = request;
    if (mode === null) return reject('invalid_field', 'mode: a SET_MODE names one');
    const current = changeOf(channel);
    if (current === undefined) return reject('invalid_field', 'channel: nothing is live there yet');
    const change = setMode(current, mode, motiveOf(request));
    if (change === null) return skip('unchanged');
    await state.write({ bundle: null, change, progressed: null });
    return emit();
  }

  function motiveOf({ reason, requestedBy }: DeploymentRequested): Motive {
    return { reason, changedBy: requestedBy, changedAt: clock() };
  }

  const answers: Readonly<Record<DeploymentRequestKind, (request: DeploymentRequested) => Promise<Outcome<never>>>> = {
    GO_LIVE: answerGoLive,
    SET_MODE: answerSetMode,
    ROLL_OUT: rollouts.start,
    ROLL_BACK: rollouts.rollBack,
    CANCEL: rollouts.cancel,
  };

  return {
    rollouts: () => state.rollouts.all(),
    bundleOf,
    policyOf: (channel) => {
      const answer = policyOfChannel(channel, policies());
      return answer.kind === 'policy' ? answer.policy : null;
    },
    advance: (rolloutId, seen) => inTurn(() => rollouts.advance(rolloutId, seen)),
    reconcile: () =>
      inTurn(async () => {
        for (const channel of channels) await reconcileChannel(channel);
      }),
    answer: (request) =>
      inTurn(async () => {
        if (!channels.includes(request.channel)) {
          return reject('invalid_field', 'channel: the installation has no such channel');
        }
        return answers[request.kind](request);
      }),
  };
}

function wrong(why: string): CalibrationAnswer {
  return { ok: false, why };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'its artefact cannot be read';
}

export function whyNoPolicy(answer: ReturnType<typeof policyOfChannel>): string {
  return answer.kind === 'conflict'
    ? `several policies name it: ${answer.policyIds.join(', ')}`
    : 'no published policy names it';
}
