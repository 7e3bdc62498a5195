import type { DeploymentBundled, DeploymentChanged } from '#platform/contracts';
import { createRolloutBoard, type Rollout, type RolloutBoard } from './rollout/rollout.js';

/** What becomes true at once, or not at all. */
export interface DeskWrites {
  /** Named by the change or by the roll-out, and perhaps written before. */
  readonly bundle: DeploymentBundled | null;
  readonly change: DeploymentChanged | null;
  readonly progressed: Rollout | null;
}

export interface DeskStateDeps {
  readonly changeOf: (channel: string) => DeploymentChanged | undefined;
  readonly bundleOf: (deploymentId: string) => DeploymentBundled | undefined;
  /** As the table had them when this role began to answer. */
  readonly rollouts: Iterable<Rollout>;
  /** Resolves when all of it is durable; rejects when none of it is, or when nobody knows: then the desk is of no more use. */
  readonly commit: (writes: DeskWrites) => Promise<void>;
  readonly onChange: (change: DeploymentChanged) => void;
  readonly onProgress: (rollout: Rollout) => void;
}

/** The tables as this role knows them, with what it wrote and has not read back yet. */
export interface DeskState {
  readonly changeOf: (channel: string) => DeploymentChanged | undefined;
  readonly bundleOf: (deploymentId: string) => DeploymentBundled | undefined;
  readonly rollouts: Pick<RolloutBoard, 'get' | 'all'>;
  write(writes: DeskWrites): Promise<void>;
}

export function createDeskState(deps: DeskStateDeps): DeskState {
  const ownChanges = new Map<string, DeploymentChanged>();
  const ownBundles = new Map<string, DeploymentBundled>();
  const rollouts = createRolloutBoard();
  for (const rollout of deps.rollouts) rollouts.fold(rollout);

  function bundleOf(deploymentId: string): DeploymentBundled | undefined {
    return deps.bundleOf(deploymentId) ?? ownBundles.get(deploymentId);
  }

  return {
    changeOf: (channel) => {
      const [read, own] = [deps.changeOf(channel), ownChanges.get(channel)];
      if (read === undefined || own === undefined) return read ?? own;
      return own.sequence > read.sequence ? own : read;
    },
    bundleOf,
    rollouts,
    write: async ({ bundle, change, progressed }) => {
      const isNew = bundle !== null && bundleOf(bundle.deploymentId) === undefined;
      await deps.commit({ bundle: isNew ? bundle : null, change, progressed });
      if (isNew) ownBundles.set(bundle.deploymentId, bundle);
      if (change !== null) {
        ownChanges.set(change.channel, change);
        deps.onChange(change);
      }
      if (progressed !== null) {
        rollouts.fold(progressed);
        deps.onProgress(progressed);
      }
    },
  };
}
