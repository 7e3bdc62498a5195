import type { JudgedModel } from '#model';
import { createTextScorer } from '#platform/inference';
import { uniform } from '#policy';

/** Texts that are scored at once. */
const BATCH = 256;

/** Scores that differ, or are none, mean that the stream would decide by another model than the one that was trained. */
export class ScoreError extends Error {
  override readonly name = 'ScoreError';
}

export interface RowScorer extends JudgedModel {
  /** @throws ScoreError on a logit that is not finite */
  readonly score: (
    texts: readonly string[],
    ids: readonly string[],
    onProgress?: (done: number) => void,
  ) => Promise<Readonly<Record<string, Float64Array>>>;
  close(): Promise<void>;
}

/** Logits by category, in the order of the texts, as the stream computes them. */
export async function openRowScorer(
  folder: string,
  encoder: { readonly folder: string; readonly threads: number },
): Promise<RowScorer> {
  // Who is encoded is drawn without the secret: a judgement is the same everywhere, and shows the share, not the very contents.
  const scorer = await createTextScorer(folder, { routing: { encoder, draw: uniform, rate: null } });
  return {
    document: scorer.document,
    score: async (texts, ids, onProgress = () => undefined) => {
      const logits = Object.fromEntries(
        scorer.categories.map((category) => [category, new Float64Array(texts.length)]),
      );
      for (let from = 0; from < texts.length; from += BATCH) {
        const batch = texts.slice(from, from + BATCH);
        const scores = await scorer.score(batch, ids.slice(from, from + BATCH));
        for (const [index, score] of scores.entries()) {
          for (const [category, logit] of Object.entries(score.logits)) {
            if (!Number.isFinite(logit)) throw new ScoreError(`text ${from + index}: ${category} has no finite logit`);
            const column = logits[category];
            if (column !== undefined) column[from + index] = logit;
          }
        }
        onProgress(from + batch.length);
      }
      return logits;
    },
    close: () => scorer.close(),
  };
}
