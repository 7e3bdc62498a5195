import { classify, FatalError, type Worker } from '#platform/stream';
import type { Logger } from '#platform/telemetry';

export interface StartWhenMigratedOptions {
  /** Whether the warehouse has made the tables that the jobs read and write. */
  readonly isMigrated: () => Promise<boolean>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'debug'>;
  readonly onFatal: (error: Error) => void;
  /** Between two looks, milliseconds. */
  readonly everyMs?: number;
}

const LOOK_MS = 5000;

/** Starts a scheduler once the warehouse has made the tables; until then, and while ClickHouse is away, the role works without its jobs. */
export function startWhenMigrated(scheduler: Worker, options: StartWhenMigratedOptions): Worker {
  const { isMigrated, clock, logger, onFatal, everyMs = LOOK_MS } = options;
  let timer: NodeJS.Timeout | null = null;
  let look: Promise<void> | null = null;
  let isStarted = false;
  let isStopped = false;
  let lastLoopAt = 0;

  async function lookForTables(): Promise<void> {
    lastLoopAt = clock();
    try {
      if (!(await isMigrated()) || isStopped) return;
      if (timer !== null) clearInterval(timer);
      isStarted = true;
      await scheduler.start();
    } catch (error) {
      const classified = classify(error);
      if (classified instanceof FatalError) onFatal(classified);
      else logger.debug({ event: 'jobs_wait_for_tables', code: classified.code });
    }
  }

  function turn(): void {
    look ??= lookForTables().finally(() => {
      look = null;
    });
  }

  return {
    start: () => {
      turn();
      timer = setInterval(turn, everyMs);
      return Promise.resolve();
    },
    stop: async () => {
      isStopped = true;
      if (timer !== null) clearInterval(timer);
      await look;
      if (isStarted) await scheduler.stop();
    },
    health: () => (isStarted ? scheduler.health() : { state: 'running', assigned: [], lastLoopAt, lastCommitAt: 0 }),
  };
}
