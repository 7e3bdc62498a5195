import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, RowBinary, type ClickHouse } from '#platform/clickhouse';
import { startStack, type RunningStack } from '#platform/stack';
import { createLogger } from '#platform/telemetry';
import { eraseText } from './erase-text.js';
import type { Job } from './job.js';
import { catchUp, createJobScheduler, runJob } from './scheduler.js';
import { verdictRollup } from './verdict-rollup.js';

const HOUR = 3_600_000;
/** 2026-11-23 10:00 UTC. */
const TEN = Date.UTC(2026, 10, 23, 10);
const rollup = verdictRollup(['public']);

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;
let databases = 0;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-jobs-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
}, 60_000);

afterAll(async () => {
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

beforeEach(async () => {
  const database = `jobs_${++databases}`;
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database });
  await migrate(clickhouse);
}, 30_000);

afterEach(() => clickhouse.close());

async function select(sql: string): Promise<string> {
  const answer = await fetch(`${stack.clickhouseUrl}/?database=${clickhouse.database}`, { method: 'POST', body: sql });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.text()).trim();
}

/** Everything of these topics is readable up to a moment. */
async function readableUntil(moment: number, topics = ['verdict.public']): Promise<void> {
  const out = new RowBinary();
  for (const topic of topics) {
    out.string(topic);
    out.uint16(0);
    out.uint64(moment);
    out.dateTime(moment);
  }
  await clickhouse.insertRows('warehouse_watermark', out.take(), {
    columns: ['topic', 'partition', 'next_offset', 'complete_until'],
    token: `at-${moment}`,
  });
}

/** Verdicts that REVIEW for category S, at these times. */
async function plantVerdicts(times: readonly number[], token = String(times.length)): Promise<void> {
  const out = new RowBinary();
  times.forEach((time, index) => {
    out.hex((index + time).toString(16).padStart(32, '0'), 32);
    out.string('forum');
    out.string(`c${index}`);
    out.string('public');
    out.uint8(2);
    out.count(2);
    for (const [category, action] of [
      ['S', 2],
      ['H', 1],
    ] as const) {
      out.string(category);
      out.uint16(512);
      out.uint8(action);
      out.present(null);
      out.present(null);
      out.bool(true);
    }
    out.uint8(1);
    out.dateTime(time);
  });
  await clickhouse.insertRows('verdict_issued', out.take(), {
    columns: ['verdict_id', 'platform', 'content_id', 'channel', 'action', 'categories', 'kind', 'issued_at'],
    token: `planted-${token}`,
  });
}

const hourly = () =>
  select('SELECT toHour(hour), action, category, verdicts FROM verdict_hourly ORDER BY hour, category FORMAT CSV');

describe('verdict-rollup', () => {
  it('counts closed hours only, and catches up in order', async () => {
    await plantVerdicts([TEN, TEN + 1, TEN + HOUR, TEN + 2 * HOUR]);
    await readableUntil(TEN + 2 * HOUR + 59_000);
    expect(await catchUp(rollup, clickhouse, () => TEN)).toEqual([{ from: TEN, to: TEN + HOUR }]);
    expect(await hourly()).toBe('10,"REVIEW","",2\n10,"REVIEW","S",2');
    await readableUntil(TEN + 3 * HOUR + 60_000);
    const windows = await catchUp(rollup, clickhouse, () => TEN);
    expect(windows.map(({ from }) => from)).toEqual([TEN + HOUR, TEN + 2 * HOUR]);
    expect(await catchUp(rollup, clickhouse, () => TEN)).toEqual([]);
    expect(await hourly()).toBe(
      [
        '10,"REVIEW","",2',
        '10,"REVIEW","S",2',
        '11,"REVIEW","",1',
        '11,"REVIEW","S",1',
        '12,"REVIEW","",1',
        '12,"REVIEW","S",1',
      ].join('\n'),
    );
  });

  it('counts a verdict once that the sink inserted three times', async () => {
    for (const token of ['a', 'b', 'c']) await plantVerdicts([TEN, TEN + 1], token);
    await runJob(rollup, { from: TEN, to: TEN + HOUR }, clickhouse, TEN);
    expect(await hourly()).toBe('10,"REVIEW","",2\n10,"REVIEW","S",2');
  });

  it('shows nothing of a run that was broken off before it was recorded, and the right counts after the next', async () => {
    await plantVerdicts([TEN, TEN + 1]);
    await rollup.run({ from: TEN, to: TEN + HOUR }, { clickhouse, runAt: TEN + 1 });
    expect(await hourly()).toBe('');
    await plantVerdicts([TEN + 5], 'late');
    await readableUntil(TEN + HOUR + 60_000);
    await catchUp(rollup, clickhouse, () => TEN + 2);
    expect(await hourly()).toBe('10,"REVIEW","",3\n10,"REVIEW","S",3');
  });

  it('replaces the counts of an hour that is run again by hand, also when a group is gone', async () => {
    await plantVerdicts([TEN]);
    await runJob(rollup, { from: TEN, to: TEN + HOUR }, clickhouse, TEN);
    await clickhouse.command('empty', 'TRUNCATE TABLE verdict_issued');
    await runJob(rollup, { from: TEN, to: TEN + HOUR }, clickhouse, TEN + 1);
    expect(await hourly()).toBe('');
  });

  it('gives the same counts when two schedulers run the same window', async () => {
    await plantVerdicts([TEN, TEN + 1, TEN + 2]);
    await readableUntil(TEN + HOUR + 60_000);
    await Promise.all([catchUp(rollup, clickhouse, () => TEN), catchUp(rollup, clickhouse, () => TEN + 1)]);
    expect(await hourly()).toBe('10,"REVIEW","",3\n10,"REVIEW","S",3');
  });

  it('waits for every topic that it needs', async () => {
    await plantVerdicts([TEN]);
    await readableUntil(TEN + 5 * HOUR);
    expect(await catchUp(verdictRollup(['public', 'internal']), clickhouse, () => TEN)).toEqual([]);
  });
});

