import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { aRow } from '../dataset/dataset-row.fixture.js';
import { parseModelRecipe } from './model-recipe.js';
import { seededUniform } from './seeded-uniform.js';
import { trainDataset } from './train-dataset.js';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-training-'));
const words = ['river', 'table', 'garden', 'train', 'window', 'lamp', 'coat', 'bridge', 'zugzwang', 'quarrel'];

const rows = Array.from({ length: 300 }, (_, i) => {
  const drawn = Array.from({ length: 6 }, (_word, k) => words[Math.floor(10 * seededUniform(4, k, i))] ?? '');
  const key = `p/${String(i).padStart(5, '0')}/1`;
  const label = (word: string): { value: 0 | 1; weight: number } => ({
    value: drawn.includes(word) ? 1 : 0,
    weight: 1,
  });
  const labels = { H: label('zugzwang'), V: label('quarrel'), S: label('coat') };
  return aRow({ key, group: key, text: drawn.join(' '), split: i % 10 === 0 ? 'validation' : 'train', labels });
});
const recipe = parseModelRecipe(
  '{name: small, featuriser: {buckets: 4096}, outOfFold: {folds: 2}, bootstrapDraws: 2}',
  '',
);
const input = { rows, categories: ['H', 'V', 'S'], recipe, datasetId: 'ds-1', release: '0' };

/** The same from the input in a file, its rows in another order, with a further thread. */
const program = `
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
const { trainDataset } = await import(process.argv[2] + '/train-dataset.ts');
const { fitInThreads } = await import(process.argv[2] + '/category-threads.ts');
const input = JSON.parse(readFileSync(process.argv[3], 'utf8'));
input.rows.reverse();
const hash = createHash('sha256');
for (const [path, bytes] of trainDataset({ ...input, fitCategories: fitInThreads(1) }).files) hash.update(path).update(bytes);
process.stdout.write(hash.digest('hex'));
`;

describe('training in another process', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'train.mjs'), program);
    writeFileSync(join(folder, 'input.json'), JSON.stringify(input));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives the same bytes, also with the rows in another order and with another thread', async () => {
    const hooks = pathToFileURL(join(import.meta.dirname, '../../platform/kafka/testing/run-typescript.mjs')).href;
    const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--import', hooks];
    const args = [join(folder, 'train.mjs'), pathToFileURL(import.meta.dirname).href, join(folder, 'input.json')];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...args]);
    const hash = createHash('sha256');
    for (const [path, bytes] of trainDataset(input).files) hash.update(path).update(bytes);
    expect(stdout).toBe(hash.digest('hex'));
  }, 60_000);
});
