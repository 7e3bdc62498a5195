import { RowBinary, type ClickHouse } from '#platform/clickhouse';
import { rowHashOf, type DatasetRow, type DuplicateEntry, type RowOrigin, type Split } from '#model';
import type { LeftOutReason } from './core/build-rows.js';
import type { DatasetStore, RegistryItem, StoredRow } from './dataset-store.js';

/** Revisions of one query: their texts are in one answer. */
const LABELLED = 10_000;
const REGISTRY_PAGE = 10_000;
const ROWS_PAGE = 20_000;
const WIDE = 1_048_576;

const splits: Readonly<Record<Split, number>> = { train: 1, validation: 2, test: 3, none: 4 };
const origins: Readonly<Record<RowOrigin, number>> = {
  DRAWN: 1,
  TRAIN_ONLY: 2,
  REPORTED: 3,
  APPEALED: 4,
  IMPORTED: 5,
  RED_TEAM: 6,
  OTHER: 7,
};

/**
 * The store in ClickHouse. Every write is one insert with a token of its own: whole or not at all, and once.
 * @param writer names the build that writes rows; another one writes the same rows again, which replace what may have been swept meanwhile
 */
export function createDatasetStore(clickhouse: ClickHouse, writer = ''): DatasetStore {
  return {
    readableUntil: async () => (await clickhouse.query('dataset-progress', {}))[0]?.readable_until ?? 0,
    completeUntil: async (topics) => (await clickhouse.query('complete-until', { topics }))[0]?.complete_until ?? null,
    lastLabelAt: async (until) => (await clickhouse.query('dataset-last-label', { until }))[0]?.resolved_at ?? null,
    filledUntil: async () => (await clickhouse.query('dataset-progress', {}))[0]?.filled_until ?? 0,

    copyLabels: async (from, until) => {
      await clickhouse.execute('dataset-fill-labels', { from, until });
      await clickhouse.execute('dataset-fill-origins', { from, until });
    },
    recordFill: (until, at) => clickhouse.execute('dataset-record-fill', { until, at }),

    newItems: async (until, after, most) => {
      const rows = await clickhouse.query('dataset-new-items', { until, after, most });
      return rows.map((row) => ({
        firstOffset: row.first_offset,
        key: row.item_key,
        text: row.text,
        // A content that is not there any more has neither.
        kind: row.kind === '' ? 'OTHER' : row.kind,
        language: row.language === '' ? 'und' : row.language,
        author: orNull(row.author_hash),
      }));
    },

    registryEnd: async (until, sources) => {
      const [end] = await clickhouse.query('dataset-registry-end', { until, sources });
      return { needed: end?.needed ?? 0, size: end?.size ?? 0, lastOffset: end?.last_offset ?? -1 };
    },

    async *registry(end) {
      for (let from = 0; from < end; from += REGISTRY_PAGE) {
        const to = Math.min(end, from + REGISTRY_PAGE);
        for await (const rows of clickhouse.pieces('dataset-registry', { from, to })) {
          yield rows
            .filter(({ has_text: hasText }) => hasText)
            .map((row): DuplicateEntry => ({
              key: row.item_key,
              exactKey: row.exact_key,
              bands: new Float64Array(bufferOf(row.bands)),
              sketch: new Uint32Array(bufferOf(row.sketch)),
              root: row.root,
              tied: row.tied,
              split: row.split,
              isQuarantined: row.is_quarantined,
            }));
        }
      }
    },

    appendItems: async (items) => {
      const [first] = items;
      const last = items.at(-1);
      if (first === undefined || last === undefined) return;
      const out = new RowBinary(WIDE);
      for (const item of items) writeItem(out, item);
      await clickhouse.insertRows('dataset_items', out.take(), {
        columns: ITEM_COLUMNS,
        token: `items-${first.seq}-${last.seq}-${first.key}`,
      });
    },

    labelCounts: async () => {
      const rows = await clickhouse.query('dataset-label-counts', {});
      return new Map(
        rows.map((row) => [`${row.policy_id}@${row.policy_version}`, { items: row.items, firstAt: row.first_at }]),
      );
    },

    async *labelled({ policyId, policyVersion, until }) {
      const which = { policy_id: policyId, policy_version: policyVersion, until };
      const [count] = await clickhouse.query('dataset-labelled-count', which);
      const parts = Math.max(1, Math.ceil((count?.items ?? 0) / LABELLED));
      for (let part = 0; part < parts; part++) {
        for await (const rows of clickhouse.pieces('dataset-labelled', { ...which, part, parts })) {
          yield rows.map((row) => ({
            key: row.item_key,
            platform: row.platform,
            labels: row.labels,
            isSettled: row.is_settled,
            expertSince: row.expert_since,
            rule: row.rule,
            labelledAt: row.labelled_at,
            origin: row.origin,
            inclusion: row.inclusion,
            textHash: orNull(row.text_hash),
            kind: row.kind,
            language: row.language,
            author: orNull(row.author_hash),
            text: row.text,
            earlierText: row.earlier_text,
            isErased: row.erased,
          }));
        }
      }
    },

    agreement: async () => {
      const rows = await clickhouse.query('dataset-agreement', {});
      return rows.map((row) => ({
        question: row.question,
        items: row.items,
        alpha: row.alpha,
        low: row.alpha_low,
        high: row.alpha_high,
        positive: row.positive_agreement,
      }));
    },

    async *rows(datasetId) {
      const [stored] = await clickhouse.query('dataset-stored-count', { dataset_id: datasetId });
      for (let from = 0; from <= (stored?.last ?? -1); from += ROWS_PAGE) {
        const place = { dataset_id: datasetId, from, to: from + ROWS_PAGE };
        for await (const rows of clickhouse.pieces('dataset-stored', place)) {
          yield rows.map((row): StoredRow => ({
            ordinal: row.ordinal,
            key: row.row_key,
            text: row.text,
            textHash: row.text_hash,
            language: row.language,
            platform: row.platform,
            kind: row.kind,
            split: row.split,
            group: row.group_key,
            groupSize: row.group_size,
            labels: Object.fromEntries(
              Object.entries(row.labels).map(([category, [value, weight]]) => [category, { value, weight }]),
            ),
            weight: row.weight,
            inclusion: row.inclusion,
            origin: row.origin as RowOrigin,
            isGold: row.is_gold,
            source: row.source,
            author: orNull(row.author_hash),
            labelledAt: row.labelled_at,
            rowHash: row.row_hash,
            isErased: row.erased,
          }));
        }
      }
    },

    writeRows: async (datasetId, from, rows) => {
      if (rows.length === 0) return;
      const out = new RowBinary(WIDE);
      rows.forEach((row, index) => {
        writeRow(out, datasetId, from + index, row);
      });
      await clickhouse.insertRows('dataset_stored_rows', out.take(), {
        columns: ROW_COLUMNS,
        token: `${datasetId}-${from}-${writer}`,
      });
    },

    leftOut: async (datasetId) => {
      const rows = await clickhouse.query('dataset-left-out', { dataset_id: datasetId });
      return new Map(rows.map((row) => [row.row_key, row.reason as LeftOutReason]));
    },

    writeLeftOut: async (datasetId, leftOut) => {
      if (leftOut.length === 0) return;
      const out = new RowBinary(WIDE);
      for (const { key, reason } of leftOut) {
        out.string(datasetId);
        out.string(key);
        out.string(reason);
      }
      await clickhouse.insertRows('dataset_left_out', out.take(), {
        columns: ['dataset_id', 'row_key', 'reason'],
        token: `${datasetId}-left-out-${writer}`,
      });
    },

    report: async (datasetId) => (await clickhouse.query('dataset-report', { dataset_id: datasetId }))[0] ?? null,

    writeReport: async (datasetId, report, card) => {
      const out = new RowBinary();
      out.string(datasetId);
      out.string(report);
      out.string(card);
      await clickhouse.insertRows('dataset_stored_reports', out.take(), {
        columns: ['dataset_id', 'report', 'card'],
        token: `${datasetId}-report-${writer}`,
      });
    },
  };
}

