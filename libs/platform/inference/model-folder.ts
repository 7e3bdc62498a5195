import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Routing } from './encoder-tier.js';
import { createTextScorer } from './text-scorer.js';
import type { TextScorer } from './text-scorer.js';

const MODEL_FILE = 'model.onnx';
/** Nothing, a little, another script with a pair of surrogates, and more features than are kept. */
const DRY_RUN_TEXTS = [
  '',
  'a harmless text',
  'お元気ですか 🙂',
  Array.from({ length: 3000 }, (_, i) => `w${i}`).join(' '),
];

/** Folder below one of `places`, the first that has it, whose model.json has this id; null when none has. Reads no model. */
export function findModelFolder(places: readonly string[], modelId: string): string | null {
  for (const place of places) {
    // The artefact store has no folder before the first training.
    if (!existsSync(place)) continue;
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      const folder = join(place, entry.name);
      if (entry.isDirectory() && modelIdIn(folder) === modelId) return folder;
    }
  }
  return null;
}

/** A folder that is no artefact, or a broken one, is none of these models: whoever asks for it by name learns why. */
function modelIdIn(folder: string): unknown {
  try {
    const document: unknown = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
    return typeof document === 'object' && document !== null && 'modelId' in document ? document.modelId : null;
  } catch {
    return null;
  }
}

/**
 * The model of a bundle, verified against the hash in the bundle and run once on odd texts before anybody relies on it.
 * @throws Error with a message for people: no such artefact, another file, refused, or no finite scores
 */
export async function loadBundledModel(
  places: readonly string[],
  bundle: { readonly modelId: string; readonly modelSha256: string },
  routing?: Routing,
): Promise<TextScorer> {
  const { modelId, modelSha256 } = bundle;
  const folder = findModelFolder(places, modelId);
  if (folder === null)
    throw new Error(`no artefact of ${places.join(' and ')} has the id ${modelId}; copy its folder there`);
  const scorer = await createTextScorer(folder, routing === undefined ? {} : { routing });
  try {
    const found = scorer.document.files.find(({ path }) => path === MODEL_FILE)?.sha256;
    if (found !== modelSha256) {
      throw new Error(`${join(folder, MODEL_FILE)} has another SHA-256 than the bundle says; restore the artefact`);
    }
    const tried = (await scorer.score(DRY_RUN_TEXTS)).map(({ logits }) => logits);
    for (const text of DRY_RUN_TEXTS) tried.push((await scorer.scoreEncoded(text)) ?? {});
    if (tried.flatMap((logits) => Object.values(logits)).some((logit) => !Number.isFinite(logit))) {
      throw new Error(`model ${modelId} gives no finite scores; put another model live`);
    }
    return scorer;
  } catch (error) {
    await scorer.close();
    throw error;
  }
}
