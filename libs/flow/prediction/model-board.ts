import type { DeploymentBundled } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import type { ChannelPlan, PlanResult } from '#policy';
import type { Scorer } from './scorer.js';

/** One state of both deployment tables with its models in memory. A chunk works with one of these from begin to end. */
export interface Snapshot {
  readonly plan: ChannelPlan;
  /** By modelId; a model that was refused is missing. */
  readonly scorers: ReadonlyMap<string, Scorer>;
}

export interface ModelBoard {
  /**
   * Holds the current snapshot; the models in it stay in memory until {@link release}.
   * @throws RetryableError `bundle_not_read` before the first usable snapshot
   */
  acquire(): Snapshot;
  release(snapshot: Snapshot): void;
  /** Something in the tables changed: loads what is new, then swaps. Resolves when the tables of this moment are in force or refused. */
  refresh(): Promise<void>;
  /** Waits for a load under way and releases all models. */
  close(): Promise<void>;
}

/** What the shell logs. */
export type BoardEvent =
  | { readonly event: 'waiting_for_bundles'; readonly channels: readonly string[]; readonly bundles: readonly string[] }
  | { readonly event: 'models_swapped'; readonly deployments: readonly string[]; readonly models: readonly string[] }
  | { readonly event: 'model_refused'; readonly modelId: string; readonly why: string; readonly holdsSwap: boolean };

interface Held {
  readonly snapshot: Snapshot;
  leases: number;
  isRetired: boolean;
}

/**
 * Keeps the models of the current plan loaded. A swap happens only when every model is there that a NORMAL channel judges by, so a
 * deployment that cannot be loaded leaves the old one in force; under a kill switch the channel needs no model.
 */
export function createModelBoard(deps: {
  readonly readPlan: () => PlanResult;
  /** Loads and dry-runs the model of a bundle. Rejects with a message for people. */
  readonly load: (bundle: DeploymentBundled) => Promise<Scorer>;
  readonly report: (event: BoardEvent) => void;
  /** Asks for another refresh after a while: a refused artefact may be on its way to the disk. */
  readonly tryLater: () => void;
}): ModelBoard {
  const loaded = new Map<string, Scorer>();
  const refusals = new Map<string, string>();
  const held = new Set<Held>();
  let current: Held | null = null;
  let lastReport = '';
  /** The tables changed since they were last looked at. */
  let isDirty = false;
  /** A snapshot was let go since models were last released. */
  let isLoose = false;
  let isClosed = false;
  let running: Promise<void> | null = null;

  function report(event: BoardEvent): void {
    const text = JSON.stringify(event);
    if (text === lastReport) return;
    lastReport = text;
    deps.report(event);
  }

  async function loadMissing(plan: ChannelPlan): Promise<void> {
    for (const bundle of plan.bundles) {
      const { modelId } = bundle;
      if (loaded.has(modelId)) continue;
      try {
        loaded.set(modelId, await deps.load(bundle));
        refusals.delete(modelId);
      } catch (error) {
        refusals.set(modelId, error instanceof Error ? error.message : 'unknown');
      }
    }
  }

  async function turn(): Promise<void> {
    const result = deps.readPlan();
    if (!result.ok) {
      report({ event: 'waiting_for_bundles', channels: result.channelsWithoutLive, bundles: result.bundlesNotRead });
      return;
    }
    const { plan } = result;
    await loadMissing(plan);
    const needed = neededModels(plan);
    const refused = plan.bundles.map(({ modelId }) => modelId).filter((modelId) => !loaded.has(modelId));
    const holdsSwap = refused.some((modelId) => needed.has(modelId));
    for (const modelId of new Set(refused)) {
      report({ event: 'model_refused', modelId, why: refusals.get(modelId) ?? 'unknown', holdsSwap });
    }
    if (refused.length > 0) deps.tryLater();
    if (!holdsSwap) swap(plan);
  }

  function swap(plan: ChannelPlan): void {
    const scorers = new Map<string, Scorer>();
    for (const { modelId } of plan.bundles) {
      const scorer = loaded.get(modelId);
      if (scorer !== undefined) scorers.set(modelId, scorer);
    }
    const deployments = plan.bundles.map(({ deploymentId }) => deploymentId);
    const before = current;
    current = { snapshot: { plan, scorers }, leases: 0, isRetired: false };
    held.add(current);
    if (before !== null) {
      before.isRetired = true;
      if (before.leases === 0) held.delete(before);
    }
    report({ event: 'models_swapped', deployments, models: [...scorers.keys()] });
  }

  async function releaseUnused(): Promise<void> {
    for (const [modelId, scorer] of loaded) {
      if ([...held].some(({ snapshot }) => snapshot.scorers.get(modelId) === scorer)) continue;
      loaded.delete(modelId);
      await scorer.close();
    }
  }

  async function run(): Promise<void> {
    try {
      while ((isDirty || isLoose) && !isClosed) {
        const hasChanged = isDirty;
        isDirty = false;
        isLoose = false;
        if (hasChanged) await turn();
        await releaseUnused();
      }
    } finally {
      // In the same turn of the event loop as the last look at isDirty, so that no wish falls between.
      running = null;
    }
  }

  function wake(): Promise<void> {
    running ??= run();
    return running;
  }

  return {
    acquire: () => {
      if (current === null) {
        throw new RetryableError('bundle_not_read', 'no channel plan is in force yet; the log names what is missing');
      }
      current.leases++;
      return current.snapshot;
    },
    release: (snapshot) => {
      for (const it of held) {
        if (it.snapshot !== snapshot) continue;
        it.leases--;
        if (it.isRetired && it.leases === 0) {
          held.delete(it);
          isLoose = true;
          void wake();
        }
        return;
      }
    },
    refresh: () => {
      isDirty = true;
      return wake();
    },
    close: async () => {
      isClosed = true;
      await running;
      current = null;
      held.clear();
      await releaseUnused();
    },
  };
}

/** Models without which a channel could not judge: the effective ones of channels that no kill switch decides. */
function neededModels(plan: ChannelPlan): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const { live, canary } of plan.channels) {
    for (const { role, mode, bundle } of [...live, ...canary]) {
      if (role !== 'SHADOW' && mode === 'NORMAL') needed.add(bundle.modelId);
    }
  }
  return needed;
}
