import type { WorkerHealth } from '#platform/stream';

/** One named source of health of this process: a consumer, an owner, a follower. */
export type HealthSource = () => readonly WorkerHealth[];

export interface HealthReport {
  readonly live: boolean;
  readonly ready: boolean;
  /** What is wrong, one line each; empty when all is well. */
  readonly problems: readonly string[];
  readonly roles: Readonly<Record<string, readonly WorkerHealth[]>>;
}

/** The health of every role in this process. Connected is not alive: it looks at state, loop age and progress. */
export interface HealthRegistry {
  add(role: string, source: HealthSource): void;
  remove(role: string): void;
  report(): HealthReport;
}

export function createHealthRegistry(options: {
  readonly clock: () => number;
  readonly stallMs: number;
}): HealthRegistry {
  const sources = new Map<string, HealthSource>();
  return {
    add: (role, source) => sources.set(role, source),
    remove: (role) => sources.delete(role),
    report: () => {
      const roles = Object.fromEntries([...sources].map(([role, source]) => [role, source()]));
      return assessHealth(roles, options.clock(), options.stallMs);
    },
  };
}

/**
 * Live: nothing failed, and every loop turned within `stallMs`. Ready: live, and every worker has joined its group.
 * A worker that lags and has not committed for `stallMs` is not live (streaming 1: a consumer can stop silently).
 */
export function assessHealth(
  roles: Readonly<Record<string, readonly WorkerHealth[]>>,
  now: number,
  stallMs: number,
): HealthReport {
  const dead: string[] = [];
  const waiting: string[] = [];
  for (const [role, workers] of Object.entries(roles)) {
    for (const worker of workers) {
      const lag = worker.assigned.reduce((sum, partition) => sum + partition.lag, 0);
      if (worker.state === 'failed' || worker.state === 'stopped') dead.push(`${role}: ${worker.state}`);
      else if (worker.lastLoopAt > 0 && now - worker.lastLoopAt > stallMs) {
        dead.push(`${role}: no sign of life for ${Math.round((now - worker.lastLoopAt) / 1000)} s`);
      } else if (lag > 0 && worker.lastCommitAt > 0 && now - worker.lastCommitAt > stallMs) {
        dead.push(
          `${role}: ${lag} records behind and no commit for ${Math.round((now - worker.lastCommitAt) / 1000)} s`,
        );
      } else if (worker.state !== 'running') waiting.push(`${role}: ${worker.state}`);
    }
  }
  return {
    live: dead.length === 0,
    ready: dead.length === 0 && waiting.length === 0,
    problems: [...dead, ...waiting],
    roles,
  };
}
