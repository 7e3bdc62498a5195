import { wilsonInterval } from '../../evaluation/reliability.js';
import type { GuardSettings } from '../guard-settings.js';
import type { ClusterSums } from '../guard-state.js';
import { createGuards } from '../guards.js';
import { simulateCanary, type CanaryWorld } from './canary-world.js';

export interface CanaryRuns {
  readonly runs: number;
  readonly rolledBack: number;
  readonly share: number;
  /** 95 % Wilson interval of the share. */
  readonly low: number;
  readonly high: number;
  /** Roll-backs by the guards that crossed first. */
  readonly byGuard: Readonly<Record<string, number>>;
  /** Median items of the canary until it was rolled back, over the runs that were. */
  readonly medianItems: number | null;
  /** Share of the runs at whose end a guard was armed. */
  readonly armed: Readonly<Record<string, number>>;
}

/**
 * Simulated canaries, looked at after every window, until a guard crosses or the windows are over. `clusterBy: 'item'` is the
 * mistake to measure: each flagged item is then taken for an author of its own.
 */
export function runCanaries(
  world: CanaryWorld,
  settings: GuardSettings,
  {
    runs,
    seed,
    clusterBy = 'author',
  }: { readonly runs: number; readonly seed: number; readonly clusterBy?: 'author' | 'item' },
): CanaryRuns {
  const guards = createGuards(settings);
  const byGuard: Record<string, number> = {};
  const armed: Record<string, number> = {};
  const items: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    let state = guards.start(0);
    let look = guards.look(state, 0);
    let window = 0;
    for (const batch of simulateCanary(world, seed + run)) {
      window += 1;
      state = guards.fold(state, clusterBy === 'author' ? batch : batch.flatMap((sums) => itemByItem(sums, window)));
      look = guards.look(state, 0);
      if (look.decision.kind === 'ROLL_BACK') break;
    }
    for (const { guard, status } of look.readings) {
      armed[guard] = (armed[guard] ?? 0) + Number(status !== 'NOT_ARMED') / runs;
    }
    if (look.decision.kind !== 'ROLL_BACK') continue;
    items.push(state.arms.CANARY.items);
    for (const guard of look.decision.guards) byGuard[guard] = (byGuard[guard] ?? 0) + 1;
  }
  items.sort((a, b) => a - b);
  return {
    runs,
    rolledBack: items.length,
    share: items.length / runs,
    ...wilsonInterval(items.length, runs),
    byGuard,
    medianItems: items[Math.floor(items.length / 2)] ?? null,
    armed,
  };
}

function itemByItem({ arm, cluster, items, flags = {} }: ClusterSums, window: number): readonly ClusterSums[] {
  const single = Object.entries(flags).flatMap(([category, count]) =>
    Array.from({ length: count }, (_, i) => ({
      arm,
      cluster: `${cluster}/${window}/${category}/${i}`,
      items: 1,
      flags: { [category]: 1 },
    })),
  );
  return [...single, { arm, cluster: `${cluster}/${window}`, items: items - single.length }];
}
