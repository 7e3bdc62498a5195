import type { DatasetManifest, DatasetRow } from '#model';
import type { DatasetPublished } from '#platform/contracts';

/** A row as ClickHouse answers. */
export interface StoredRow {
  readonly row_key: string;
  readonly text: string;
  readonly text_hash: string;
  readonly language: string;
  readonly platform: string;
  readonly kind: string;
  readonly split: DatasetRow['split'];
  readonly group_key: string;
  readonly group_size: number;
  /** Value and weight. */
  readonly labels: Readonly<Record<string, readonly [0 | 1, number]>>;
  readonly weight: number;
  readonly inclusion: number | null;
  readonly origin: string;
  readonly is_gold: boolean;
  readonly source: string;
  readonly author_hash: string;
  readonly labelled_at: number | null;
}

export function rowOf(stored: StoredRow): DatasetRow {
  return {
    key: stored.row_key,
    text: stored.text,
    textHash: stored.text_hash,
    language: stored.language,
    platform: stored.platform,
    kind: stored.kind,
    split: stored.split,
    group: stored.group_key,
    groupSize: stored.group_size,
    labels: Object.fromEntries(
      Object.entries(stored.labels).map(([category, [value, weight]]) => [category, { value, weight }]),
    ),
    weight: stored.weight,
    inclusion: stored.inclusion,
    origin: stored.origin as DatasetRow['origin'],
    isGold: stored.is_gold,
    source: stored.source,
    author: stored.author_hash === '' ? null : stored.author_hash,
    labelledAt: stored.labelled_at,
  };
}

/** What an exported folder says of the data set. */
export function manifestOf(event: DatasetPublished): DatasetManifest {
  const { train = 0, validation = 0, test = 0, none = 0 } = event.splits;
  return {
    datasetId: event.datasetId,
    name: event.name,
    kind: event.kind,
    policyId: event.policyId,
    policyVersion: event.policyVersion,
    labelsUntil: event.labelsUntil,
    sources: event.sources,
    rule: event.rule,
    recipeId: event.recipeId,
    recipe: event.recipe,
    saltId: event.saltId,
    rows: event.rows,
    digest: event.digest,
    splits: { train, validation, test, none },
    categories: event.categories,
    languages: event.languages,
    licences: event.licences,
    previousId: event.previousId,
  };
}
