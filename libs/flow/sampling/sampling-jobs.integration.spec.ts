import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, RowBinary, type ClickHouse } from '#platform/clickhouse';
import { defaultServices, parseEnvironment, platformConfig, projectRoot } from '#platform/config';
import type { SamplingClosed, SamplingPlanned } from '#platform/contracts';
import { catchUp, runJob } from '#platform/jobs';
import { startStack, type RunningStack } from '#platform/stack';
import { createWriter, type StoredRecord } from '#platform/stream';
import { createLogger } from '#platform/telemetry';
import { createMemoryBroker, createMemoryLog, createStaticSerde } from '#platform/testing';
import { deriveSalt } from '#policy';
import {
  drawContent,
  knownProbability,
  labellingProbabilities,
  qualityFrom,
  qualityTotals,
  samplingJobs,
  type EstimationRow,
  type MetricEstimate,
  type SamplingItem,
  type SamplingPlan,
} from './index.js';
import type { Draw } from './draw-content.js';
import { planOf } from './plan-record.js';
import {
  groupKey,
  predictionRow,
  textKey,
  warehouseFixture,
  type WarehouseFixture,
} from './sampling-warehouse.fixture.js';
import { plantPopulation, PLANTED_CATEGORIES } from './simulation/population.js';

const DATABASE = 'sampling_jobs';
const HOUR = 3_600_000;
/** 2026-01-01 10:00 UTC. */
const TEN = Date.UTC(2026, 0, 1, 10);
const OBSERVED = { from: TEN, to: TEN + HOUR };
const PLANNED = { from: TEN + 2 * HOUR, to: TEN + 3 * HOUR };
const SIZE = 1500;
const CATEGORIES = ['HR', 'H', 'V'] as const;
const THRESHOLDS: Readonly<Record<string, number>> = { HR: 0.5, H: 0.4, V: 0.3 };
const SECRET = Buffer.from('the secret of a test installation');
/** 600 a window of an hour, 360 of them drawn. */
const BUDGETS = `budgets:
  - team: everybody
    labelsPerDay: 12000
  - team: lisbon
    languages: [pt]
    labelsPerDay: 2400
categories:
  V: { nearest: H }
`;

const population = plantPopulation(SIZE, 'jobs', PLANTED_CATEGORIES.slice(0, 3));
/** Near-duplicates: every eleventh content is one of them. */
const groupOf = (index: number) => (index % 11 === 0 ? 0 : index);

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;
let fixture: WarehouseFixture;
let now = TEN;
const events: { readonly event: string }[] = [];

const log = createMemoryLog({ partitions: 1, clock: () => now });
const broker = createMemoryBroker(log, () => now);
const serde = createStaticSerde();

function makeJobs() {
  const parsed = parseEnvironment({
    TIDEGATE_HOME: home,
    SAMPLING_WINDOW_MS: String(HOUR),
    SAMPLING_BUDGETS: path.join(home, 'budgets.yaml'),
  });
  const logger = createLogger({ stage: 'test', level: 'silent' });
  const note = (event: { readonly event: string }) => events.push(event);
  return samplingJobs({
    config: platformConfig(parsed, defaultServices(parsed)),
    broker,
    serde,
    writer: createWriter({ broker, serde, stage: 'sampling', release: 'test' }),
    clock: () => now,
    secret: SECRET,
    logger: Object.assign(logger, { info: note, warn: note, error: note }),
    onFatal: (error) => {
      throw error;
    },
  });
}

let jobs: ReturnType<typeof makeJobs>;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-sampling-jobs-'));
  fs.writeFileSync(path.join(home, 'budgets.yaml'), BUDGETS);
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: DATABASE });
  await migrate(clickhouse);
  fixture = warehouseFixture(stack.clickhouseUrl, DATABASE);
  jobs = makeJobs();
  await plantBundles();
  await plantTraffic(OBSERVED);
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await stack.stop();
  await broker.close();
  fs.rmSync(home, { recursive: true, force: true });
});

