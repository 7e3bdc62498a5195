import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import type { DriftAlerted } from '#platform/contracts';
import { runJob } from '#platform/jobs';
import { startStack } from '#platform/stack';
import { createMetrics } from '#platform/telemetry';
import { driftJobs } from '#flow/warehouse';

const USAGE = `Usage: node dist/bench/drift/run.js [options]

Plants hours of made-up traffic in a real ClickHouse, runs the drift jobs on them, and looks at what they alert.

  --windows <n>   hours without drift, default 1000
  --contents <n>  contents of an hour without drift, default 2500
  --injected <n>  contents of an hour with something injected, and of its references, default 6000
  --json          one document for machines
  --help          this text

Exit code 0: at most one alert in 1,000 windows without drift, and every injection found as drift 5.3 demands; 1: not so; 2: called wrongly.`;

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const DAY = 24 * HOUR;
/** 2026-03-02 00:00 UTC, a Monday. */
const START = Date.UTC(2026, 2, 2);
/** Hours of one INSERT. */
const AT_ONCE = 24;

interface Traffic {
  /** Share of pt and of de; the others are en. */
  readonly pt: number;
  readonly de: number;
  /** Of the logits of pt. */
  readonly shift: number;
}

const USUAL: Traffic = { pt: 0.2, de: 0.1, shift: 0 };

interface Found {
  readonly injection: string;
  /** Windows until the alert; null: none. */
  readonly windows: number | null;
  readonly suggestion: string | null;
  readonly findings: readonly string[];
  readonly isRight: boolean;
}

const options = parseOptions();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-bench-drift-'));
const stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
const alerts: DriftAlerted[] = [];
const times = { rollUp: [] as number[], look: [] as number[] };
const metrics = createMetrics();
const jobs = driftJobs({
  write: (emissions) => {
    for (const { value } of emissions) alerts.push(value as DriftAlerted);
    return Promise.resolve();
  },
  metrics,
  report: () => undefined,
});

try {
  const quiet = await withDatabase('quiet', countFalseAlerts);
  const found = [
    await withDatabase('mix', (clickhouse) =>
      inject(clickhouse, '(b) a language from 10 to 20 %', { ...USUAL, de: 0.2 }, 3),
    ),
    await withDatabase('shift', (clickhouse) =>
      inject(clickhouse, '(c) scores of one language by .3', { ...USUAL, shift: 0.3 }, 3),
    ),
    await withDatabase('labels', flipLabels),
  ];
  const report = {
    windows: options.windows,
    contents: options.contents,
    ...quiet,
    rollUpMs: median(times.rollUp),
    lookMs: median(times.look),
    found,
  };
  print(options.json ? JSON.stringify(report, null, 2) : inWords(report));
  const isQuiet = quiet.falseAlerts <= Math.max(1, options.windows / 1000);
  process.exitCode = isQuiet && found.every(({ isRight }) => isRight) ? 0 : 1;
} finally {
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
}

