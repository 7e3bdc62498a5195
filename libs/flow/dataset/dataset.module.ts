import fs from 'node:fs';
import path from 'node:path';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import type { DatasetPublished, PolicyPublished } from '#platform/contracts';
import { createJobScheduler, startWhenMigrated } from '#platform/jobs';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { FatalError, openTable, type TableView, type Worker } from '#platform/stream';
import { deriveSalt } from '#policy';
import { buildInThread } from './build-in-thread.js';
import { openBuildRuntime, type BuildRuntime } from './build-runtime.js';
import { parseRecipe, recipeIdOf } from './core/dataset-recipe.js';
import { formatProblem } from './core/read-yaml.js';
import type { LabelCount } from './dataset-store.js';
import { createDatasetStore } from './dataset-store.job.js';
import { DatasetController } from './dataset.controller.js';
import { dueRequests, type ScheduledRecipe } from './due-requests.js';
import { sweepDatasets } from './sweep-datasets.job.js';

const WAREHOUSE = Symbol('clickhouses of the dataset role');
const PUBLISHED = Symbol('published data sets');
const POLICIES = Symbol('published policies');
const RUNTIME = Symbol('build runtime');
/** What builds read and write; the warehouse makes them. */
const TABLES = [
  'label_resolved',
  'sampling_closed',
  'prediction_scored',
  'dataset_items',
  'dataset_stored_reports',
] as const;
/** What the sweep reads and writes. */
const SWEPT = ['dataset_published', 'dataset_stored_rows', 'dataset_stored_reports', 'job_runs'] as const;
const OWNED = 'dataset.requested';

interface ClickHouses {
  readonly own: ClickHouse;
  /** Another database, which is there before ours is. */
  readonly system: ClickHouse;
}

@Module({
  controllers: [DatasetController],
  providers: [
    {
      provide: WAREHOUSE,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouses => ({
        own: createClickHouse(config.clickhouse),
        system: createClickHouse({ ...config.clickhouse, database: 'system' }),
      }),
    },
    {
      provide: PUBLISHED,
      inject: [PLATFORM],
      useFactory: ({ broker, serde, onFatal }: Platform): Promise<TableView<DatasetPublished>> =>
        openTable({ broker, serde, topic: 'dataset.published', onFatal }),
    },
    {
      provide: POLICIES,
      inject: [PLATFORM],
      useFactory: ({ broker, serde, onFatal }: Platform): Promise<TableView<PolicyPublished>> =>
        openTable({ broker, serde, topic: 'policy.published', onFatal }),
    },
    { provide: RUNTIME, inject: [PLATFORM, WAREHOUSE, PUBLISHED, POLICIES], useFactory: openRuntime },
    {
      provide: WORKERS,
      inject: [PLATFORM, WAREHOUSE, RUNTIME],
      useFactory: (platform: Platform, clickhouses: ClickHouses, runtime: BuildRuntime): readonly Worker[] => [
        buildWorker(runtime),
        sweepWorker(platform, clickhouses),
      ],
    },
  ],
})
class DatasetModule implements OnApplicationShutdown {
  constructor(
    @Inject(WAREHOUSE) private readonly clickhouses: ClickHouses,
    @Inject(PUBLISHED) private readonly published: TableView<DatasetPublished>,
    @Inject(POLICIES) private readonly policies: TableView<PolicyPublished>,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.published.close(), this.policies.close()]);
    await Promise.all([this.clickhouses.own.close(), this.clickhouses.system.close()]);
  }
}