async function plantBundles(): Promise<void> {
  const thresholds = Object.fromEntries(
    Object.entries(THRESHOLDS).map(([category, review]) => [category, { review, block: null, provisional: false }]),
  );
  const calibrator = { kind: 'IDENTITY', parameters: [], x: [], y: [] };
  const bundle = { policy_id: 'default', policy_version: 2, thresholds };
  await fixture.insert('deployment_bundled', [
    {
      ...bundle,
      deployment_id: 'd-public',
      channel: 'public',
      calibrators: { HR: calibrator, H: calibrator },
      uncovered_categories: ['V'],
    },
    // Another policy: its labels are others.
    { ...bundle, policy_version: 3, deployment_id: 'd-internal', channel: 'internal' },
  ]);
  await fixture.insert('deployment_changed', [
    { channel: 'public', sequence: 1, live: 'd-before' },
    { channel: 'public', sequence: 2, live: 'd-public' },
  ]);
  await fixture.insert('policy_published', [
    { policy_id: 'default', version: 2, categories: CATEGORIES },
    { policy_id: 'default', version: 3, categories: ['HR'] },
  ]);
}

/** The population, scored evenly over a window; ids and revisions tell windows apart. */
function contentsOf({ from }: { readonly from: number }): readonly SamplingItem[] {
  return population.items.map((item) => ({ ...item, contentId: `${item.contentId}-${(from - TEN) / HOUR}` }));
}

async function plantTraffic(window: typeof OBSERVED): Promise<void> {
  const contents = contentsOf(window);
  const at = (index: number) => window.from + index * Math.floor(HOUR / SIZE);
  await fixture.insert(
    'prediction_scored',
    contents.map((item, index) => predictionRow(item, index, at(index), { group: groupOf(index) })),
  );
  await fixture.insert(
    'content_submitted',
    // Every tenth text is gone.
    contents.flatMap(({ platform, contentId, revision }, index) =>
      index % 10 === 3
        ? []
        : [
            {
              platform,
              content_id: contentId,
              revision,
              text_hash: textKey(index),
              text: `content ${contentId} speaks of ${['harbours', 'bridges', 'trains'][index % 3] ?? ''} and of number ${index * 7}`,
              // Texts of long ago are taken away.
              day: new Date().toISOString().slice(0, 10),
            },
          ],
    ),
  );
}

/** Everything of these topics is readable up to a moment. */
async function readableUntil(moment: number): Promise<void> {
  await fixture.insert(
    'warehouse_watermark',
    ['prediction.scored', 'sampling.drawn', 'sampling.closed'].map((topic) => ({
      topic,
      partition: 0,
      next_offset: moment,
      complete_until: moment,
    })),
  );
}

async function valuesOf(topic: string): Promise<readonly StoredRecord[]> {
  return Promise.resolve(log.read(topic, 0, 0, Number.MAX_SAFE_INTEGER));
}

async function plans(): Promise<readonly SamplingPlanned[]> {
  const decoded = await serde.decode('sampling.planned', await valuesOf('sampling.planned'));
  return decoded.flatMap((one) => (one.ok ? [one.value] : []));
}

async function closedIn(window: typeof OBSERVED): Promise<readonly SamplingClosed[]> {
  const decoded = await serde.decode('sampling.closed', await valuesOf('sampling.closed'));
  return decoded.flatMap((one) => (one.ok && one.value.windowFrom === window.from ? [one.value] : []));
}

function drawsUnder(plan: SamplingPlan | null, window: typeof OBSERVED) {
  const bootstrap = { rate: 0.02, salt: deriveSalt(SECRET, 'sampling-bootstrap') };
  return contentsOf(window).flatMap((item, index) => {
    const draw = drawContent({ plan, bootstrap }, item);
    return draw?.drawn === true ? [{ ...draw, item, index }] : [];
  });
}

