import type { DatasetPublished } from '#platform/contracts';
import { createDuplicateRegistry, saltIdOf } from '#model';
import { createKeyedHash } from '#policy';
import { importManifest, importRows } from './core/import/import-rows.js';
import type { ImportMapping } from './core/import/mapping.js';
import { readImport, type OpenFile, type ReadImport } from './core/import/read-import.js';
import type { QualityReport } from './core/quality-report.js';
import type { DatasetStore } from './dataset-store.js';
import { describeRows, suspectedIn } from './describe-rows.js';
import { publishedOf, storeRows } from './publish-rows.js';

export interface ImportDeps {
  /** Null: only say what would be imported. */
  readonly store: DatasetStore | null;
  readonly salt: string;
  /** Of the installation: authors become keyed hashes. */
  readonly secret: Buffer;
  readonly open: OpenFile;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly tell: (step: string, done: number, total: number) => Promise<void>;
}

export interface Import {
  readonly read: Pick<ReadImport, 'records' | 'skipped' | 'problems'>;
  /** Null: there are problems, and nothing was stored. */
  readonly made: { readonly published: DatasetPublished; readonly report: QualityReport } | null;
}

/** Labelled files of others as a data set. Its rows are stored; to publish it is the caller's. The same files and mapping give the same data set. */
export async function importDataset(mapping: ImportMapping, deps: ImportDeps): Promise<Import> {
  const { store, salt, secret, open, clock, tell } = deps;
  const hashAuthor = createKeyedHash(secret);
  const { texts, ...read } = await readImport(mapping, open, {
    hashAuthor: (author) => hashAuthor(mapping.name, author) ?? '',
  });
  if (read.problems.length > 0 || texts.length === 0) return { read, made: null };
  await tell('makes rows', 0, texts.length);
  const rows = importRows(texts, mapping, createDuplicateRegistry({ salt }));
  const manifest = importManifest(mapping, rows, saltIdOf(salt));
  const built = { rows, leftOut: [], conflicts: [], contaminated: 0, asOf: null };
  const source = publishedOf({ manifest, report: { expectations: [] } }, null, clock());
  const { report, card } = describeRows({
    ...{ manifest, built, recipe: { expectations: [] } },
    ...{ sources: [source], agreement: [], suspected: await suspectedIn(rows, tell) },
  });
  if (store !== null) await storeRows({ manifest, rows, leftOut: [], report, card }, store, tell);
  return { read, made: { published: publishedOf({ manifest, report }, null, clock()), report } };
}
