import type { DeploymentBundled, Obfuscation } from '#platform/contracts';
import { openTable, type Broker, type Serde } from '#platform/stream';
import { createKeyedHash, deriveSalt, planChannels } from '#policy';
import { createModelBoard, type BoardEvent } from './model-board.js';
import type { TextFeatures } from './predict.js';
import { createPredictionStep, type PredictionStep } from './prediction.step.js';
import { createShadowScoring, type TimeLimit } from './score-texts.js';
import type { Scorer } from './scorer.js';

export interface PredictionRuntime {
  readonly step: PredictionStep;
  /** After the last chunk: closes the tables and releases the models. */
  close(): Promise<void>;
}

export interface RuntimeDeps {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly channels: readonly string[];
  /** Key of author hashes and of the canary split. */
  readonly secret: Buffer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly timeLimit: TimeLimit;
  readonly loadModel: (bundle: DeploymentBundled) => Promise<Scorer>;
  readonly describeText: (text: string) => TextFeatures;
  readonly countObfuscation: (text: string) => Obfuscation;
  readonly report: (event: BoardEvent) => void;
  /** Calls back after a while. */
  readonly later: (work: () => void) => void;
  readonly onFatal: (error: Error) => void;
}

/** For one chunk and shadow: a quarter of what a submission may take until its verdict at the 99th percentile. */
const SHADOW_LIMIT_MS = 250;

/** Reads the tables to their ends, loads the models that are live, and follows. */
export async function openPrediction(deps: RuntimeDeps): Promise<PredictionRuntime> {
  const { broker, serde, clock, onFatal } = deps;
  let refresh: () => void = () => undefined;
  const onChange = (): void => {
    refresh();
  };
  const [bundles, changes, erased] = await Promise.all([
    openTable({ broker, serde, topic: 'deployment.bundled', onFatal, onChange }),
    openTable({ broker, serde, topic: 'deployment.changed', onFatal, onChange }),
    openTable({ broker, serde, topic: 'content.erased', onFatal }),
  ]);
  const salt = deriveSalt(deps.secret, 'canary');
  const board = createModelBoard({
    readPlan: () =>
      planChannels({
        channels: deps.channels,
        changeOf: (channel) => changes.get(channel),
        bundleOf: (deploymentId) => bundles.get(deploymentId),
        salt,
      }),
    load: deps.loadModel,
    report: deps.report,
    tryLater: () => {
      deps.later(onChange);
    },
  });
  refresh = () => {
    board.refresh().catch((error: unknown) => {
      onFatal(error instanceof Error ? error : new Error('the models cannot be swapped'));
    });
  };
  await board.refresh();

  return {
    step: createPredictionStep({
      models: board,
      describeText: deps.describeText,
      countObfuscation: deps.countObfuscation,
      scoreShadow: createShadowScoring({ clock, timeLimit: deps.timeLimit, limitMs: SHADOW_LIMIT_MS }),
      isErased: (key) => erased.get(key) !== undefined,
      keyedHash: createKeyedHash(deps.secret),
      clock,
    }),
    close: async () => {
      await Promise.all([bundles.close(), changes.close(), erased.close()]);
      await board.close();
    },
  };
}
