import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { readArtefactFolder } from '#model';
import { projectRoot } from '#platform/config';
import { createWriter } from '#platform/stream';
import { runTidegate } from '../harness/command-line.js';
import { startInstallation, type Installation } from '../harness/installation.js';
import { makeDataset, storeRows } from '../harness/made-dataset.js';
import { readTopic } from './training-run.js';

const run = promisify(execFile);
const sample = path.join(projectRoot, 'samples/external-trainer');
const dataset = makeDataset('external', 600);
const aText = dataset.rows.find(({ split }) => split === 'train')?.text ?? '';

let installation: Installation;
let folder: string;

/** Trainers that go wrong, each in its way; the first argument of `-c` sees the arguments of the contract. */
const broken = {
  failing: 'import sys; print("the GPU is on fire"); sys.exit(7)',
  quoting: `import sys; print("cannot parse: ${aText}"); sys.exit(1)`,
  slow: 'import time; time.sleep(600)',
  greedy: 'x = bytearray(900_000_000); import time; time.sleep(600)',
  empty: 'pass',
  lying: [
    'import json, runpy, sys',
    `sys.argv[0] = "train.py"; runpy.run_path(${JSON.stringify(path.join(sample, 'train.py'))}, run_name="__main__")`,
    'file = sys.argv[sys.argv.index("--output") + 1] + "/parity.jsonl"',
    'rows = [json.loads(line) for line in open(file)]',
    'for row in rows: row["logits"] = {c: v + 0.5 for c, v in row["logits"].items()}',
    'open(file, "w").write("\\n".join(map(json.dumps, rows)))',
  ].join('\n'),
};

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-external-'));
  const venv = path.join(os.tmpdir(), 'tidegate-external-trainer');
  const python = path.join(venv, 'bin/python');
  if (!fs.existsSync(python)) await run('python3', ['-m', 'venv', venv]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '-r', path.join(sample, 'requirements.txt')]);
  const trainers = path.join(folder, 'trainers.yaml');
  const limits = { minutes: 0.5, memoryMb: 600 };
  fs.writeFileSync(
    trainers,
    stringify({
      numpy: { command: [python, path.join(sample, 'train.py')] },
      ...Object.fromEntries(
        Object.entries(broken).map(([name, code]) => [name, { command: [python, '-c', code], ...limits }]),
      ),
      slow: { command: [python, '-c', broken.slow], minutes: 0.05 },
    }),
  );
  installation = await startInstallation({
    roles: ['warehouse', 'training'],
    environment: { TRAINING_TRAINERS: trainers, TRAINING_ON_DATASET: 'none' },
  });
  await installation.connections.serde.prepare(['dataset.published']);
  await storeRows(installation, dataset);
  const writer = createWriter({ ...installation.connections, stage: 'dataset', release: 'test' });
  const { published } = dataset;
  await writer.write([{ topic: 'dataset.published', key: published.datasetId, value: published }]);
}, 600_000);

afterAll(async () => {
  await installation.close();
  fs.rmSync(folder, { recursive: true });
}, 60_000);

async function train(recipe: string) {
  return runTidegate(
    installation.environment,
    ...['training', 'request', '--dataset', dataset.published.datasetId, '--recipe', recipe, '--watch'],
  );
}

function recipeFor(trainer: string): string {
  const file = path.join(folder, `${trainer}.yaml`);
  fs.writeFileSync(file, stringify({ name: trainer, trainer }));
  return file;
}

it('a trainer in Python makes a model that is calibrated, evaluated and stored as any other', async () => {
  const { code, stdout, stderr } = await train(path.join(sample, 'recipe.yaml'));
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const [model] = await readTopic(installation, 'training.completed');
  expect(stdout).toContain(model?.artefactId);
  expect(model).toMatchObject({ family: 'EXTERNAL', name: 'numpy-logistic', categories: ['H', 'V'] });
  expect(model?.metrics['H']?.averagePrecision).toBeGreaterThan(0.8);
  const { document } = readArtefactFolder(path.join(installation.config.home, 'artefacts', model?.artefactId ?? ''));
  expect(Object.keys(document.calibrators)).toEqual(['H', 'V']);
}, 300_000);

it.each([
  ['failing', 'trainer failing ended with exit 7; correct it and ask again; its last lines: the GPU is on fire'],
  ['quoting', 'its last lines: (a line that quotes a text was left out)'],
  ['slow', 'trainer slow took longer than 0.05 minutes'],
  ['greedy', 'trainer greedy used more than 600 MB'],
  ['empty', 'model.json: is missing'],
  ['lying', 'parity.jsonl: row forum/external-'],
])(
  'a trainer that is %s is refused with a reason',
  async (trainer, reason) => {
    const { code, stderr } = await train(recipeFor(trainer));
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain(aText);
    expect(await readTopic(installation, 'training.completed')).toHaveLength(1);
  },
  300_000,
);
