import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readAnswers, submissionsOf, type AnswerRecord, type ExchangeFormat } from '#flow/label';
import { tableOf } from '#flow/warehouse';
import { createClickHouse, migrate, RowBinary, type ClickHouse } from '#platform/clickhouse';
import type { EventOf, TopicName } from '#platform/contracts';
import { startStack, type RunningStack } from '#platform/stack';
import { loadExamples } from '#platform/testing';
import { exportAnswers, exportLabels } from './label-export.js';

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-label-export-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: 'exchange' });
  await migrate(clickhouse);
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

let offset = 0;

/** As the sink inserts it. */
async function plant<N extends TopicName>(topic: N, events: readonly EventOf<N>[]): Promise<void> {
  const table = tableOf(topic);
  const out = new RowBinary();
  for (const event of events) {
    const place = { topic, partition: 0, offset: offset++, key: null, value: null, headers: {}, timestamp: Date.now() };
    expect(table.write(out, event, place)).toBeNull();
  }
  await clickhouse.insertRows(table.name, out.take(), { columns: table.columnNames, token: `planted-${offset}` });
}

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

const records: readonly AnswerRecord[] = Array.from({ length: 30 }, (_, i) => ({
  platform: 'forum',
  contentId: i % 3 === 0 ? `=item ${i % 7}` : `item-${i % 7}`,
  revision: 1 + (i % 2),
  labeler: `u-${i}`,
  role: i % 10 === 0 ? 'EXPERT' : 'REVIEWER',
  group: i % 4 === 0 ? null : 'night, shift',
  answers: i % 2 === 0 ? { 'attack@1': 'YES' } : { 'attack@1': 'NO', 'threat@2': 'UNSURE' },
  submittedAt: 1_790_000_000_000 + i,
  durationMs: i % 5 === 0 ? null : 1000 * i,
  text: null,
}));

function submissions(read: readonly AnswerRecord[], fileHash: string): EventOf<'label.submitted'>[] {
  const source = { fileHash, writtenAt: 0, attempt: 0 };
  return [
    ...submissionsOf(
      read.map((record, row) => ({ record, row, line: row + 1 })),
      source,
    ),
  ];
}

const sorted = (some: readonly AnswerRecord[]): readonly AnswerRecord[] =>
  [...some].sort((a, b) => (a.labeler < b.labeler ? -1 : 1));

describe('export', () => {
  it.each(['jsonl', 'csv', 'label-studio'] as const)(
    'as %s, and import, give the same votes',
    async (format: ExchangeFormat) => {
      await clickhouse.command('empty', 'TRUNCATE TABLE label_submitted');
      await plant('label.submitted', submissions(records, 'first file'));
      const file = await textOf(exportAnswers(clickhouse, format, false));
      const read = readAnswers(file, { file: 'f', format, mapping: null, platform: null });
      expect(read.problems).toEqual([]);
      const again = read.answers.map(({ record }) => record);
      expect(sorted(again)).toEqual(sorted(records));
      // The same votes from another file are no second voices; only an expert may think again.
      const reviewers = again.filter(({ role }) => role === 'REVIEWER');
      await plant('label.submitted', submissions(reviewers, 'second file'));
      expect(await textOf(exportAnswers(clickhouse, format, false))).toBe(file);
    },
  );

  it('writes masked texts when asked, and none of erased contents', async () => {
    await clickhouse.command('empty', 'TRUNCATE TABLE label_submitted');
    await plant('label.submitted', submissions(records.slice(1, 3), 'file'));
    const [example] = loadExamples('content/submitted');
    if (example === undefined) throw new Error('no example');
    await plant(
      'content.submitted',
      records.slice(1, 3).map(({ platform, contentId, revision }) => ({
        ...example.event,
        ...{ platform, contentId, revision, text: `${contentId} knows somebody@example.org`, submittedAt: Date.now() },
      })),
    );
    await plant('content.erased', [
      { platform: 'forum', contentId: 'item-2', requestedBy: null, erasedAt: Date.now() },
    ]);
    const without = await textOf(exportAnswers(clickhouse, 'jsonl', false));
    expect(without).not.toContain('knows');
    const lines = (await textOf(exportAnswers(clickhouse, 'jsonl', true))).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { text: string | null }).text)).toEqual([
      'item-1 knows [MAIL]',
      null,
    ]);
  });

  it('writes the labels of every policy', async () => {
    const [derived] = loadExamples('label/resolved').filter(({ event }) => event.kind === 'DERIVED');
    if (derived === undefined) throw new Error('no example');
    await plant('label.resolved', [derived.event]);
    const csv = await textOf(exportLabels(clickhouse, 'csv', false));
    expect(csv.split('\n')[0]).toBe('platform,contentId,revision,policy,category,label,weight,decidedBy,settled');
    expect(csv).toContain('forum,post-20611,1,default@2,HR,YES,1,attack@1,true\n');
    expect((await textOf(exportLabels(clickhouse, 'jsonl', false))).trim().split('\n')).toHaveLength(3);
  });
});
