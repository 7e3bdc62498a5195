import type { DatasetSummary } from '#platform/clickhouse';
import type { DatasetPublished } from '#platform/contracts';
import type { CliSession } from '../cli-session.js';
import { UsageError } from '../usage-error.js';

/** More than an installation ever has. */
const ALL = 1_000_000;

/** Every published data set, as the event said it, the newest first. */
export async function readDatasets({ clickhouse }: CliSession): Promise<readonly DatasetPublished[]> {
  return (await clickhouse.query('dataset-list', { name: '', most: ALL })).map(publishedOf);
}

/**
 * The data set of an id, or the newest of a name.
 * @throws UsageError when there is none
 */
export async function findDataset(session: CliSession, wanted: string): Promise<DatasetPublished> {
  const rows = wanted.startsWith('ds-')
    ? await session.clickhouse.query('dataset-by-id', { dataset_id: wanted })
    : await session.clickhouse.query('dataset-list', { name: wanted, most: 1 });
  const [row] = rows;
  if (row !== undefined) return publishedOf(row);
  throw new UsageError(`${wanted}: there is no such data set; tidegate dataset list shows what there is`);
}

export function publishedOf(row: DatasetSummary): DatasetPublished {
  return {
    datasetId: row.dataset_id,
    name: row.name,
    kind: row.kind,
    requestId: row.request_id,
    policyId: row.policy_id,
    policyVersion: row.policy_version,
    labelsUntil: row.labels_until,
    sources: row.sources,
    rule: row.rule,
    recipeId: row.recipe_id,
    recipe: row.recipe,
    saltId: row.salt_id,
    rows: row.rows,
    digest: row.digest,
    splits: row.splits,
    categories: row.categories,
    languages: row.languages,
    licences: row.licences,
    expectations: row.expectations,
    previousId: row.previous_id,
    publishedAt: row.published_ms,
  };
}
