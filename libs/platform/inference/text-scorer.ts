import { createFeatureBuffer, createFeaturiser, readArtefactFolder, roundLogit } from '#model';
import type { ModelDocument, ObfuscationCounters } from '#model';
import { defaultModelLimits } from './model-guard.js';
import type { ModelLimits } from './model-guard.js';
import { loadModel } from './scorer.js';
import type { FeatureBatch } from './scorer.js';

export interface TextScore {
  /** By category, rounded to 2^-12. */
  readonly logits: Readonly<Record<string, number>>;
  readonly counters: ObfuscationCounters;
}

/** One loaded model: text in, logits out. The stream and the synchronous endpoint use this same function. */
export interface TextScorer {
  readonly modelId: string;
  readonly categories: readonly string[];
  readonly document: ModelDocument;
  /** One score per text, in order. Deterministic: neither batch nor concurrency changes a bit of it. */
  score(texts: readonly string[]): Promise<readonly TextScore[]>;
  close(): Promise<void>;
}

/**
 * Loads and verifies the artefact in `folder`. Throws `ArtefactError` (naming the bad file) or `ModelRefusedError`.
 */
export async function createTextScorer(folder: string, limits: ModelLimits = defaultModelLimits): Promise<TextScorer> {
  const { document, onnx, terms } = readArtefactFolder(folder);
  const scorer = await loadModel(onnx, limits);
  const { categories, modelId } = document;
  if (scorer.columns !== categories.length) {
    await scorer.close();
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

  return {
    modelId,
    categories,
    document,
    async score(texts) {
      if (texts.length === 0) return [];
      const counters: ObfuscationCounters[] = [];
      const logits = await scorer.score(featurise(texts, counters));
      return counters.map((counted, row) => {
        const named: Record<string, number> = { ...blank };
        for (let column = 0; column < categories.length; column += 1) {
          named[categories[column] ?? ''] = roundLogit(logits[row * categories.length + column] ?? Number.NaN);
        }
        return { logits: named, counters: counted };
      });
    },
    close: () => scorer.close(),
  };
}
