import { roundLogit } from '#model';
import type { DeploymentBundled } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import type { ChannelPlan, PlanResult } from '#policy';
import { createScoreQueue, type Logits, type ScoreTexts } from './score-queue.js';

/** A loaded model. */
export interface TextModel {
  readonly modelId: string;
  /** Logit by category for each text, in order; `ids` of their contents route a cascade. */
  score(texts: readonly string[], ids: readonly string[]): Promise<readonly { readonly logits: Logits }[]>;
  close(): Promise<void>;
}

/** One state of both deployment tables, with a way to score by each model of its effective bundles. */
export interface Serving {
  readonly plan: ChannelPlan;
  /** By modelId; missing when the model could not be loaded. */
  readonly scorers: ReadonlyMap<string, ScoreTexts>;
}

export interface ModelShelf {
  /**
   * Runs `work` with one state; its models stay loaded until the work is done.
   * @throws RetryableError `bundle_not_read` while nothing is deployed
   */
  use<R>(work: (serving: Serving) => Promise<R>): Promise<R>;
  /** The tables changed: loads what is new, then swaps. */
  refresh(): Promise<void>;
  /** Looks again when a model was refused: its artefact may have been on its way to the disk. */
  retry(): Promise<void>;
  close(): Promise<void>;
}

export interface ModelShelfOptions {
  readonly readPlan: () => PlanResult;
  /** Loads the model of a bundle. Rejects with a message for people. */
  readonly load: (bundle: DeploymentBundled) => Promise<TextModel>;
  readonly textsPerRun: number;
  readonly maxWaiting: number;
  readonly onBacklog: () => void;
  readonly onRefused: (modelId: string, error: unknown) => void;
}

interface Shelved {
  readonly model: TextModel;
  readonly score: ScoreTexts;
}

interface State {
  readonly serving: Serving;
  readonly shelved: ReadonlyMap<string, Shelved>;
  users: number;
}

/** Models of the deployments in force. A model that cannot be loaded leaves the former state in force. */
export function createModelShelf(options: ModelShelfOptions): ModelShelf {
  const { readPlan, load, textsPerRun, maxWaiting, onBacklog, onRefused } = options;
  const states = new Set<State>();
  const loaded = new Map<string, Shelved>();
  let current: State | null = null;
  let isClosed = false;
  let isDirty = false;
  let hasRefused = false;
  let running: Promise<void> | null = null;

  async function shelve(bundle: DeploymentBundled): Promise<void> {
    const model = await load(bundle);
    const score = createScoreQueue({
      score: async (texts, ids) => (await model.score(texts, ids)).map(({ logits }) => rounded(model.modelId, logits)),
      textsPerRun,
      maxWaiting,
      onBacklog,
    });
    loaded.set(bundle.modelId, { model, score });
  }

  async function turn(): Promise<void> {
    const result = readPlan();
    if (!result.ok) return;
    const { plan } = result;
    const effective = effectiveBundles(plan);
    hasRefused = false;
    for (const bundle of effective) {
      if (loaded.has(bundle.modelId)) continue;
      try {
        await shelve(bundle);
      } catch (error) {
        hasRefused = true;
        onRefused(bundle.modelId, error);
        // Under a kill switch a channel answers without its model; in normal mode the former state goes on.
        if (isJudge(plan, bundle)) return;
      }
    }
    const shelved = new Map<string, Shelved>();
    for (const { modelId } of effective) {
      const entry = loaded.get(modelId);
      if (entry !== undefined) shelved.set(modelId, entry);
    }
    const scorers = new Map([...shelved].map(([modelId, { score }]) => [modelId, score]));
    current = { serving: { plan, scorers }, shelved, users: 0 };
    states.add(current);
    await releaseUnused();
  }

  async function releaseUnused(): Promise<void> {
    for (const state of states) if (state !== current && state.users === 0) states.delete(state);
    for (const [modelId, entry] of loaded) {
      if ([...states].some(({ shelved }) => shelved.get(modelId) === entry)) continue;
      loaded.delete(modelId);
      await entry.model.close();
    }
  }

  async function run(): Promise<void> {
    try {
      while (isDirty && !isClosed) {
        isDirty = false;
        await turn();
      }
    } finally {
      running = null;
    }
  }

  function refresh(): Promise<void> {
    isDirty = true;
    running ??= run();
    return running;
  }

  return {
    refresh,
    retry: () => (hasRefused ? refresh() : Promise.resolve()),
    use: async (work) => {
      const state = current;
      if (state === null) throw new RetryableError('bundle_not_read', 'no deployment is in force yet');
      state.users++;
      try {
        return await work(state.serving);
      } finally {
        state.users--;
        if (state !== current && state.users === 0) void refresh();
      }
    },
    close: async () => {
      isClosed = true;
      await running;
      current = null;
      states.clear();
      await releaseUnused();
    },
  };
}

/** Shadows have no effect, so synchronous calls do without them. */
function effectiveBundles(plan: ChannelPlan): readonly DeploymentBundled[] {
  const bundles = new Map<string, DeploymentBundled>();
  for (const { live, canary } of plan.channels) {
    for (const { role, bundle } of [...live, ...canary]) {
      if (role !== 'SHADOW') bundles.set(bundle.deploymentId, bundle);
    }
  }
  return [...bundles.values()];
}

function isJudge(plan: ChannelPlan, { deploymentId }: DeploymentBundled): boolean {
  return plan.channels.some(({ live, canary }) =>
    [...live, ...canary].some(
      ({ role, mode, bundle }) => role !== 'SHADOW' && mode === 'NORMAL' && bundle.deploymentId === deploymentId,
    ),
  );
}

/** To 2^-12, as the stream rounds (design 3). @throws Error when a logit is no number */
function rounded(modelId: string, logits: Logits): Logits {
  return Object.fromEntries(
    Object.entries(logits).map(([category, logit]) => {
      const value = roundLogit(logit);
      if (!Number.isFinite(value)) throw new Error(`model ${modelId} gave no number for ${category}`);
      return [category, value];
    }),
  );
}
