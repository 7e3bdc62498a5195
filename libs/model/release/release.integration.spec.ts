import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { applyCalibrator, companionNames, createRelease, newReleaseKey, readPrivateKey } from '#model';
import { projectRoot } from '#platform/config';
import { GOLDEN_FEATURES } from '../features/featuriser.goldens.js';
import { createFeaturiser as createIds } from '../features/featuriser.js';
import { DEFAULT_FEATURISER_SETTINGS, type FeaturiserSettings } from '../features/settings.js';
import { REWRITTEN_SENTENCES } from '../text/normalise.goldens.js';
import { releasedModel } from './released-model.fixture.js';
import type * as released from './score-text.js';

// The runtime makes its outputs in Node's own realm and compares constructors; see the tests of libs/platform/inference.
Object.assign(globalThis, runInThisContext('({ Float32Array, BigInt64Array })'));
const { createTextScorer, loadModel } = await import('#platform/inference');

const companion = (name: string) => path.join(projectRoot, 'samples/release', name);
const { createFeaturiser } = (await import(pathToFileURL(companion('featuriser.mjs')).href)) as typeof released;

/** Disguised in several ways; the golden texts of the bundle are scored beside it. */
const text =
  'Y0u @re a f.o.o.l and nooooo \u{1d4f0}\u{1d4f8} аwау aGVsbG8gd29ybGQgeW91IGFyZSBhbGwgaWRpb3Rz 今天天气很好 🙂';

describe('the featuriser beside a released model', () => {
  const oneOf = (settings: FeaturiserSettings) => {
    const featurise = createFeaturiser({ featuriser: settings }, new Uint8Array(settings.buckets).fill(1));
    return (text: string) => [...featurise(text).ids].map(Number);
  };

  it('gives every golden text the ids that models were trained with', () => {
    const here = oneOf(DEFAULT_FEATURISER_SETTINGS);
    for (const [text, count, , ids] of GOLDEN_FEATURES) {
      expect(here(text)).toHaveLength(Math.max(1, count));
      if (ids.length > 0) expect(here(text)).toEqual(ids);
    }
  });

  it('gives any text the ids of ours: run scripts/generate-release.mjs when it does not', () => {
    const settings = { ...DEFAULT_FEATURISER_SETTINGS, views: ['raw', 'normalised', 'decoded'] } as const;
    const [there, here] = [oneOf(settings), createIds(settings)];
    const disguised = fc.constantFrom(...REWRITTEN_SENTENCES.map(([, sentence]) => sentence));
    fc.assert(
      fc.property(fc.oneof(disguised, fc.string({ unit: 'binary', maxLength: 60 })), (one) => {
        // As text: comparing lists one by one took a hundred times as long.
        expect(there(one).join()).toBe(here.features(one).ids.join() || '0');
      }),
    );
  });
});

describe('the example in JavaScript', () => {
  it('scores as our scorer does, with ONNX Runtime alone, and so do the goldens of the bundle', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-release-'));
    try {
      const model = releasedModel();
      const companions = new Map(companionNames.map((name) => [name, fs.readFileSync(companion(name))]));
      const key = readPrivateKey(newReleaseKey(), 'key');
      const { files } = await createRelease({
        ...{ readFile: (name) => model.get(name), about: {}, companions, key },
        runNetwork: async (onnx, ids, weights) => {
          const network = await loadModel(onnx);
          const logits = await network.score({ ids, weights, lengths: Int32Array.of(ids.length) });
          await network.close();
          return logits;
        },
      });
      for (const [name, bytes] of files) {
        fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        fs.writeFileSync(path.join(folder, name), bytes);
      }
      fs.symlinkSync(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'));
      const scorer = await createTextScorer(path.join(folder, 'model'));
      const { calibrators } = scorer.document;
      const ours = async (one: string) => {
        const [score] = await scorer.score([one]);
        return Object.entries(score?.logits ?? {}).map(([category, logit]) => {
          const calibrator = calibrators[category];
          return [category, logit, calibrator === undefined ? Number.NaN : applyCalibrator(calibrator, logit)] as const;
        });
      };
      type Scores = Readonly<Record<string, { readonly logit: number; readonly probability: number }>>;
      const expectSame = async (one: string, scores: Scores) => {
        for (const [category, logit, probability] of await ours(one)) {
          expect(Math.abs((scores[category]?.logit ?? Number.NaN) - logit)).toBeLessThanOrEqual(1e-6);
          expect(Math.abs((scores[category]?.probability ?? Number.NaN) - probability)).toBeLessThanOrEqual(1e-6);
        }
      };
      const printed = execFileSync(process.execPath, ['example.mjs', text], { cwd: folder, encoding: 'utf8' });
      await expectSame(text, JSON.parse(printed) as Scores);
      const told = JSON.parse(fs.readFileSync(path.join(folder, 'golden.json'), 'utf8')) as {
        readonly scores: readonly { readonly text: string; readonly scores: Scores }[];
      };
      for (const { text: golden, scores } of told.scores) await expectSame(golden, scores);
      await scorer.close();
      expect(fs.readFileSync(path.join(folder, 'example.mjs'), 'utf8').trim().split('\n').length).toBeLessThanOrEqual(
        12,
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
