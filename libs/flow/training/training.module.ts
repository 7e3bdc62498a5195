import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { readSuites } from '#model';
import { ArtefactStoreError, openArtefactStore, type ArtefactStore } from '#platform/artefacts';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import type { DatasetPublished } from '#platform/contracts';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { FatalError, openTable, type TableView, type Worker } from '#platform/stream';
import { calibrationWorker, createCalibrationWork } from './calibration/calibration.job.js';
import { lookInThread } from './calibration/look-in-thread.js';
import { parseExternalTrainers } from './model/external-trainers.js';
import { createModelWork } from './model/model.job.js';
import { parseRoleRecipe, type RoleRecipe } from './model/role-recipe.js';
import { createTrainingDesk, type WorkFolders } from './training-desk.js';
import { WorkError, type ArtefactShelf, type WorkPoint } from './work.js';

const CLICKHOUSE = Symbol('clickhouse of the training');
/** Of the database that is there before ours is. */
const SYSTEM = Symbol('system clickhouse of the training');
/** A page of rows, or the rows of a report, from a busy server. */
const CLICKHOUSE_MS = 300_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** A request may be read before the data set that it names, which was written before it. */
const DATASET_MS = 2000;
const LOOK_MS = 50;
const REJECT_SHARE = { share: 0.5, least: 20 };
/** What puts left that began so long ago is not under way any more. */
const LEFTOVER_MS = 86_400_000;

@Module({
  providers: [
    {
      provide: CLICKHOUSE,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouse =>
        createClickHouse({ ...config.clickhouse, timeoutMs: CLICKHOUSE_MS }),
    },
    {
      provide: SYSTEM,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouse => createClickHouse({ ...config.clickhouse, database: 'system' }),
    },
    {
      provide: WORKERS,
      inject: [PLATFORM, CLICKHOUSE, SYSTEM],
      useFactory: (platform: Platform, clickhouse: ClickHouse, system: ClickHouse): readonly Worker[] => [
        deskOf(platform, clickhouse),
        calibrationWorker(platform, clickhouse, system),
      ],
    },
  ],
})
class TrainingModule implements OnApplicationShutdown {
  constructor(
    @Inject(CLICKHOUSE) private readonly clickhouse: ClickHouse,
    @Inject(SYSTEM) private readonly system: ClickHouse,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.clickhouse.close(), this.system.close()]);
  }
}

function deskOf(platform: Platform, clickhouse: ClickHouse): Worker {
  const { broker, serde, writer, config, clock, logger, metrics, release, onFatal } = platform;
  const { training, modelsDir, starterModel, home } = config;
  const store = openArtefactStore(config.artefactStore);
  let datasets: TableView<DatasetPublished> | null = null;
  const desk = createTrainingDesk({
    broker,
    serde,
    writer,
    release,
    clock,
    backOff,
    onFatal,
    rejectShare: REJECT_SHARE,
    observer: {
      onOutcomes: (topic, outcome, reason, count) => {
        metrics.outcomes.inc({ stage: platform.app, topic, outcome, reason }, count);
      },
      onChunk: () => undefined,
      onRetry: (code) => {
        metrics.retries.inc({ stage: platform.app, code });
      },
    },
    report: (event) => {
      const isFine = event.event !== 'training_failed' && event.event !== 'training_waits';
      logger[isFine ? 'info' : 'warn'](event);
    },
    shelf: shelfOf(store),
    folders: workFolders(path.join(home, 'work')),
    recipeFor: ({ kind }) => (kind === 'BUILT' ? training.onDataset : null),
    at: (point) => {
      dieAt(config, point);
    },
    handlers: {
      MODEL: createModelWork({
        clickhouse,
        datasetOf: (datasetId) => findDataset(() => datasets?.get(datasetId)),
        recipeOf: (recipe) => findRecipe(recipe, training.recipesDir ?? shippedRecipes),
        trainers: readTrainers(training.trainersFile),
        modelsDir,
        starterModel,
        encoder: config.encoder,
        suites: suitesFor(training.suites),
        channel: config.sampling.channel,
        limits: training,
      }),
      CALIBRATION: createCalibrationWork({
        lookAt: lookInThread(config.clickhouse),
        reference: config.sampling.channel,
      }),
    },
  });
  return {
    start: async () => {
      datasets = await openTable({ broker, serde, topic: 'dataset.published', onFatal });
      const swept = await store.sweep(clock() - LEFTOVER_MS);
      if (swept > 0) logger.info({ event: 'artefacts_swept', leftovers: swept });
      await desk.start();
    },
    stop: async () => {
      await desk.stop();
      await datasets?.close();
    },
    health: () => desk.health(),
  };
}

