import '../harness/one-realm.js';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import {
  applyCalibrator,
  companionNames,
  createRelease,
  newReleaseKey,
  normalise,
  OBFUSCATIONS,
  readPrivateKey,
} from '#model';
import { projectRoot } from '#platform/config';

// After one-realm.js: a static import of the runtime would be loaded before it.
const { createTextScorer, loadModel } = await import('#platform/inference');

const run = promisify(execFile);
const venv = path.join(os.tmpdir(), 'tidegate-python-onnx');
const python = path.join(venv, 'bin/python');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-release-'));
const seed = 7;

/** Reads texts, one JSON string a line, and writes their scores; leaves out characters that this Python does not know. */
const driver = `
import json, sys, unicodedata
import numpy, onnxruntime
from featuriser import create_featuriser, scores_of
model = json.load(open("model/model.json", encoding="utf-8"))
featurise = create_featuriser(model, open("model/tables/terms.bin", "rb").read())
session = onnxruntime.InferenceSession("model/model.onnx")
for line in sys.stdin:
    text = json.loads(line)
    if any(unicodedata.category(character) == "Cn" for character in text):
        print("null")
        continue
    ids, weights = featurise(text)
    inputs = {"ids": numpy.array([ids], numpy.int64), "weights": numpy.array([weights], numpy.float32)}
    print(json.dumps(scores_of(model, session.run(["logits"], inputs)[0][0])))
`;

type Scores = Readonly<Record<string, { readonly logit: number; readonly probability: number }>>;

/** Our samples, what is disguised in every way that is counted, and any characters at all. */
function textsToScore(): readonly string[] {
  const samples = fs
    .readFileSync(path.join(projectRoot, 'samples/content.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly text: string }).text);
  const piece = fc.constantFrom(
    ...[
      'you',
      'IDIOT',
      ' ',
      '!!!',
      '1d10t',
      'f.o.o.l',
      '汉字',
      '😂',
      '\ud800',
      'é',
      'оо',
      '\u200b',
      '\n',
      '\u202e',
      '(a',
    ],
    ...[
      '\u202c',
      '%41%42%43%20%61',
      '&#72;&#105;&#33;&#65;',
      '48 65 6c 6c 6f 20 77 6f 72 6c 64',
      'хаха',
      'http://aaaa//',
    ],
    ...[
      'aGVsbG8gd29ybGQgeW91IGFyZQ==',
      'uryyb jbeyq guvf vf n grfg bs ebg guvegrra naq zber grkg',
      '\u{1d4f0}',
      '🅰🅱',
      'ﷺ',
    ],
  );
  const disguised = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' '));
  return [
    ...samples,
    ...fc.sample(disguised, { numRuns: 2000, seed }),
    ...fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 1000, seed }),
    Array.from({ length: 3000 }, (_, i) => `w${i}`).join(' '),
    '',
  ];
}

describe('a released model in Python', () => {
  beforeAll(async () => {
    const model = path.join(projectRoot, 'models/starter');
    const { files } = await createRelease({
      readFile: (name) => (fs.existsSync(path.join(model, name)) ? fs.readFileSync(path.join(model, name)) : undefined),
      about: {},
      companions: new Map(
        companionNames.map((name) => [name, fs.readFileSync(path.join(projectRoot, 'samples/release', name))]),
      ),
      key: readPrivateKey(newReleaseKey(), 'key'),
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
    if (!fs.existsSync(python)) await run('python3', ['-m', 'venv', venv]);
    await run(python, ['-m', 'pip', 'install', '--quiet', 'onnxruntime']);
  }, 180_000);

  afterAll(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it('scores as our scorer does to 1e-6, whatever the text', async () => {
    const texts = textsToScore();
    const scorer = await createTextScorer(path.join(folder, 'model'));
    const ours = await scorer.score(texts);
    const started = run(python, ['-c', driver], { cwd: folder, maxBuffer: 67_108_864 });
    started.child.stdin?.end(texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
    const theirs = (await started).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Scores | null);
    let compared = 0;
    let disguised = 0;
    let worst = 0;
    ours.forEach(({ logits }, index) => {
      const scores = theirs[index];
      if (scores === null || scores === undefined) return;
      compared++;
      const { counters } = normalise(texts[index] ?? '');
      if (OBFUSCATIONS.some((name) => counters[name] > 0)) disguised++;
      for (const [category, logit] of Object.entries(logits)) {
        const calibrator = scorer.document.calibrators[category];
        const probability = calibrator === undefined ? Number.NaN : applyCalibrator(calibrator, logit);
        const score = scores[category];
        worst = Math.max(worst, Math.abs((score?.logit ?? Number.NaN) - logit));
        worst = Math.max(worst, Math.abs((score?.probability ?? Number.NaN) - probability));
      }
    });
    await scorer.close();
    process.stdout.write(
      `${compared} of ${texts.length} texts, ${disguised} of them disguised: at most ${worst} apart\n`,
    );
    expect(compared).toBeGreaterThan(2000);
    expect(disguised).toBeGreaterThan(1000);
    expect(worst).toBeLessThanOrEqual(1e-6);
  }, 120_000);

  it('runs the example', async () => {
    const text = 'See you at the harbour at nine, Bob.';
    const { stdout } = await run(python, ['example.py', text], { cwd: folder });
    const golden = JSON.parse(fs.readFileSync(path.join(folder, 'golden.json'), 'utf8')) as {
      readonly scores: readonly { readonly text: string; readonly scores: Scores }[];
    };
    const expected = golden.scores.find((score) => score.text === text)?.scores ?? {};
    const scores = JSON.parse(stdout) as Scores;
    expect(Object.keys(scores)).toHaveLength(9);
    for (const [category, { logit, probability }] of Object.entries(expected)) {
      expect(scores[category]?.logit).toBeCloseTo(logit, 6);
      expect(scores[category]?.probability).toBeCloseTo(probability, 6);
    }
  }, 60_000);
});
