import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import { DatasetRowError, rowHashOf } from './canonical-row.js';
import type { DatasetManifest } from './dataset-manifest.js';
import type { DatasetRow } from './dataset-row.js';
import { createRowCounter, type RowSummary } from './summarise-rows.js';

/** The rows, one JSON object a line, in the order of their keys. */
export const rowsFile = 'rows.jsonl';
/** What the data set is, written last: a folder without it is not whole. */
export const manifestFile = 'dataset.json';
const format = 'tidegate-dataset/1';

/** An exported data set that cannot be read; the message says where, and never quotes a text. */
export class DatasetFolderError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly field: string,
    detail: string,
  ) {
    super(`${file} line ${line}, field "${field}": ${detail}`);
    this.name = 'DatasetFolderError';
  }
}

const count = z.int().min(0);
const counts = z.record(z.string(), count);
const manifestSchema = z.strictObject({
  datasetId: z.string().regex(/^ds-[0-9a-f]{16}$/, 'must be ds- and 16 hex digits'),
  name: z.string().min(1),
  kind: z.enum(['BUILT', 'IMPORTED']),
  policyId: z.string().nullable(),
  policyVersion: z.int().nullable(),
  labelsUntil: z.int().nullable(),
  sources: z.array(z.string()),
  rule: z.string(),
  recipeId: z.string(),
  recipe: z.string(),
  saltId: z.string(),
  rows: count,
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
  splits: z.strictObject({ train: count, validation: count, test: count, none: count }),
  categories: z.record(z.string(), z.strictObject({ positives: count, negatives: count, unknown: count })),
  languages: counts,
  licences: z.array(z.string()),
  previousId: z.string().nullable(),
});

const versionSchema = z.looseObject({ format: z.literal(format) });

const rowSchema = z.strictObject({
  key: z.string().min(1),
  text: z.string(),
  textHash: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'),
  language: z.string(),
  platform: z.string(),
  kind: z.string(),
  split: z.enum(['train', 'validation', 'test', 'none']),
  group: z.string(),
  groupSize: z.int().min(1),
  labels: z.record(
    z.string(),
    z.strictObject({ value: z.union([z.literal(0), z.literal(1)]), weight: z.number().min(0).max(1) }),
  ),
  weight: z.number().min(0),
  inclusion: z.number().gt(0).max(1).nullable(),
  origin: z.enum(['DRAWN', 'TRAIN_ONLY', 'REPORTED', 'APPEALED', 'IMPORTED', 'RED_TEAM', 'OTHER']),
  isGold: z.boolean(),
  source: z.string(),
  author: z.string().nullable(),
  labelledAt: z.int().nullable(),
  /** 16 hex digits over the other fields, the text by its hash. */
  hash: z.string(),
});

export interface DatasetFolder {
  readonly manifest: DatasetManifest;
  readonly rows: readonly DatasetRow[];
}

/** Characters that are written at once. */
const batchSize = 1 << 20;

/**
 * Writes a data set as a folder: `rows.jsonl`, `documents` (a card, a report), and `dataset.json` at the end. The rows must be those of the
 * manifest: throws `DatasetRowError` or `DatasetFolderError` otherwise, and then no manifest is left.
 */
export async function writeDatasetFolder(
  folder: string,
  manifest: DatasetManifest,
  rows: Iterable<DatasetRow> | AsyncIterable<DatasetRow>,
  documents: Readonly<Record<string, string>> = {},
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // An older export in the same place must not seem to be this one while it is written.
  rmSync(join(folder, manifestFile), { force: true });
  const counter = createRowCounter();
  const file = openSync(join(folder, rowsFile), 'w');
  try {
    let batch = '';
    for await (const row of rows) {
      counter.add(row);
      batch += `${formatRow(row)}\n`;
      if (batch.length > batchSize) {
        writeSync(file, batch);
        batch = '';
      }
    }
    writeSync(file, batch);
  } finally {
    closeSync(file);
  }
  checkSummary(counter.summary(), manifest);
  for (const [name, content] of Object.entries(documents)) writeFileSync(join(folder, name), content);
  const whole = join(folder, manifestFile);
  writeFileSync(`${whole}.part`, `${JSON.stringify({ format, ...manifest }, null, 2)}\n`);
  renameSync(`${whole}.part`, whole);
}

