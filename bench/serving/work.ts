import { createLanguageIdentifier, duplicateKey, readArtefactFolder } from '#model';
import { contentKey, type ContentSubmitted, type PredictionScored } from '#platform/contracts';
import { createTextScorer } from '#platform/inference';
import type { Serde, StoredRecord } from '#platform/stream';
import { calibrate, hashText } from '#policy';

export const INPUT = 'content.submitted';
export const OUTPUT = 'prediction.scored';
const CHANNELS = ['public', 'internal'] as const;

/** What a prediction is, apart from where it comes from and goes to: the same code for every loop. */
export interface Work {
  readonly modelId: string;
  /** Logits by category of one text alone. */
  scoreAlone(text: string): Promise<Readonly<Record<string, number>>>;
  /** Scores contents and describes their texts, in order. */
  predict(
    contents: readonly ContentSubmitted[],
    sourceOf: (index: number) => PredictionScored['source'],
  ): Promise<readonly PredictionScored[]>;
  /** From the bytes of a chunk to the bytes of its output, as one would write it by hand. */
  copy(records: readonly StoredRecord[]): Promise<readonly Copied[]>;
  close(): Promise<void>;
}

export interface Copied {
  readonly key: string;
  readonly value: Buffer;
  /** The same as the runner gives its records: they are part of the contract. */
  readonly headers: Record<string, string>;
}

export async function openWork(folder: string, serde: Serde): Promise<Work> {
  const scorer = await createTextScorer(folder);
  const { document } = readArtefactFolder(folder);
  const identify = await createLanguageIdentifier();
  await serde.prepare([INPUT, OUTPUT, 'dead-letter.prediction']);

  const predict: Work['predict'] = async (contents, sourceOf) => {
    const scores = await scorer.score(contents.map(({ text }) => text));
    const scoredAt = Date.now();
    return contents.map((content, index) => {
      const score = scores[index];
      if (score === undefined) throw new Error(`no score for content ${index} of ${contents.length}`);
      const { language, confidence } = identify(content.text);
      const probabilities = calibrate(document, score.logits);
      return {
        contentId: content.contentId,
        revision: content.revision,
        platform: content.platform,
        kind: content.kind,
        language,
        languageConfidence: confidence,
        authorHash: null,
        conversationHash: null,
        textHash: hashText(content.text),
        textLength: content.text.length,
        duplicateKey: duplicateKey(content.text),
        obfuscation: score.counters,
        scores: [{ modelId: scorer.modelId, tier: 'NGRAM' as const, logits: score.logits }],
        assignments: CHANNELS.map((channel) => ({
          channel,
          role: 'LIVE' as const,
          mode: 'NORMAL' as const,
          deploymentId: 'd-bench',
          modelId: scorer.modelId,
          calibrationId: 'c-bench',
          probabilities,
          error: null,
        })),
        source: sourceOf(index),
        submittedAt: content.submittedAt,
        scoredAt,
      };
    });
  };

  return {
    modelId: scorer.modelId,
    scoreAlone: async (text) => (await scorer.score([text]))[0]?.logits ?? {},
    predict,
    copy: async (records) => {
      const decoded = await serde.decode(INPUT, records);
      const contents = decoded.map((it) => {
        if (!it.ok) throw new Error(`${it.reason}: ${it.detail}`);
        return it.value;
      });
      const sources = records.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
      const predictions = await predict(
        contents,
        (index) => sources[index] ?? { topic: INPUT, partition: 0, offset: 0 },
      );
      return predictions.map((value) => ({
        key: contentKey(value),
        value: serde.encode(OUTPUT, value),
        headers: {
          'tidegate-source': `${value.source.topic}/${value.source.partition}/${value.source.offset}`,
          'tidegate-stage': 'prediction',
          'tidegate-release': 'bench',
        },
      }));
    },
    close: () => scorer.close(),
  };
}
