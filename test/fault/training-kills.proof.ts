import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { artefactsIn, trainUnderFaults, type TrainingFault } from '../e2e/training-run.js';
import { runTidegate } from '../harness/command-line.js';
import { startInstallation, type Installation } from '../harness/installation.js';
import { decoded } from './fault-run.js';
import { seeded } from './seeded.js';

const SEED = 20_261_124;
const SIZE = 1000;
/** An attempt of this size takes some 5 s; one that finds what an earlier one has finished takes less. */
const ATTEMPT_MS = 4000;
/** From the first file in the store to the last word, and the same for an attempt that finds all but that done. */
const PUBLISHING_MS = { first: 50, again: 300 };
const POINTS = [
  'after_started',
  'after_export',
  'during_training',
  'after_training',
  'after_put',
  'after_evaluation',
  'after_completed',
];

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation({ roles: ['warehouse', 'training'] });
  await installation.connections.serde.prepare(['dataset.published', 'training.requested']);
}, 180_000);

afterAll(() => installation.close(), 60_000);

const random = seeded(SEED);
const moment = (longest: number) => Math.floor(random() * longest);

/** Of kills at moments, those that came before all was done. */
let strikes = 0;

const plans: readonly { readonly name: string; readonly faults: readonly TrainingFault[] }[] = [
  ...POINTS.map((point) => ({ name: point, faults: [{ point }] })),
  { name: 'every point in turn', faults: POINTS.map((point) => ({ point })) },
  ...[1, 2, 3].map((n) => ({
    name: `seeded moments ${n}`,
    faults: Array.from({ length: 4 }, () => ({ begunMs: moment(ATTEMPT_MS) })),
  })),
  ...[1, 2, 3, 4].map((n) => ({
    name: `publishing ${n}`,
    faults: [
      { storedMs: moment(PUBLISHING_MS.first) },
      { begunMs: moment(PUBLISHING_MS.again) },
      { begunMs: moment(PUBLISHING_MS.again) },
    ],
  })),
];

/** SHA-256 of every file of an artefact in the store. */
function hashesOf(artefactId: string): Readonly<Record<string, string>> {
  const folder = path.join(installation.config.artefactStore, artefactId);
  const files = fs.readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(folder, file), createHash('sha256').update(fs.readFileSync(file)).digest('hex')]),
  );
}

/** Programs of the role that work for this installation now. */
function childrenAtWork(): readonly string[] {
  const { home } = installation.config;
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((command) => command.includes(path.join(home, 'work')));
}

/** The Java client, so that no fault of our own can hide itself. */
async function witnessed(datasetId: string) {
  const records = await installation.witness.read(['training.requested', 'training.completed']);
  const of = <N extends 'training.requested' | 'training.completed'>(topic: N) =>
    records
      .filter((record) => record.topic === topic)
      .map((record) => decoded(topic)(record).value)
      .filter((value) => value.datasetId === datasetId);
  return { requested: of('training.requested'), completed: of('training.completed') };
}

async function count(what: string, datasetId: string): Promise<string> {
  const { database } = installation.config.clickhouse;
  return installation.query(`SELECT ${what} WHERE dataset_id = '${datasetId}'`.replace('FROM ', `FROM ${database}.`));
}

it.each(plans)(
  'killed at $name, there is one candidate, and it is the one that nobody disturbed',
  async ({ name, faults }) => {
    const began = performance.now();
    const outcome = await trainUnderFaults(installation, { name: name.replaceAll(' ', '-'), size: SIZE, faults });
    const { datasetId, said, struck, requestIds } = outcome;
    const disturbed = performance.now();
    expect(said.filter(({ state }) => state === 'COMPLETED' || state === 'FAILED')).toMatchObject([
      { state: 'COMPLETED' },
    ]);
    expect(requestIds).toHaveLength(1);
    if (faults.every((fault) => 'point' in fault)) expect(struck).toBe(faults.length);
    else strikes += struck;

    const artefactId = said.at(-1)?.subjectId ?? '';
    const hashes = hashesOf(artefactId);
    expect(childrenAtWork()).toEqual([]);
    expect(
      await count('count(), uniqExact(split, slice_by, slice_value, category) = count() FROM evaluations', datasetId),
    ).toMatch(/^[1-9]\d*\t1$/);

    // The store loses it, or a file of it is torn, and somebody asks again: the same files come back, from an attempt that nobody disturbed, and
    // there is no second candidate.
    const stored = path.join(installation.config.artefactStore, artefactId);
    if (faults.length === 1) fs.rmSync(stored, { recursive: true });
    else fs.truncateSync(path.join(stored, 'model.onnx'), 100);
    const { code, stdout, stderr } = await runTidegate(
      installation.environment,
      ...['training', 'request', '--dataset', datasetId, '--watch', '--json'],
    );
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'COMPLETED', attempt: 1, subjectId: artefactId });
    expect(hashesOf(artefactId)).toEqual(hashes);

    const { requested, completed } = await witnessed(datasetId);
    expect(completed).toMatchObject([{ artefactId, requestId: requestIds[0], modelSha256: hashes['model.onnx'] }]);
    const written = requested.filter(({ cause }) => cause === 'LABELS').map((one) => JSON.stringify(one));
    expect(written.length).toBeGreaterThanOrEqual(2);
    expect(new Set(written).size).toBe(1);

    const attempts = said.filter(({ state }) => state === 'STARTED').length;
    const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    process.stderr.write(
      `${name}: ${struck} of ${faults.length} kills struck, ${attempts} attempts, ${seconds(began, disturbed)}; ` +
        `undisturbed ${seconds(disturbed, performance.now())}\n`,
    );
  },
  300_000,
);

it('most of the kills at moments struck a request that had not ended', () => {
  const aimed = plans.flatMap(({ faults }) => faults.filter((fault) => !('point' in fault)));
  expect(strikes).toBeGreaterThan(aimed.length / 2);
});

it('everything that was killed left one artefact for each data set, and nothing at work', () => {
  expect(artefactsIn(installation)).toHaveLength(plans.length);
  expect(fs.readdirSync(path.join(installation.config.home, 'work'))).toEqual([]);
  expect(childrenAtWork()).toEqual([]);
});
