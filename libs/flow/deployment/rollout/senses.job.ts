import fs from 'node:fs';
import path from 'node:path';
import type { ClickHouse } from '#platform/clickhouse';
import { findModelFolder, loadBundledModel } from '#platform/inference';
import type { Platform } from '#platform/role';
import { RetryableError } from '#platform/stream';
import { createCascadeDraw } from '#policy';
import type { RolloutSenses } from '../deployment-runtime.js';
import { createGate } from './gate/gate.job.js';
import { createRescore, type ScoreBy } from './rescore.job.js';
import type { RolloutSettings } from './rollout-settings.js';
import { createWatch } from './watch/watch.job.js';

export interface SensesDeps {
  readonly platform: Platform;
  readonly clickhouse: ClickHouse;
  readonly settings: RolloutSettings;
  /** Margins of the gate, YAML; empty: the defaults. */
  readonly margins: string;
  /** Runs the model apart from this process; null when all is well. */
  readonly dryRun: (modelId: string) => Promise<string | null>;
}

/** What the role sees of a roll-out: through a child process, and through the warehouse. */
export function createSenses({ platform, clickhouse, settings, margins, dryRun }: SensesDeps): RolloutSenses {
  const { broker, serde, config, release, clock, logger } = platform;
  const gate = createGate({
    clickhouse,
    work: path.join(config.home, 'work'),
    folderOf: (modelId) => findModelFolder(config.modelPlaces, modelId),
    dryRun,
    settings: settings.gate,
    margins,
    suites: suitesIn(config.training.suites),
    encoder: config.encoder,
    release,
    clock,
  });
  const watch = createWatch({ clickhouse, settings });
  const rescore = createRescore({
    ...{ clickhouse, broker, serde, release, clock, lateness: settings.observe.lateness },
    scoreBy: createScoreBy(platform),
    report: (event) => {
      logger.info(event);
    },
  });
  return {
    judge: (rollout, desk, signal) => {
      const champion = desk.bundleOf(rollout.champion ?? '');
      const candidate = desk.bundleOf(rollout.candidate ?? '');
      const policy = desk.policyOf(rollout.channel);
      if (champion === undefined || candidate === undefined || policy === null) {
        return Promise.reject(
          new RetryableError('bundle_not_read', `${rollout.rolloutId}: its bundles are not read yet`),
        );
      }
      return gate({ rollout, champion, candidate, policy }, signal);
    },
    watch: (rollout, desk) => {
      const champion = desk.bundleOf(rollout.champion ?? '');
      const candidate = desk.bundleOf(rollout.candidate ?? '');
      return champion === undefined || candidate === undefined
        ? Promise.resolve(null)
        : watch(rollout, champion, candidate);
    },
    rescore: async (rollout, desk) => {
      const champion = desk.bundleOf(rollout.champion ?? '');
      return champion === undefined ? 'done' : rescore(rollout, champion);
    },
  };
}

/** Loads the model for as long as the texts take: roll-backs are rare. */
function createScoreBy({ config, secret }: Platform): ScoreBy {
  const routing = { encoder: config.encoder, draw: createCascadeDraw(secret), rate: null };
  return async (bundle, texts) => {
    if (texts.length === 0) return [];
    const model = await loadBundledModel(config.modelPlaces, bundle, routing);
    try {
      const scores = await model.score(
        texts.map(({ text }) => text),
        texts.map(({ id }) => id),
      );
      return scores.map(({ logits }) => logits);
    } finally {
      await model.close();
    }
  };
}

function suitesIn(place: string | null): string | null {
  return place !== null && fs.existsSync(place) ? place : null;
}
