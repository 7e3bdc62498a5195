import type { SamplingItem } from './draw-content.js';

/** Plain requests to a ClickHouse of a test: rows that the sink would have written, and answers. */
export interface WarehouseFixture {
  insert(table: string, rows: readonly object[]): Promise<void>;
  rows<T>(sql: string): Promise<readonly T[]>;
  command(sql: string): Promise<void>;
}

export function warehouseFixture(url: string, database: string): WarehouseFixture {
  async function send(sql: string, body = ''): Promise<string> {
    const address = new URL(url);
    address.searchParams.set('database', database);
    address.searchParams.set('output_format_json_quote_64bit_integers', '0');
    if (body !== '') address.searchParams.set('query', sql);
    const response = await fetch(address, { method: 'POST', body: body === '' ? sql : body });
    const text = await response.text();
    if (!response.ok) throw new Error(text.slice(0, 1000));
    return text;
  }
  return {
    insert: async (table, rows) => {
      if (rows.length === 0) return;
      await send(`INSERT INTO ${table} FORMAT JSONEachRow`, rows.map((row) => JSON.stringify(row)).join('\n'));
    },
    rows: async <T>(sql: string) =>
      (await send(`${sql} FORMAT JSONEachRow`))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as T),
    command: async (sql) => {
      await send(sql);
    },
  };
}

/** Eight characters: the bytes of a `duplicate_key`. */
export function groupKey(group: number): string {
  return `g${String(group).padStart(7, '0')}`;
}

/** Sixteen characters: the bytes of a `text_hash`. */
export function textKey(index: number): string {
  return `t${String(index).padStart(15, '0')}`;
}

/** A row of prediction_scored: public is judged by a canary, internal by another bundle, and a shadow says nonsense. */
export function predictionRow(
  { platform, contentId, revision, kind, language, scores }: SamplingItem,
  index: number,
  scoredAt: number,
  { group = index, publicBundle = 'd-public' }: { readonly group?: number; readonly publicBundle?: string } = {},
): object {
  const assignment = (channel: string, role: string, deployment: string, probabilities: object) => ({
    channel,
    role,
    mode: 'NORMAL',
    deployment_id: deployment,
    model_id: 'm',
    calibration_id: 'c',
    probabilities,
    error: null,
  });
  return {
    platform,
    content_id: contentId,
    revision,
    kind,
    language,
    text_hash: textKey(index),
    duplicate_key: groupKey(group),
    assignments: [
      assignment('internal', 'LIVE', 'd-internal', { HR: scores['HR'] ?? 0.9 }),
      assignment('public', 'CANARY', publicBundle, scores),
      assignment('public', 'SHADOW', 'd-shadow', { HR: 0.99, H: 0.99, V: 0.99 }),
    ],
    source_topic: 'content.submitted',
    source_partition: 0,
    source_offset: index,
    scored_at: scoredAt,
    record_partition: 0,
    record_offset: index,
  };
}
