import type { ClickHouse } from '#platform/clickhouse';
import { classify, FatalError, type Worker, type WorkerHealth } from '#platform/stream';
import type { Logger } from '#platform/telemetry';
import type { Job, Window } from './job.js';
import { nextWindow } from './windows.js';

export interface JobSchedulerOptions {
  readonly clickhouse: ClickHouse;
  readonly jobs: readonly Job[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly onFatal: (error: Error) => void;
  /** Between two looks for closed windows, milliseconds. */
  readonly everyMs?: number;
}

const EVERY_MS = 5000;

/** Runs one window of a job, closed or not, and records it: by hand (`tidegate jobs run`), and by the scheduler. */
export async function runJob(
  job: Job,
  window: Window,
  clickhouse: ClickHouse,
  runAt: number,
  alive: () => void = () => undefined,
): Promise<void> {
  await job.run(window, { clickhouse, runAt, alive });
  await clickhouse.execute('record-job-run', { job: job.name, from: window.from, to: window.to, run_at: runAt });
}

/**
 * Runs every window of a job that is closed and not finished yet, in order.
 * @returns the windows that were run
 */
export async function catchUp(
  job: Job,
  clickhouse: ClickHouse,
  clock: () => number,
  isStopping: () => boolean = () => false,
  alive: () => void = () => undefined,
): Promise<readonly Window[]> {
  const done: Window[] = [];
  for (;;) {
    alive();
    if (isStopping()) return done;
    const [until] = await clickhouse.query('complete-until', { topics: job.topics });
    const [progress] = await clickhouse.query('job-progress', { job: job.name });
    const since = progress === undefined ? await job.since(clickhouse) : null;
    const window = nextWindow(job, progress?.window_to ?? null, since, until?.complete_until ?? null);
    if (window === null) return done;
    if (job.isReady !== undefined && !(await job.isReady(window, { clickhouse, runAt: clock(), alive }))) return done;
    await runJob(job, window, clickhouse, clock(), alive);
    done.push(window);
  }
}

/** Looks for closed windows every few seconds. Two schedulers do no harm: a window that both run gives what one run gives. */
export function createJobScheduler(options: JobSchedulerOptions): Worker {
  const { clickhouse, jobs, clock, logger } = options;
  let state: WorkerHealth['state'] = 'starting';
  let timer: NodeJS.Timeout | null = null;
  let round: Promise<void> | null = null;
  let lastLoopAt = 0;

  function alive(): void {
    lastLoopAt = clock();
  }

  async function look(): Promise<void> {
    for (const job of jobs) {
      try {
        const windows = await catchUp(job, clickhouse, clock, () => state !== 'running', alive);
        for (const { from, to } of windows) logger.info({ event: 'job_finished', job: job.name, from, to });
      } catch (error) {
        const classified = classify(error);
        if (classified instanceof FatalError) throw classified;
        logger.warn({ event: 'job_delayed', job: job.name, code: classified.code });
      }
    }
    alive();
  }

  function turn(): void {
    round ??= look()
      .catch((error: unknown) => {
        state = 'failed';
        options.onFatal(classify(error));
      })
      .finally(() => {
        round = null;
      });
  }

  return {
    start: () => {
      state = 'running';
      lastLoopAt = clock();
      timer = setInterval(turn, options.everyMs ?? EVERY_MS);
      return Promise.resolve();
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      if (state !== 'failed') state = 'stopped';
      await round;
    },
    health: () => ({ state, assigned: [], lastLoopAt, lastCommitAt: 0 }),
  };
}
