import type { DeploymentProgressed, RolloutState } from '#platform/contracts';
import { hashFields } from '#policy';

/** A roll-out as its last event left it. */
export type Rollout = DeploymentProgressed;

/** States that go on by themselves; every other one ends a roll-out. */
const UNDER_WAY: ReadonlySet<RolloutState> = new Set(['GATING', 'SHADOW', 'CANARY']);

export function isUnderWay({ state }: Pick<Rollout, 'state'>): boolean {
  return UNDER_WAY.has(state);
}

/** Runs beside the champion, or in its place for a share. */
export function isRunning({ state }: Pick<Rollout, 'state'>): boolean {
  return state === 'SHADOW' || state === 'CANARY';
}

/** The same candidate asked for by the same request is the same roll-out, however often it is delivered. */
export function rolloutIdOf(channel: string, modelId: string, artefactId: string | null, requestId: string): string {
  return `ro-${hashFields('rollout', channel, modelId, artefactId, requestId)}`;
}

/** All roll-outs of an installation: a fold of deployment.progressed. */
export interface RolloutBoard {
  fold(event: DeploymentProgressed): void;
  get(rolloutId: string): Rollout | undefined;
  /** In the order in which they were asked for. */
  all(): readonly Rollout[];
}

export function createRolloutBoard(): RolloutBoard {
  const rollouts = new Map<string, Rollout>();
  return {
    fold: (event) => {
      const known = rollouts.get(event.rolloutId);
      if (known === undefined || event.sequence > known.sequence) rollouts.set(event.rolloutId, event);
    },
    get: (rolloutId) => rollouts.get(rolloutId),
    all: () => [...rollouts.values()].sort(byRequest),
  };
}

export function byRequest(a: Rollout, b: Rollout): number {
  return a.requestedAt - b.requestedAt || (a.rolloutId < b.rolloutId ? -1 : 1);
}

/** Rejections of a channel after the last candidate that its gate let through, or that a person let through. */
export function rejectionsInARow(channel: string, rollouts: Iterable<Rollout>): number {
  let rejections = 0;
  for (const { channel: of, state, gate } of [...rollouts].sort((a, b) => a.at - b.at)) {
    if (of !== channel) continue;
    if (state === 'REJECTED') rejections += 1;
    else if (gate?.passed === true) rejections = 0;
  }
  return rejections;
}
