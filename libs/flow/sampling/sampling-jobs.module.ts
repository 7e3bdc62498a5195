import fs from 'node:fs';
import path from 'node:path';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import { createJobScheduler, startWhenMigrated, type Job } from '#platform/jobs';
import { PLATFORM, WORKERS, type Platform } from '#platform/role';
import { FatalError, type Worker } from '#platform/stream';
import { deriveSalt } from '#policy';
import { createCloseJob } from './close-job.js';
import { createPlanBoard, type DrawWindow } from './plan-board.js';
import { planNextWindow } from './plan-job.js';
import { refreshQuality } from './quality-job.js';
import { readPlans } from './read-plans.js';
import { parseBudgets, type SamplingBudgets } from './sampling-budgets.js';
import type { SamplingPlan } from './sampling-plan.js';

const CLICKHOUSES = Symbol('clickhouses of the sampling jobs');
/** What the jobs read and write; the warehouse makes them. */
const TABLES = ['prediction_scored', 'sampling_closed', 'label_resolved', 'live_quality_totals', 'job_runs'] as const;
const WARNINGS: ReadonlySet<string> = new Set(['draws_missing', 'draws_differ', 'plan_skipped']);
const QUALITY_EVERY_MS = 300_000;

interface ClickHouses {
  readonly own: ClickHouse;
  /** Another database, which is there before ours is. */
  readonly system: ClickHouse;
}

@Module({
  providers: [
    {
      provide: CLICKHOUSES,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouses => ({
        own: createClickHouse(config.clickhouse),
        system: createClickHouse({ ...config.clickhouse, database: 'system' }),
      }),
    },
    {
      provide: WORKERS,
      inject: [PLATFORM, CLICKHOUSES],
      useFactory: (platform: Platform, { own, system }: ClickHouses): readonly Worker[] => {
        const { config, clock, logger, onFatal } = platform;
        const { closing, planning, quality } = samplingJobs(platform);
        const isMigrated = async (): Promise<boolean> => {
          const { database } = config.clickhouse;
          const [found] = await system.query('sampling-tables', { database, tables: TABLES });
          return found?.present === TABLES.length;
        };
        const schedule = (jobs: readonly Job[]) =>
          startWhenMigrated(createJobScheduler({ clickhouse: own, jobs, clock, logger, onFatal }), {
            isMigrated,
            clock,
            logger,
            onFatal,
          });
        // Apart, because the quality of a large window may take minutes, and a plan must not be late.
        return [schedule([closing, planning]), schedule([quality])];
      },
    },
  ],
  exports: [WORKERS],
})
export class SamplingJobsModule implements OnApplicationShutdown {
  constructor(@Inject(CLICKHOUSES) private readonly clickhouses: ClickHouses) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.clickhouses.own.close(), this.clickhouses.system.close()]);
  }
}

/** The jobs of the role, for its schedulers and for the command line. */
export function samplingJobs(
  platform: Pick<Platform, 'config' | 'broker' | 'serde' | 'writer' | 'clock' | 'secret' | 'logger' | 'onFatal'>,
): { readonly closing: Job; readonly planning: Job; readonly quality: Job } {
  const { config, secret, writer, clock, logger } = platform;
  const { channel, windowMs, bootstrapRate, budgetsFile } = config.sampling;
  const budgets = readBudgets(budgetsFile ?? path.join(import.meta.dirname, 'budgets.yaml'));
  const salt = deriveSalt(secret, 'sampling');
  const planOf = pastPlans(platform, salt);
  const write = (emissions: Parameters<typeof writer.write>[0]) => writer.write(emissions);
  const report = (event: { readonly event: string }) => {
    if (event.event === 'window_overdue') logger.error(event);
    else if (WARNINGS.has(event.event)) logger.warn(event);
    else logger.info(event);
  };
  const common = { channel, budgets, clock, report, write };
  const closeWith = (database: ClickHouse) =>
    createCloseJob({
      ...common,
      database,
      planOf,
      bootstrap: { rate: bootstrapRate, salt: deriveSalt(secret, 'sampling-bootstrap') },
      capSalt: deriveSalt(secret, 'sampling-cap'),
    });
  let close: ReturnType<typeof createCloseJob> | null = null;
  return {
    closing: {
      name: 'sampling-close',
      windowMs,
      topics: ['prediction.scored', 'sampling.drawn'],
      catchUp: 'every',
      since: async (clickhouse) => (await clickhouse.query('sampling-since', {}))[0]?.drawn ?? null,
      isReady: (window, { clickhouse }) => (close ??= closeWith(clickhouse)).isComplete(window),
      run: (window, { clickhouse, alive }) => (close ??= closeWith(clickhouse)).close(window, alive),
    },
    planning: {
      name: 'sampling-plan',
      windowMs,
      topics: ['prediction.scored'],
      catchUp: 'latest',
      since: async (clickhouse) => (await clickhouse.query('sampling-since', {}))[0]?.scored ?? null,
      run: (window, { clickhouse: database, alive }) =>
        planNextWindow(
          window,
          {
            ...common,
            database,
            salt,
            windowMs,
            bootstrapRate,
            // Read anew each time: the window has not begun.
            hasPlan: async (next) => (await pastPlans(platform, salt)(next)) !== null,
          },
          alive,
        ),
    },
    quality: {
      name: 'live-quality',
      windowMs: Math.min(windowMs, QUALITY_EVERY_MS),
      topics: ['sampling.closed'],
      catchUp: 'latest',
      since: () => Promise.resolve(0),
      run: (_, { clickhouse: database, runAt, alive }) =>
        refreshQuality(runAt, { database, planOf, channel, clock, report }, alive),
    },
  };
}

function readBudgets(file: string): SamplingBudgets {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    throw new FatalError('configuration', `SAMPLING_BUDGETS: ${file} cannot be read: name a YAML file with budgets`);
  }
  const parsed = parseBudgets(text, file);
  if (parsed.ok) return parsed.budgets;
  throw new FatalError('configuration', `SAMPLING_BUDGETS is wrong\n  ${parsed.problems.join('\n  ')}`);
}

/** Plans of windows that have begun. The topic is read again only for a window that ended after the last reading. */
function pastPlans(
  platform: Pick<Platform, 'config' | 'broker' | 'serde' | 'clock' | 'onFatal'>,
  salt: string,
): (window: DrawWindow) => Promise<SamplingPlan | null> {
  const { config, clock, onFatal } = platform;
  let board: ReturnType<typeof createPlanBoard> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  return (window) => {
    if (board === null || window.to > readAt) {
      const plans = readPlans(platform, onFatal);
      readAt = clock();
      board = createPlanBoard({
        readPlans: () => plans,
        salt,
        channel: config.sampling.channel,
        // The stream reports what is void.
        report: () => undefined,
      });
      plans.catch(() => {
        readAt = Number.NEGATIVE_INFINITY;
      });
    }
    return board.planOf(window);
  };
}
