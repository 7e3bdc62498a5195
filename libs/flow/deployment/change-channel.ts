import type { DeploymentBundled, DeploymentChanged, Mode } from '#platform/contracts';

/** Who asked for a change, why and when. */
export interface Motive {
  readonly reason: string;
  readonly changedBy: string;
  readonly changedAt: number;
}

/**
 * Puts a bundle live; null when it is live already. The mode stays: a kill switch ends by a person's word only. A canary ends when
 * another model goes live, because what it was compared with is gone; under the same model it goes on.
 */
export function goLive(
  current: DeploymentChanged | undefined,
  live: DeploymentBundled | undefined,
  bundle: DeploymentBundled,
  motive: Motive,
): DeploymentChanged | null {
  const { deploymentId, channel } = bundle;
  if (current === undefined) {
    return {
      channel,
      sequence: 1,
      mode: 'NORMAL',
      live: deploymentId,
      previous: null,
      canary: null,
      shadows: [],
      ...motive,
    };
  }
  if (current.live === deploymentId) return null;
  const isSameModel = live?.modelId === bundle.modelId;
  return {
    ...current,
    sequence: current.sequence + 1,
    live: deploymentId,
    previous: current.live,
    canary: isSameModel ? current.canary : null,
    shadows: current.shadows.filter((shadow) => shadow !== deploymentId),
    ...motive,
  };
}

/** Turns the kill switch of a channel; null when it stands there already. */
export function setMode(current: DeploymentChanged, mode: Mode, motive: Motive): DeploymentChanged | null {
  if (current.mode === mode) return null;
  return { ...current, sequence: current.sequence + 1, mode, ...motive };
}
