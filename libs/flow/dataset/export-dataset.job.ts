import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeDatasetFolder, type DatasetRow } from '#model';
import type { ClickHouse } from '#platform/clickhouse';
import type { DatasetPublished } from '#platform/contracts';
import { createDatasetStore } from './dataset-store.job.js';
import { manifestOf } from './publish-rows.js';

export const exportFormats = ['folder', 'parquet', 'jsonl', 'huggingface'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportRequest {
  readonly dataset: DatasetPublished;
  readonly format: ExportFormat;
  /** Must not be there yet. */
  readonly out: string;
  readonly clickhouse: ClickHouse;
  readonly tell: (step: string, done: number, total: number) => void;
}

/** @returns the files that were written */
export async function exportDataset(request: ExportRequest): Promise<readonly string[]> {
  const { format, out } = request;
  switch (format) {
    case 'folder':
      return writeFolder(request);
    case 'parquet':
    case 'jsonl':
      await writeRows(request, '', out);
      return [out];
    case 'huggingface':
      return writeHuggingFace(request);
  }
}

/** What `libs/model` and trainers read: rows.jsonl, dataset.json, card and report. */
async function writeFolder({ dataset, out, clickhouse, tell }: ExportRequest): Promise<readonly string[]> {
  const store = createDatasetStore(clickhouse);
  const stored = await store.report(dataset.datasetId);
  const documents = stored === null ? {} : { 'README.md': stored.card, 'report.json': stored.report };
  async function* rows(): AsyncGenerator<DatasetRow, void, void> {
    let done = 0;
    for await (const piece of store.rows(dataset.datasetId)) {
      yield* piece;
      done += piece.length;
      tell('writes rows', done, dataset.rows);
    }
  }
  await writeDatasetFolder(out, manifestOf(dataset), rows(), documents);
  return fs.readdirSync(out).map((name) => path.join(out, name));
}

async function writeRows({ dataset, format, clickhouse }: ExportRequest, split: string, file: string): Promise<void> {
  const from = { dataset_id: dataset.datasetId, split };
  const rows = clickhouse.read('dataset-export', from, format === 'jsonl' ? 'JSONEachRow' : 'Parquet');
  await pipeline(rows, fs.createWriteStream(file, { flags: 'wx', mode: 0o600 }));
}

/** A folder as the hub of Hugging Face, and `datasets.load_dataset`, read it: one Parquet file for each split that has rows. */
async function writeHuggingFace(request: ExportRequest): Promise<readonly string[]> {
  const { dataset, out, clickhouse, tell } = request;
  const splits = (['train', 'validation', 'test'] as const).filter((split) => (dataset.splits[split] ?? 0) > 0);
  fs.mkdirSync(path.join(out, 'data'), { recursive: true });
  const files: string[] = [];
  for (const [done, split] of splits.entries()) {
    tell(`writes ${split}`, done, splits.length);
    const file = path.join(out, 'data', `${split}-00000-of-00001.parquet`);
    await writeRows(request, split, file);
    files.push(file);
  }
  const stored = await createDatasetStore(clickhouse).report(dataset.datasetId);
  const readme = path.join(out, 'README.md');
  await pipeline(Readable.from([frontMatter(dataset, splits), stored?.card ?? '']), fs.createWriteStream(readme));
  return [readme, ...files];
}

/** What the hub reads of a card: licence, languages, size, and which file is which split. */
function frontMatter({ name, licences, languages, rows }: DatasetPublished, splits: readonly string[]): string {
  const text = (value: string): string => JSON.stringify(value);
  const known = Object.keys(languages)
    .filter((language) => language !== 'und')
    .sort();
  return [
    '---',
    `pretty_name: ${text(name)}`,
    ...(licences.length === 1 ? [`license: ${text((licences[0] ?? '').toLowerCase())}`] : ['license: other']),
    ...(licences.length > 1 ? [`license_name: ${text(licences.join(' AND '))}`] : []),
    ...(known.length > 0 ? ['language:', ...known.map((language) => `  - ${text(language)}`)] : []),
    'task_categories:',
    '  - text-classification',
    'task_ids:',
    '  - multi-label-classification',
    'size_categories:',
    `  - ${sizeOf(rows)}`,
    'configs:',
    '  - config_name: default',
    '    data_files:',
    ...splits.flatMap((split) => [`      - split: ${split}`, `        path: data/${split}-*.parquet`]),
    '---',
    '',
    '',
  ].join('\n');
}

function sizeOf(rows: number): string {
  if (rows < 1000) return 'n<1K';
  if (rows < 10_000) return '1K<n<10K';
  return rows < 100_000 ? '10K<n<100K' : '100K<n<1M';
}
