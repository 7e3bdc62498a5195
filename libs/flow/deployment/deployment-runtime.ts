import type { DeploymentRequested, TopicName } from '#platform/contracts';
import {
  classify,
  createRunner,
  FatalError,
  openTable,
  RetryableError,
  writeThroughDoors,
  type BatchHandler,
  type Broker,
  type Emission,
  type Message,
  type Outcome,
  type RunnerObserver,
  type Serde,
  type Worker,
  type WriteRecord,
} from '#platform/stream';
import { createDeploymentDesk, type DeploymentDeps, type DeploymentDesk, type DeskEvent } from './deployment-desk.js';
import type { DeskWrites } from './desk-state.js';
import type { GateAnswer } from './rollout/gate-answer.js';
import type { Watch } from './rollout/next-step.js';
import { isRunning, isUnderWay, type Rollout } from './rollout/rollout.js';

/** What one term of office sees of the world beside the tables. */
export interface RolloutSenses {
  /**
   * Tries the artefact and judges it by the gate; may take minutes. Called again with the same roll-out it may use what it found.
   * Rejects when nothing can be said now.
   */
  readonly judge: (
    rollout: Rollout,
    desk: Pick<DeploymentDesk, 'bundleOf' | 'policyOf'>,
    signal: AbortSignal,
  ) => Promise<GateAnswer>;
  /** What was seen since the state or the step began; null: nothing can be said now. */
  readonly watch: (rollout: Rollout, desk: Pick<DeploymentDesk, 'bundleOf' | 'policyOf'>) => Promise<Watch | null>;
  /** Asks for other verdicts where a candidate judged that was rolled back; called until it says that nothing is left. */
  readonly rescore: (rollout: Rollout, desk: Pick<DeploymentDesk, 'bundleOf' | 'policyOf'>) => Promise<'more' | 'done'>;
}

export type RuntimeEvent =
  | DeskEvent
  | { readonly event: 'deployment_active' }
  | { readonly event: 'deployment_standby' }
  | { readonly event: 'deployment_fenced' }
  | { readonly event: 'deployment_waits'; readonly code: string; readonly doing: string };

export interface RuntimeDeps extends Pick<
  DeploymentDeps,
  'channels' | 'reference' | 'settings' | 'starter' | 'modelOf' | 'dryRun' | 'clock'
> {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly release: string;
  readonly senses: RolloutSenses;
  readonly observer: RunnerObserver;
  readonly backOff: (attempt: number) => Promise<void>;
  /** A member that has not heard of its group for so long was replaced, and does not know it yet. */
  readonly sessionMs: number;
  /** Between two looks at the roll-outs, milliseconds. */
  readonly everyMs: number;
  readonly report: (event: RuntimeEvent) => void;
  /** After each look, by whoever is in office. */
  readonly measure: (rollouts: readonly Rollout[]) => void;
  readonly onFatal: (error: Error) => void;
}

const APP = 'deployment';
const REQUESTS = 'deployment.requested';
const REJECT_SHARE = { share: 0.5, least: 20 };
/** Fenced so often while the group says that the requests are ours: somebody else uses the transactional id. */
const MOST_FENCED = 20;

/** From taking over to losing it: what is decided rests on tables that nobody else can change meanwhile. */
interface Term {
  readonly desk: DeploymentDesk;
  readonly look: () => void;
  readonly ended: AbortSignal;
  end(): Promise<void>;
}

/**
 * Changes what runs. Of several replicas the one acts to which the group gives the requests, and it writes by a transactional id that fences
 * its predecessor (docs/adr/0017): it takes over, reads the tables to their ends, and decides on what they say. After any doubt about a write
 * all of that is done again.
 */