/** As the sink writes them: what JSON cannot hold are the bytes of ids. */
async function plantDraws(
  draws: readonly (Draw & { readonly item: SamplingItem; readonly index: number })[],
  window: typeof OBSERVED,
): Promise<void> {
  const out = new RowBinary();
  for (const { drawId, planId, team, probability, item, index } of draws) {
    out.hex(drawId, 32);
    if (out.present(planId)) out.string(planId);
    out.string(item.platform);
    out.string(item.contentId);
    out.int32(item.revision);
    out.string('public');
    out.dateTime(window.from);
    out.dateTime(window.to);
    if (out.present(team)) out.string(team);
    out.float64(probability);
    out.uint8(item.kind === 'POST' ? 1 : 2);
    out.string(item.language);
    out.hex(Buffer.from(groupKey(groupOf(index))).toString('hex'), 16);
    out.dateTime(window.from + index);
    out.uint64(index);
    out.uint64(index);
  }
  const columns =
    'draw_id plan_id platform content_id revision channel window_from window_to team probability kind language duplicate_key scored_at source_offset record_offset';
  await clickhouse.insertRows('sampling_drawn', out.take(), {
    columns: columns.split(' '),
    token: `${draws[0]?.drawId ?? ''}-${draws.length}`,
  });
}

async function plantClosed(closed: readonly SamplingClosed[]): Promise<void> {
  const out = new RowBinary();
  for (const [offset, event] of closed.entries()) {
    out.hex(event.drawId, 32);
    out.uint8(event.origin === 'DRAWN' ? 1 : 2);
    out.string(event.platform);
    out.string(event.contentId);
    out.int32(event.revision);
    out.string(event.channel);
    out.dateTime(event.windowFrom);
    out.dateTime(event.windowTo);
    if (out.present(event.probability)) out.float64(event.probability);
    if (out.present(event.team)) out.string(event.team);
    out.string(event.language);
    out.uint64(offset);
  }
  const columns =
    'draw_id origin platform content_id revision channel window_from window_to probability team language record_offset';
  await clickhouse.insertRows('sampling_closed', out.take(), {
    columns: columns.split(' '),
    token: `${closed[0]?.drawId ?? ''}-${closed.length}`,
  });
}

let labelOffset = 0;

interface PlantedLabel {
  readonly contentId: string;
  readonly values: Readonly<Record<string, 'YES' | 'NO' | 'UNKNOWN'>>;
  readonly policyVersion?: number;
  readonly isSettled?: boolean;
}

async function plantLabels(labels: readonly PlantedLabel[]): Promise<void> {
  await fixture.insert(
    'label_resolved',
    labels.map(({ contentId, values, policyVersion = 2, isSettled = true }) => ({
      resolved_id: String(++labelOffset).padStart(16, '0'),
      kind: 'DERIVED',
      platform: 'demo',
      content_id: contentId,
      revision: 1,
      policy_id: 'default',
      policy_version: policyVersion,
      categories: Object.fromEntries(
        Object.entries(values).map(([category, value]) => [category, { value, weight: 1, decided_by: [] }]),
      ),
      is_settled: isSettled,
      resolved_at: now,
      record_offset: labelOffset,
    })),
  );
}

function truthOf(index: number): Readonly<Record<string, 'YES' | 'NO'>> {
  return Object.fromEntries(
    CATEGORIES.map((category, c) => [category, population.truth[c]?.[index] === 1 ? 'YES' : 'NO']),
  );
}

interface QualityRow {
  readonly category: string;
  readonly slice_by: string;
  readonly slice_value: string;
  readonly metric: 'prevalence' | 'precision' | 'recall';
  readonly status: string;
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly process_low: number | null;
  readonly process_high: number | null;
  readonly variance: number | null;
  readonly process_variance: number | null;
  readonly hajek: number | null;
  readonly horvitz_thompson: number | null;
  readonly n: number;
  readonly n_eff: number;
  readonly max_weight: number;
  readonly contents: number;
  readonly flagged: number;
  readonly drawn: number;
  readonly labels: number;
  readonly pending: number;
}

