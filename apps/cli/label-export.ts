import { writeAnswers, writeLabels, type AnswerRecord, type ExchangeFormat, type LabelRecord } from '#flow/label';
import { maskPersonalData } from '#model';
import type { ClickHouse } from '#platform/clickhouse';

/** Rows of one page. */
const PAGE = 20_000;
/** Items whose texts are asked for at once. */
const TEXTS = 500;

/** What people answered, in parts of a file. All of it is held at once: a table names every question in its first line. */
export async function* exportAnswers(
  clickhouse: ClickHouse,
  format: ExchangeFormat,
  withText: boolean,
): AsyncGenerator<string, void, void> {
  const records: AnswerRecord[] = [];
  let place = { platform: '', content_id: '', revision: 0, record_offset: -1 };
  for (;;) {
    const rows = await clickhouse.query('label-export-answers', { ...place, most: PAGE });
    const textOf = withText ? await readTexts(clickhouse, rows) : () => null;
    for (const row of rows) {
      records.push({
        platform: row.platform,
        contentId: row.content_id,
        revision: row.revision,
        labeler: row.labeler_id,
        role: row.labeler_role,
        group: row.rater_group,
        answers: row.given,
        submittedAt: row.submitted_ms,
        durationMs: row.duration_ms,
        text: textOf(row),
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    const { platform, content_id, revision, record_offset } = last;
    place = { platform, content_id, revision, record_offset };
  }
  const questions = [...new Set(records.flatMap(({ answers }) => Object.keys(answers)))].sort();
  yield* writeAnswers(records, format, questions, withText);
}

/** Labels of every policy version, in parts of a file. */
export async function* exportLabels(
  clickhouse: ClickHouse,
  format: 'jsonl' | 'csv',
  withText: boolean,
): AsyncGenerator<string, void, void> {
  const records: LabelRecord[] = [];
  let place = { platform: '', content_id: '', revision: 0, policy: '', category: '' };
  for (;;) {
    const rows = await clickhouse.query('label-export-labels', { ...place, most: PAGE });
    const textOf = withText ? await readTexts(clickhouse, rows) : () => null;
    for (const row of rows) {
      const { platform, content_id: contentId, revision, policy, category, label, weight, settled } = row;
      const item = { platform, contentId, revision };
      records.push({ ...item, policy, category, label, weight, decidedBy: row.decided_by, settled, text: textOf(row) });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    const { platform, content_id, revision, policy, category } = last;
    place = { platform, content_id, revision, policy, category };
  }
  yield* writeLabels(records, format, withText);
}

interface ItemRow {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
}

/** Texts, personal data masked, by row; null where there is none any more. */
async function readTexts(clickhouse: ClickHouse, rows: readonly ItemRow[]): Promise<(row: ItemRow) => string | null> {
  const keyOf = ({ platform, content_id, revision }: ItemRow): string => `${platform}/${content_id}/${revision}`;
  const items = [...new Map(rows.map((row) => [keyOf(row), row])).values()];
  const texts = new Map<string, string>();
  for (let from = 0; from < items.length; from += TEXTS) {
    const some = items.slice(from, from + TEXTS);
    const found = await clickhouse.query('label-export-texts', {
      platforms: some.map(({ platform }) => platform),
      content_ids: some.map(({ content_id }) => content_id),
      revisions: some.map(({ revision }) => revision),
    });
    for (const row of found) if (row.newest_text !== '') texts.set(keyOf(row), maskPersonalData(row.newest_text).text);
  }
  return (row) => texts.get(keyOf(row)) ?? null;
}
