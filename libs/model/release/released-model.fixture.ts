import type { LinearModel } from '../artefact/linear-model.js';
import { writeArtefact } from '../artefact/model-artefact.js';
import { DEFAULT_FEATURISER_SETTINGS } from '../features/settings.js';

const BUCKETS = 2 ** 12;
const categories = ['H', 'HR', 'ANY'];

/** A fixed pseudo-random byte, so that no test depends on chance. */
function noise(i: number): number {
  const mixed = Math.imul(i ^ 0x9e3779b9, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 24;
}

/** A small artefact with one calibrator of each kind that has parameters, as files. */
export function releasedModel(): Map<string, Uint8Array> {
  const model: LinearModel = {
    buckets: BUCKETS,
    categories,
    terms: Uint8Array.from({ length: BUCKETS }, (_, i) => 1 + (noise(i) % 15)),
    table: Int8Array.from({ length: BUCKETS * categories.length }, (_, i) => noise(i + 7) - 128 || 1),
    scales: Float32Array.from(categories, (_, c) => 0.013 * (c + 1)),
    biases: Float32Array.from(categories, (_, c) => -c / 3),
  };
  const card = '# Small model\n\n## Where it fails\nEverywhere.\n';
  return writeArtefact(
    model,
    {
      name: 'small',
      release: '0.1.0',
      featuriser: {
        ...DEFAULT_FEATURISER_SETTINGS,
        buckets: BUCKETS,
        cap: 300,
        views: ['raw', 'normalised', 'decoded'],
      },
      datasetId: 'ds-0123456789abcdef',
      recipeId: 'r-0123456789abcdef',
      recipe: {},
      metrics: {
        H: {
          ...{ rows: 900, positives: 90, prevalence: 0.1, averagePrecision: 0.7, low: 0.6, high: 0.8 },
          ...{ wide: false, rocAuc: 0.9 },
        },
      },
      calibrators: {
        H: { kind: 'PLATT', parameters: [1.3, -0.4], x: [], y: [] },
        HR: { kind: 'BETA', parameters: [0.8, 1.1, 0.2], x: [], y: [] },
        ANY: { kind: 'ISOTONIC', parameters: [], x: [-1, -0.5, 0.1], y: [0.1, 0.2, 0.9] },
      },
      thresholds: { provisional: { H: { review: 0.4, block: 0.8 } }, solved: { H: { review: null, block: 0.93 } } },
    },
    () => new Map([['CARD.md', new TextEncoder().encode(card)]]),
  ).files;
}