function qualityRows(window: typeof OBSERVED, channel = 'public', period = 'window'): Promise<readonly QualityRow[]> {
  return fixture.rows<QualityRow>(
    `SELECT * FROM live_quality WHERE channel = '${channel}' AND period = '${period}'
     AND window_from = fromUnixTimestamp64Milli(${period === 'day' ? Date.UTC(2026, 0, 1) : window.from}, 'UTC')
     ORDER BY category, slice_by, slice_value, metric`,
  );
}

function numbersOf(metric: MetricEstimate): readonly (number | null)[] {
  if (metric.state !== 'estimated') return Array.from({ length: 9 }, () => null);
  const { value, interval, variance, processInterval, processVariance, hajek, horvitzThompson } = metric;
  return [
    value,
    interval.low,
    interval.high,
    processInterval.low,
    processInterval.high,
    variance,
    processVariance,
    hajek,
    horvitzThompson,
  ];
}

function expectClose(actual: readonly (number | null)[], expected: readonly (number | null)[], where: string): void {
  const wrong = actual.flatMap((value, i) => {
    const wanted = expected[i] ?? null;
    const isClose =
      value === null || wanted === null
        ? value === wanted
        : Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
    return isClose ? [] : [{ i, value, wanted }];
  });
  expect({ where, wrong }).toEqual({ where, wrong: [] });
}

let plan: SamplingPlan;

describe('sampling-plan', () => {
  it('plans the next window that has not begun, before it begins, and spends the budget', async () => {
    await readableUntil(OBSERVED.to + 60_000);
    now = OBSERVED.to + 61_000;
    expect(await catchUp(jobs.planning, clickhouse, () => now)).toEqual([OBSERVED]);
    const [record, ...others] = await plans();
    if (record === undefined) throw new Error('no plan');
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      windowFrom: PLANNED.from,
      windowTo: PLANNED.to,
      observedFrom: OBSERVED.from,
      observedTo: OBSERVED.to,
      plannedAt: now,
    });
    expect((await valuesOf('sampling.planned'))[0]?.timestamp).toBeLessThan(PLANNED.from);
    // V has no head of its own: H stands in for it.
    const [all] = record.strata;
    expect(all?.categories.map(({ category, scoredBy }) => [category, scoredBy])).toEqual([
      ['H', 'H'],
      ['HR', 'HR'],
      ['V', 'H'],
    ]);
    expect(record.strata.map(({ budget, trainOnlyBudget }) => [budget, trainOnlyBudget])).toEqual([
      [300, 200],
      [60, 40],
    ]);
    const found = planOf(record, deriveSalt(SECRET, 'sampling'));
    if (found === null) throw new Error('a plan of another salt');
    plan = found;
    const expected = contentsOf(OBSERVED).map((item) => drawContent({ plan, bootstrap: { rate: 1, salt: '' } }, item));
    expect(expected.reduce((sum, draw) => sum + (draw?.probability ?? 0), 0)).toBeCloseTo(360, 6);
  });

  it('appends no second plan for a window that has one', async () => {
    await runJob(jobs.planning, OBSERVED, clickhouse, now);
    expect(await plans()).toHaveLength(1);
  });

  it('appends nothing when its window is about to begin', async () => {
    events.length = 0;
    const late = makeJobs();
    const before = now;
    now = PLANNED.from + HOUR - 10_001;
    const slow: ClickHouse = {
      ...clickhouse,
      query: async (name, parameters) => {
        const answer = await clickhouse.query(name, parameters);
        if (name === 'sampling-largest-parts') now = PLANNED.to - 4999;
        return answer;
      },
    };
    await runJob(late.planning, OBSERVED, slow, now);
    now = before;
    expect(await plans()).toHaveLength(1);
    expect(events).toEqual([{ event: 'plan_skipped', from: PLANNED.to, why: 'too_late' }]);
  });
});

