import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import {
  createFeaturiser,
  DEFAULT_FEATURISER_SETTINGS,
  exportLinearOnnx,
  readArtefactFolder,
  linearModelOf,
  roundLogit,
  scoreLinear,
  scoreLinearModel,
  weigh,
  writeArtefact,
  writeArtefactFolder,
} from '#model';
import type { LinearModel } from '#model';
import type { FeatureBatch } from './index.js';

// The runtime makes its outputs in Node's own realm and compares constructors; Jest's sandbox has others of the same
// name. They must be equal before the runtime is loaded, hence the import below.
Object.assign(globalThis, runInThisContext('({ Float32Array, BigInt64Array })'));
const { createTextScorer, dryRunModel, loadModel } = await import('./index.js');

const buckets = 2 ** 14;
const columns = 9;

/** A fixed pseudo-random byte, so that no test depends on chance. */
function noise(i: number): number {
  const mixed = Math.imul(i ^ 0x9e3779b9, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 24;
}

const model: LinearModel = {
  buckets,
  categories: Array.from({ length: columns }, (_, c) => `C${c}`),
  terms: Uint8Array.from({ length: buckets }, (_, i) => 1 + (noise(i) % 15)),
  table: Int8Array.from({ length: buckets * columns }, (_, i) => noise(i + 7) - 128 || 1),
  scales: Float32Array.from({ length: columns }, (_, c) => 0.013 * (c + 1)),
  biases: Float32Array.from({ length: columns }, (_, c) => -c / 3),
};

const texts = Array.from({ length: 300 }, (_, i) =>
  Array.from({ length: i % 40 }, (_word, k) => `word${noise(i * 41 + k)}`).join(' '),
);
const featuriser = createFeaturiser({ ...DEFAULT_FEATURISER_SETTINGS, buckets });

function batchOf(rows: readonly string[]): FeatureBatch {
  const features = rows.map((text) => featuriser.features(text));
  const ids = features.flatMap(({ ids: found, count }) => [...found.subarray(0, count)]);
  return {
    ids: Int32Array.from(ids),
    weights: Float32Array.from(ids, (id) => model.terms[id] ?? 0),
    lengths: Int32Array.from(features, ({ count }) => count),
  };
}

function scoredHere(rows: readonly string[]): Float32Array {
  const logits = new Float32Array(rows.length * columns);
  for (const [r, text] of rows.entries()) {
    const { ids, count } = featuriser.features(text);
    scoreLinearModel(model, ids, count, logits.subarray(r * columns, (r + 1) * columns));
  }
  return logits;
}

describe('ONNX Runtime behind the guard', () => {
  const folders: string[] = [];
  function temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'inference-'));
    folders.push(folder);
    return folder;
  }
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  function artefactFolder(linear: LinearModel): string {
    const folder = temporaryFolder();
    const description = {
      name: 'test',
      release: '0.1.0',
      featuriser: featuriser.settings,
      datasetId: 'ds-test',
      recipeId: 'r-test',
      recipe: {},
      metrics: {},
      calibrators: {},
      thresholds: { provisional: {}, solved: {} },
    };
    writeArtefactFolder(folder, writeArtefact(linear, description, () => new Map()).files);
    return folder;
  }

  it('gives the logits of the TypeScript scorer to the last bit', async () => {
    const scorer = await loadModel(exportLinearOnnx(model, '0.1.0'));
    expect(await scorer.score(batchOf(texts))).toEqual(scoredHere(texts));
    await scorer.close();
  });

  it('agrees with the reference scorer over unit-length weights to 1e-5', async () => {
    const scorer = await loadModel(exportLinearOnnx(model, '0.1.0'));
    const idf = Float32Array.from(model.terms);
    const reference = new Float64Array(columns);
    const scored = await scorer.score(batchOf(texts));
    let largest = 0;
    for (const [row, text] of texts.entries()) {
      const { ids, count } = featuriser.features(text);
      const weights = new Float32Array(count);
      weigh(ids, count, idf, weights);
      scoreLinear(
        { outputs: columns, weights: model.table, scales: model.scales, biases: model.biases },
        ids,
        weights,
        count,
        reference,
      );
      for (const [c, logit] of reference.entries()) {
        largest = Math.max(largest, Math.abs(logit - (scored[row * columns + c] ?? 0)));
      }
    }
    expect(largest).toBeLessThan(1e-5);
    await scorer.close();
  });

  it('gives a text the same logits alone, in any batch and beside concurrent runs', async () => {
    const scorer = await createTextScorer(artefactFolder(model));
    const whole = await scorer.score(texts);
    const apart = await Promise.all([
      scorer.score(texts.slice(0, 100)),
      scorer.score(texts.slice(100, 101)),
      scorer.score(texts.slice(101)),
      scorer.score([...texts].reverse()),
    ]);
    expect([...apart[0], ...apart[1], ...apart[2]]).toEqual(whole);
    expect([...apart[3]].reverse()).toEqual(whole);
    await scorer.close();
  });

  it('rounds logits to 2^-12 and reports obfuscation counters', async () => {
    const scorer = await createTextScorer(artefactFolder(model));
    const [score] = await scorer.score(['he\u200bllo']);
    for (const logit of Object.values(score?.logits ?? {})) expect(logit).toBe(roundLogit(logit));
    expect(score?.counters.zeroWidth).toBe(1);
    await scorer.close();
  });

  it('gives an empty text its bias and an empty batch nothing', async () => {
    const scorer = await createTextScorer(artefactFolder(model));
    const [score] = await scorer.score(['']);
    expect(score?.logits['C3']).toBe(-1);
    expect(await scorer.score([])).toEqual([]);
    await scorer.close();
  });

  it('reads back the linear model that it was given', () => {
    expect(linearModelOf(readArtefactFolder(artefactFolder(model)))).toEqual(model);
  });

  it('dry-runs a good model in a process of its own', async () => {
    expect(await dryRunModel(artefactFolder(model), { timeoutMs: 20_000, memoryMb: 512 })).toMatchObject({ ok: true });
  });

  it('refuses a dry run of a changed file, naming it', async () => {
    const folder = artefactFolder(model);
    writeFileSync(join(folder, 'tables', 'terms.bin'), new Uint8Array(buckets));
    const result = await dryRunModel(folder, { timeoutMs: 20_000, memoryMb: 512 });
    expect(result).toMatchObject({ ok: false, reason: 'REFUSED' });
    expect(JSON.stringify(result)).toContain('tables/terms.bin');
  });

  it('kills a dry run that takes too long or too much memory', async () => {
    const folder = artefactFolder(model);
    expect(await dryRunModel(folder, { timeoutMs: 1, memoryMb: 512 })).toMatchObject({ reason: 'TIMEOUT' });
    expect(await dryRunModel(folder, { timeoutMs: 20_000, memoryMb: 8 })).toMatchObject({
      ok: false,
      reason: 'MEMORY',
    });
  });

  it('does not pass a model whose logits are not numbers', async () => {
    const broken = { ...model, biases: new Float32Array(columns).fill(Number.NaN) };
    const result = await dryRunModel(artefactFolder(broken), { timeoutMs: 20_000, memoryMb: 512 });
    expect(result).toMatchObject({ ok: false, reason: 'WRONG_OUTPUT' });
  });
});
