import fs from 'node:fs';
import path from 'node:path';
import { readArtefactFolder } from '#model';
import { startInstallation, type Installation } from '../harness/installation.js';
import { runTidegate } from '../harness/command-line.js';
import { pause, readTopic, trainUnderFaults } from './training-run.js';

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation({ roles: ['warehouse', 'training'] });
  await installation.connections.serde.prepare(['dataset.published', 'training.requested']);
}, 120_000);

afterAll(async () => {
  await installation.close();
}, 60_000);

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50);
}

it('a data set becomes one candidate, although the role is killed when it is made and nobody knows of it', async () => {
  const { datasetId, requestIds, said } = await trainUnderFaults(installation, {
    name: 'made',
    size: 240,
    faults: [{ point: 'after_put' }],
  });
  const completed = await readTopic(installation, 'training.completed');
  expect(requestIds).toHaveLength(1);
  expect(said.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  expect(completed).toMatchObject([{ datasetId, kind: 'MODEL', family: 'HASHED_LINEAR', name: 'ngrams' }]);
  const [model] = completed;
  const home = installation.config.home;
  const { document } = readArtefactFolder(path.join(home, 'artefacts', model?.artefactId ?? ''));
  expect(document.categories).toEqual(model?.categories);
  expect(model?.metrics['H']?.averagePrecision).toBeGreaterThan(0.6);
  // Texts and parts of the work are gone.
  expect(fs.readdirSync(path.join(home, 'work'))).toEqual([]);
  await until(async () => (await installation.query('SELECT count() FROM moderation.models')) === '1');
  const figures = await installation.query(
    "SELECT countIf(slice_by = 'all'), uniqExact(split), count() > uniqExact(split, category) FROM moderation.evaluations",
  );
  // Three categories and their mean, on validation and on test.
  expect(figures).toBe('8\t2\t1');
  const judged = await installation.query(
    "SELECT count(), countIf(JSONExtractInt(report, 'suites', 'cases') > 500), countIf(JSONHas(report, 'fairness', 'templates')), countIf(JSONHas(report, 'contamination', 'checked')) FROM moderation.evaluation_reports",
  );
  expect(judged).toBe('2\t2\t2\t2');
}, 120_000);

it('a failure says what to do, on the command line too', async () => {
  const asked = await runTidegate(
    installation.environment,
    ...['training', 'request', '--dataset', 'ds-0000000000000000', '--recipe', 'nothing', '--watch'],
  );
  expect([asked.code, asked.stdout]).toEqual([1, '']);
  expect(asked.stderr).toContain('recipe: nothing is not known here; there are ngrams');
}, 120_000);