describe('sampling-close', () => {
  it('waits for the one draw that ClickHouse does not show yet, and says so', async () => {
    const draws = drawsUnder(null, OBSERVED);
    const [missing] = draws.slice(-1);
    const there = draws.slice(0, -1);
    if (missing === undefined) throw new Error('nothing was drawn');
    await plantDraws(there, OBSERVED);
    await readableUntil(OBSERVED.to + 60_000);
    events.length = 0;
    expect(await catchUp(jobs.closing, clickhouse, () => now)).toEqual([]);
    expect(events).toEqual([{ event: 'draws_missing', ...OBSERVED, missing: 1, expected: draws.length, waitedMs: 0 }]);
    now += 16 * 60_000;
    expect(await catchUp(jobs.closing, clickhouse, () => now)).toEqual([]);
    expect(events[1]).toMatchObject({ event: 'window_overdue', missing: 1, waitedMs: 16 * 60_000 });
    expect(await closedIn(OBSERVED)).toEqual([]);

    await plantDraws([missing], OBSERVED);
    now += 60_000;
    expect(await catchUp(jobs.closing, clickhouse, () => now)).toEqual([OBSERVED]);
    const closed = await closedIn(OBSERVED);
    expect(new Set(closed.map(({ drawId }) => drawId))).toEqual(new Set(draws.map(({ drawId }) => drawId)));
    // Without a plan nobody knows what is uncertain.
    expect(closed.every(({ origin, probability }) => origin === 'DRAWN' && probability === 0.02)).toBe(true);
  });

  it('closes a window under its plan: capped draws with their probabilities, and train-only picks without', async () => {
    await plantTraffic(PLANNED);
    // The role passed the first one over, as it would have under other settings: nobody waits for it.
    const draws = drawsUnder(plan, PLANNED).slice(1);
    await plantDraws(draws, PLANNED);
    await readableUntil(PLANNED.to + 60_000);
    now = PLANNED.to + 61_000;
    events.length = 0;
    const windows = await catchUp(jobs.closing, clickhouse, () => now);
    expect(windows.at(-1)).toEqual(PLANNED);
    expect(events[0]).toEqual({ event: 'draws_differ', ...PLANNED, differing: 1, expected: draws.length + 1 });
    const closed = await closedIn(PLANNED);
    const byId = new Map(draws.map((draw) => [draw.drawId, draw]));
    const drawn = closed.filter(({ origin }) => origin === 'DRAWN');
    expect(drawn).toHaveLength(draws.length);
    for (const { drawId, probability, team, value } of drawn) {
      expect({ probability, team, value }).toEqual({
        probability: byId.get(drawId)?.probability,
        team: byId.get(drawId)?.team,
        value: null,
      });
    }
    const picks = closed.filter(({ origin }) => origin === 'TRAIN_ONLY');
    // 200 of all languages, 40 of Portuguese.
    expect(picks.filter(({ language }) => language !== 'pt')).toHaveLength(200);
    expect(picks.filter(({ language }) => language === 'pt')).toHaveLength(40);
    const drawnContents = new Set(drawn.map(({ contentId }) => contentId));
    for (const { contentId, probability, capProbability, value, team } of picks) {
      expect(drawnContents.has(contentId)).toBe(false);
      expect({ probability, capProbability }).toEqual({ probability: null, capProbability: null });
      expect(value).toBeGreaterThan(0);
      expect(team).not.toBeNull();
    }
    expect(new Set(picks.map(({ drawId }) => drawId)).size).toBe(picks.length);
    const gone = contentsOf(PLANNED).flatMap(({ contentId }, index) => (index % 10 === 3 ? [contentId] : []));
    expect(picks.filter(({ contentId }) => gone.includes(contentId))).toEqual([]);
  });

  it('writes the same bytes whoever closes a window again', async () => {
    const ofWindow = async () => {
      const closed = await closedIn(PLANNED);
      const keys = new Set(closed.map(({ drawId }) => drawId));
      return (await valuesOf('sampling.closed')).filter(({ key }) => keys.has(key?.toString() ?? ''));
    };
    const before = await ofWindow();
    now += HOUR;
    await runJob(makeJobs().closing, PLANNED, clickhouse, now);
    const again = (await ofWindow()).slice(before.length);
    expect(again.map(({ key, value }) => [key?.toString(), value?.toString('hex')])).toEqual(
      before.map(({ key, value }) => [key?.toString(), value?.toString('hex')]),
    );
    expect(before.length).toBeGreaterThan(300);
  });
});