function openRuntime(
  platform: Platform,
  { own, system }: ClickHouses,
  published: TableView<DatasetPublished>,
  policies: TableView<PolicyPublished>,
): Promise<BuildRuntime> {
  const { app, broker, serde, writer, clock, logger, health, secret, config, onFatal } = platform;
  const store = createDatasetStore(own);
  const recipes = readRecipes(config.dataset.recipesDir ?? path.join(import.meta.dirname, 'recipes'));
  const scheduled = recipes.map(({ scheduled: it }) => it);
  let look: { readonly readableUntil: number; readonly counts: ReadonlyMap<string, LabelCount> } = {
    readableUntil: -1,
    counts: new Map(),
  };
  /** Written, and perhaps not read back yet. */
  const written = new Map<string, DatasetPublished>();
  const everyDataset = (): readonly DatasetPublished[] => [
    ...new Map([...published.values(), ...written.values()].map((dataset) => [dataset.datasetId, dataset])).values(),
  ];

  return openBuildRuntime({
    broker,
    serde,
    writer,
    clock,
    onFatal,
    isReady: () => hasTables(system, config.clickhouse.database, TABLES),
    // A member that has not heard of its group for a session was replaced, and does not know it yet.
    isOwner: () =>
      (health.report().roles[app] ?? []).some(
        ({ state, assigned, lastLoopAt }) =>
          state === 'running' &&
          clock() - lastLoopAt < config.kafka.sessionTimeoutMs &&
          assigned.some(({ topic }) => topic === OWNED),
      ),
    build: (request, voice) =>
      buildInThread(
        {
          ...{ request, cut: voice.cut, salt: datasetSalt(secret), clickhouse: config.clickhouse },
          recipes: new Map(recipes.map(({ file, text, scheduled: { name } }) => [name, { file, text }])),
          versions: newestVersions(policies),
          published: everyDataset(),
        },
        {
          voice,
          memoryMb: config.dataset.memoryMb,
          publish: async (dataset) => {
            await writer.write([{ topic: 'dataset.published', key: dataset.datasetId, value: dataset }]);
            written.set(dataset.datasetId, dataset);
          },
          at: (point) => {
            dieAt(platform, point);
          },
        },
      ),
    due: async () => {
      const readableUntil = await store.readableUntil();
      const countsBefore = look.counts;
      // Counting looks at every label: only when there are others.
      if (readableUntil !== look.readableUntil) look = { readableUntil, counts: await store.labelCounts() };
      return dueRequests({
        ...{ recipes: scheduled, versions: newestVersions(policies), counts: look.counts, countsBefore },
        ...{ readableUntil, published: everyDataset(), now: clock() },
      });
    },
    report: (event) => {
      const isFine = !['dataset_refused', 'dataset_delayed', 'request_unreadable'].includes(event.event);
      logger[isFine ? 'info' : 'warn'](event);
    },
  });
}

/** Of the splits: whoever knew it could choose the ids of what models are judged by. */
export function datasetSalt(secret: Buffer): string {
  return deriveSalt(secret, 'dataset-split');
}

function newestVersions(policies: TableView<PolicyPublished>): ReadonlyMap<string, number> {
  const versions = new Map<string, number>();
  for (const { policyId, version } of policies.values()) {
    versions.set(policyId, Math.max(version, versions.get(policyId) ?? 0));
  }
  return versions;
}

interface RecipeFile {
  readonly file: string;
  readonly text: string;
  readonly scheduled: ScheduledRecipe;
}

/** @throws FatalError with every problem: a role must not run on a part of its recipes */
function readRecipes(folder: string): readonly RecipeFile[] {
  let names: readonly string[];
  try {
    names = fs
      .readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch (error) {
    const message = `the recipes of ${folder} cannot be read; DATASET_RECIPES names the folder`;
    throw new FatalError('configuration', message, { cause: error });
  }
  const problems: string[] = [];
  const recipes = names.flatMap((name): RecipeFile[] => {
    const file = path.join(folder, name);
    const text = fs.readFileSync(file, 'utf8');
    const parsed = parseRecipe(text, file);
    if (!parsed.ok) {
      problems.push(...parsed.problems.map(formatProblem));
      return [];
    }
    const { value } = parsed;
    const { policy, schedule } = value;
    return [{ file, text, scheduled: { name: value.name, recipeId: recipeIdOf(value), policy, schedule } }];
  });
  if (problems.length > 0) {
    throw new FatalError('configuration', `recipes of data sets are wrong\n  ${problems.join('\n  ')}`);
  }
  return recipes;
}

function buildWorker(runtime: BuildRuntime): Worker {
  let state: 'starting' | 'running' | 'stopped' = 'starting';
  return {
    start: () => {
      runtime.start();
      state = 'running';
      return Promise.resolve();
    },
    stop: async () => {
      await runtime.stop();
      state = 'stopped';
    },
    health: () => ({ state, assigned: [], lastLoopAt: runtime.lastLoopAt(), lastCommitAt: 0 }),
  };
}

function sweepWorker({ config, clock, logger, onFatal }: Platform, { own, system }: ClickHouses): Worker {
  const job = sweepDatasets((event) => {
    logger.info(event);
  });
  return startWhenMigrated(createJobScheduler({ clickhouse: own, jobs: [job], clock, logger, onFatal }), {
    ...{ isMigrated: () => hasTables(system, config.clickhouse.database, SWEPT), clock, logger, onFatal },
  });
}

async function hasTables(system: ClickHouse, database: string, tables: readonly string[]): Promise<boolean> {
  const [found] = await system.query('sampling-tables', { database, tables });
  return found?.present === tables.length;
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

export const datasetRole: RoleDefinition = {
  app: 'dataset',
  module: DatasetModule,
  topics: () => [
    'dataset.requested',
    'dataset.progressed',
    'dataset.published',
    'policy.published',
    'dead-letter.dataset',
  ],
  tables: [],
  http: 'health',
};
