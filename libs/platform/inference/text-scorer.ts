import { createFeatureBuffer, createFeaturiser, readArtefactFolder, roundLogit } from '#model';
import type { ModelDocument, ObfuscationCounters } from '#model';
import { openEncoderTier } from './encoder-tier.js';
import type { LoadedTier, Routing } from './encoder-tier.js';
import { defaultModelLimits } from './model-guard.js';
import type { ModelLimits } from './model-guard.js';
import { loadModel } from './scorer.js';
import type { FeatureBatch } from './scorer.js';

export interface TextScore {
  /** By category, rounded to 2^-12. */
  readonly logits: Readonly<Record<string, number>>;
  readonly counters: ObfuscationCounters;
  /** Which tier of the cascade said so; models without one have n-grams only. */
  readonly tier: Tier;
}

export type Tier = 'NGRAM' | 'ENCODER';

export interface TextScorerOptions {
  readonly limits?: ModelLimits;
  /** Needed by models with an encoder, ignored by the others. */
  readonly routing?: Routing;
}

/** One loaded model: text in, logits out. The stream and the synchronous endpoint use this same function. */
export interface TextScorer {
  readonly modelId: string;
  readonly categories: readonly string[];
  readonly document: ModelDocument;
  /**
   * One score per text, in order. Deterministic: neither batch nor concurrency changes a bit of it.
   * @param ids of the contents, in the same order: they decide what goes to the encoder. A text without one stays with the n-grams.
   * @param onEncoded called after each encoding, of which one takes milliseconds; what it throws ends the call
   */
  score(
    texts: readonly string[],
    ids?: readonly string[],
    onEncoded?: () => Promise<void>,
  ): Promise<readonly TextScore[]>;
  /** The logits of the encoder's tier whatever the routing; null when the model has none. */
  scoreEncoded(text: string): Promise<Readonly<Record<string, number>> | null>;
  close(): Promise<void>;
}

/**
 * Loads and verifies the artefact in `folder`. Throws `ArtefactError` (naming the bad file), `ModelRefusedError` or `EncoderError`.
 */
export async function createTextScorer(
  folder: string,
  { limits = defaultModelLimits, routing }: TextScorerOptions = {},
): Promise<TextScorer> {
  const { document, onnx, terms, encoderTier } = readArtefactFolder(folder);
  if (encoderTier !== null && routing === undefined) {
    throw new Error(`model ${document.modelId} needs an encoder, and nobody said where it is`);
  }
  const scorer = await loadModel(onnx, limits, { isExact: document.family !== 'EXTERNAL' });
  let tier: LoadedTier | null = null;
  try {
    if (encoderTier !== null && routing !== undefined) tier = await openEncoderTier(encoderTier, routing);
  } catch (error) {
    await scorer.close();
    throw error;
  }
  const { categories, modelId } = document;
  if (scorer.columns !== categories.length) {
    await scorer.close();
    await tier?.close();
    throw new Error(`model.json: ${categories.length} categories, but model.onnx has ${scorer.columns} columns`);
  }
  const featuriser = createFeaturiser(document.featuriser);
  const buffer = createFeatureBuffer(document.featuriser);

  // Grown once and reused; each batch takes a copy of exactly its size, which belongs to its own run.
  let ids = new Int32Array(64 * 1024);
  let weights = new Float32Array(64 * 1024);

  /** Synchronous, so that the one featuriser is never entered twice. */
  function featurise(texts: readonly string[], counters: ObfuscationCounters[]): FeatureBatch {
    const lengths = new Int32Array(texts.length);
    let used = 0;
    for (let row = 0; row < texts.length; row += 1) {
      const count = featuriser.write(texts[row] ?? '', buffer);
      if (used + count > ids.length) {
        const grownIds = new Int32Array(2 * (used + count));
        const grownWeights = new Float32Array(2 * (used + count));
        grownIds.set(ids);
        grownWeights.set(weights);
        ids = grownIds;
        weights = grownWeights;
      }
      const found = buffer.ids;
      for (let k = 0; k < count; k += 1) {
        const id = found[k] ?? 0;
        ids[used + k] = id;
        weights[used + k] = terms[id] ?? 0;
      }
      used += count;
      lengths[row] = count;
      counters.push({ ...buffer.counters });
    }
    return { ids: ids.slice(0, used), weights: weights.slice(0, used), lengths };
  }

  // Copied for each text: an object that starts with all its keys is several times cheaper than one that grows.
  const blank: Readonly<Record<string, number>> = Object.fromEntries(categories.map((category) => [category, 0]));

  function nameLogits(logits: Float32Array, row: number): Record<string, number> {
    const named: Record<string, number> = { ...blank };
    for (let column = 0; column < categories.length; column += 1) {
      named[categories[column] ?? ''] = roundLogit(logits[row * categories.length + column] ?? Number.NaN);
    }
    return named;
  }

  /** Rows that the cascade sends to the encoder, one document a run. */
  async function encodeUncertain(
    encoder: LoadedTier,
    scores: TextScore[],
    texts: readonly string[],
    ids: readonly string[],
    { ids: features, lengths }: FeatureBatch,
    onEncoded: () => Promise<void>,
  ): Promise<void> {
    let start = 0;
    for (const [row, score] of scores.entries()) {
      const end = start + (lengths[row] ?? 0);
      const id = ids[row];
      if (id !== undefined && encoder.isRouted(score.logits, id)) {
        const logits = await encoder.score(texts[row] ?? '', features.subarray(start, end));
        scores[row] = { ...score, logits, tier: 'ENCODER' };
        await onEncoded();
      }
      start = end;
    }
  }

  return {
    modelId,
    categories,
    document,
    async score(texts, contentIds = [], onEncoded = () => Promise.resolve()) {
      if (texts.length === 0) return [];
      const counters: ObfuscationCounters[] = [];
      const batch = featurise(texts, counters);
      const logits = await scorer.score(batch);
      const scores = counters.map((counted, row): TextScore => ({
        logits: nameLogits(logits, row),
        counters: counted,
        tier: 'NGRAM',
      }));
      if (tier !== null && contentIds.length > 0) {
        await encodeUncertain(tier, scores, texts, contentIds, batch, onEncoded);
      }
      return scores;
    },
    async scoreEncoded(text) {
      return tier === null ? null : tier.score(text, featurise([text], []).ids);
    },
    async close() {
      await scorer.close();
      await tier?.close();
    },
  };
}
