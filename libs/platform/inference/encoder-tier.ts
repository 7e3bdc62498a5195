import { addEncoderLogits, createLinearScorer, goesToEncoder, joinUnion, roundLogit } from '#model';
import type { EncoderTier } from '#model';
import { EncoderError } from './encoder.js';
import type { EncoderFiles } from './encoder.js';
import { shareEncoder } from './shared-encoder.js';
import type { EncoderPlace } from './shared-encoder.js';

/** How contents are routed where the model runs. */
export interface Routing {
  readonly encoder: EncoderPlace;
  /** u(salt, id) in [0, 1) of a content, under the installation's secret. */
  readonly draw: (saltId: string, id: string) => number;
  /** Share of the uncertain contents that is encoded; null: the model's own. */
  readonly rate: number | null;
}

/** The second tier of a cascade, loaded. */
export interface LoadedTier {
  /** Whether a content goes to the encoder, from its n-gram logits, rounded. */
  isRouted(logits: Readonly<Record<string, number>>, id: string): boolean;
  /** Logits by category of one text, rounded to 2^-12. */
  score(text: string, ids: Int32Array): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** @throws EncoderError when the encoder is not there, or is not the one that the model was trained with */
export async function openEncoderTier(
  { ngrams, head, encoder: named, cascade }: EncoderTier,
  { encoder: place, draw, rate }: Routing,
): Promise<LoadedTier> {
  const encoder = await shareEncoder(place);
  try {
    requireFiles(place.folder, encoder.files, named);
  } catch (error) {
    await encoder.close();
    throw error;
  }
  const { categories } = ngrams;
  const scoreNgrams = createLinearScorer(ngrams);
  const own = new Float32Array(categories.length);
  const effective = { ...cascade, rate: rate ?? cascade.rate };
  return {
    isRouted: (logits, id) => goesToEncoder(effective, logits, () => draw(cascade.saltId, id)),
    async score(text, ids) {
      const embedding = await encoder.embed(text, named);
      // From here on synchronous: the buffer of the n-grams is shared.
      scoreNgrams(ids, ids.length, own);
      const logits = Float64Array.from(own);
      addEncoderLogits(head, embedding, logits);
      if (named.union !== null) joinUnion(named.union, categories, logits);
      return Object.fromEntries(categories.map((category, c) => [category, roundLogit(logits[c] ?? Number.NaN)]));
    },
    close: () => encoder.close(),
  };
}

/** @throws EncoderError that says which encoder is needed */
export function requireFiles(folder: string, found: EncoderFiles, named: EncoderTier['encoder']): void {
  if (found.model === named.files.model && found.tokenizer === named.files.tokenizer) return;
  const which = found.model === named.files.model ? 'tokenizer.json' : 'model.onnx';
  throw new EncoderError(
    'ENCODER_DIFFERS',
    `${folder} holds another encoder than the model needs: ${which} of "${named.name}" has the SHA-256 ` +
      `${which === 'model.onnx' ? named.files.model : named.files.tokenizer}; put that one there, or name its folder in ENCODER_DIR`,
  );
}
