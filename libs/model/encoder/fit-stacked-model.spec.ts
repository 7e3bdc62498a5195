import { scoreLinearModel } from '../artefact/linear-model.js';
import { createFeaturiser } from '../features/featuriser.js';
import { DEFAULT_FEATURISER_SETTINGS } from '../features/settings.js';
import { denseDesign, sparseDesign } from '../training/design-matrix.js';
import { documentFrequency, featureRows } from '../training/feature-rows.js';
import { fitLogistic } from '../training/fit-logistic.js';
import { quantiseTerms } from '../artefact/linear-model.js';
import { fitEmbeddingScale, scaleEmbeddings } from './embedding-scale.js';
import { addEncoderLogits, joinUnion } from './encoder-head.js';
import { createEncoderStack } from './encoder-stack.js';
import type { CollapsibleColumn } from './encoder-stack.js';
import { defaultStackedFit, fitStackedModel } from './fit-stacked-model.js';
import type { StackedFitInput } from './fit-stacked-model.js';

const dimensions = 3;
const words = ['tide', 'boat', 'rope', 'sail', 'gull', 'sand', 'wave', 'moon'];
const noise = (i: number): number =>
  Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453);

/** H shows in the words, V in the embedding alone. */
const texts = Array.from({ length: 120 }, (_, i) => {
  const said = Array.from({ length: 6 }, (_word, k) => words[Math.floor(8 * noise(i * 7 + k))] ?? '');
  return (i % 3 === 0 ? [...said, 'storm'] : said).join(' ');
});
const isV = (i: number): boolean => noise(i + 5000) < 0.35;
const embeddings = Float32Array.from({ length: texts.length * dimensions }, (_, at) => {
  const row = Math.floor(at / dimensions);
  const signal = at % dimensions === 1 ? (isV(row) ? 1 : -1) : 0;
  return 2 + signal + noise(at);
});
const featuriser = createFeaturiser({ ...DEFAULT_FEATURISER_SETTINGS, buckets: 2 ** 12 });
const rows = featureRows(featuriser, texts);
const terms = quantiseTerms(documentFrequency(rows), rows.rows);
const targets = new Map([
  ['H', Float64Array.from(texts, (_, i) => (i % 3 === 0 ? 1 : 0))],
  ['V', Float64Array.from(texts, (_, i) => (isV(i) ? 1 : 0))],
  ['ANY', Float64Array.from(texts, (_, i) => (i % 3 === 0 || isV(i) ? 1 : 0))],
]);
const input: StackedFitInput = {
  rows,
  terms,
  targets,
  embeddings,
  dimensions,
  parents: [],
  folds: Uint8Array.from(texts, (_, i) => i % 5),
  union: 'ANY',
  settings: defaultStackedFit,
};

/** A parent that counts one word, standardised; as a linear function of the n-grams. */
function parentOf(word: string): CollapsibleColumn {
  const weights = new Float64Array(rows.columns);
  for (const id of featuriser.features(word).ids) weights[id] = 1;
  const values = new Float64Array(rows.rows);
  sparseDesign(rows, Float64Array.from(terms)).multiply(weights, new Uint8Array(rows.rows).fill(1), values);
  return {
    values,
    addTo(into, factor) {
      for (const [id, weight] of weights.entries()) into[id] = (into[id] ?? 0) + factor * weight;
      return 0;
    },
  };
}

function correlation(logits: Float64Array, labels: Float64Array | undefined): number {
  const positives = [...logits].filter((_, i) => labels?.[i] === 1);
  const negatives = [...logits].filter((_, i) => labels?.[i] === 0);
  const wins = positives.reduce((sum, high) => sum + negatives.filter((low) => high > low).length, 0);
  return wins / (positives.length * negatives.length);
}

