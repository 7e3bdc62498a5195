import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import { startStack } from '#platform/stack';

const FROM = Date.UTC(2026, 0, 1, 10);
const WINDOW = { from: FROM, to: FROM + 3_600_000 };
const CATEGORIES = ['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'];
const CHANNELS = ['public', 'internal'];

/** Processor seconds and peak memory (MiB) of the engine; zeros where there is no /proc. */
function costsOf(home: string): { readonly cpu: number; readonly memory: number } {
  const run = path.join(home, 'run');
  const file = fs.readdirSync(run).find((name) => name.includes('clickhouse') && name.endsWith('pid'));
  const pid = file === undefined ? '' : (/\d+/.exec(fs.readFileSync(path.join(run, file), 'utf8'))?.[0] ?? '');
  const folder = path.join('/proc', pid);
  if (pid === '' || !fs.existsSync(path.join(folder, 'stat'))) return { cpu: 0, memory: 0 };
  // After the name in brackets, which may hold blanks: utime and stime are the 12th and 13th field, in hundredths.
  const fields = fs.readFileSync(path.join(folder, 'stat'), 'utf8').split(') ')[1]?.split(' ') ?? [];
  const peak = /VmHWM:\s+(\d+)/.exec(fs.readFileSync(path.join(folder, 'status'), 'utf8'))?.[1] ?? 0;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, memory: Math.round(Number(peak) / 1024) };
}

const mapOf = (value: (category: string) => string) =>
  `map(${CATEGORIES.map((category) => `'${category}', ${value(category)}`).join(', ')})`;

async function plant(clickhouse: ClickHouse, contents: number, labels: number): Promise<void> {
  const scores = mapOf((category) => `toFloat32(pow((sipHash64(number, '${category}') % 1000) / 1000, 6))`);
  const assignments = CHANNELS.map(
    (channel) => `tuple('${channel}', 'LIVE', 'NORMAL', 'd-${channel}', 'm', 'c', ${scores}, NULL)`,
  );
  await clickhouse.command(
    'contents',
    `INSERT INTO prediction_scored (platform, content_id, revision, kind, language, duplicate_key, assignments, source_partition, source_offset, scored_at, record_offset)
     SELECT 'forum', concat('c-', toString(number)), 1, if(number % 3 = 0, 'COMMENT', 'POST'), ['en', 'pt', 'de', 'en'][number % 4 + 1],
       unhex(lpad(lower(hex(if(number % 10 = 0, 7, number + 8))), 16, '0')), [${assignments.join(', ')}],
       number % 4, number, fromUnixTimestamp64Milli(${FROM} + toInt64(number % 3600000), 'UTC'), number FROM numbers(${contents})`,
  );
  for (const channel of CHANNELS) {
    await clickhouse.command(
      'bundle',
      `INSERT INTO deployment_bundled (deployment_id, channel, policy_id, policy_version, thresholds)
       VALUES ('d-${channel}', '${channel}', 'default', 2, ${mapOf(() => 'tuple(0.5, 0.8, true)')})`,
    );
  }
  const every = Math.max(1, Math.floor(contents / labels));
  await clickhouse.command(
    'draws',
    `INSERT INTO sampling_closed (draw_id, origin, platform, content_id, revision, channel, window_from, window_to, probability, team, language)
     SELECT unhex(lpad(hex(number), 32, '0')), 'DRAWN', 'forum', concat('c-', toString(number)), 1, 'public',
       fromUnixTimestamp64Milli(${WINDOW.from}, 'UTC'), fromUnixTimestamp64Milli(${WINDOW.to}, 'UTC'), ${1 / every}, 'team',
       ['en', 'pt', 'de', 'en'][number % 4 + 1] FROM numbers(${contents}) WHERE sipHash64(number) % ${every} = 0`,
  );
  await clickhouse.command(
    'labels',
    `INSERT INTO label_resolved (resolved_id, kind, platform, content_id, revision, policy_id, policy_version, categories, is_settled)
     SELECT draw_id, 'DERIVED', platform, content_id, 1, 'default', 2,
       ${mapOf((category) => `tuple(if(sipHash64(content_id, '${category}') % 20 = 0, 'YES', 'NO'), 1, [])`)}, true FROM sampling_closed`,
  );
}

const stratum = {
  channel: 'public',
  salt: 'salt',
  languages: [],
  languages_excluded: true,
  uniform_rate: 0.01,
  multiplier: 1,
  scored_by: CATEGORIES,
  thresholds: CATEGORIES.map(() => 0.5),
  threshold_weights: CATEGORIES.map(() => 0.01),
  uncertainty_weights: CATEGORIES.map(() => 0.01),
  buckets: ['en/POST/forum'],
  factors: [0.9],
  other_factor: 1,
};

/** Times the committed queries of the sampling jobs over one window on the embedded engine, line by line. */
export async function measureWarehouse(
  { contents, labels }: { readonly contents: number; readonly labels: number },
  print: (line: string) => void,
): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-sampling-bench-'));
  const stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  const connection = { url: stack.clickhouseUrl, user: 'default', password: '', database: 'bench' };
  const clickhouse = createClickHouse({ ...connection, timeoutMs: 600_000 });

  async function time(what: string, work: () => Promise<unknown>): Promise<void> {
    const before = costsOf(home);
    const began = performance.now();
    await work();
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    const { cpu, memory } = costsOf(home);
    print(`| ${what} | ${seconds} s | ${(cpu - before.cpu).toFixed(2)} s | ${memory} MiB |`);
  }

  try {
    await migrate(clickhouse);
    print('| statement | time | processor time of the engine | memory, peak so far |\n| --- | --- | --- | --- |');
    await time('planting', () => plant(clickhouse, contents, labels));
    const thresholds = Object.fromEntries(CATEGORIES.map((category) => [category, 0.5]));
    await time('sampling-window-aggregates', () =>
      clickhouse.query('sampling-window-aggregates', { channel: 'public', ...WINDOW, thresholds }),
    );
    await time('sampling-largest-parts', () =>
      clickhouse.query('sampling-largest-parts', { ...stratum, ...WINDOW, most: 1000 }),
    );
    await time('sampling-missing-draws', () =>
      clickhouse.query('sampling-missing-draws', { ...stratum, ...WINDOW, plan_id: '' }),
    );
    await time('sampling-candidates', () =>
      clickhouse.query('sampling-candidates', { ...stratum, ...WINDOW, most: 1000 }),
    );
    for (const channel of CHANNELS) {
      await time(`live-quality-totals, ${channel}`, () =>
        clickhouse.execute('live-quality-totals', {
          ...WINDOW,
          channel,
          categories: CATEGORIES,
          reference: 'public',
          languages: [],
          languages_excluded: true,
          run_at: WINDOW.to,
        }),
      );
    }
  } finally {
    await clickhouse.close();
    await stack.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
}
