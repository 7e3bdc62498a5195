import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLanguageIdentifier, normalise, writeArtefactFolder, writeStackedArtefact } from '#model';
import type { ContentSubmitted, DeploymentBundled } from '#platform/contracts';
import { contentKey } from '#platform/contracts';
import { createTextScorer } from '#platform/inference';
import type { Message } from '#platform/stream';
import { createCascadeDraw, createKeyedHash, planChannels, uniform } from '#policy';
import { createTextDescription } from '../../libs/flow/prediction/describe-text.js';
import { createPredictionStep, type PredictionStep } from '../../libs/flow/prediction/prediction.step.js';
import { chooseBand } from '../../libs/model/encoder/choose-band.js';
import type { BenchCorpus } from './corpus.js';
import { scoreStream } from './curve.js';
import { fitBench } from './fit.js';
import { FIRST_SEED } from './quality.js';

/** Contents in one turn of an arm: about as many encodings whatever the share, so that no arm is all noise. */
const TURN: Readonly<Record<number, number>> = {
  0: 2000,
  0.0015: 5000,
  0.005: 2000,
  0.02: 600,
  0.1: 150,
  0.3: 60,
  1: 20,
};
/** CPU per event of the whole path from submission to verdict and warehouse, and with everything beside it (bench/serving). */
const WHOLE_PATH = { path: 531, everything: 650 } as const;

interface Arm {
  readonly share: number;
  readonly step: PredictionStep;
  /** Microseconds of CPU per event, by round. */
  readonly spent: number[];
  encoded: number;
  events: number;
}

/** What the prediction step costs when a share goes to the encoder: the arms take turns on the same stream, in another order each round. */
export async function measureCpu(
  corpus: BenchCorpus,
  encoderFolder: string,
  { rounds, shares }: { readonly rounds: number; readonly shares: readonly number[] },
  print: (line: string) => void,
): Promise<void> {
  const fit = fitBench(corpus, FIRST_SEED);
  const { logits, weights } = scoreStream(corpus, fit);
  const any = logits.get('ANY')?.ngrams ?? new Float64Array();
  const folder = mkdtempSync(join(tmpdir(), 'cascade-bench-'));
  const closing: (() => Promise<void>)[] = [];
  const arms: Arm[] = [];
  const describeText = createTextDescription(await createLanguageIdentifier());
  for (const share of shares) {
    const bands = share === 0 ? [] : [chooseBand('ANY', any, weights, { share, rate: 1 })];
    const written = writeStackedArtefact(
      {
        ...fit,
        encoder: {
          name: 'bench',
          files: corpus.encoderFiles,
          dimensions: corpus.dimensions,
          ...corpus.reading,
          union: fit.union,
        },
        cascade: { bands, rate: 1, saltId: 'bench' },
      },
      {
        name: 'bench',
        release: 'bench',
        featuriser: corpus.featuriser,
        datasetId: 'ds-bench',
        recipeId: 'r-bench',
        recipe: {},
        metrics: {},
        calibrators: {},
        thresholds: { provisional: {}, solved: {} },
      },
      () => new Map(),
    );
    const target = join(folder, String(share));
    writeArtefactFolder(target, written.files);
    const scorer = await createTextScorer(target, {
      routing: {
        encoder: { folder: encoderFolder, threads: 1 },
        draw: createCascadeDraw(Buffer.from('bench')),
        rate: null,
      },
    });
    closing.push(() => scorer.close());
    const arm: Arm = { share, spent: [], encoded: 0, events: 0, step: stepOf(scorer, describeText) };
    arms.push(arm);
  }
  const streamOf = createStream(corpus, weights);
  try {
    for (let round = -1; round < rounds; round++) {
      const order = [...arms].sort(
        (a, b) => uniform('order', `${round} ${a.share}`) - uniform('order', `${round} ${b.share}`),
      );
      for (const arm of order) {
        const batch = streamOf(round, TURN[arm.share] ?? 100);
        const began = process.cpuUsage();
        const { outcomes } = await arm.step(batch, { carried: null, alive: () => Promise.resolve() });
        const { user, system } = process.cpuUsage(began);
        // The first round warms up.
        if (round < 0) continue;
        arm.spent.push((user + system) / batch.length);
        arm.events += batch.length;
        for (const outcome of outcomes) {
          if (outcome.kind !== 'emit') throw new Error(`an event of the bench came out as ${JSON.stringify(outcome)}`);
          if (outcome.values[0]?.scores[0]?.tier === 'ENCODER') arm.encoded++;
        }
      }
    }
  } finally {
    for (const close of closing) await close();
    rmSync(folder, { recursive: true });
  }
  printArms(arms, rounds, print);
}

