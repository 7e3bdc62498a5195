import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import type { DriftAlerted } from '#platform/contracts';
import { catchUp, runJob } from '#platform/jobs';
import { startStack, type RunningStack } from '#platform/stack';
import type { Emission } from '#platform/stream';
import { createMetrics } from '#platform/telemetry';
import { driftJobs } from './drift.job.js';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
/** 2026-03-02 10:00 UTC, a Monday. */
const TEN = Date.UTC(2026, 2, 2, 10);

type GoldenRow = readonly [number, number, string];
interface GoldenScores {
  readonly groups: number;
  readonly psi: number;
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly kolmogorovSmirnov: number;
  readonly wasserstein: number;
  readonly exactKolmogorovSmirnov: number;
  readonly exactWasserstein: number;
  readonly mean: number;
  readonly variance: number;
}
interface GoldenSlice {
  readonly scores: GoldenScores;
  readonly labelFree: Readonly<Record<string, readonly [number, number]>>;
}
const golden = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'scipy-golden.json'), 'utf8')) as {
  readonly rows: { readonly reference: readonly GoldenRow[]; readonly current: readonly GoldenRow[] };
  readonly all: GoldenSlice;
  readonly pt: GoldenSlice;
  readonly language: Pick<GoldenScores, 'psi' | 'jensenShannon' | 'hellinger'>;
};

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;
let written: DriftAlerted[] = [];

const metrics = createMetrics();
const jobs = driftJobs({
  write: (emissions: readonly Emission[]) => {
    for (const { value } of emissions) written.push(value as DriftAlerted);
    return Promise.resolve();
  },
  metrics,
  report: () => undefined,
  leastContents: 200,
});

const TABLES = [
  ...['prediction_scored', 'job_runs', 'warehouse_watermark', 'live_quality_totals', 'drift_training_profiles'],
  ...['drift_score_runs', 'drift_mix_runs', 'drift_window_runs', 'drift_judgement_runs'],
];

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-drift-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: 'drift' });
  await migrate(clickhouse);
  await send(
    `INSERT INTO deployment_bundled (deployment_id, channel, model_id, policy_id, policy_version, thresholds)
    VALUES ('d-1', 'public', 'm-1', 'default', 1, map('H', (0.5, 0.9, false)))`,
  );
  await send(
    "INSERT INTO deployment_changed (channel, sequence, live, changed_at) VALUES ('public', 1, 'd-1', '2025-12-01 00:00:00')",
  );
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

beforeEach(async () => {
  written = [];
  for (const table of TABLES) await send(`TRUNCATE TABLE ${table}`);
});

