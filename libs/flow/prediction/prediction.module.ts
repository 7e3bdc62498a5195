import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createLanguageIdentifier, normalise } from '#model';
import type { DeploymentBundled } from '#platform/contracts';
import { loadBundledModel } from '#platform/inference';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { createTextDescription } from './describe-text.js';
import { PREDICTION_RUNTIME, PredictionController } from './prediction.controller.js';
import { openPrediction, type PredictionRuntime } from './prediction-runtime.js';
import { createCascadeDraw } from '#policy';
import type { TimeLimit } from './score-texts.js';
import type { Scorer } from './scorer.js';

/** A refused artefact is looked at again after so long. */
const RETRY_MS = 10_000;

@Module({
  controllers: [PredictionController],
  providers: [
    { provide: PREDICTION_RUNTIME, inject: [PLATFORM], useFactory: openRuntime },
    { provide: WORKERS, useValue: [] },
  ],
})
class PredictionModule implements OnApplicationShutdown {
  constructor(@Inject(PREDICTION_RUNTIME) private readonly runtime: PredictionRuntime) {}

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
  }
}

async function openRuntime(platform: Platform): Promise<PredictionRuntime> {
  const { broker, serde, config, secret, clock, logger, onFatal } = platform;
  return openPrediction({
    broker,
    serde,
    channels: config.channels,
    secret,
    clock,
    timeLimit,
    loadModel: createLoader(platform),
    describeText: createTextDescription(await createLanguageIdentifier()),
    countObfuscation: (text) => normalise(text).counters,
    report: (event) => {
      logger[event.event === 'model_refused' ? 'error' : 'info'](event);
    },
    later: (work) => {
      setTimeout(work, RETRY_MS).unref();
    },
    onFatal,
  });
}

function createLoader({ config, secret }: Platform): (bundle: DeploymentBundled) => Promise<Scorer> {
  const routing = { encoder: config.encoder, draw: createCascadeDraw(secret), rate: null };
  return async (bundle) => {
    const model = await loadBundledModel(config.modelPlaces, bundle, routing);
    return {
      modelId: model.modelId,
      categories: model.categories,
      score: (texts, alive) =>
        model.score(
          texts.map(({ text }) => text),
          texts.map(({ id }) => id),
          alive,
        ),
      scoreEncoded: (text) => model.scoreEncoded(text),
      close: () => model.close(),
    };
  };
}

const timeLimit: TimeLimit = async (work, milliseconds) => {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, milliseconds);
  });
  try {
    return await Promise.race([work, timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
};

export const predictionRole: RoleDefinition = {
  app: 'prediction',
  module: PredictionModule,
  topics: () => [
    'content.submitted',
    'content.erased',
    'prediction.scored',
    'deployment.bundled',
    'deployment.changed',
    'dead-letter.prediction',
  ],
  tables: [],
  http: 'health',
};
