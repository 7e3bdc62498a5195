import {
  createFeatureBuffer,
  createFeaturiser,
  DEFAULT_FEATURISER_SETTINGS,
  inverseDocumentFrequency,
  weigh,
} from '#model';
import type { SparseRow } from './train-only.js';

/** One view is enough to tell texts apart, and half the work. */
const SETTINGS = { ...DEFAULT_FEATURISER_SETTINGS, views: ['normalised'] } as const;

/** Hashed tf-idf rows of unit length (sampling 1.3); how rare a feature is, is counted over these texts. */
export function featuriseTexts(texts: readonly string[]): readonly SparseRow[] {
  if (texts.length === 0) return [];
  const featuriser = createFeaturiser(SETTINGS);
  const buffer = createFeatureBuffer(SETTINGS);
  const documents = new Int32Array(SETTINGS.buckets);
  const rows = texts.map((text) => {
    const count = featuriser.write(text, buffer);
    const ids = buffer.ids.slice(0, count);
    for (const id of ids) documents[id] = (documents[id] ?? 0) + 1;
    return ids;
  });
  const idf = inverseDocumentFrequency(documents, texts.length);
  return rows.map((ids) => {
    const values = new Float32Array(ids.length);
    weigh(ids, ids.length, idf, values);
    return { ids, values };
  });
}