async function findDataset(look: () => DatasetPublished | undefined): Promise<DatasetPublished | null> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const found = look();
    if (found !== undefined) return found;
    if (waited >= DATASET_MS) return null;
    await sleep(LOOK_MS);
  }
}

const shippedRecipes = path.join(import.meta.dirname, 'recipes');

/** A request holds the name of a recipe or the whole of one. */
function findRecipe(recipe: string, folder: string): RoleRecipe {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(recipe)) return parseRoleRecipe(recipe, 'recipe');
  const file = `${recipe}.yaml`;
  if (!fs.existsSync(path.join(folder, file))) {
    const known = fs.readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -5)] : []));
    throw new WorkError('recipe_invalid', `recipe: ${recipe} is not known here; there are ${known.join(', ')}`);
  }
  return parseRoleRecipe(fs.readFileSync(path.join(folder, file), 'utf8'), file);
}

function readTrainers(file: string | null): ReturnType<typeof parseExternalTrainers> {
  if (file === null) return new Map();
  try {
    return parseExternalTrainers(fs.readFileSync(file, 'utf8'), file);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    throw new FatalError('configuration', `TRAINING_TRAINERS: ${why}`, { cause: error });
  }
}

/** Looked at before the first training: a case that nobody can read must not fail one hours later. */
function suitesFor(place: string | null): string | null {
  if (place === null) return null;
  try {
    readSuites(place);
    return place;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    throw new FatalError('configuration', `TRAINING_SUITES: ${why}`, { cause: error });
  }
}

function shelfOf(store: ArtefactStore): ArtefactShelf {
  const failed = (error: unknown): WorkError =>
    new WorkError('store_failed', error instanceof Error ? error.message : 'the artefact store failed', {
      cause: error,
    });
  return {
    put: async (artefactId, files) => {
      try {
        await store.put(artefactId, files);
        return 'put';
      } catch (error) {
        if (error instanceof ArtefactStoreError && error.code === 'already_other') return 'other';
        throw failed(error);
      }
    },
    get: async (artefactId) => {
      try {
        return await store.get(artefactId);
      } catch (error) {
        throw failed(error);
      }
    },
  };
}

/** Below the home of the installation, one for each request; ids are hashes, so they are names of folders. */
function workFolders(root: string): WorkFolders {
  return {
    open: (requestId) => {
      const folder = path.join(root, requestId);
      fs.mkdirSync(folder, { recursive: true });
      return folder;
    },
    remove: (requestId) => {
      fs.rmSync(path.join(root, requestId), { recursive: true, force: true });
    },
  };
}

/** Doubles from 0.1 s to 10 s, with up to a half of jitter so that replicas do not knock together. */
async function backOff(attempt: number): Promise<void> {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  await sleep(wait * (0.5 + Math.random() / 2));
}

const occurrences = new Map<string, number>();

/** For fault tests: ends the process at the n-th time of a named point. */
function dieAt({ kafka }: Platform['config'], point: WorkPoint): void {
  if (kafka.faultPoint?.name !== point) return;
  const count = (occurrences.get(point) ?? 0) + 1;
  occurrences.set(point, count);
  if (count === kafka.faultPoint.occurrence) process.kill(process.pid, 'SIGKILL');
}

export const trainingRole: RoleDefinition = {
  app: 'training',
  module: TrainingModule,
  topics: () => [
    'training.requested',
    'training.progressed',
    'training.completed',
    'dataset.published',
    'dead-letter.training',
  ],
  tables: [],
  http: 'health',
};