function printArms(arms: readonly Arm[], rounds: number, print: (line: string) => void): void {
  const base = arms.find(({ share }) => share === 0)?.spent ?? [];
  print(
    `\nCPU of the prediction step, µs per event, median (min to max) of ${rounds} rounds; arms take turns, differences within a round`,
  );
  print(
    'share asked  encoded        step         more than without     ms per encoding  of a whole path of 531 µs  of 650 µs',
  );
  for (const { share, spent, encoded, events } of arms) {
    const more = spent.map((value, round) => value - (base[round] ?? 0));
    const extra = median(more);
    const portion = encoded / events;
    print(
      [
        `${100 * share} %`.padStart(11),
        `${(100 * portion).toFixed(2)} %`.padStart(8),
        spread(spent).padStart(24),
        (share === 0 ? '' : spread(more)).padStart(26),
        (encoded === 0 ? '' : (extra / portion / 1000).toFixed(1)).padStart(9),
        (share === 0 ? '' : `+${((100 * extra) / WHOLE_PATH.path).toFixed(0)} %`).padStart(20),
        (share === 0 ? '' : `+${((100 * extra) / WHOLE_PATH.everything).toFixed(0)} %`).padStart(10),
      ].join(' '),
    );
  }
}

function stepOf(
  scorer: Awaited<ReturnType<typeof createTextScorer>>,
  describeText: ReturnType<typeof createTextDescription>,
): PredictionStep {
  const { modelId, categories } = scorer;
  const plan = planChannels({
    channels: ['public', 'internal'],
    changeOf: (channel) => ({
      channel,
      sequence: 1,
      mode: 'NORMAL',
      live: 'd-bench',
      previous: null,
      canary: null,
      shadows: [],
      reason: '',
      changedBy: '',
      changedAt: 0,
    }),
    bundleOf: (): DeploymentBundled => ({
      deploymentId: 'd-bench',
      channel: 'public',
      modelId,
      modelSha256: '',
      calibrationId: 'c-bench',
      thresholdSetId: 't-bench',
      policyId: 'bench',
      policyVersion: 1,
      calibrators: Object.fromEntries(
        categories.map((category) => [category, { kind: 'PLATT', parameters: [1, 0], x: [], y: [] }]),
      ),
      thresholds: {},
      uncovered: 'ALLOW',
      uncoveredCategories: [],
      bundledAt: 0,
    }),
    salt: 'bench',
  });
  if (!plan.ok) throw new Error('the plan has holes');
  const snapshot = {
    plan: plan.plan,
    scorers: new Map([
      [
        modelId,
        {
          modelId,
          categories,
          score: (texts: readonly { readonly id: string; readonly text: string }[], alive?: () => Promise<void>) =>
            scorer.score(
              texts.map(({ text }) => text),
              texts.map(({ id }) => id),
              alive,
            ),
          scoreEncoded: (text: string) => scorer.scoreEncoded(text),
          close: () => Promise.resolve(),
        },
      ],
    ]),
  };
  return createPredictionStep({
    models: { acquire: () => snapshot, release: () => undefined },
    describeText,
    countObfuscation: (text) => normalise(text).counters,
    scoreShadow: (_, texts) => Promise.resolve(texts.map(() => ({ ok: false, error: 'timeout' }))),
    isErased: () => false,
    keyedHash: createKeyedHash(Buffer.from('bench')),
    clock: Date.now,
  });
}

/** Contents of a stream with the prevalence: rows of the corpus, drawn by their weights. */
function createStream(
  { texts, harmless }: BenchCorpus,
  weights: Float64Array,
): (round: number, count: number) => readonly Message<ContentSubmitted>[] {
  const all = [...texts, ...harmless.texts];
  const ends = new Float64Array(weights.length);
  let sum = 0;
  for (const [row, weight] of weights.entries()) ends[row] = sum += weight;
  const rowAt = (draw: number): number => {
    const found = ends.findIndex((end) => draw * sum < end);
    return found < 0 ? ends.length - 1 : found;
  };
  return (round, count) =>
    Array.from({ length: count }, (_, index) => {
      const contentId = `c-${round}-${index}`;
      const value: ContentSubmitted = {
        contentId,
        revision: 1,
        platform: 'bench',
        kind: 'POST',
        text: all[rowAt(uniform('stream', contentId))] ?? '',
        language: null,
        authorId: `a-${index % 97}`,
        conversationId: null,
        metadata: {},
        submittedAt: 1,
      };
      return {
        topic: 'content.submitted',
        partition: 0,
        offset: index,
        key: contentKey(value),
        value,
        headers: {},
        timestamp: 0,
      };
    });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

function spread(values: readonly number[]): string {
  const whole = (value: number): string => value.toFixed(0);
  return `${whole(median(values))} (${whole(Math.min(...values))} to ${whole(Math.max(...values))})`;
}
