import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import {
  addEncoderLogits,
  createFeaturiser,
  DEFAULT_FEATURISER_SETTINGS,
  readArtefactFolder,
  roundLogit,
  scoreLinearModel,
  writeArtefactFolder,
  writeStackedArtefact,
} from '#model';
import type { LinearModel, StackedModel } from '#model';
import { defaultServices, platformConfig, readEnvironment } from '#platform/config';
import { createCascadeDraw } from '#policy';
import type { TextScorer } from './text-scorer.js';

// As in inference.integration.spec.ts: the runtime compares constructors of Node's own realm.
Object.assign(globalThis, runInThisContext('({ Float32Array, BigInt64Array })'));
const { createTextScorer, dryRunModel, encoderFilesIn, loadBundledModel, openEncoder } = await import('./index.js');

const environment = readEnvironment();
const encoderFolder = platformConfig(environment, defaultServices(environment)).encoder.folder;
const isThere = existsSync(join(encoderFolder, 'model.onnx'));
// The encoder is optional: whoever set up without it has no cascade.
const describeCascade = isThere ? describe : describe.skip;
if (!isThere) process.stderr.write(`no encoder in ${encoderFolder}: cascades are not tested\n`);

const buckets = 2 ** 12;
const dimensions = 384;
const categories = ['H', 'ANY'];
const reading = { prefix: 'query: ', maxTokens: 64 };

function ngrams(shift: number): LinearModel {
  return {
    buckets,
    categories,
    terms: Uint8Array.from({ length: buckets }, (_, i) => 1 + (i % 15)),
    table: Int8Array.from({ length: 2 * buckets }, (_, i) => ((i * 37 + shift) % 255) - 127),
    scales: Float32Array.of(0.01, 0.02),
    biases: Float32Array.of(0, 0.5),
  };
}

function stacked(
  files: StackedModel['encoder']['files'],
  cascade: Partial<StackedModel['cascade']> = {},
): StackedModel {
  return {
    ngrams: ngrams(0),
    encoderNgrams: ngrams(11),
    head: {
      scale: 1.5,
      centre: Float32Array.from({ length: dimensions }, (_, d) => Math.sin(d) / 30),
      weights: Float32Array.from({ length: 2 * dimensions }, (_, d) => Math.cos(d)),
    },
    encoder: { name: 'e5-small-v2', files, dimensions, ...reading, union: null },
    cascade: { bands: [{ category: 'ANY', low: -50, high: 50 }], rate: 0.3, saltId: 'test', ...cascade },
  };
}

const texts = Array.from(
  { length: 40 },
  (_, i) => `the ${['boat', 'rope', 'gull'][i % 3] ?? ''} number ${i} leaves the harbour`,
);
const ids = texts.map((_, i) => `forum/c-${i}/1`);
const draw = createCascadeDraw(Buffer.from('secret'));

