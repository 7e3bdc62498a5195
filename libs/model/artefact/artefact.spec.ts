import fc from 'fast-check';
import { DEFAULT_FEATURISER_SETTINGS } from '../features/settings.js';
import { largestEntry, largestTerm, mostFeatures, quantiseColumn, quantiseTerms } from './linear-model.js';
import type { LinearModel } from './linear-model.js';
import {
  ArtefactError,
  linearModelOf,
  readArtefact,
  writeArtefact,
  writeExternalArtefact,
  writeStackedArtefact,
} from './model-artefact.js';
import type { ArtefactDescription, StackedModel } from './model-artefact.js';
import { decodeOnnx } from './onnx-format.js';

const buckets = 256;
const featuriser = { ...DEFAULT_FEATURISER_SETTINGS, buckets };

function smallModel(): LinearModel {
  return {
    buckets,
    categories: ['H', 'V'],
    terms: Uint8Array.from({ length: buckets }, (_, i) => 1 + (i % 15)),
    table: Int8Array.from({ length: 2 * buckets }, (_, i) => ((i * 37) % 255) - 127),
    scales: Float32Array.of(0.01, 0.02),
    biases: Float32Array.of(-3, -4),
  };
}

const description: ArtefactDescription = {
  name: 'small',
  release: '0.1.0',
  featuriser,
  datasetId: 'ds-0',
  recipeId: 'r-0',
  recipe: { c: 4 },
  metrics: {},
  calibrators: { H: { kind: 'PLATT', parameters: [1, 0], x: [], y: [] } },
  thresholds: { provisional: { H: { review: 0.2, block: 0.9 } }, solved: {} },
};

function written(): Map<string, Uint8Array> {
  return writeArtefact(smallModel(), description, (modelId) => {
    return new Map([['CARD.md', new TextEncoder().encode(`# ${modelId}\n`)]]);
  }).files;
}