async function send(sql: string, body = ''): Promise<string> {
  const address = new URL(stack.clickhouseUrl);
  address.searchParams.set('database', clickhouse.database);
  address.searchParams.set('output_format_json_quote_64bit_integers', '0');
  if (body !== '') address.searchParams.set('query', sql);
  const answer = await fetch(address, { method: 'POST', body: body === '' ? sql : body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.slice(0, 1000));
  return text;
}

async function rows<T>(sql: string): Promise<readonly T[]> {
  const text = await send(`${sql} FORMAT JSONEachRow`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

async function plantGolden(window: readonly GoldenRow[], from: number): Promise<void> {
  const lines = window.map(([logit, score, language], index) =>
    JSON.stringify({
      platform: 'demo',
      content_id: `c${from}-${index}`,
      revision: 1,
      kind: 'POST',
      language,
      text_length: 40,
      scores: [{ model_id: 'm-1', tier: 'NGRAM', logits: { H: logit / 4096 } }],
      assignments: [assignment('LIVE', 'm-1', score / 1024), assignment('SHADOW', 'm-2', 0.999)],
      source_offset: index,
      scored_at: from + index,
    }),
  );
  await send('INSERT INTO prediction_scored FORMAT JSONEachRow', lines.join('\n'));
}

function assignment(role: string, model: string, probability: number): object {
  return {
    channel: 'public',
    role,
    mode: 'NORMAL',
    deployment_id: 'd-1',
    model_id: model,
    calibration_id: 'c',
    probabilities: { H: probability },
    error: null,
  };
}

interface PlantedHour {
  readonly contents?: number;
  /** Of logits of pt. */
  readonly shift?: number;
  readonly pt?: number;
}

/** Logits of two normals, calibrated by the sigmoid before they are shifted; the same hour is always the same. */
async function plantHour(from: number, { contents = 1500, shift = 0, pt = 0.2 }: PlantedHour = {}): Promise<void> {
  await send(
    `INSERT INTO prediction_scored (platform, content_id, revision, kind, language, text_length, scores, assignments, source_offset, scored_at)
    WITH
        number AS i,
        sipHash64(${from}, i) AS h,
        (h % 1000000 + 1) / 1000001 AS u,
        cityHash64(${from}, i) % 1000000 / 1000000 AS v,
        xxHash64(toString(h)) % 1000 / 1000 < ${pt} AS is_pt,
        round((-3 + 2 * sqrt(-2 * log(u)) * cos(2 * pi() * v) + if(is_pt, ${shift}, 0)) * 4096) / 4096 AS x
    SELECT
        'demo', concat('c', toString(i), '-', toString(${from})), 1, 'POST', if(is_pt, 'pt', 'en'), 40, [('m-1', 'NGRAM', map('H', toFloat32(x)))],
        [('public', 'LIVE', 'NORMAL', 'd-1', 'm-1', 'c', map('H', toFloat32(1 / (1 + exp(-x)))), NULL)], i + ${from},
        fromUnixTimestamp64Milli(${from} + i, 'UTC')
    FROM numbers(${contents})`,
  );
}

/** The same hours of the four weeks before, and their roll-ups. */
async function plantWeeksBefore(from: number, hours: number): Promise<void> {
  for (let week = 4; week > 0; week -= 1) {
    for (let hour = 0; hour < hours; hour += 1) {
      const at = from + hour * HOUR - week * WEEK;
      await plantHour(at);
      await rollUp(at);
    }
  }
}

async function rollUp(from: number, runAt = from + HOUR): Promise<void> {
  await runJob(jobs.rollUp, { from, to: from + HOUR }, clickhouse, runAt);
}

async function look(from: number, runAt = from + HOUR + 1): Promise<void> {
  await runJob(jobs.alerts, { from, to: from + HOUR }, clickhouse, runAt);
}

function expectClose(actual: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, number>>): void {
  const wrong = Object.entries(expected).filter(([name, value]) => {
    const got = Number(actual[name]);
    return !(Math.abs(got - value) <= 1e-9 * Math.max(1, Math.abs(value)));
  });
  expect(wrong.map(([name, value]) => ({ name, value, got: actual[name] }))).toEqual([]);
}

describe('on frozen scores', () => {
  beforeEach(async () => {
    await plantGolden(golden.rows.reference, TEN - WEEK);
    await plantGolden(golden.rows.current, TEN);
    await rollUp(TEN - WEEK);
    await rollUp(TEN);
    await look(TEN);
  }, 30_000);

  it('every distance of drift_scores is that of SciPy to 1e-9', async () => {
    const found = await rows<Record<string, unknown>>('SELECT * FROM drift_scores');
    const of = (feature: string, slice: string) =>
      found.find((one) => one['feature'] === feature && one['slice_value'] === slice) ?? {};
    for (const slice of ['all', 'pt'] as const) {
      const { scores } = golden[slice];
      expectClose(of('logit', slice === 'all' ? '' : slice), {
        group_count: scores.groups,
        psi: scores.psi,
        jensen_shannon: scores.jensenShannon,
        hellinger: scores.hellinger,
        kolmogorov_smirnov: scores.kolmogorovSmirnov,
        wasserstein: scores.wasserstein,
        mean: scores.mean,
      });
    }
    expectClose(of('language', ''), {
      psi: golden.language.psi,
      jensen_shannon: golden.language.jensenShannon,
      hellinger: golden.language.hellinger,
    });
  });

  it('the audit of raw logits is that of SciPy to 1e-9', async () => {
    const window = { from: TEN, to: TEN + HOUR, reference_from: TEN - WEEK, reference_to: TEN - WEEK + HOUR };
    for (const [language, { scores }] of [
      ['', golden.all],
      ['pt', golden.pt],
    ] as const) {
      const [found] = await clickhouse.query('drift-audit', {
        channel: 'public',
        model_id: 'm-1',
        category: 'H',
        language,
        ...window,
      });
      expectClose(
        { ...found },
        { kolmogorov_smirnov: scores.exactKolmogorovSmirnov, wasserstein: scores.exactWasserstein },
      );
    }
  });

  it('label-free performance and its error are those of NumPy to 1e-9', async () => {
    for (const [slice, { labelFree }] of [
      ['', golden.all],
      ['pt', golden.pt],
    ] as const) {
      const found = await rows<{ metric: string; label_free: number; label_free_error: number }>(
        `SELECT metric, label_free, label_free_error FROM drift_performance
        WHERE period = 'day' AND slice_by IN ('all', 'language') AND slice_value = '${slice}' AND window_from = fromUnixTimestamp64Milli(${TEN - 10 * HOUR}, 'UTC')`,
      );
      expect(found).toHaveLength(4);
      for (const { metric, ...one } of found) {
        const [value = Number.NaN, error = Number.NaN] = labelFree[metric] ?? [];
        expectClose(one, { label_free: value, label_free_error: error });
      }
    }
  });
});

describe('the roll-up', () => {
  const counted = () =>
    rows(
      'SELECT slice_by, slice_value, contents, arraySum(histogram) AS binned FROM drift_score_hours ORDER BY slice_by, slice_value',
    );

  it('counts every content once after a run that was broken off, also one that the sink inserted twice', async () => {
    await plantHour(TEN, { contents: 300 });
    await jobs.rollUp.run({ from: TEN, to: TEN + HOUR }, { clickhouse, runAt: TEN + HOUR });
    expect(await counted()).toEqual([]);
    await plantHour(TEN, { contents: 400 });
    await rollUp(TEN, TEN + HOUR + 1);
    await rollUp(TEN, TEN + HOUR + 2);
    expect((await counted())[0]).toEqual({ slice_by: 'all', slice_value: '', contents: 400, binned: 400 });
  });

  it('comes before the look for drift, and both wait for the warehouse', async () => {
    await plantHour(TEN, { contents: 300 });
    const readable = (until: number) =>
      send(
        `INSERT INTO warehouse_watermark SELECT arrayJoin(['prediction.scored', 'deployment.bundled']), 0, ${until}, ${until}, fromUnixTimestamp64Milli(${until}, 'UTC'), now64(3)`,
      );
    await readable(TEN + HOUR);
    expect(await catchUp(jobs.rollUp, clickhouse, () => TEN)).toEqual([]);
    await readable(TEN + HOUR + 60_000);
    expect(await catchUp(jobs.alerts, clickhouse, () => TEN)).toEqual([]);
    expect(await catchUp(jobs.rollUp, clickhouse, () => TEN)).toEqual([{ from: TEN, to: TEN + HOUR }]);
    expect(await catchUp(jobs.alerts, clickhouse, () => TEN)).toEqual([{ from: TEN, to: TEN + HOUR }]);
  });
});

describe('drift-alerts', () => {
  it('finds a shift of scores in one slice with its second window, once, and does not take the shifted hours for good ones', async () => {
    await plantWeeksBefore(TEN, 3);
    for (const hour of [0, 1, 2]) {
      await plantHour(TEN + hour * HOUR, { contents: 6000, shift: 0.8, pt: 0.4 });
      await rollUp(TEN + hour * HOUR);
      await look(TEN + hour * HOUR);
    }
    expect(written).toHaveLength(1);
    const [alert] = written;
    expect(alert).toMatchObject({
      kind: 'TRAFFIC',
      channel: 'public',
      windowFrom: TEN + HOUR,
      windowTo: TEN + 2 * HOUR,
    });
    expect(alert?.findings.find(({ sliceValue }) => sliceValue === 'pt')).toMatchObject({
      feature: 'logit',
      category: 'H',
      sliceBy: 'language',
      modelId: 'm-1',
      labelFree: 'MOVED',
      labelled: 'UNKNOWN',
      suggestion: 'RECALIBRATE',
    });
    expect(alert?.findings.filter(({ sliceValue }) => sliceValue === 'en')).toEqual([]);
    expect(await metrics.driftAlerts.get()).toMatchObject({ values: [{ value: 1 }] });
    // A week later the good weeks leave the shifted hours out.
    const later = TEN + WEEK;
    await plantHour(later);
    await rollUp(later);
    await look(later);
    const [weeks] = await rows<{ reference_contents: number }>(
      `SELECT reference_contents FROM drift_scores WHERE slice_value = 'pt' AND window_from = fromUnixTimestamp64Milli(${later}, 'UTC')`,
    );
    expect(weeks?.reference_contents).toBeLessThan(4 * 1500 * 0.25);
  });

  it('finds that another mix of languages came, that it is benign, and says it under the same id when its window is run again', async () => {
    await plantWeeksBefore(TEN, 2);
    for (const hour of [0, 1]) {
      await plantHour(TEN + hour * HOUR, { pt: 0.4 });
      await rollUp(TEN + hour * HOUR);
      await look(TEN + hour * HOUR);
    }
    await look(TEN + HOUR, TEN + 10 * HOUR);
    const said = written.map(({ level, suggestion, findings }) => [
      level,
      suggestion,
      findings.map(({ feature }) => feature),
    ]);
    expect(said).toEqual([
      ['TICKET', 'BENIGN', ['language']],
      ['TICKET', 'BENIGN', ['language']],
    ]);
    expect(new Set(written.map(({ alertId }) => alertId)).size).toBe(1);
    const shown = await rows<{ n: number }>(
      `SELECT count() AS n FROM drift_scores WHERE feature = 'language' AND window_from = fromUnixTimestamp64Milli(${TEN + HOUR}, 'UTC')`,
    );
    expect(shown).toEqual([{ n: 1 }]);
  });

  it('finds nothing where nothing moved, and merges hours with too few contents into six', async () => {
    for (let week = 2; week >= 0; week -= 1) {
      for (let hour = 2; hour < 8; hour += 1) {
        const at = TEN - 10 * HOUR + hour * HOUR - week * WEEK;
        await plantHour(at, { contents: hour === 2 ? 900 : 120 });
        await rollUp(at);
        if (week === 0) await look(at);
      }
    }
    const found = await rows(
      "SELECT width_hours, toHour(window_to) AS ends, contents, reference_contents FROM drift_scores WHERE feature = 'logit' AND slice_by = 'all' ORDER BY ends",
    );
    expect(found).toEqual([
      { width_hours: 1, ends: 3, contents: 900, reference_contents: 1800 },
      { width_hours: 6, ends: 6, contents: 360, reference_contents: 720 },
    ]);
    expect(written).toEqual([]);
  });

  it('takes what the model gave its held-out rows where there are no weeks yet', async () => {
    await plantHour(TEN);
    await rollUp(TEN);
    await look(TEN);
    expect(await rows('SELECT * FROM drift_scores')).toEqual([]);
    await send(
      `INSERT INTO drift_training_profiles (model_id, category, slice_by, slice_value, contents, histogram, logits, squared_logits)
      SELECT model_id, category, slice_by, slice_value, contents, histogram, logits, squared_logits FROM drift_score_hours WHERE slice_by = 'all'`,
    );
    await look(TEN, TEN + 2 * HOUR);
    expect(await rows('SELECT reference, psi, reference_flag_rate FROM drift_scores')).toEqual([
      { reference: 'TRAINING', psi: 0, reference_flag_rate: null },
    ]);
  });

  it('sees by labels alone that people answer otherwise, on the second day, once', async () => {
    const midnight = Date.UTC(2026, 2, 5);
    const day = `toDateTime(fromUnixTimestamp64Milli(${midnight}, 'UTC'), 'UTC') - toIntervalDay(number)`;
    await send(
      `INSERT INTO drift_score_runs SELECT ${day} AS hour, 'public', 'm-1', 'H', 'all', '', 1000, arrayMap(i -> if(i = 32, 1000, 0), range(80)),
        arrayMap(i -> if(i = 32, 119.2, 0.), range(80)), -2000., 4000., 100, 119.2, 85., 80., 12., toDateTime64(hour, 3, 'UTC') FROM numbers(31)`,
    );
    await send(
      "INSERT INTO job_runs SELECT 'drift-roll-up', toDateTime64(hour, 3, 'UTC') AS at, at + INTERVAL 1 HOUR, at FROM drift_score_runs",
    );
    // Of 100 flagged contents 90 were right; since four days 60.
    await send(
      `INSERT INTO live_quality_totals (channel, category, window_from, window_to, contents, flagged, drawn, labels, flagged_labels, positive_labels,
        positives, true_positives, nn, ff, bb, aa, bn, af, ab)
      SELECT 'public', 'H', ${day} AS began, began + INTERVAL 1 HOUR, 1000, 100, 200, 200, 100, if(number <= 4, 60, 90) AS y, y, y, 1000, 100, y, y, y, y, y
      FROM numbers(31)`,
    );
    for (const ago of [3, 2, 1, 0]) await look(midnight - ago * 24 * HOUR - HOUR, midnight);
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({ kind: 'PERFORMANCE', suggestion: 'RETRAIN', channel: 'public' });
    const precision = written[0]?.findings.find(({ feature }) => feature === 'precision');
    expect(precision).toMatchObject({ category: 'H', labelFree: 'STABLE', labelled: 'MOVED', signs: ['LABELS'] });
    expect(precision?.before).toBeGreaterThan(precision?.after ?? 1);
  });
});