describe('live-quality', () => {
  async function refresh(): Promise<void> {
    now += 2 * HOUR;
    await readableUntil(now);
    await runJob(jobs.quality, { from: 0, to: 1 }, clickhouse, now);
  }

  it('is pending while nobody has labelled anything, for every channel that judged', async () => {
    const once = [...new Map((await closedIn(PLANNED)).map((event) => [event.drawId, event])).values()];
    await plantClosed([...once, ...(await closedIn(OBSERVED))]);
    await refresh();
    const rows = await qualityRows(PLANNED);
    expect(rows).toHaveLength(3 * 8 * 3);
    expect(rows.filter(({ slice_by }) => slice_by === 'all').map(({ status }) => status)).toEqual(
      Array.from({ length: 9 }, () => 'pending'),
    );
    expect((await qualityRows(PLANNED, 'internal')).every(({ category }) => category === 'HR')).toBe(true);
  });

  it('is the same as in TypeScript to 1e-9, and nothing that was not drawn by chance moves it', async () => {
    const closed = await closedIn(PLANNED);
    const probabilities = new Map(
      closed.flatMap(({ contentId, probability }) => (probability === null ? [] : [[contentId, probability]])),
    );
    const contents = contentsOf(PLANNED);
    // The first tenth of the draws has no label yet, and one is undecided.
    const labelled = contents
      .flatMap(({ contentId }, index) => (probabilities.has(contentId) ? [{ contentId, index }] : []))
      .filter(({ index }) => index % 10 !== 0);
    const [unsure] = labelled;
    await plantLabels(
      labelled.map(({ contentId, index }) =>
        contentId === unsure?.contentId
          ? { contentId, values: { ...truthOf(index), H: 'UNKNOWN' } }
          : { contentId, values: truthOf(index) },
      ),
    );
    // Reports, appeals and imports of contents that were never drawn, and labels of train-only picks, all of them positive.
    const yes = { HR: 'YES', H: 'YES', V: 'YES' } as const;
    const notDrawn = contents.filter(({ contentId }) => !probabilities.has(contentId)).slice(0, 300);
    await plantLabels(notDrawn.map(({ contentId }) => ({ contentId, values: yes })));
    const [pick] = closed.filter(({ origin }) => origin === 'TRAIN_ONLY');
    if (pick === undefined) throw new Error('no train-only pick');
    await plantLabels([{ contentId: pick.contentId, values: yes }]);
    // Even one with an invented probability.
    await plantClosed([{ ...pick, drawId: 'f'.repeat(32), probability: 0.001 }]);
    // Labels that do not count for this bundle: of another policy version, and of an item that is not settled.
    const open = contents.flatMap(({ contentId }, index) =>
      probabilities.has(contentId) && index % 10 === 0 ? [contentId] : [],
    );
    await plantLabels(open.slice(0, 5).map((contentId) => ({ contentId, values: yes, policyVersion: 1 })));
    await plantLabels(open.slice(5, 10).map((contentId) => ({ contentId, values: yes, isSettled: false })));
    await refresh();

    const rows = await qualityRows(PLANNED);
    const statuses = new Set<string>();
    for (const [c, category] of CATEGORIES.entries()) {
      const all = contents.map((item, index): EstimationRow & { readonly item: SamplingItem } => {
        const probability = probabilities.get(item.contentId);
        const score = item.scores[category] ?? 0;
        const isLabelled = index % 10 !== 0 && !(category === 'H' && item.contentId === unsure?.contentId);
        return {
          item,
          score,
          flagged: score >= (THRESHOLDS[category] ?? 2),
          group: String(groupOf(index)),
          draw:
            probability === undefined
              ? null
              : {
                  origin: 'DRAWN',
                  probability: knownProbability('DRAWN', probability),
                  stratum: `${closed.find(({ contentId }) => contentId === item.contentId)?.team ?? ''}/${item.language}`,
                  label: isLabelled ? (population.truth[c]?.[index] === 1 ? 1 : 0) : null,
                },
        };
      });
      const labelling = labellingProbabilities(all);
      for (const row of rows.filter((one) => one.category === category)) {
        const slice = all.filter(
          ({ item }) =>
            row.slice_by === 'all' || item[row.slice_by as 'language' | 'platform' | 'kind'] === row.slice_value,
        );
        const estimate = qualityFrom(qualityTotals(slice, labelling));
        const metric = estimate[row.metric];
        const where = `${category} ${row.slice_by} ${row.slice_value} ${row.metric}`;
        statuses.add(row.status);
        expect({ where, status: row.status }).toEqual({
          where,
          status: metric.state === 'estimated' ? 'ok' : metric.state,
        });
        expectClose(
          [
            row.estimate,
            row.low,
            row.high,
            row.process_low,
            row.process_high,
            row.variance,
            row.process_variance,
            row.hajek,
            row.horvitz_thompson,
          ],
          numbersOf(metric),
          where,
        );
        expectClose(
          [row.contents, row.flagged, row.drawn, row.labels, row.pending, row.n_eff, row.max_weight],
          [
            estimate.contents,
            estimate.flagged,
            estimate.drawn,
            estimate.labels,
            estimate.pending,
            estimate.effectiveLabels,
            estimate.maximumWeight,
          ],
          where,
        );
      }
    }
    expect([...statuses].sort()).toEqual(['insufficient_labels', 'ok']);
  });

  it('computes a window again only when labels of its draws came, and a day by adding up its windows', async () => {
    events.length = 0;
    await refresh();
    expect(events).toEqual([]);
    const draws = (await closedIn(OBSERVED)).map(({ contentId }) => contentId);
    const indexOf = new Map(contentsOf(OBSERVED).map(({ contentId }, index) => [contentId, index]));
    await plantLabels(draws.map((contentId) => ({ contentId, values: truthOf(indexOf.get(contentId) ?? 0) })));
    await refresh();
    expect(events).toMatchObject([{ event: 'live_quality_computed', windows: 1 }]);
    const totals = (window: typeof OBSERVED, period: string) =>
      qualityRows(window, 'public', period).then((rows) =>
        rows.find(
          ({ category, slice_by, metric }) => category === 'HR' && slice_by === 'all' && metric === 'prevalence',
        ),
      );
    const [first, second, day] = [
      await totals(OBSERVED, 'window'),
      await totals(PLANNED, 'window'),
      await totals(OBSERVED, 'day'),
    ];
    expect(day?.contents).toBe((first?.contents ?? 0) + (second?.contents ?? 0));
    expect(day?.labels).toBe((first?.labels ?? 0) + (second?.labels ?? 0));
    const sum = SIZE * ((first?.estimate ?? NaN) + (second?.estimate ?? NaN));
    expect(day?.estimate).toBeCloseTo(sum / (2 * SIZE), 9);
    expect(day?.variance).toBeCloseTo(((first?.variance ?? NaN) + (second?.variance ?? NaN)) / 4, 12);
  });

  it('answers every query of docs/live-quality.md', async () => {
    const guide = fs.readFileSync(path.join(projectRoot, 'docs/live-quality.md'), 'utf8');
    const queries = [...guide.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']) => sql);
    expect(queries).toHaveLength(4);
    for (const sql of queries) await fixture.rows(sql);
    // The last day is the one that was planted.
    expect((await fixture.rows(queries[2] ?? '')).length).toBeGreaterThan(0);
  });
});