describe('a stack over n-grams and embeddings', () => {
  const scaled = scaleEmbeddings(embeddings, fitEmbeddingScale(embeddings, dimensions));
  const settings = { c: 10, parentScale: 0.1, maxIterations: 500, tolerance: 1e-8 };
  const termWeights = Float64Array.from(terms);
  const stack = createEncoderStack({ rows, termWeights, embeddings: scaled, parents: [parentOf('storm')] }, settings);

  it('finds in the span of its rows what a fit over all columns finds', () => {
    const design = sparseDesign(rows, termWeights);
    const width = rows.columns + dimensions + 1;
    const dense = new Float64Array(rows.rows * width);
    const storm = parentOf('storm').values;
    for (let r = 0; r < rows.rows; r++) {
      const residuals = new Float64Array(rows.rows);
      residuals[r] = 1;
      design.addTransposed(
        residuals,
        new Uint8Array(rows.rows).fill(1),
        dense.subarray(r * width, r * width + rows.columns),
      );
      dense.set(scaled.subarray(r * dimensions, (r + 1) * dimensions), r * width + rows.columns);
      dense[r * width + width - 1] = 0.1 * (storm[r] ?? 0);
    }
    const target = targets.get('V') ?? new Float64Array();
    const direct = fitLogistic(denseDesign(dense, rows.rows, width), target, settings);
    const head = stack.fit(target);
    expect(head.bias).toBeCloseTo(direct.bias, 3);
    for (let d = 0; d < dimensions; d++) {
      expect(head.embedding[d]).toBeCloseTo(direct.weights[rows.columns + d] ?? Number.NaN, 3);
    }
    const own = new Float64Array(rows.rows);
    design.multiply(head.ngrams, new Uint8Array(rows.rows).fill(1), own);
    const parent = direct.weights[width - 1] ?? 0;
    const expected = new Float64Array(rows.rows);
    design.multiply(direct.weights, new Uint8Array(rows.rows).fill(1), expected);
    for (let r = 0; r < rows.rows; r++) {
      expect(own[r]).toBeCloseTo((expected[r] ?? 0) + parent * 0.1 * (storm[r] ?? 0), 3);
    }
  });
});

describe('both tiers of a cascade', () => {
  const fitted = fitStackedModel(input);

  it('are the same for the same input, to the last bit', () => {
    expect(fitStackedModel(input)).toEqual(fitted);
  });

  it('know what only the embedding says in the second tier alone', () => {
    const { ngrams = new Float64Array(), encoder = new Float64Array() } = fitted.heldOut.get('V') ?? {};
    expect(correlation(ngrams, targets.get('V'))).toBeLessThan(0.7);
    expect(correlation(encoder, targets.get('V'))).toBeGreaterThan(0.95);
  });

  it('give log-odds in either tier: on average as much as is observed', () => {
    for (const [category, { ngrams, encoder }] of fitted.heldOut) {
      const label = targets.get(category) ?? new Float64Array();
      const observed = label.reduce((sum, value) => sum + value, 0);
      for (const logits of [ngrams, encoder]) {
        const expected = logits.reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit)), 0);
        // Platt's smoothed targets move the sum by about one.
        expect(Math.abs(expected - observed)).toBeLessThan(2);
      }
    }
  });

  it('order the training rows as the labels do once they are quantised and joined', () => {
    const categories = [...targets.keys()];
    const scores = texts.map((text, row) => {
      const { ids, count } = featuriser.features(text);
      const own = new Float32Array(categories.length);
      scoreLinearModel(fitted.encoderNgrams, ids, count, own);
      const logits = Float64Array.from(own);
      addEncoderLogits(fitted.head, embeddings.slice(row * dimensions, (row + 1) * dimensions), logits);
      if (fitted.union !== null) joinUnion(fitted.union, categories, logits);
      return logits;
    });
    for (const [column, category] of categories.entries()) {
      const logits = Float64Array.from(scores, (row) => row[column] ?? 0);
      expect(correlation(logits, targets.get(category))).toBeGreaterThan(0.95);
    }
  });

  it('keep their order when a category is too rare for a slope of its own', () => {
    const rare = Float64Array.from(texts, (_, i) => (i < 9 ? 1 : 0));
    const { heldOut } = fitStackedModel({ ...input, targets: new Map([['R', rare]]), union: null });
    const sum = heldOut.get('R')?.ngrams.reduce((total, logit) => total + 1 / (1 + Math.exp(-logit)), 0);
    expect(sum).toBeCloseTo(9, -1);
  });
});