describe('a job that needs more than its topics', () => {
  it('waits while it is not ready, with the windows after it, and runs by hand all the same', async () => {
    const ready = new Set<number>();
    const ran: number[] = [];
    const job: Job = {
      ...rollup,
      since: () => Promise.resolve(TEN),
      isReady: ({ from }) => Promise.resolve(ready.has(from)),
      run: ({ from }) => {
        ran.push(from);
        return Promise.resolve();
      },
    };
    await readableUntil(TEN + 2 * HOUR + 60_000);
    ready.add(TEN + HOUR);
    expect(await catchUp(job, clickhouse, () => TEN)).toEqual([]);
    await runJob(job, { from: TEN, to: TEN + HOUR }, clickhouse, TEN);
    expect(await catchUp(job, clickhouse, () => TEN)).toEqual([{ from: TEN + HOUR, to: TEN + 2 * HOUR }]);
    expect(ran).toEqual([TEN, TEN + HOUR]);
  });
});

describe('erase-text', () => {
  it('takes the bytes of erased contents and leaves the rows and their neighbours', async () => {
    await select(
      "INSERT INTO content_submitted (platform, content_id, text, metadata, day) VALUES ('forum', 'a', 'one', map('k', 'v'), today()), ('forum', 'b', 'two', map(), today())",
    );
    await select(
      "INSERT INTO dead_letter_rejected (stage, key, value, rejected_at) VALUES ('prediction', 'forum/a', 'one', now64(3)), ('verdict', 'forum/b', 'two', now64(3))",
    );
    await select(
      "INSERT INTO content_reported (report_id, platform, content_id, reason, reported_at) VALUES ('r', 'forum', 'a', 'said one', now64(3))",
    );
    await select("INSERT INTO content_erased (platform, content_id) VALUES ('forum', 'a')");
    await readableUntil(TEN, ['content.erased']);
    expect(await catchUp(eraseText(), clickhouse, () => TEN)).toHaveLength(1);
    expect(
      await select('SELECT content_id, text, metadata FROM content_submitted ORDER BY content_id FORMAT CSV'),
    ).toBe('"a","","{}"\n"b","two","{}"');
    expect(await select('SELECT key, value FROM dead_letter_rejected ORDER BY key FORMAT CSV')).toBe(
      '"forum/a",\\N\n"forum/b","two"',
    );
    expect(await select('SELECT reason FROM content_reported FORMAT CSV')).toBe('\\N');
    expect(await clickhouse.query('erased-with-text', {})).toEqual([
      { contents: 0, dead_letters: 0, reports: 0, dataset_rows: 0 },
    ]);
  });
});

describe('the scheduler', () => {
  it('runs what is due by itself, and stops', async () => {
    const ran: number[] = [];
    let finish: (error?: Error) => void = () => undefined;
    const finished = new Promise<Error | undefined>((resolve) => {
      finish = resolve;
    });
    const job: Job = {
      ...rollup,
      since: () => Promise.resolve(TEN),
      run: ({ from }) => {
        ran.push(from);
        if (ran.length === 2) finish();
        return Promise.resolve();
      },
    };
    await readableUntil(TEN + 2 * HOUR + 60_000);
    const scheduler = createJobScheduler({
      clickhouse,
      jobs: [job],
      clock: () => TEN,
      logger: createLogger({ stage: 'warehouse', level: 'silent' }),
      onFatal: finish,
      everyMs: 10,
    });
    await scheduler.start();
    expect(await finished).toBeUndefined();
    await scheduler.stop();
    expect(ran).toEqual([TEN, TEN + HOUR]);
    expect(scheduler.health().state).toBe('stopped');
  });
});