export function createDeploymentWorker(deps: RuntimeDeps): Worker {
  const { broker, serde, report, onFatal } = deps;
  let isOwner = false;
  let isStopping = false;
  let term: Promise<Term> | null = null;
  let fenced = 0;
  let timer: NodeJS.Timeout | null = null;
  const closing = new Set<Promise<void>>();

  const fail = (error: unknown): void => {
    onFatal(classify(error));
  };

  const runner = createRunner({
    app: APP,
    release: deps.release,
    serde,
    clock: deps.clock,
    handlers: new Map<string, BatchHandler>([
      [REQUESTS, async (batch) => ({ outcomes: await answer(batch as readonly Message<DeploymentRequested>[]) })],
    ]),
    observer: deps.observer,
    backOff: deps.backOff,
    rejectShare: REJECT_SHARE,
  });

  const reader = broker.journal.read({
    app: APP,
    topics: [REQUESTS],
    onAssigned: (places) => {
      isOwner = places.some(({ topic }) => topic === REQUESTS);
      if (isOwner) void inOffice().catch(fail);
      else leave();
    },
    process: async (batch) => {
      const { records } = await runner({ ...batch, carried: null, tables: new Map() });
      await writeThroughDoors(broker, records);
      return 'all';
    },
    onFatal,
  });

  async function answer(batch: readonly Message<DeploymentRequested>[]): Promise<readonly Outcome<never>[]> {
    const { desk, look } = await inOffice();
    const outcomes: Outcome<never>[] = [];
    for (const { value } of batch) outcomes.push(await desk.answer(value));
    look();
    return outcomes;
  }

  /** The term that is under way, or a new one. */
  function inOffice(): Promise<Term> {
    if (isStopping) return Promise.reject(new RetryableError('rebalance', `${APP} is stopping`));
    term ??= takeOffice();
    return term;
  }

  async function takeOffice(): Promise<Term> {
    for (let attempt = 1; ; attempt++) {
      try {
        const begun = await openTerm(deps, { onLost: leave, onFenced: countFenced });
        report({ event: 'deployment_active' });
        return begun;
      } catch (error) {
        const classified = classify(error);
        const isOver = isStopping || !ownsRequests();
        if (classified instanceof FatalError && classified.code !== 'fenced') throw classified;
        if (classified.code === 'fenced') countFenced();
        else report({ event: 'deployment_waits', code: classified.code, doing: 'take over' });
        if (isOver) {
          term = null;
          throw new RetryableError('rebalance', `${APP}: another replica has the requests`);
        }
        await deps.backOff(attempt);
      }
    }
  }

  function countFenced(): void {
    report({ event: 'deployment_fenced' });
    fenced += 1;
    if (fenced > MOST_FENCED) {
      onFatal(new FatalError('fenced', `${APP}: another producer keeps taking over the transactional id of ${APP}`));
    }
  }

  function leave(): void {
    const before = term;
    term = null;
    if (before === null) return;
    report({ event: 'deployment_standby' });
    const ended = before
      .then((it) => it.end())
      .catch(() => undefined)
      .finally(() => closing.delete(ended));
    closing.add(ended);
  }

  /** The group's word, not ours: a member that was replaced hears of it late. */
  function ownsRequests(): boolean {
    const { assigned, lastLoopAt } = reader.health();
    return isOwner && deps.clock() - lastLoopAt < deps.sessionMs && assigned.some(({ topic }) => topic === REQUESTS);
  }

  async function turn(): Promise<void> {
    if (isStopping || !ownsRequests()) {
      if (term !== null && !isStopping) leave();
      return;
    }
    const current = await inOffice();
    fenced = 0;
    current.look();
  }

  return {
    start: async () => {
      await reader.start();
      timer = setInterval(() => {
        turn().catch((error: unknown) => {
          if (!(classify(error) instanceof RetryableError)) fail(error);
        });
      }, deps.everyMs);
    },
    stop: async () => {
      isStopping = true;
      if (timer !== null) clearInterval(timer);
      await reader.stop();
      leave();
      await Promise.all(closing);
    },
    health: () => reader.health(),
  };
}

