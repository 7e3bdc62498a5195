import type { DatasetPublished } from '#platform/contracts';
import { hashFields, hashText } from '#policy';

export interface PlantedItem {
  readonly id: string;
  readonly text: string;
  /** By category: yes or no with a weight; what is not there is unknown. */
  readonly labels: Readonly<Record<string, readonly ['YES' | 'NO', number]>>;
  readonly at?: number;
  readonly isExpert?: boolean;
  readonly isSettled?: boolean;
  /** Null: an expert or a report; else the final inclusion probability of its draw. */
  readonly inclusion?: number | null;
  readonly language?: string;
  readonly author?: string;
}

/** A ClickHouse with our tables, and what the warehouse would have written into it. */
export interface PlantedDatabase {
  /** Labels in this order at the end of label.resolved, with content, prediction, draw and a watermark beyond all of it. */
  readonly plant: (items: readonly PlantedItem[], policyVersion?: number) => Promise<void>;
  /** As the warehouse shows it, with a watermark beyond. */
  readonly publish: (dataset: Pick<DatasetPublished, 'datasetId' | 'name'>) => Promise<void>;
  readonly erase: (id: string) => Promise<void>;
  readonly run: (sql: string) => Promise<void>;
  readonly select: <T>(sql: string) => Promise<readonly T[]>;
  /** Offset after the last label. */
  readonly end: () => number;
}

const PLANTED_AT = Date.UTC(2026, 10, 23, 8);

/** Sixteen bytes that are text, where a hash would be. */
const id = (...parts: readonly (string | number)[]): string => hashFields(...parts).slice(0, 16);

/** As ClickHouse reads a time. */
function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}

export function plantedDatabase(url: string, database: string): PlantedDatabase {
  let offset = 0;

  async function ask(sql: string, body = ''): Promise<string> {
    const parameters = new URLSearchParams({
      database,
      query: sql,
      output_format_json_quote_64bit_integers: '0',
      mutations_sync: '1',
    });
    const answer = await fetch(`${url}/?${parameters.toString()}`, { method: 'POST', body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  }

  const insert = (table: string, rows: readonly object[]): Promise<string> =>
    ask(`INSERT INTO ${table} FORMAT JSONEachRow`, rows.map((row) => JSON.stringify(row)).join('\n'));

  const seen = (topics: readonly string[]): Promise<string> =>
    insert(
      'warehouse_watermark',
      topics.map((topic) => ({
        ...{ topic, partition: 0, next_offset: offset, end_offset: offset },
        ...{ complete_until: timeOf(Date.UTC(2100, 0, 1)), written_at: timeOf(PLANTED_AT) },
      })),
    );

  return {
    plant: async (items, policyVersion = 1) => {
      const placed = items.map((item) => ({ ...item, resolved: offset++, derived: offset++ }));
      const itemOf = (item: PlantedItem) => ({ platform: 'forum', content_id: item.id, revision: 1 });
      const at = (item: PlantedItem & { readonly derived: number }) => timeOf(item.at ?? PLANTED_AT + item.derived);
      await insert(
        'content_submitted',
        placed.map((item) => ({
          ...itemOf(item),
          text_hash: hashText(item.text).slice(0, 16),
          kind: 'COMMENT',
          text: item.text,
          submitted_at: timeOf(PLANTED_AT),
          day: '2100-01-01',
          record_offset: item.resolved,
        })),
      );
      await insert(
        'prediction_scored',
        placed.map((item) => ({
          ...itemOf(item),
          kind: 'COMMENT',
          language: item.language ?? 'en',
          author_hash: item.author === undefined ? null : id('author', item.author),
          text_hash: hashText(item.text).slice(0, 16),
          source_offset: item.resolved,
          scored_at: timeOf(PLANTED_AT),
          record_offset: item.resolved,
        })),
      );
      const drawn = placed.filter(({ inclusion }) => inclusion !== undefined && inclusion !== null);
      if (drawn.length > 0) {
        await insert(
          'sampling_closed',
          drawn.map((item) => ({
            ...itemOf(item),
            draw_id: id('draw', item.id),
            origin: 'DRAWN',
            probability: item.inclusion,
            window_from: timeOf(PLANTED_AT),
            window_to: timeOf(PLANTED_AT),
            closed_at: timeOf(PLANTED_AT),
          })),
        );
      }
      await insert(
        'label_resolved',
        placed.flatMap((item) => {
          const resolvedId = id('facts', item.id, item.resolved);
          const question = 'q@1';
          return [
            {
              ...itemOf(item),
              resolved_id: resolvedId,
              kind: 'RESOLVED',
              facts: {
                [question]: {
                  ...{ fact: 'YES', probability: 1, votes: 2, unsure: 0 },
                  ...{ is_expert: item.isExpert ?? false, is_trainable: true },
                },
              },
              rule: 'two-coin',
              is_settled: item.isSettled ?? true,
              resolved_at: at(item),
              record_offset: item.resolved,
            },
            {
              ...itemOf(item),
              resolved_id: id('derived', item.id, item.derived),
              kind: 'DERIVED',
              rule: 'two-coin',
              from_resolved_id: resolvedId,
              policy_id: 'house',
              policy_version: policyVersion,
              categories: Object.fromEntries(
                Object.entries(item.labels).map(([category, [value, weight]]) => [
                  category,
                  { value, weight, decided_by: [question] },
                ]),
              ),
              is_settled: item.isSettled ?? true,
              resolved_at: at(item),
              record_offset: item.derived,
            },
          ];
        }),
      );
      await seen([
        ...['content.submitted', 'prediction.scored', 'sampling.closed', 'label.submitted', 'label.resolved'],
      ]);
    },
    publish: async ({ datasetId, name }) => {
      await insert('dataset_published', [{ dataset_id: datasetId, name, kind: 'BUILT' }]);
      await seen(['dataset.published']);
    },
    erase: async (contentId) => {
      await insert('content_erased', [{ platform: 'forum', content_id: contentId, erased_at: timeOf(PLANTED_AT) }]);
    },
    run: async (sql) => {
      await ask(sql);
    },
    select: async <T>(sql: string) =>
      (await ask(`${sql} FORMAT JSONEachRow`))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as T),
    end: () => offset,
  };
}
