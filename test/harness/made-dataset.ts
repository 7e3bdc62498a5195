import { datasetIdOf, saltIdOf, summariseRows, textHashOf, type DatasetRow, type Split } from '#model';
import { createClickHouse, RowBinary } from '#platform/clickhouse';
import type { DatasetPublished } from '#platform/contracts';
import { uniform } from '#policy';
import type { Installation } from './installation.js';

/** A data set that no dataset role has built: rows as they lie in ClickHouse, and the event that names them. */
export interface MadeDataset {
  readonly rows: readonly DatasetRow[];
  readonly published: DatasetPublished;
}

const words = 'river stone market window garden letter winter engine silver travel border kitchen'.split(' ');
/** A word that decides a category, most of the time. */
const telling = { H: 'vermin', V: 'knives' } as const;
const PUBLISHED_AT = 1_790_000_000_000;
/** In the order of the column's words. */
const splits: readonly Split[] = ['train', 'validation', 'test', 'none'];
const DRAWN = 1;
const COLUMNS = [
  ...[
    'dataset_id',
    'ordinal',
    'row_key',
    'platform',
    'content_id',
    'revision',
    'text',
    'text_hash',
    'language',
    'kind',
  ],
  ...[
    'split',
    'group_key',
    'group_size',
    'labels',
    'weight',
    'inclusion',
    'origin',
    'is_gold',
    'source',
    'author_hash',
  ],
  'labelled_at',
];

/** The same name and size give the same rows. */
export function makeDataset(name: string, size: number): MadeDataset {
  const draw = (row: number, what: string): number => uniform(name, `${row}|${what}`);
  const rows = Array.from({ length: size }, (_, index): DatasetRow => {
    const key = `forum/${name}-${String(index).padStart(6, '0')}/1`;
    const isYes = { H: draw(index, 'H') < 0.3, V: draw(index, 'V') < 0.2 };
    const text = [
      ...Array.from(
        { length: 8 },
        (_unused, place) => words[Math.floor(draw(index, `w${place}`) * words.length)] ?? '',
      ),
      ...(['H', 'V'] as const)
        .filter((c) => (draw(index, `noise ${c}`) < 0.05 ? !isYes[c] : isYes[c]))
        .map((c) => telling[c]),
      String(index),
    ].join(' ');
    const at = draw(index, 'split');
    const split: Split = at < 0.6 ? 'train' : at < 0.8 ? 'validation' : 'test';
    return {
      key,
      text,
      textHash: textHashOf(text),
      language: 'en',
      platform: 'forum',
      kind: 'POST',
      split,
      group: key,
      groupSize: 1,
      labels: { H: { value: isYes.H ? 1 : 0, weight: 1 }, V: { value: isYes.V ? 1 : 0, weight: 1 } },
      weight: 1,
      inclusion: 0.5,
      origin: 'DRAWN',
      isGold: false,
      source: 'labels',
      author: null,
      labelledAt: PUBLISHED_AT - 1000,
    };
  });
  const summary = summariseRows(rows);
  const identity = {
    labelsUntil: size,
    policyId: 'default',
    policyVersion: 1,
    rule: 'test',
    recipeId: 'r-0000000000000000',
    saltId: saltIdOf('salt of a test'),
    digest: summary.digest,
  };
  const published: DatasetPublished = {
    ...identity,
    ...summary,
    datasetId: datasetIdOf(identity),
    name,
    kind: 'BUILT',
    requestId: null,
    sources: [],
    recipe: '{}',
    licences: [],
    expectations: [],
    previousId: null,
    publishedAt: PUBLISHED_AT,
  };
  return { rows, published };
}

/** Puts the rows where a dataset role puts them. */
export async function storeRows(
  { config }: Pick<Installation, 'config'>,
  { rows, published }: MadeDataset,
): Promise<void> {
  const out = new RowBinary();
  for (const [ordinal, row] of rows.entries()) {
    out.string(published.datasetId);
    out.uint32(ordinal);
    for (const text of [row.key, row.platform, row.key.split('/')[1] ?? '']) out.string(text);
    out.int32(1);
    out.string(row.text);
    out.hex(row.textHash, 32);
    for (const text of [row.language, row.kind]) out.string(text);
    out.uint8(splits.indexOf(row.split) + 1);
    out.string(row.group);
    out.uint32(row.groupSize);
    out.count(Object.keys(row.labels).length);
    for (const [category, { value, weight }] of Object.entries(row.labels)) {
      out.string(category);
      out.uint8(value);
      out.float64(weight);
    }
    out.float64(row.weight);
    if (out.present(row.inclusion)) out.float64(row.inclusion);
    out.uint8(DRAWN);
    out.bool(row.isGold);
    for (const text of [row.source, row.author ?? '']) out.string(text);
    if (out.present(row.labelledAt)) out.dateTime(row.labelledAt);
  }
  const clickhouse = createClickHouse(config.clickhouse);
  try {
    await clickhouse.insertRows('dataset_stored_rows', out.take(), { columns: COLUMNS, token: published.datasetId });
  } finally {
    await clickhouse.close();
  }
}
