import path from 'node:path';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { readArtefactFolder, type ModelArtefact } from '#model';
import { dryRunModel, findModelFolder } from '#platform/inference';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { FatalError, type Worker } from '#platform/stream';
import { DEPLOYMENT_RUNTIME, DeploymentController } from './deployment.controller.js';
import { openDeployment, type DeploymentRuntime } from './deployment-runtime.js';
import type { ServableModel } from './make-bundle.js';

/** Below the session time-out of a consumer (10 s), so that a model that hangs does not cost the role its place. */
const DRY_RUN = { timeoutMs: 8000, memoryMb: 1024 };
const MODEL_FILE = 'model.onnx';

@Module({
  controllers: [DeploymentController],
  providers: [
    { provide: DEPLOYMENT_RUNTIME, inject: [PLATFORM], useFactory: openRuntime },
    {
      provide: WORKERS,
      inject: [DEPLOYMENT_RUNTIME],
      useFactory: (runtime: DeploymentRuntime): readonly Worker[] => [reconcileAtStart(runtime)],
    },
  ],
})
class DeploymentModule implements OnApplicationShutdown {
  constructor(@Inject(DEPLOYMENT_RUNTIME) private readonly runtime: DeploymentRuntime) {}

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
  }
}

function openRuntime(platform: Platform): Promise<DeploymentRuntime> {
  const { broker, serde, writer, config, clock, logger, onFatal } = platform;
  const { modelsDir, modelPlaces, starterModel } = config;
  return openDeployment({
    broker,
    serde,
    writer,
    channels: config.channels,
    clock,
    onFatal,
    starter: () => readStarter(path.join(modelsDir, starterModel)),
    modelOf: (modelId) => {
      const folder = findModelFolder(modelPlaces, modelId);
      return Promise.resolve(folder === null ? null : servable(readArtefactFolder(folder)));
    },
    dryRun: async ({ modelId }) => {
      const folder = findModelFolder(modelPlaces, modelId);
      if (folder === null) return 'its artefact is gone';
      const result = await dryRunModel(folder, { ...DRY_RUN, encoderFolder: config.encoder.folder });
      return result.ok ? null : `${result.reason}, ${result.detail}`;
    },
    report: (event) => {
      const isFine = event.event === 'deployment_changed' || event.event === 'waiting_for_policy';
      logger[isFine ? 'info' : 'error'](event);
    },
  });
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

/** The role counts as started when every channel that has a policy has a live bundle. */
function reconcileAtStart(runtime: DeploymentRuntime): Worker {
  let state: 'starting' | 'running' = 'starting';
  return {
    start: async () => {
      await runtime.start();
      state = 'running';
    },
    stop: () => Promise.resolve(),
    health: () => ({ state, assigned: [], lastLoopAt: 0, lastCommitAt: 0 }),
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
    'training.completed',
    'dead-letter.deployment',
  ],
  tables: [],
  http: 'health',
};