describeCascade('a cascade', () => {
  const folders: string[] = [];
  const temporary = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'cascade-'));
    folders.push(folder);
    return folder;
  };
  const routing = { encoder: { folder: encoderFolder, threads: 1 }, draw, rate: null };
  const artefact = (cascade?: Partial<StackedModel['cascade']>, files = encoderFilesIn(encoderFolder)): string => {
    const folder = join(temporary(), 'model');
    const description = {
      name: 'test',
      release: '0.1.0',
      featuriser: { ...DEFAULT_FEATURISER_SETTINGS, buckets },
      datasetId: 'ds-test',
      recipeId: 'r-test',
      recipe: {},
      metrics: {},
      calibrators: {},
      thresholds: { provisional: {}, solved: {} },
    };
    writeArtefactFolder(folder, writeStackedArtefact(stacked(files, cascade), description, () => new Map()).files);
    return folder;
  };
  // Open throughout: whoever else needs the encoder in this process gets the same one.
  let scorer: TextScorer;
  beforeAll(async () => {
    scorer = await createTextScorer(artefact(), { routing });
  });
  afterAll(async () => {
    await scorer.close();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it('sends to the encoder what its band and the hash of the id say, and says so', async () => {
    const scores = await scorer.score(texts, ids);
    const expected = ids.map((id) => (draw('test', id) < 0.3 ? 'ENCODER' : 'NGRAM'));
    expect(new Set(expected)).toEqual(new Set(['ENCODER', 'NGRAM']));
    expect(scores.map(({ tier }) => tier)).toEqual(expected);
  });

  it('gives each tier its own logits: those of the n-grams, and those over the embedding', async () => {
    const model = stacked(encoderFilesIn(encoderFolder));
    const encoder = await openEncoder(encoderFolder);
    const featuriser = createFeaturiser({ ...DEFAULT_FEATURISER_SETTINGS, buckets });
    for (const [row, { logits, tier }] of (await scorer.score(texts, ids)).entries()) {
      const text = texts[row] ?? '';
      const { ids: features, count } = featuriser.features(text);
      const own = new Float32Array(2);
      scoreLinearModel(tier === 'ENCODER' ? model.encoderNgrams : model.ngrams, features, count, own);
      const whole = Float64Array.from(own);
      if (tier === 'ENCODER') addEncoderLogits(model.head, await encoder.embed(text, reading), whole);
      expect(Object.values(logits)).toEqual([...whole].map(roundLogit));
    }
    await encoder.close();
  });

  it('gives a content the same tier and logits alone, in any batch and beside concurrent runs', async () => {
    const whole = await scorer.score(texts, ids);
    const [first, alone, rest, reversed] = await Promise.all([
      scorer.score(texts.slice(0, 10), ids.slice(0, 10)),
      scorer.score(texts.slice(10, 11), ids.slice(10, 11)),
      scorer.score(texts.slice(11), ids.slice(11)),
      scorer.score([...texts].reverse(), [...ids].reverse()),
    ]);
    expect([...first, ...alone, ...rest]).toEqual(whole);
    expect([...reversed].reverse()).toEqual(whole);
  });

  it('leaves alone what lies outside its band, and what has no id', async () => {
    const outside = await createTextScorer(artefact({ bands: [{ category: 'ANY', low: 40, high: 50 }], rate: 1 }), {
      routing,
    });
    expect((await outside.score(texts, ids)).every(({ tier }) => tier === 'NGRAM')).toBe(true);
    await outside.close();
    expect((await scorer.score(texts)).every(({ tier }) => tier === 'NGRAM')).toBe(true);
  });

  it('encodes all that is uncertain where the rate of the model is overruled by 1', async () => {
    const eager = await createTextScorer(artefact(), { routing: { ...routing, rate: 1 } });
    const scores = await eager.score(texts.slice(0, 5), ids.slice(0, 5));
    expect(scores.every(({ tier }) => tier === 'ENCODER')).toBe(true);
    await eager.close();
  });

  it('is dry-run together with its encoder', async () => {
    const result = await dryRunModel(artefact(), { timeoutMs: 30_000, memoryMb: 1024, encoderFolder });
    expect(result).toMatchObject({ ok: true });
  });

  it('is refused by the dry run where there is no encoder, with the way to get one', async () => {
    const result = await dryRunModel(artefact(), { timeoutMs: 30_000, memoryMb: 1024, encoderFolder: temporary() });
    expect(result).toMatchObject({ ok: false, reason: 'REFUSED' });
    expect(JSON.stringify(result)).toMatch(/model\.onnx is missing: run .*npm run setup.*ENCODER_DIR/);
  });

  it('is refused where there is another encoder, with the hash of the right one', async () => {
    const folder = artefact({}, { model: 'ab'.repeat(32), tokenizer: 'cd'.repeat(32) });
    const result = await dryRunModel(folder, { timeoutMs: 30_000, memoryMb: 1024, encoderFolder });
    expect(JSON.stringify(result)).toContain(
      `another encoder than the model needs: model.onnx of \\"e5-small-v2\\" has the SHA-256 ${'ab'.repeat(32)}`,
    );
    await expect(createTextScorer(folder, { routing })).rejects.toMatchObject({ code: 'ENCODER_DIFFERS' });
  });

  it('is not loaded for a bundle without its encoder', async () => {
    const models = temporary();
    const folder = artefact();
    cpSync(folder, join(models, 'model'), { recursive: true });
    const { document } = readArtefactFolder(folder);
    const modelSha256 = document.files.find(({ path }) => path === 'model.onnx')?.sha256 ?? '';
    const bundle = { modelId: document.modelId, modelSha256 };
    const absent = { ...routing, encoder: { folder: temporary(), threads: 1 } };
    await expect(loadBundledModel([models], bundle, absent)).rejects.toMatchObject({ code: 'ENCODER_MISSING' });
    const loaded = await loadBundledModel([models], bundle, routing);
    expect(Object.keys((await loaded.scoreEncoded('a')) ?? {})).toEqual(categories);
    await loaded.close();
  });
});
