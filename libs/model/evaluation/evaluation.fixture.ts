import type { DatasetRow } from '../dataset/dataset-row.js';
import { seededUniform } from '../training/seeded-uniform.js';
import type { ModelScores } from './scored-rows.js';

/** A row with everything that a test does not care about. */
export function rowOf(key: string, over: Partial<DatasetRow> = {}): DatasetRow {
  return {
    key,
    text: `words about ${key}`,
    textHash: '',
    language: 'en',
    platform: 'harbour',
    kind: 'POST',
    split: 'test',
    group: key,
    groupSize: 1,
    labels: {},
    weight: 1,
    inclusion: null,
    origin: 'IMPORTED',
    isGold: false,
    source: 'made',
    author: null,
    labelledAt: null,
    ...over,
  };
}

export function yes(): { value: 1; weight: 1 } {
  return { value: 1, weight: 1 };
}

export function no(): { value: 0; weight: 1 } {
  return { value: 0, weight: 1 };
}

/** A model whose logits are given; its probabilities are their logistic, its thresholds .5 and .9. */
export function modelOf(modelId: string, logits: Readonly<Record<string, readonly number[]>>): ModelScores {
  const categories = Object.keys(logits);
  return {
    modelId,
    name: modelId,
    logits: Object.fromEntries(Object.entries(logits).map(([category, all]) => [category, Float64Array.from(all)])),
    calibrators: {},
    thresholds: Object.fromEntries(categories.map((category) => [category, { review: 0.5, block: 0.9 }])),
  };
}

/** `count` rows, a third of them positive in H, and a model whose logits part them by `skill` and noise. */
export function sample(
  count: number,
  seed: number,
): { rows: DatasetRow[]; scored: (skill: number, own: number) => number[] } {
  const rows = Array.from({ length: count }, (_, i) =>
    rowOf(`harbour/${i}/1`, { labels: { H: seededUniform(seed, 0, i) < 1 / 3 ? yes() : no() } }),
  );
  return {
    rows,
    scored: (skill, own) =>
      rows.map(({ labels }, i) => skill * ((labels['H']?.value ?? 0) - 0.5) + 4 * (seededUniform(seed, own, i) - 0.5)),
  };
}
