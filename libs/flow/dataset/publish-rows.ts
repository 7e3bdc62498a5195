import type { DatasetPublished } from '#platform/contracts';
import type { DatasetManifest, DatasetRow, Split } from '#model';
import type { BuiltRows } from './core/build-rows.js';
import type { QualityReport } from './core/quality-report.js';
import type { DatasetStore } from './dataset-store.js';

/** Rows of one insert. */
const BATCH = 5000;

/** What is stored before a data set is published; the event is the last word. */
export interface StoredParts {
  readonly manifest: DatasetManifest;
  readonly rows: readonly DatasetRow[];
  readonly leftOut: BuiltRows['leftOut'];
  readonly report: QualityReport;
  readonly card: string;
}

export async function storeRows(
  { manifest: { datasetId }, rows, leftOut, report, card }: StoredParts,
  store: DatasetStore,
  tell: (step: string, done: number, total: number) => Promise<void>,
): Promise<void> {
  await store.writeLeftOut(datasetId, leftOut);
  for (let from = 0; from < rows.length; from += BATCH) {
    await tell('writes rows', from, rows.length);
    await store.writeRows(datasetId, from, rows.slice(from, from + BATCH));
  }
  await store.writeReport(datasetId, JSON.stringify(report), card);
}

/** The event about stored rows. */
export function publishedOf(
  { manifest, report }: { readonly manifest: DatasetManifest; readonly report: Pick<QualityReport, 'expectations'> },
  requestId: string | null,
  publishedAt: number,
): DatasetPublished {
  return {
    ...manifest,
    requestId,
    expectations: report.expectations.map(({ name, passed, detail }) => ({ name, passed, detail })),
    publishedAt,
  };
}

/** What a published data set says of itself. */
export function manifestOf(published: DatasetPublished): DatasetManifest {
  const { datasetId, name, kind, policyId, policyVersion, labelsUntil, sources, rule, recipeId, recipe } = published;
  const { saltId, rows, digest, categories, languages, licences, previousId } = published;
  const countOf = (split: Split): number => published.splits[split] ?? 0;
  return {
    ...{ datasetId, name, kind, policyId, policyVersion, labelsUntil, sources, rule, recipeId, recipe },
    ...{ saltId, rows, digest, categories, languages, licences, previousId },
    splits: {
      train: countOf('train'),
      validation: countOf('validation'),
      test: countOf('test'),
      none: countOf('none'),
    },
  };
}
