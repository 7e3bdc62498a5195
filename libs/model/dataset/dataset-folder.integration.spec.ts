import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareRows } from './canonical-row.js';
import { DatasetFolderError, readDatasetFolder, writeDatasetFolder } from './dataset-folder.js';
import type { DatasetManifest } from './dataset-manifest.js';
import type { DatasetRow } from './dataset-row.js';
import { aRow } from './dataset-row.fixture.js';
import { summariseRows } from './summarise-rows.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-dataset-folder-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const rows = Array.from({ length: 1200 }, (_, i) =>
  aRow({
    key: `forum/p${i}/1`,
    // Several bytes a character, so that some are cut by the end of a read.
    text: `${'\u4e2d\u{1f600}"\u2028\n'.repeat(120)}${i}`,
    labels: i % 2 === 0 ? { H: { value: 1, weight: 0.5 }, V: { value: 0, weight: 1 } } : {},
  }),
).sort(compareRows);

function manifestOf(given: readonly DatasetRow[]): DatasetManifest {
  return {
    datasetId: 'ds-0123456789abcdef',
    name: 'default',
    kind: 'BUILT',
    policyId: 'default',
    policyVersion: 2,
    labelsUntil: 1200,
    sources: [],
    rule: 'two-coin/1',
    recipeId: 'r-0123456789abcdef',
    recipe: '{}',
    saltId: '0123456789abcdef',
    licences: [],
    previousId: null,
    ...summariseRows(given),
  };
}

describe('exported data set', () => {
  it('is read as it was written, with the documents beside it', async () => {
    await writeDatasetFolder(folder, manifestOf(rows), rows, { 'README.md': '# card\n' });
    expect(readDatasetFolder(folder)).toEqual({ manifest: manifestOf(rows), rows });
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('# card\n');
  });

  it('may have erased texts, and no rows', async () => {
    const erased = rows.map((row, i) => (i === 1 ? { ...row, text: '' } : row));
    await writeDatasetFolder(folder, manifestOf(rows), erased);
    expect(readDatasetFolder(folder).rows[1]?.text).toBe('');
    await writeDatasetFolder(folder, manifestOf([]), []);
    expect(readDatasetFolder(folder).rows).toEqual([]);
  });

  it('has no manifest when the rows were others', async () => {
    await expect(writeDatasetFolder(folder, manifestOf(rows), rows.slice(1))).rejects.toThrow(DatasetFolderError);
    expect(existsSync(join(folder, 'dataset.json'))).toBe(false);
    expect(() => readDatasetFolder(folder)).toThrow('dataset.json line 1, field "(file)": does not exist');
  });

  const few = rows.slice(0, 3);
  it.each([
    [
      'a field of a row',
      1,
      (line: string) => line.replace('"weight":1,"inclusion"', '"weight":2,"inclusion"'),
      /line 2, field "hash": row 'forum\/p1\/1' was altered/,
    ],
    [
      'a text',
      0,
      (line: string) => line.replace('"text":"', '"text":"!'),
      /line 1, field "text": is not the text whose hash/,
    ],
    [
      'a label to something else',
      0,
      (line: string) => line.replace('"value":1', '"value":2'),
      /line 1, field "labels.H.value"/,
    ],
    [
      'an unknown field into it',
      0,
      (line: string) => line.replace('{"key"', '{"extra":1,"key"'),
      /line 1, field "extra": is unknown/,
    ],
    ['the line to something else', 2, () => 'nothing', /line 3, field "\(line\)": is not JSON/],
  ])('names file, line and field when somebody changes %s', async (_, at, change, message) => {
    await writeDatasetFolder(folder, manifestOf(few), few);
    const file = join(folder, 'rows.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    const changed = lines.map((line, i) => (i === at ? change(line) : line));
    expect(changed).not.toEqual(lines);
    writeFileSync(file, changed.join('\n'));
    expect(() => readDatasetFolder(folder)).toThrow(message);
    expect(() => readDatasetFolder(folder)).toThrow(join(folder, 'rows.jsonl'));
  });

  it('names what is wrong when a row is missing, moved or written twice, and when the manifest is changed', async () => {
    await writeDatasetFolder(folder, manifestOf(few), few);
    const file = join(folder, 'rows.jsonl');
    const [a = '', b = '', c = ''] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${a}\n${b}\n`);
    expect(() => readDatasetFolder(folder)).toThrow('line 2, field "rows": 2 here, 3 in dataset.json');
    writeFileSync(file, [a, c, b].join('\n'));
    expect(() => readDatasetFolder(folder)).toThrow('line 3, field "key": comes after');
    writeFileSync(file, [a, a, b].join('\n'));
    expect(() => readDatasetFolder(folder)).toThrow('line 2, field "key": comes after');
    writeFileSync(file, [a, b, c].join('\n'));
    const manifest = join(folder, 'dataset.json');
    const written = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, written.replace(/"digest": "../, '"digest": "00'));
    expect(() => readDatasetFolder(folder)).toThrow('field "digest"');
    writeFileSync(manifest, written.replace('"kind": "BUILT"', '"kind": "MADE"'));
    expect(() => readDatasetFolder(folder)).toThrow('dataset.json line 1, field "kind"');
    writeFileSync(manifest, written.slice(0, 20));
    expect(() => readDatasetFolder(folder)).toThrow('is not JSON');
  });
});
