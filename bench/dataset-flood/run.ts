/** How long, and with how much memory, a data set of many labels is built and verified; README.md has the figures. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildDataset, createDatasetStore, verifyDataset } from '#flow/dataset';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import type { DatasetPublished } from '#platform/contracts';
import { startStack } from '#platform/stack';

const { values } = parseArgs({ options: { labels: { type: 'string', default: '100000' } } });
const labels = Number(values.labels);
const MOST_SECONDS = 300;
const MOST_MB = 1536;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Sixteen made-up words; every tenth content repeats the one before it but for its last word. */
const TEXT =
  `arrayStringConcat(arrayMap(i -> concat(char(97 + w(n, i) % 26), char(97 + intDiv(w(n, i), 26) % 26), char(97 + intDiv(w(n, i), 676) % 26), 'an'), range(16)), ' ')`.replaceAll(
    'w(n, i)',
    '(cityHash64(number - toUInt8(i < 15 AND number % 10 = 9), i) % 5000)',
  );

const ITEM = `'forum' AS platform, concat('content-', toString(number)) AS content_id, 1 AS revision`;

/** As the warehouse would have written a flood: contents, predictions, labels of eight categories, a watermark. */
async function plant(clickhouse: ClickHouse): Promise<void> {
  const from = `FROM numbers(${labels})`;
  const at = `toDateTime64('2026-11-23 08:00:00.000', 3, 'UTC')`;
  const statements = [
    `INSERT INTO content_submitted (platform, content_id, revision, text_hash, kind, text, submitted_at, day, record_offset)
      SELECT ${ITEM}, toFixedString(substring(hex(cityHash64(number, 1)) || hex(cityHash64(number, 2)), 1, 16), 16), 'COMMENT', ${TEXT}, ${at}, toDate('2100-01-01'), number ${from}`,
    `INSERT INTO prediction_scored (platform, content_id, revision, kind, language, author_hash, source_offset, scored_at, record_offset)
      SELECT ${ITEM}, 'COMMENT', if(number % 5 = 0, 'de', 'en'), toFixedString(leftPad(toString(number % 30000), 16, '0'), 16), number, ${at}, number ${from}`,
    `INSERT INTO label_resolved (resolved_id, kind, platform, content_id, revision, rule, policy_id, policy_version, categories, is_settled, resolved_at, record_offset)
      SELECT toFixedString(leftPad(toString(number), 16, '0'), 16), 'DERIVED', ${ITEM}, 'two-coin', 'house', 1,
        mapFromArrays(['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'], arrayMap(c -> tuple(if(cityHash64(number, c) % 20 = 0, 'YES', 'NO'), 0.5 + (number % 50) / 100, [])::Tuple(value Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3), weight Float64, decided_by Array(String)), range(8))),
        true, ${at} + INTERVAL number MILLISECOND, number ${from}`,
    `INSERT INTO warehouse_watermark SELECT arrayJoin(['content.submitted', 'prediction.scored', 'sampling.closed', 'label.submitted', 'label.resolved']), 0, ${labels}, ${labels}, toDateTime64('2100-01-01 00:00:00.000', 3, 'UTC'), ${at}`,
  ];
  for (const statement of statements) await clickhouse.command('plant', statement);
}

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-flood-'));
const stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
const clickhouse = createClickHouse({
  ...{ url: stack.clickhouseUrl, user: 'default', password: '', database: 'flood' },
  timeoutMs: 300_000,
});
let failed = false;
try {
  await migrate(clickhouse);
  await plant(clickhouse);
  const store = createDatasetStore(clickhouse);
  const published = new Map<string, DatasetPublished>();
  const steps = new Map<string, number>();
  let [step, since, longestStall] = ['starts', performance.now(), 0];
  const began = since;
  let lastTurn = since;
  const heart = setInterval(() => {
    const now = performance.now();
    longestStall = Math.max(longestStall, now - lastTurn);
    lastTurn = now;
  }, 20);
  const tell = (next: string): Promise<void> => {
    const now = performance.now();
    steps.set(step, (steps.get(step) ?? 0) + now - since);
    [step, since] = [next, now];
    return Promise.resolve();
  };
  const giveWay = async (): Promise<void> => {
    await nextTurn();
  };
  const datasetId = await buildDataset(
    {
      ...{ requestId: 'flood', recipe: 'name: flood\npolicy: house\n', policyVersion: 1, labelsUntil: null },
      ...{ cause: 'OTHER', causeId: null, requestedBy: 'bench', requestedAt: 0 },
    },
    { cut: null, settleCut: () => Promise.resolve(), tell },
    {
      ...{ store, salt: 'salt of a benchmark', clock: Date.now, giveWay, at: () => undefined },
      ...{ recipeNamed: () => undefined, recipeNames: () => [], versionOf: () => 1 },
      published: () => published.values(),
      publish: (dataset) => {
        published.set(dataset.datasetId, dataset);
        return Promise.resolve();
      },
      pause: () => Promise.resolve(),
    },
  );
  await tell('done');
  const seconds = (performance.now() - began) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const dataset = published.get(datasetId);
  for (const [name, ms] of steps) say(`  ${name.padEnd(26)} ${(ms / 1000).toFixed(1)} s`);
  say(
    `${labels} labels, ${dataset?.rows ?? 0} rows: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB at most, ${longestStall.toFixed(0)} ms without a turn at most`,
  );
  if (dataset !== undefined) {
    const before = performance.now();
    const verification = await verifyDataset(dataset, {
      ...{ store, salt: 'salt of a benchmark', giveWay, published: () => published.values() },
      tell: () => Promise.resolve(),
    });
    say(
      `verified in ${((performance.now() - before) / 1000).toFixed(1)} s: ${verification.isWhole ? 'whole' : 'NOT WHOLE'}; ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`,
    );
    failed = !verification.isWhole || seconds > MOST_SECONDS || megabytes > MOST_MB;
  }
  clearInterval(heart);
} finally {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
