import type { EncoderFiles, EncoderReading } from './encoder.js';
import { shareEncoder } from './shared-encoder.js';
import type { EncoderPlace } from './shared-encoder.js';

export interface EmbeddedTexts {
  /** Of the encoder that made them. */
  readonly files: EncoderFiles;
  readonly dimensions: number;
  /** Row-major, in the order of the texts. */
  readonly embeddings: Float32Array;
}

/** Embeddings of many texts, for training: 5 to 60 ms each. `onEmbedded` is told how many are done; what it throws ends the work. */
export async function embedTexts(
  place: EncoderPlace,
  reading: EncoderReading,
  texts: readonly string[],
  onEmbedded: (done: number) => void = () => undefined,
): Promise<EmbeddedTexts> {
  const encoder = await shareEncoder(place);
  try {
    const { dimensions, files } = encoder;
    const embeddings = new Float32Array(texts.length * dimensions);
    for (const [row, text] of texts.entries()) {
      embeddings.set(await encoder.embed(text, reading), row * dimensions);
      onEmbedded(row + 1);
    }
    return { files, dimensions, embeddings };
  } finally {
    await encoder.close();
  }
}