async function withDatabase<T>(database: string, work: (clickhouse: ClickHouse) => Promise<T>): Promise<T> {
  const clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database });
  try {
    await migrate(clickhouse);
    await clickhouse.command(
      'bundle',
      `INSERT INTO deployment_bundled (deployment_id, channel, model_id, policy_id, policy_version, thresholds)
      VALUES ('d-1', 'public', 'm-1', 'default', 1, map('H', (0.5, 0.9, false), 'V', (0.4, 0.9, false)))`,
    );
    return await work(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

/** (a) Four weeks of references, then hours without drift. */
async function countFalseAlerts(clickhouse: ClickHouse) {
  const hours = hoursOf(START, options.windows);
  await plantAndCount(clickhouse, withReferences(hours), () => USUAL, options.contents);
  alerts.length = 0;
  for (const from of hours) await look(clickhouse, from);
  const judged = await clickhouse.query('job-progress', { job: 'drift-alerts' });
  if (judged[0]?.window_to !== START + options.windows * HOUR) throw new Error('not every window was looked at');
  const [comparisons, exceeding] = await comparisonsOf();
  return { falseAlerts: alerts.length, comparisons, exceeding };
}

async function comparisonsOf(): Promise<readonly [number, number]> {
  const { values } = await metrics.driftComparisons.get();
  const of = (result: string) => values.find(({ labels }) => labels.result === result)?.value ?? 0;
  return [of('exceeds') + of('within'), of('exceeds')];
}

async function inject(clickhouse: ClickHouse, injection: string, traffic: Traffic, windows: number): Promise<Found> {
  const hours = hoursOf(START + 10 * HOUR, windows);
  await plantAndCount(clickhouse, withReferences(hours), (from) => (from >= START ? traffic : USUAL), options.injected);
  alerts.length = 0;
  for (const from of hours) await look(clickhouse, from);
  const [alert] = alerts;
  return {
    injection,
    windows: alert === undefined ? null : (alert.windowTo - (hours[0] ?? 0)) / HOUR,
    suggestion: alert?.suggestion ?? null,
    findings: findingsOf(alert),
    isRight: alerts.length === 1,
  };
}

/** (d) Scores as ever; of 100 flagged contents of a day 90 were right, then 60. */
async function flipLabels(clickhouse: ClickHouse): Promise<Found> {
  const flippedFrom = START + 28 * DAY;
  const hours = Array.from({ length: 33 }, (_, day) => START + day * DAY + 23 * HOUR);
  await plantAndCount(clickhouse, hours, () => USUAL, options.injected);
  await clickhouse.command(
    'labels',
    `INSERT INTO live_quality_totals (channel, category, window_from, window_to, contents, flagged, drawn, labels, flagged_labels, positive_labels,
      positives, true_positives, nn, ff, bb, aa, bn, af, ab)
    SELECT 'public', 'H', fromUnixTimestamp64Milli(${START} + toInt64(number) * ${DAY}, 'UTC') AS begin, begin + INTERVAL 1 DAY, 1000, 100, 200, 200, 100,
      if(begin >= fromUnixTimestamp64Milli(${flippedFrom}, 'UTC'), 60, 90) AS y, y, y, 1000, 100, y, y, y, y, y
    FROM numbers(33)`,
  );
  alerts.length = 0;
  for (const from of hours) await look(clickhouse, from);
  const [alert] = alerts;
  return {
    injection: '(d) people answer otherwise (days)',
    windows: alert === undefined ? null : (alert.windowTo - flippedFrom) / DAY,
    suggestion: alert?.suggestion ?? null,
    findings: findingsOf(alert),
    isRight: alerts.length === 1 && alert?.kind === 'PERFORMANCE' && alert.windowTo > flippedFrom,
  };
}

function findingsOf(alert: DriftAlerted | undefined): readonly string[] {
  return (alert?.findings ?? []).map(({ feature, category, sliceBy, sliceValue, signs }) =>
    `${feature} ${category ?? ''} ${sliceBy} ${sliceValue}: ${signs.join(', ')}`.replace(/ +/g, ' '),
  );
}

function hoursOf(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => from + i * HOUR);
}

function withReferences(hours: readonly number[]): readonly number[] {
  const all = hours.flatMap((from) => [4, 3, 2, 1, 0].map((weeks) => from - weeks * WEEK));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Contents of the hours, and their roll-ups. */
async function plantAndCount(
  clickhouse: ClickHouse,
  hours: readonly number[],
  trafficOf: (from: number) => Traffic,
  contents: number,
): Promise<void> {
  for (let i = 0; i < hours.length; i += AT_ONCE) {
    const some = hours.slice(i, i + AT_ONCE);
    const list = (of: (traffic: Traffic) => number) => `[${some.map((from) => of(trafficOf(from))).join(', ')}]`;
    await clickhouse.command(
      'contents',
      `INSERT INTO prediction_scored (platform, content_id, revision, kind, language, text_length, scores, assignments, source_offset, scored_at)
      WITH
          intDiv(number, ${contents}) + 1 AS hour,
          [${some.join(', ')}][hour] AS began,
          sipHash64(began, number) AS h1, cityHash64(began, number, 1) AS h2, cityHash64(began, number, 2) AS h3, cityHash64(began, number, 3) AS h4,
          cityHash64(began, number, 4) % 100000 / 100000 AS w,
          multiIf(w < ${list(({ pt }) => pt)}[hour], 'pt', w < ${list(({ pt, de }) => pt + de)}[hour], 'de', 'en') AS spoken,
          if(spoken = 'pt', ${list(({ shift }) => shift)}[hour], 0.) AS shift,
          sqrt(-2 * log((h1 % 1000000 + 1) / 1000001)) * cos(2 * pi() * (h2 % 1000000) / 1000000) AS g1,
          sqrt(-2 * log((h3 % 1000000 + 1) / 1000001)) * cos(2 * pi() * (h4 % 1000000) / 1000000) AS g2,
          round((-3 + 2 * g1 + shift) * 4096) / 4096 AS x,
          round((-5 + 1.5 * g2 + shift) * 4096) / 4096 AS y
      SELECT
          'bench', concat('c', toString(number), '-', toString(began)), 1, if(h1 % 3 = 0, 'COMMENT', 'POST'), spoken, 20 + h2 % 200,
          [('m-1', 'NGRAM', map('H', toFloat32(x), 'V', toFloat32(y)))],
          [('public', 'LIVE', 'NORMAL', 'd-1', 'm-1', 'c', map('H', toFloat32(1 / (1 + exp(-x))), 'V', toFloat32(1 / (1 + exp(-y)))), NULL)],
          number, fromUnixTimestamp64Milli(began + toInt64(number % ${contents}), 'UTC')
      FROM numbers(${some.length * contents})`,
    );
    for (const from of some) {
      times.rollUp.push(await timed(() => runJob(jobs.rollUp, { from, to: from + HOUR }, clickhouse, from + HOUR)));
    }
  }
}

async function look(clickhouse: ClickHouse, from: number): Promise<void> {
  times.look.push(await timed(() => runJob(jobs.alerts, { from, to: from + HOUR }, clickhouse, from + HOUR)));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

function inWords(report: {
  readonly windows: number;
  readonly contents: number;
  readonly falseAlerts: number;
  readonly comparisons: number;
  readonly exceeding: number;
  readonly rollUpMs: number;
  readonly lookMs: number;
  readonly found: readonly Found[];
}): string {
  return [
    `(a) ${report.windows} hours of ${report.contents} contents without drift: ${report.falseAlerts} alerts; ${report.exceeding} of ${report.comparisons} comparisons exceed`,
    ...report.found.map(
      ({ injection, windows, suggestion, findings }) =>
        `${injection}: ${windows === null ? 'not found' : `found with window ${windows}, suggests ${suggestion ?? ''}: ${findings.join('; ')}`}`,
    ),
    `median of a roll-up ${report.rollUpMs} ms, of a look for drift ${report.lookMs} ms`,
  ].join('\n');
}

function parseOptions() {
  try {
    const { values } = parseArgs({
      options: {
        windows: { type: 'string', default: '1000' },
        contents: { type: 'string', default: '2500' },
        injected: { type: 'string', default: '6000' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      print(USAGE);
      process.exit(0);
    }
    const [windows, contents, injected] = [values.windows, values.contents, values.injected].map(Number);
    if (!isCount(windows) || !isCount(contents) || !isCount(injected))
      throw new TypeError('counts are whole numbers from 1 on');
    return { windows, contents, injected, json: values.json };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'called wrongly'}\n\n${USAGE}\n`);
    process.exit(2);
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
