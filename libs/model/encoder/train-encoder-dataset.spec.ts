import { linearModelOf, readArtefact } from '../artefact/model-artefact.js';
import { aRow } from '../dataset/dataset-row.fixture.js';
import { defaultModelRecipe } from '../training/model-recipe.js';
import type { ModelRecipe } from '../training/model-recipe.js';
import { seededUniform } from '../training/seeded-uniform.js';
import { trainDataset } from '../training/train-dataset.js';
import { addEncoderLogits } from './encoder-head.js';
import { trainEncoderDataset } from './train-encoder-dataset.js';
import type { TrainEncoderInput } from './train-encoder-dataset.js';

const dimensions = 2;
const nouns = ['river', 'table', 'garden', 'train', 'window', 'lamp', 'coat', 'bridge'];
const recipe: ModelRecipe = {
  ...defaultModelRecipe('small'),
  featuriser: { version: 1, buckets: 1024, wordNgrams: [1, 1], charNgrams: [3, 3], cap: 512, views: ['raw'] },
  bootstrapDraws: 5,
  strength: { grid: [4], leastPositives: 10, folds: 2, fits: 100 },
  encoder: 'e5',
  cascade: { band: [0.1, 0.9], rate: 0.5 },
};
const isV = (i: number): boolean => seededUniform(5, 1, i) < 0.4;

/** H shows in a word, V in the embedding alone. */
const rows = Array.from({ length: 120 }, (_, i) => {
  const h = seededUniform(5, 0, i) < 0.3;
  const words = Array.from({ length: 5 }, (_word, k) => nouns[Math.floor(8 * seededUniform(6, k, i))] ?? '');
  const key = `r/${String(i).padStart(4, '0')}/1`;
  return aRow({
    key,
    group: key,
    text: `${words.join(' ')} ${h ? 'zugzwang' : 'calm'}`,
    split: i % 5 === 3 ? 'validation' : i % 5 === 4 ? 'test' : 'train',
    labels: { H: { value: h ? 1 : 0, weight: 1 }, V: { value: isV(i) ? 1 : 0, weight: 1 } },
  });
});
const embeddings = Float32Array.from(rows.flatMap((_, i) => [2 + seededUniform(8, 0, i), isV(i) ? 1 : -1]));
const input: TrainEncoderInput = {
  rows,
  categories: ['H', 'V'],
  recipe,
  datasetId: 'ds-1',
  release: '0.1.0',
  embeddings,
  encoder: {
    name: 'e5',
    files: { model: 'ab'.repeat(32), tokenizer: 'cd'.repeat(32) },
    dimensions,
    prefix: 'query: ',
    maxTokens: 256,
  },
};

describe('a cascade from a data set', () => {
  const trained = trainEncoderDataset(input);
  const plain = trainDataset(input);
  const artefact = readArtefact((path) => trained.files.get(path));

  it('has for its first tier the model of n-grams that the same rows and recipe give', () => {
    const alone = readArtefact((path) => plain.files.get(path));
    expect(linearModelOf(artefact)).toEqual(linearModelOf(alone));
  });

  it('is the same to the last byte whatever the order of the rows', () => {
    const reversed = Float32Array.from(rows.flatMap((_, i) => [...embeddings.subarray(i * 2, i * 2 + 2)]).reverse());
    const swapped = reversed.map((_, at) => reversed[at % 2 === 0 ? at + 1 : at - 1] ?? 0);
    const other = trainEncoderDataset({ ...input, rows: rows.toReversed(), embeddings: swapped });
    expect(other.modelId).toBe(trained.modelId);
    expect([...other.files.values()]).toEqual([...trained.files.values()]);
  });

  it('names the encoder, the band of the recipe in logits, and the rate', () => {
    expect(artefact.encoderTier?.encoder).toMatchObject(input.encoder);
    expect(artefact.encoderTier?.cascade).toMatchObject({ rate: 0.5, saltId: 'cascade-1' });
    const [band] = trained.cascade.bands;
    expect(band?.category).toBe('ANY');
    expect(band?.low).toBeLessThan(band?.high ?? 0);
    expect(new TextDecoder().decode(trained.files.get('CARD.md'))).toContain('go on to the encoder "e5"');
  });

  it('knows in its second tier what only the embedding says', () => {
    const { head, ngrams } = artefact.encoderTier ?? {};
    if (head === undefined || ngrams === undefined) throw new Error('no second tier');
    const column = ngrams.categories.indexOf('V');
    const parts = rows.map((_, i) => {
      const logits = new Float64Array(ngrams.categories.length);
      addEncoderLogits(head, embeddings.subarray(i * 2, i * 2 + 2), logits);
      return logits[column] ?? 0;
    });
    const lowest = Math.min(...parts.filter((_, i) => isV(i)));
    const highest = Math.max(...parts.filter((_, i) => !isV(i)));
    expect(lowest).toBeGreaterThan(highest + 1);
  });

  it('calibrates what the cascade says: better figures than those of the n-grams alone', () => {
    const of = ({ assessment: { evaluation } }: Pick<typeof plain, 'assessment'>): number =>
      evaluation.categories.find(({ category }) => category === 'V')?.averagePrecision.value ?? Number.NaN;
    expect(of(trained)).toBeGreaterThan(of(plain) + 0.1);
  });

  it('takes a small share of the likeliest contents where the recipe names no band', () => {
    const { cascade } = trainEncoderDataset({ ...input, recipe: { ...recipe, cascade: null } });
    expect(cascade).toMatchObject({ rate: 1, bands: [{ category: 'ANY', high: 1000 }] });
  });
});