async function openTerm(
  deps: RuntimeDeps,
  { onLost, onFenced }: { readonly onLost: () => void; readonly onFenced: () => void },
): Promise<Term> {
  const { broker, serde, onFatal, senses, clock } = deps;
  const over = new AbortController();
  let isStarted = false;
  const writer = await broker.takeOver({ app: APP });
  const tables = await openTables(deps, () => {
    if (isStarted) run('follow the policies', () => desk.reconcile());
  }).catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  let lastReport = '';
  /** What the gate found, by roll-out; at work on one at a time. */
  const answers = new Map<string, GateAnswer>();
  let judging: string | null = null;
  const rescored = new Set<string>();
  let looking: Promise<void> | null = null;
  let wantsLook = false;

  const desk = createDeploymentDesk({
    channels: deps.channels,
    reference: deps.reference,
    settings: deps.settings,
    policies: () => tables.policies.values(),
    changeOf: (channel) => tables.changes.get(channel),
    bundleOf: (deploymentId) => tables.bundles.get(deploymentId),
    artefactOf: (artefactId) => tables.artefacts.get(artefactId),
    rollouts: tables.rollouts.values(),
    starter: deps.starter,
    modelOf: deps.modelOf,
    dryRun: deps.dryRun,
    commit: (writes) => commit(writes),
    clock,
    report: (event) => {
      const text = JSON.stringify(event);
      if (text !== lastReport) deps.report(event);
      lastReport = text;
    },
  });

  async function commit({ bundle, change, progressed }: DeskWrites): Promise<void> {
    if (over.signal.aborted) throw new RetryableError('rebalance', `${APP}: the requests are another replica's`);
    const records: Emission[] = [];
    if (bundle !== null) records.push({ topic: 'deployment.bundled', key: bundle.deploymentId, value: bundle });
    if (progressed !== null)
      records.push({ topic: 'deployment.progressed', key: progressed.rolloutId, value: progressed });
    if (change !== null) records.push({ topic: 'deployment.changed', key: change.channel, value: change });
    try {
      await writer.write(records.map((record) => encoded(serde, record, deps.release)));
    } catch (error) {
      // Whether it was written, only the tables say; whoever reads them next goes on from there.
      over.abort();
      onLost();
      const classified = classify(error);
      if (classified instanceof FatalError && classified.code !== 'fenced') throw classified;
      if (classified.code === 'fenced') onFenced();
      throw new RetryableError('rebalance', classified.message, { cause: error });
    }
  }

  /** Work that nobody waits for: what passes is tried again at the next look. */
  function run(doing: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      const classified = classify(error);
      if (over.signal.aborted) return;
      if (classified instanceof FatalError) onFatal(classified);
      else deps.report({ event: 'deployment_waits', code: classified.code, doing });
    });
  }

  async function lookAtAll(): Promise<void> {
    if (deps.channels.some(isBehindItsPolicy)) await desk.reconcile();
    for (const { rolloutId } of desk.rollouts()) {
      for (;;) {
        const rollout = desk.rollouts().find((it) => it.rolloutId === rolloutId);
        if (rollout === undefined || over.signal.aborted) return;
        if (rollout.state === 'ROLLED_BACK') run('ask for other verdicts', () => rescore(rollout));
        if (!isUnderWay(rollout)) break;
        const watch = isRunning(rollout) ? await senses.watch(rollout, desk) : null;
        const gate = answers.get(rolloutId) ?? null;
        if (!(await desk.advance(rolloutId, { gate, watch }))) break;
      }
    }
    judgeNext();
    deps.measure(desk.rollouts());
  }

  function isBehindItsPolicy(channel: string): boolean {
    const [policy, change] = [desk.policyOf(channel), tables.changes.get(channel)];
    const live = change && desk.bundleOf(change.live);
    return (
      policy !== null &&
      live !== undefined &&
      (live.policyId !== policy.policyId || live.policyVersion !== policy.version)
    );
  }

  function judgeNext(): void {
    if (judging !== null) return;
    const next = desk.rollouts().find((rollout) => {
      if (rollout.state !== 'GATING' || rollout.gate !== null || rollout.candidate === null) return false;
      const known = answers.get(rollout.rolloutId);
      if (known === undefined) return true;
      return known.candidate !== rollout.candidate || (known.kind === 'judged' && known.champion !== rollout.champion);
    });
    if (next === undefined) return;
    judging = next.rolloutId;
    run(`judge ${next.modelId}`, async () => {
      try {
        answers.set(next.rolloutId, await senses.judge(next, desk, over.signal));
      } finally {
        judging = null;
      }
      look();
    });
  }

  const rescoring = new Set<string>();
  async function rescore(rollout: Rollout): Promise<void> {
    const { rolloutId } = rollout;
    if (rescored.has(rolloutId) || rescoring.has(rolloutId)) return;
    rescoring.add(rolloutId);
    try {
      if ((await senses.rescore(rollout, desk)) === 'done') rescored.add(rolloutId);
    } finally {
      rescoring.delete(rolloutId);
    }
  }

  function look(): void {
    wantsLook = true;
    if (looking !== null || over.signal.aborted) return;
    looking = (async () => {
      while (wantsLook && !over.signal.aborted) {
        wantsLook = false;
        await lookAtAll();
      }
    })().finally(() => {
      looking = null;
    });
    run('look at the roll-outs', () => looking ?? Promise.resolve());
  }

  const ended: Term = {
    desk,
    look,
    ended: over.signal,
    end: async () => {
      over.abort();
      await looking?.catch(() => undefined);
      await tables.close();
      await writer.close();
    },
  };
  try {
    await desk.reconcile();
  } catch (error) {
    await ended.end();
    throw error;
  }
  isStarted = true;
  look();
  return ended;
}

async function openTables({ broker, serde, onFatal }: RuntimeDeps, onPolicy: () => void) {
  const open = <N extends TopicName>(topic: N, onChange?: () => void) =>
    openTable({ broker, serde, topic, onFatal, ...(onChange === undefined ? {} : { onChange }) });
  const [policies, bundles, changes, artefacts, rollouts] = await Promise.all([
    open('policy.published', onPolicy),
    open('deployment.bundled'),
    open('deployment.changed'),
    open('training.completed'),
    open('deployment.progressed'),
  ]);
  const all = [policies, bundles, changes, artefacts, rollouts];
  return {
    policies,
    bundles,
    changes,
    artefacts,
    rollouts,
    close: async () => {
      await Promise.all(all.map((table) => table.close()));
    },
  };
}

function encoded(serde: Serde, { topic, key, value }: Emission, release: string): WriteRecord {
  const headers = { 'tidegate-stage': APP, 'tidegate-release': release };
  return { topic, key, value: value === null ? null : serde.encode(topic, value), headers };
}
