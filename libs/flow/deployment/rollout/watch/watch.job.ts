import { createGuards, type ClusterSums, type Guards, type GuardState } from '#model';
import type { ClickHouse } from '#platform/clickhouse';
import type { DeploymentBundled } from '#platform/contracts';
import type { Watch } from '../next-step.js';
import type { Rollout } from '../rollout.js';
import type { RolloutSettings } from '../rollout-settings.js';
import { figureOf, flagLimit, guardedCategories, guardSettingsOf } from './guards-of.js';

export interface WatchDeps {
  readonly clickhouse: Pick<ClickHouse, 'query'>;
  readonly settings: RolloutSettings;
}

/** Topics whose events tell of a candidate. */
const SEEN_THROUGH = ['prediction.scored', 'label.submitted'];

interface Step {
  readonly id: string;
  readonly guards: Guards;
  readonly categories: readonly string[];
  state: GuardState;
  items: number;
  failed: number;
  /** Windows before it are folded. */
  until: number;
}

/**
 * Looks at a candidate through the warehouse, in closed windows up to what it shows for certain. What was seen is a fold of the windows since the
 * step began: a role that takes over folds them again and gets the same numbers.
 */
export function createWatch({
  clickhouse,
  settings,
}: WatchDeps): (rollout: Rollout, champion: DeploymentBundled, candidate: DeploymentBundled) => Promise<Watch | null> {
  const steps = new Map<string, Step>();

  return async (rollout, champion, candidate) => {
    const { rolloutId, channel, since, state, step: number } = rollout;
    const id = `${since}/${champion.deploymentId}/${candidate.deploymentId}/${number}`;
    let step = steps.get(rolloutId);
    if (step?.id !== id) {
      const guards = createGuards(guardSettingsOf(champion, candidate, settings, number));
      const categories = guardedCategories(champion, candidate);
      step = { id, guards, categories, state: guards.start(since), items: 0, failed: 0, until: since };
      steps.set(rolloutId, step);
    }
    const closed = await closedUntil(SEEN_THROUGH);
    if (closed === null) return null;
    const pair = { channel, champion: champion.deploymentId, candidate: candidate.deploymentId };
    for (let from = step.until; from + settings.observe.window <= closed; from = step.until) {
      const to = from + settings.observe.window;
      if (state === 'SHADOW') {
        const [row] = await clickhouse.query('rollout-shadow', { ...pair, from, to: closed });
        step.items += row?.items ?? 0;
        step.failed += row?.failed ?? 0;
        step.until = closed;
        continue;
      }
      await foldWindow(step, { ...pair, from, to, since }, champion, candidate);
      step.until = to;
    }
    const { items, failed } = step;
    if (state === 'SHADOW') return { items, failed, guards: [], decision: { kind: 'CONTINUE' } };
    const { decision, readings } = step.guards.look(step.state, step.until);
    return {
      items,
      failed,
      guards: readings.map(figureOf),
      decision:
        decision.kind === 'READY'
          ? { kind: 'READY', promotable: decision.promotable, unproven: decision.unproven }
          : decision.kind === 'ROLL_BACK'
            ? decision
            : { kind: 'CONTINUE' },
    };
  };

  async function foldWindow(
    step: Step,
    pair: { channel: string; champion: string; candidate: string; from: number; to: number; since: number },
    champion: DeploymentBundled,
    candidate: DeploymentBundled,
  ): Promise<void> {
    const { categories, guards } = step;
    const { slowAboveMs } = guards;
    const { channel, champion: live, candidate: canary, from, to } = pair;
    const rows = await clickhouse.query('rollout-window', {
      ...{ channel, champion: live, candidate: canary, from, to },
      categories,
      champion_limits: categories.map((category) => flagLimit(champion, category)),
      candidate_limits: categories.map((category) => flagLimit(candidate, category)),
      slow_control: slowAboveMs?.CONTROL ?? 0,
      slow_canary: slowAboveMs?.CANARY ?? 0,
    });
    const sums: ClusterSums[] = rows.map(({ arm, cluster, items, errors, flags }) => ({
      ...{ arm, cluster, items, errors },
      flags: Object.fromEntries(categories.map((category, at) => [category, flags[at] ?? 0])),
    }));
    for (const { arm, items, slow } of slowAboveMs === null ? [] : rows) {
      // Latency is clustered by time, not by author.
      sums.push({ arm, cluster: `window/${pair.from}`, items: 0, latency: { timed: items, slow } });
    }
    for (const { arm, cluster, closed, overturned } of await clickhouse.query('rollout-appeals', pair)) {
      sums.push({ arm, cluster, items: 0, appeals: { closed, overturned } });
    }
    step.state = guards.fold(step.state, sums);
    for (const { arm, items, errors } of rows) {
      if (arm !== 'CANARY') continue;
      step.items += items;
      step.failed += errors;
    }
  }

  async function closedUntil(topics: readonly string[]): Promise<number | null> {
    const [row] = await clickhouse.query('complete-until', { topics });
    const until = row?.complete_until ?? null;
    return until === null ? null : until - settings.observe.lateness;
  }
}
