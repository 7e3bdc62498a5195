import type { DeploymentBundled, DeploymentChanged, DeploymentRequested, PolicyPublished } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import { createDeploymentDesk, type DeploymentDesk, type DeskEvent } from '../deployment-desk.js';
import type { DeskWrites } from '../desk-state.js';
import type { ServableModel } from '../make-bundle.js';
import type { GateAnswer } from './gate-answer.js';
import type { Watch } from './next-step.js';
import { isUnderWay, type Rollout } from './rollout.js';
import { parseRolloutSettings } from './rollout-settings.js';

export const HOUR = 3_600_000;

/** Steps that a test walks through in a few hours of its clock. */
export const quickSettings = parseRolloutSettings(
  `
shadow: { hold: 1h, items: 10 }
canary:
  steps: [{ share: 0.25, hold: 1h, items: 500 }, { share: 1, hold: 1h, items: 500 }]
  mostItems: 5000
  coolDown: 2h
rejections: 2
`,
  'quick.yaml',
);

const target = { blockPrecision: 0.95, reviewRecall: 0.9, provisionalBlock: 0.8, provisionalReview: 0.3 };

export function policyVersion(version: number): PolicyPublished {
  return {
    ...{ policyId: 'default', version, title: 'Default', owner: 'trust', changelog: 'x', categories: ['H', 'V'] },
    channels: {
      public: { uncovered: 'REVIEW', targets: { H: target } },
      internal: { uncovered: 'ALLOW', targets: { H: target } },
    },
    ...{ document: '', documentHash: `hash-${version}`, publishedAt: 0 },
  };
}

export function modelNamed(modelId: string): ServableModel {
  const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;
  return { modelId, sha256: `sha-${modelId}`, calibrators: { H: identity }, thresholds: {} };
}

export function requestOf(rest: Partial<DeploymentRequested>): DeploymentRequested {
  return {
    ...{ requestId: 'r-1', channel: 'public', kind: 'ROLL_OUT', modelId: 'm-new', artefactId: null, mode: null },
    ...{ override: null, reason: 'better', requestedBy: 'operator', requestedAt: 1 },
    ...rest,
  };
}

export const quiet: Watch = {
  items: 1000,
  failed: 0,
  guards: [],
  decision: { kind: 'READY', promotable: true, unproven: [] },
};

/** The log of an installation survives; desks in front of it come and go, and only the youngest can write. */
export function installation(models: readonly string[] = ['m-starter', 'm-new', 'm-other', 'm-third']) {
  const log: DeskWrites[] = [];
  const tables = {
    policies: [policyVersion(1)],
    changes: new Map<string, DeploymentChanged>(),
    bundles: new Map<string, DeploymentBundled>(),
    rollouts: new Map<string, Rollout>(),
  };
  const events: DeskEvent[] = [];
  const broken = new Map<string, string>();
  let now = 1000;
  let youngest = 0;

  /** Between deciding and writing nothing can be lost: all of it is there, or none. */
  function commit({ bundle, change, progressed }: DeskWrites): void {
    log.push({ bundle, change, progressed });
    if (bundle !== null) tables.bundles.set(bundle.deploymentId, bundle);
    if (change !== null) tables.changes.set(change.channel, change);
    if (progressed !== null) tables.rollouts.set(progressed.rolloutId, progressed);
  }

  function takeOver(): DeploymentDesk {
    const term = ++youngest;
    // What it knows is what the tables said when it began: a zombie does not hear of what comes later.
    const known = { changes: new Map(tables.changes), bundles: new Map(tables.bundles) };
    return createDeploymentDesk({
      channels: ['public', 'internal'],
      reference: 'public',
      settings: quickSettings,
      policies: () => tables.policies,
      changeOf: (channel) => known.changes.get(channel),
      bundleOf: (deploymentId) => known.bundles.get(deploymentId),
      artefactOf: () => undefined,
      rollouts: tables.rollouts.values(),
      starter: () => Promise.resolve(modelNamed('m-starter')),
      modelOf: (modelId) => {
        const why = broken.get(modelId);
        if (why !== undefined) return Promise.reject(new Error(why));
        return Promise.resolve(models.includes(modelId) ? modelNamed(modelId) : null);
      },
      dryRun: () => Promise.resolve(null),
      commit: (writes) => {
        if (term !== youngest) return Promise.reject(new RetryableError('rebalance', 'fenced'));
        commit(writes);
        return Promise.resolve();
      },
      clock: () => now,
      report: (event) => events.push(event),
    });
  }

  /** Looks at every roll-out under way until none takes a step. */
  async function settle(desk: DeploymentDesk, seen: Seen = {}): Promise<void> {
    for (const { rolloutId } of desk.rollouts()) {
      for (;;) {
        const rollout = desk.rollouts().find((it) => it.rolloutId === rolloutId);
        if (rollout === undefined || !isUnderWay(rollout)) break;
        const gate = gateFor(rollout, seen.gate ?? 'passes');
        if (!(await desk.advance(rolloutId, { gate, watch: seen.watch === undefined ? quiet : seen.watch }))) break;
      }
    }
  }

  return {
    log,
    tables,
    events,
    broken,
    takeOver,
    settle,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    now: () => now,
    liveModel: (channel: string) => tables.bundles.get(tables.changes.get(channel)?.live ?? '')?.modelId,
    statesOf: (modelId: string) =>
      log.flatMap(({ progressed }) => (progressed?.modelId === modelId ? [progressed.state] : [])),
  };
}

export interface Seen {
  readonly gate?: 'passes' | 'fails' | 'refuses' | 'silent';
  /** Null: the warehouse is away. */
  readonly watch?: Watch | null;
}

function gateFor({ champion, candidate }: Rollout, finding: NonNullable<Seen['gate']>): GateAnswer | null {
  if (finding === 'silent' || champion === null || candidate === null) return null;
  if (finding === 'refuses') return { kind: 'refused', candidate, why: 'the dry run failed: it gave NaN' };
  const passed = finding === 'passes';
  const outcome = { reportId: 'gate-1', passed, failed: passed ? [] : ['quality'], overridden: [] };
  return { kind: 'judged', champion, candidate, outcome };
}