/** One row as a line of `rows.jsonl`, without the line break. */
function formatRow(row: DatasetRow): string {
  const labels = Object.fromEntries(Object.entries(row.labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({
    key: row.key,
    text: row.text,
    textHash: row.textHash,
    language: row.language,
    platform: row.platform,
    kind: row.kind,
    split: row.split,
    group: row.group,
    groupSize: row.groupSize,
    labels,
    weight: row.weight,
    inclusion: row.inclusion,
    origin: row.origin,
    isGold: row.isGold,
    source: row.source,
    author: row.author,
    labelledAt: row.labelledAt,
    hash: rowHashOf(row),
  } satisfies z.infer<typeof rowSchema>);
}

/** The whole folder, verified. Throws `DatasetFolderError`, naming file, line and field. */
export function readDatasetFolder(folder: string): DatasetFolder {
  const manifest = readDatasetManifest(folder);
  return { manifest, rows: [...readDatasetRows(folder, manifest)] };
}

/** What the folder says of itself. */
export function readDatasetManifest(folder: string): DatasetManifest {
  const file = join(folder, manifestFile);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new DatasetFolderError(file, 1, '(file)', isMissing(error) ? missing : 'is not JSON; export it again');
  }
  const versioned = versionSchema.safeParse(value);
  if (!versioned.success) {
    throw new DatasetFolderError(file, 1, 'format', `must be ${format}; export it with this release`);
  }
  const fields = Object.entries(versioned.data).filter(([name]) => name !== 'format');
  const parsed = manifestSchema.safeParse(Object.fromEntries(fields));
  if (!parsed.success) {
    const { field, message } = firstIssue(parsed.error);
    throw new DatasetFolderError(file, 1, field, message);
  }
  return parsed.data;
}

const missing = 'does not exist; the folder is no exported data set, or its export was broken off';

/**
 * The rows one after the other, each checked against its own hash and at the end all of them against the manifest: so wait for the end before
 * you believe them. Throws `DatasetFolderError`.
 */
export function* readDatasetRows(folder: string, manifest: DatasetManifest): Generator<DatasetRow, void, void> {
  const file = join(folder, rowsFile);
  const counter = createRowCounter();
  let line = 0;
  for (const content of linesOf(file)) {
    line += 1;
    const { hash, ...row } = parseRow(content, file, line);
    try {
      counter.add(row);
    } catch (error) {
      if (error instanceof DatasetRowError) throw new DatasetFolderError(file, line, error.field, detailOf(error));
      throw error;
    }
    if (hash !== rowHashOf(row)) {
      throw new DatasetFolderError(
        file,
        line,
        'hash',
        `row '${row.key}' was altered: its fields are not the hashed ones`,
      );
    }
    yield row;
  }
  try {
    checkSummary(counter.summary(), manifest);
  } catch (error) {
    if (error instanceof DatasetFolderError) throw new DatasetFolderError(file, line, error.field, detailOf(error));
    throw error;
  }
}

/** What an error says after the place, which another one names. */
function detailOf({ message }: Error): string {
  return message.slice(message.indexOf('": ') + 3);
}

function parseRow(content: string, file: string, line: number): z.infer<typeof rowSchema> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new DatasetFolderError(file, line, '(line)', 'is not JSON; each line is one object');
  }
  const parsed = rowSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { field, message } = firstIssue(parsed.error);
  throw new DatasetFolderError(file, line, field, message);
}

function firstIssue({ issues }: z.ZodError): { readonly field: string; readonly message: string } {
  const [issue] = issues;
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === 'unrecognized_keys') return { field: [...path, ...issue.keys].join('.'), message: 'is unknown' };
  return { field: path.join('.') || '(line)', message: issue?.message ?? '' };
}

function checkSummary(found: RowSummary, manifest: DatasetManifest): void {
  for (const field of ['rows', 'digest'] as const) {
    if (found[field] !== manifest[field]) {
      throw new DatasetFolderError(
        rowsFile,
        found.rows,
        field,
        `${found[field]} here, ${manifest[field]} in ${manifestFile}`,
      );
    }
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

/** Lines of a file that need not fit into one string. */
function* linesOf(file: string): Generator<string, void, void> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    throw isMissing(error) ? new DatasetFolderError(file, 1, '(file)', missing) : error;
  }
  try {
    const bytes = Buffer.alloc(batchSize);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let read = readSync(handle, bytes); read > 0; read = readSync(handle, bytes)) {
      const lines = (rest + decoder.write(bytes.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    rest += decoder.end();
    if (rest !== '') yield rest;
  } finally {
    closeSync(handle);
  }
}