function failure(files: ReadonlyMap<string, Uint8Array>): unknown {
  try {
    readArtefact((path) => files.get(path));
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('model artefact', () => {
  it('comes back as it was written', () => {
    const files = written();
    const artefact = readArtefact((path) => files.get(path));
    expect(linearModelOf(artefact)).toEqual(smallModel());
    expect(artefact.document.modelId).toMatch(/^m-[0-9a-f]{16}$/);
  });

  it('is written to the same bytes again', () => {
    expect(written()).toEqual(written());
  });

  it.each(['model.onnx', 'tables/terms.bin', 'CARD.md'])('names %s when one byte of it has changed', (path) => {
    const files = written();
    const bytes = Uint8Array.from(files.get(path) ?? []);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(failure(files.set(path, bytes))).toMatchObject({ code: 'FILE_CHANGED', file: path });
  });

  it('names a file that is missing', () => {
    const files = written();
    files.delete('model.onnx');
    expect(failure(files)).toMatchObject({ code: 'FILE_MISSING', file: 'model.onnx' });
  });

  it('names the field that does not fit', () => {
    const files = written();
    const document = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as Record<string, unknown>;
    const broken = { ...document, calibrators: { H: { kind: 'PLATT', parameters: [1], x: [], y: [] } } };
    const error = failure(files.set('model.json', new TextEncoder().encode(JSON.stringify(broken))));
    expect(error).toBeInstanceOf(ArtefactError);
    expect((error as ArtefactError).message).toContain('calibrators.H');
  });

  it('refuses paths that leave the folder', () => {
    const files = written();
    const text = new TextDecoder().decode(files.get('model.json')).replace('"CARD.md"', '"../CARD.md"');
    expect(failure(files.set('model.json', new TextEncoder().encode(text)))).toMatchObject({
      code: 'DOCUMENT_INVALID',
    });
  });

  it('refuses terms and a cap with which sums would not be exact', () => {
    const coarse = { ...description, featuriser: { ...featuriser, cap: 16_384 } };
    expect(() => writeArtefact(smallModel(), coarse, () => new Map())).toThrow('lower the cap');
  });

  it('gives another id when a weight differs', () => {
    const model = smallModel();
    model.table[5] = 1;
    const one = writeArtefact(smallModel(), description, () => new Map());
    const other = writeArtefact(model, description, () => new Map());
    expect(other.modelId).not.toBe(one.modelId);
  });
});

function stackedModel(): StackedModel {
  const ngrams = smallModel();
  return {
    ngrams,
    encoderNgrams: { ...ngrams, scales: Float32Array.of(0.03, 0.04) },
    head: { scale: 2, centre: Float32Array.of(0.5, 0.25, 0), weights: Float32Array.of(1, 2, 3, 4, 5, 6) },
    encoder: {
      name: 'small encoder',
      files: { model: 'ab'.repeat(32), tokenizer: 'cd'.repeat(32) },
      dimensions: 3,
      prefix: 'query: ',
      maxTokens: 256,
      union: { category: 'V', own: 1, others: 0.5, bias: -0.25 },
    },
    cascade: { bands: [{ category: 'H', low: -2, high: 3 }], rate: 0.5, saltId: 'one' },
  };
}

describe('artefact of a cascade', () => {
  const write = (model: StackedModel) => writeStackedArtefact(model, description, () => new Map());

  it('comes back with both tiers, and is a linear model to whoever looks at the first one', () => {
    const { files } = write(stackedModel());
    const artefact = readArtefact((path) => files.get(path));
    const { ngrams, encoderNgrams, ...rest } = stackedModel();
    expect(artefact.encoderTier).toEqual({ ...rest, ngrams: encoderNgrams });
    expect(linearModelOf(artefact)).toEqual(ngrams);
    expect(artefact.document.family).toBe('STACKED_ENCODER');
  });

  it.each([
    ['the rate', { cascade: { ...stackedModel().cascade, rate: 0.6 } }],
    ['a band', { cascade: { ...stackedModel().cascade, bands: [{ category: 'H', low: -2, high: 4 }] } }],
    ['the salt', { cascade: { ...stackedModel().cascade, saltId: 'two' } }],
    [
      'the encoder',
      { encoder: { ...stackedModel().encoder, files: { model: 'ef'.repeat(32), tokenizer: 'cd'.repeat(32) } } },
    ],
    ['the prefix', { encoder: { ...stackedModel().encoder, prefix: '' } }],
    ['the union', { encoder: { ...stackedModel().encoder, union: null } }],
    ['a weight of the head', { head: { ...stackedModel().head, scale: 3 } }],
  ])('has another id when %s differs', (_, change) => {
    expect(write({ ...stackedModel(), ...change }).modelId).not.toBe(write(stackedModel()).modelId);
  });

  it.each(['encoder/ngrams.onnx', 'encoder/head.bin'])('names %s when one byte of it has changed', (path) => {
    const { files } = write(stackedModel());
    const bytes = Uint8Array.from(files.get(path) ?? []);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(failure(files.set(path, bytes))).toMatchObject({ code: 'FILE_CHANGED', file: path });
  });

  it('is refused when a band names a category that it does not have', () => {
    const cascade = { bands: [{ category: 'X', low: 0, high: 1 }], rate: 1, saltId: 'one' };
    expect(() => write({ ...stackedModel(), cascade })).toThrow('names a category that the model does not have');
  });

  it('is refused when its head is of another size', () => {
    const head = { ...stackedModel().head, weights: Float32Array.of(1) };
    const { files } = write({ ...stackedModel(), head });
    expect(failure(files)).toMatchObject({ code: 'MODEL_INVALID', file: 'encoder/head.bin' });
  });
});

describe('artefact of a trainer outside', () => {
  it('holds the graph as it was given, and another id than the same graph of ours', () => {
    const ours = written();
    const onnx = ours.get('model.onnx') ?? new Uint8Array();
    const { categories, terms } = smallModel();
    const { modelId, files } = writeExternalArtefact({ categories, terms, onnx }, description, () => new Map());
    const artefact = readArtefact((path) => files.get(path));
    expect(artefact.document).toMatchObject({ family: 'EXTERNAL', modelId, categories });
    expect([artefact.onnx, artefact.encoderTier]).toEqual([onnx, null]);
    expect(modelId).not.toBe(readArtefact((path) => ours.get(path)).document.modelId);
  });
});

describe('quantised linear model', () => {
  it('keeps every possible sum inside the integers of float32', () => {
    expect(mostFeatures * largestTerm * largestEntry).toBeLessThan(2 ** 24);
  });

  it('gives rarer terms more weight, between 1 and 15', () => {
    const terms = quantiseTerms(Uint32Array.of(0, 1, 10, 100, 1000), 1000);
    expect([...terms]).toEqual([...terms].sort((a, b) => b - a));
    expect(terms[0]).toBe(15);
    expect(terms[4]).toBeGreaterThanOrEqual(1);
  });

  it('moves no weight inside the clip by more than half a step', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1 }), (values) => {
        const { entries, scale } = quantiseColumn(Float64Array.from(values), 1);
        for (const [i, value] of values.entries()) {
          expect(Math.abs((entries[i] ?? 0) * scale - value)).toBeLessThanOrEqual(scale * 0.5 + 1e-6);
        }
      }),
    );
  });

  it('names the inputs and outputs that the contract asks for', () => {
    const { graph } = decodeOnnx(written().get('model.onnx') ?? new Uint8Array());
    expect(graph.input.map(({ name }) => name)).toEqual(['ids', 'weights']);
    expect(graph.output.map(({ name }) => name)).toEqual(['logits', 'probs']);
  });
});
