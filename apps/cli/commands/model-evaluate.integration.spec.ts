import '../../../test/harness/one-realm.js';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseSuite, writeDatasetFolder, type DatasetManifest } from '#model';
import { projectRoot } from '#platform/config';
import { makeDataset } from '../../../test/harness/made-dataset.js';
import { UsageError } from '../usage-error.js';

// After one-realm.js: a static import of the runtime would be loaded before it.
const { CliSession } = await import('../cli-session.js');
const { CompareModels, EvaluateModel } = await import('./model-evaluate.command.js');

const GUIDE = readFileSync(path.join(projectRoot, 'docs/evaluation.md'), 'utf8');
const at = (file: string): string => path.join(projectRoot, file);

function block(language: string): string {
  const found = new RegExp('```' + language + '\n([^]*?)```').exec(GUIDE)?.[1];
  if (found === undefined) throw new Error(`docs/evaluation.md has no ${language} block`);
  return found;
}

/** What a command prints on standard output; its progress on standard error is dropped. */
async function outputOf(run: () => Promise<void>): Promise<string> {
  let output = '';
  const { stdout, stderr } = process;
  const [out, err] = [stdout.write.bind(stdout), stderr.write.bind(stderr)];
  stdout.write = (chunk: string | Uint8Array): boolean => {
    output += String(chunk);
    return true;
  };
  stderr.write = (): boolean => true;
  try {
    await run();
  } finally {
    stdout.write = out;
    stderr.write = err;
  }
  return output;
}

/** Fractions and percentages change with the model; what stands around them does not. */
function shape(text: string): string[] {
  return text
    .replaceAll(/-?\d+\.\d+/gu, '#')
    .replaceAll(/[─]+/gu, '─')
    .replaceAll(/ +/gu, ' ')
    .trim()
    .split('\n')
    .map((line) => line.trimEnd());
}

describe('the guide to evaluation', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-evaluate-'));
  const session = new CliSession();
  const evaluate = new EvaluateModel(session);
  const small = path.join(folder, 'small.csv');
  writeFileSync(small, 'text,H\nA calm sentence about a river,0\nAnother one about a bridge,1\n');

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('shows what the command prints, and the page holds no text', async () => {
    const [, model = '', data = '', draws = ''] = /--model (\S+) --data (\S+) --draws (\d+)/.exec(block('sh')) ?? [];
    const html = path.join(folder, 'report.html');
    const output = await outputOf(() =>
      evaluate.run([], { model: at(model), data: at(data), draws: Number(draws), html }),
    );
    expect(shape(output)).toEqual(shape(block('text')));
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('In short');
    expect(page).not.toContain('plumber');
  });

  it('shows cases that the parser reads, one of each type', () => {
    const types = parseSuite(block('json'), 'docs/evaluation.md').map(({ expect: { type } }) => type);
    expect(new Set(types)).toEqual(new Set(['MFT', 'INV', 'DIR']));
  });

  it('takes the test split of an exported data set', async () => {
    const { published, rows } = makeDataset('evaluate', 120);
    const exported = path.join(folder, 'dataset');
    const ofEvent = ['requestId', 'expectations', 'publishedAt'];
    const manifest = Object.fromEntries(Object.entries(published).filter(([field]) => !ofEvent.includes(field)));
    await writeDatasetFolder(exported, manifest as unknown as DatasetManifest, rows);
    const output = await outputOf(() =>
      evaluate.run([], { model: at('models/starter'), data: exported, draws: 20, json: true }),
    );
    const report = JSON.parse(output) as { datasetId: string; split: string; rows: { evaluated: number } };
    expect(report).toMatchObject({ datasetId: published.datasetId, split: 'test' });
    expect(report.rows.evaluated).toBe(rows.filter(({ split }) => split === 'test').length);
  });

  it('compares a model with itself as equally good, and finds what it was trained on', async () => {
    const options = {
      champion: at('models/starter'),
      challenger: at('models/starter'),
      data: at('samples/suites/labelled-sample.csv'),
      trainedOn: at('samples/suites/labelled-sample.csv'),
      draws: 20,
      json: true,
      failIfWorse: true,
    };
    const output = await outputOf(() => new CompareModels(session).run([], options));
    const report = JSON.parse(output) as {
      outcome: string;
      flips: unknown[];
      evaluations: { challenger: { contamination: { checked: number; hits: unknown[] } } };
    };
    expect([report.outcome, report.flips]).toEqual(['SAME', []]);
    const { contamination } = report.evaluations.challenger;
    expect(contamination.hits).toHaveLength(contamination.checked);
  });

  it.each([
    ['a file that is not there', { data: 'nowhere.csv' }, 'there is no such file'],
    ['no data at all', {}, '--data <file or folder> is needed'],
    ['a folder that is no data set', { data: folder }, 'dataset.json'],
    ['a suite that cannot be read', { data: small, suite: [small] }, 'line 1, field "(line)"'],
  ])('refuses %s as a mistake of the caller', async (_, options, words) => {
    const failure = await outputOf(() => evaluate.run([], { model: at('models/starter'), ...options })).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(UsageError);
    expect(String(failure)).toContain(words);
  });
});

describe('our own suites', () => {
  it('are what their generator writes', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [at('samples/suites/generate.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(Number(/(\d+) cases/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(300);
  });
});