const ITEM_COLUMNS = [
  ...['seq', 'source', 'first_offset', 'item_key', 'has_text', 'text_hash', 'kind', 'language', 'author_hash'],
  ...['exact_key', 'bands', 'sketch', 'root', 'tied', 'split', 'is_quarantined'],
];

function writeItem(out: RowBinary, item: RegistryItem): void {
  const { known } = item;
  out.uint64(item.seq);
  out.string(item.source);
  out.uint64(item.firstOffset);
  out.string(item.key);
  out.bool(known !== null);
  out.string(known?.textHash ?? '');
  out.string(item.kind);
  out.string(item.language);
  out.string(item.author ?? '');
  out.string(known?.entry.exactKey ?? '');
  out.binary(bytesOf(known?.entry.bands));
  out.binary(bytesOf(known?.entry.sketch));
  out.string(known?.entry.root ?? '');
  out.count(known?.entry.tied.length ?? 0);
  for (const tied of known?.entry.tied ?? []) out.string(tied);
  out.uint8(splits[known?.entry.split ?? 'none']);
  out.bool(known?.entry.isQuarantined ?? false);
}

const ROW_COLUMNS = [
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
  ...['labelled_at', 'row_hash'],
];

function writeRow(out: RowBinary, datasetId: string, ordinal: number, row: DatasetRow): void {
  const { contentId, revision } = placeOf(row.key);
  out.string(datasetId);
  out.uint32(ordinal);
  out.string(row.key);
  out.string(row.platform);
  out.string(contentId);
  out.int32(revision);
  out.string(row.text);
  out.hex(row.textHash, 32);
  out.string(row.language);
  out.string(row.kind);
  out.uint8(splits[row.split]);
  out.string(row.group);
  out.uint32(row.groupSize);
  const labels = Object.entries(row.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  out.count(labels.length);
  for (const [category, { value, weight }] of labels) {
    out.string(category);
    out.uint8(value);
    out.float64(weight);
  }
  out.float64(row.weight);
  if (out.present(row.inclusion)) out.float64(row.inclusion);
  out.uint8(origins[row.origin]);
  out.bool(row.isGold);
  out.string(row.source);
  out.string(row.author ?? '');
  if (out.present(row.labelledAt)) out.dateTime(row.labelledAt);
  out.hex(rowHashOf(row), 16);
}

/** platform/contentId/revision; ids may have slashes. */
function placeOf(key: string): { readonly contentId: string; readonly revision: number } {
  const last = key.lastIndexOf('/');
  return { contentId: key.slice(key.indexOf('/') + 1, last), revision: Number(key.slice(last + 1)) };
}

function bytesOf(numbers: Float64Array | Uint32Array | undefined): Uint8Array {
  return numbers === undefined
    ? new Uint8Array()
    : new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Own memory: views of numbers must be aligned, and small buffers share one. */
function bufferOf(base64: string): ArrayBuffer {
  const bytes = Buffer.from(base64, 'base64');
  const own = new ArrayBuffer(bytes.length);
  new Uint8Array(own).set(bytes);
  return own;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
