import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { parseGateSettings, readArtefactFolder, type ModelArtefact } from '#model';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import { dryRunModel, findModelFolder } from '#platform/inference';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { FatalError, type Worker } from '#platform/stream';
import { createDeploymentWorker, type RuntimeEvent } from './deployment-runtime.js';
import type { ServableModel } from './make-bundle.js';
import { rejectionsInARow } from './rollout/rollout.js';
import { defaultRolloutSettings, parseRolloutSettings } from './rollout/rollout-settings.js';
import { createSenses } from './rollout/senses.job.js';

/** Below the session time-out of a consumer (10 s), so that a model that hangs does not cost the role its place. */
const DRY_RUN = { timeoutMs: 8000, memoryMb: 1024 };
const MODEL_FILE = 'model.onnx';

const CLICKHOUSE = Symbol('clickhouse of the deployment');
/** A page of contents, or the sums of a step, from a busy server. */
const CLICKHOUSE_MS = 120_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

@Module({
  providers: [
    {
      provide: CLICKHOUSE,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouse =>
        createClickHouse({ ...config.clickhouse, timeoutMs: CLICKHOUSE_MS }),
    },
    {
      provide: WORKERS,
      inject: [PLATFORM, CLICKHOUSE],
      useFactory: (platform: Platform, clickhouse: ClickHouse): readonly Worker[] => [workerOf(platform, clickhouse)],
    },
  ],
})
class DeploymentModule implements OnApplicationShutdown {
  constructor(@Inject(CLICKHOUSE) private readonly clickhouse: ClickHouse) {}

  async onApplicationShutdown(): Promise<void> {
    await this.clickhouse.close();
  }
}

function workerOf(platform: Platform, clickhouse: ClickHouse): Worker {
  const { app, broker, serde, config, clock, logger, metrics, release, onFatal } = platform;
  const { modelsDir, modelPlaces, starterModel, channels } = config;
  const { rolloutFile, gateFile } = config.deployment;
  const settings = readSettings('DEPLOYMENT_ROLLOUT', rolloutFile, parseRolloutSettings) ?? defaultRolloutSettings;
  // Read again by the child; a mistake in it is told at the start.
  const margins =
    readSettings('DEPLOYMENT_GATE', gateFile, (text, file) => (parseGateSettings(text, file), text)) ?? '';
  const dryRun = async (modelId: string): Promise<string | null> => {
    const folder = findModelFolder(modelPlaces, modelId);
    if (folder === null) return 'its artefact is gone';
    const result = await dryRunModel(folder, { ...DRY_RUN, encoderFolder: config.encoder.folder });
    return result.ok ? null : `${result.reason}, ${result.detail}`;
  };
  return createDeploymentWorker({
    broker,
    serde,
    release,
    channels,
    reference: config.sampling.channel,
    settings,
    clock,
    sessionMs: config.kafka.sessionTimeoutMs,
    everyMs: config.deployment.everyMs,
    backOff,
    onFatal,
    observer: {
      onOutcomes: (topic, outcome, reason, count) => {
        metrics.outcomes.inc({ stage: app, topic, outcome, reason }, count);
      },
      onChunk: () => undefined,
      onRetry: (code) => {
        metrics.retries.inc({ stage: app, code });
      },
    },
    starter: () => readStarter(path.join(modelsDir, starterModel)),
    modelOf: (modelId) => {
      const folder = findModelFolder(modelPlaces, modelId);
      return Promise.resolve(folder === null ? null : servable(readArtefactFolder(folder)));
    },
    dryRun: ({ modelId }) => dryRun(modelId),
    senses: createSenses({ platform, clickhouse, settings, margins, dryRun }),
    report: (event) => {
      metricsOf(metrics, event);
      logger[fine.has(event.event) ? 'info' : 'error'](event);
    },
    measure: (rollouts) => {
      for (const channel of channels) {
        const own = rollouts.filter((it) => it.channel === channel);
        for (const state of ['GATING', 'SHADOW', 'CANARY'] as const) {
          metrics.rollouts.set({ channel, state }, own.filter((it) => it.state === state).length);
        }
        metrics.canaryShare.set({ channel }, own.find((it) => it.state === 'CANARY')?.share ?? 0);
        metrics.gateRejections.set({ channel }, rejectionsInARow(channel, own));
      }
    },
  });
}

const fine: ReadonlySet<RuntimeEvent['event']> = new Set([
  'deployment_changed',
  'waiting_for_policy',
  'rollout_progressed',
  'deployment_active',
  'deployment_standby',
  'deployment_waits',
]);

function metricsOf({ deploymentActive }: Platform['metrics'], { event }: RuntimeEvent): void {
  if (event === 'deployment_active') deploymentActive.set(1);
  if (event === 'deployment_standby') deploymentActive.set(0);
}

function readSettings<T>(variable: string, file: string | null, parse: (text: string, file: string) => T): T | null {
  if (file === null) return null;
  try {
    return parse(fs.readFileSync(file, 'utf8'), file);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    throw new FatalError('configuration', `${variable}: ${why}`, { cause: error });
  }
}

/** Doubles from 0.1 s to 5 s, with up to a half of jitter so that replicas do not knock together. */
async function backOff(attempt: number): Promise<void> {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  await sleep(wait * (0.5 + Math.random() / 2));
}

function readStarter(folder: string): Promise<ServableModel> {
  try {
    return Promise.resolve(servable(readArtefactFolder(folder)));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    return Promise.reject(
      new FatalError('configuration', `${folder}: ${why} (MODELS_DIR and STARTER_MODEL name the folder)`, {
        cause: error,
      }),
    );
  }
}

/** The artefact's solved thresholds come from its own labels, not from the platform's: they are not taken for solved here. */
function servable({ document }: ModelArtefact): ServableModel {
  const { modelId, files, calibrators, thresholds } = document;
  const sha256 = files.find((file) => file.path === MODEL_FILE)?.sha256 ?? '';
  return {
    modelId,
    sha256,
    calibrators,
    thresholds: Object.fromEntries(
      Object.entries(thresholds.provisional).map(([category, it]) => [category, { ...it, provisional: true }]),
    ),
  };
}

export const deploymentRole: RoleDefinition = {
  app: 'deployment',
  module: DeploymentModule,
  topics: () => [
    'policy.published',
    'deployment.requested',
    'deployment.bundled',
    'deployment.changed',
    'deployment.progressed',
    'verdict.requested',
    'training.completed',
    'dead-letter.deployment',
  ],
  tables: [],
  http: 'health',
};
