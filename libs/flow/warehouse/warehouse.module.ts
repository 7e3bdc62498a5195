import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createClickHouse, migrate, RowBinary, type ClickHouse } from '#platform/clickhouse';
import { createJobScheduler, eraseText, verdictRollup, type Job } from '#platform/jobs';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import type { Worker } from '#platform/stream';
import { driftJobs } from './drift/drift.job.js';
import { createSink, type SinkLimits, type SinkObserver } from './sink.js';
import { warehouseTopics } from './tables.js';

const CLICKHOUSE = Symbol('clickhouse of the warehouse');

/** Sized for 6,000 contents/s in 24,000 rows/s: 64 MiB is some 5 s of them. */
const LIMITS: SinkLimits = {
  fullRows: 50_000,
  fullBytes: 16 * 1024 * 1024,
  maxAgeMs: 1000,
  busyRows: 100,
  busyAgeMs: 4000,
  maxWaitingBytes: 64 * 1024 * 1024,
  maxInserts: 3,
  watermarkMs: 1000,
  drainMs: 10_000,
};

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

@Module({
  providers: [
    {
      provide: CLICKHOUSE,
      inject: [PLATFORM],
      useFactory: async ({ config, logger }: Platform): Promise<ClickHouse> => {
        const clickhouse = createClickHouse(config.clickhouse);
        const applied = await migrate(clickhouse);
        if (applied.length > 0) logger.info({ event: 'migrated', migrations: applied });
        return clickhouse;
      },
    },
    {
      provide: WORKERS,
      inject: [PLATFORM, CLICKHOUSE],
      useFactory: (platform: Platform, clickhouse: ClickHouse): readonly Worker[] => [
        createSink({
          broker: platform.broker,
          serde: platform.serde,
          store: clickhouse,
          createBuffer: () => new RowBinary(),
          topics: warehouseTopics(platform.config.channels),
          release: platform.release,
          clock: platform.clock,
          backOff,
          limits: LIMITS,
          observer: observe(platform),
          onFatal: platform.onFatal,
          onPoint: (point) => {
            dieAt(platform, point);
          },
        }),
        createJobScheduler({
          clickhouse,
          jobs: [verdictRollup(platform.config.channels), eraseText()],
          clock: platform.clock,
          logger: platform.logger,
          onFatal: platform.onFatal,
        }),
        // Apart, because hours that are caught up may take minutes, and an erasure must not wait.
        createJobScheduler({
          clickhouse,
          jobs: warehouseDriftJobs(platform),
          clock: platform.clock,
          logger: platform.logger,
          onFatal: platform.onFatal,
        }),
      ],
    },
  ],
})
class WarehouseModule implements OnApplicationShutdown {
  constructor(@Inject(CLICKHOUSE) private readonly clickhouse: ClickHouse) {}

  async onApplicationShutdown(): Promise<void> {
    await this.clickhouse.close();
  }
}

/** Roll-up and alerts of drift, in the order in which they run; also for the command line. */
export function warehouseDriftJobs({
  writer,
  metrics,
  logger,
}: Pick<Platform, 'writer' | 'metrics' | 'logger'>): readonly Job[] {
  const { rollUp, alerts } = driftJobs({
    write: (emissions) => writer.write(emissions),
    metrics,
    report: (event) => {
      logger.warn(event);
    },
  });
  return [rollUp, alerts];
}

/** Doubles from 0.1 s to 10 s, with up to a half of jitter so that replicas do not knock together. */
async function backOff(attempt: number): Promise<void> {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  await sleep(wait * (0.5 + Math.random() / 2));
}

function observe({ app, metrics, clock }: Platform): SinkObserver {
  return {
    onOutcomes: (topic, outcome, reason, count) => {
      metrics.outcomes.inc({ stage: app, topic, outcome, reason }, count);
    },
    onInsert: (topic, table, rows, seconds, newest) => {
      metrics.insertedRows.inc({ table }, rows);
      metrics.insertDuration.observe({ table }, seconds);
      metrics.eventAge.observe({ stage: app, topic }, Math.max(0, clock() - newest) / 1000);
    },
    onRetry: (code) => {
      metrics.retries.inc({ stage: app, code });
    },
    onProgress: (topic, partition, lag) => {
      metrics.lag.set({ stage: app, topic, partition: String(partition) }, lag);
    },
  };
}

const occurrences = new Map<string, number>();

/** For fault tests: ends the process at the n-th time of a named point. */
function dieAt({ config }: Platform, point: string): void {
  const fault = config.kafka.faultPoint;
  if (fault?.name !== point) return;
  const count = (occurrences.get(point) ?? 0) + 1;
  occurrences.set(point, count);
  if (count === fault.occurrence) process.kill(process.pid, 'SIGKILL');
}

export const warehouseRole: RoleDefinition = {
  app: 'warehouse',
  module: WarehouseModule,
  topics: warehouseTopics,
  tables: [],
  http: 'health',
};
