import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate } from '#platform/clickhouse';
import { startStack, type RunningStack } from '#platform/stack';
import {
  aggregateWindow,
  capDraws,
  DEFAULT_PLAN_SHARES,
  drawContent,
  knownProbability,
  labellingProbabilities,
  largestParts,
  makePlan,
  qualityFrom,
  qualityTotals,
  stratumOf,
  stratumParameters,
  type BucketAggregate,
  type EstimationDraw,
  type EstimationRow,
  type LargestParts,
  type MetricEstimate,
  type PlanSettings,
  type SamplingItem,
  type SamplingPlan,
} from './index.js';
import { createGenerator, PLANTED_CATEGORIES, plantPopulation } from './simulation/population.js';

const DATABASE = 'sampling';
const DAY = 86_400_000;
/** 2026-01-01, the observed window. */
const OBSERVED = { from: 1_767_225_600_000, to: 1_767_225_600_000 + DAY };
const THRESHOLDS = { HR: 0.5, H: 0.4, V: 0.3 };

let home: string;
let stack: RunningStack;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-sampling-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  const clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: DATABASE });
  await migrate(clickhouse);
  await clickhouse.close();
  await insertPredictions();
  await insertEstimationRows();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

type Parameter = string | number | boolean | readonly (string | number)[] | Readonly<Record<string, number>>;

/** As ClickHouse reads a parameter: strings bare at the top and quoted inside. */
function parameterText(value: Parameter): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const inner = (item: string | number) => (typeof item === 'string' ? quote(item) : String(item));
  if (Array.isArray(value)) return `[${(value as readonly (string | number)[]).map(inner).join(',')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${quote(key)}:${item}`)
      .join(',')}}`;
  }
  return String(value);
}

async function run(sql: string, parameters: object = {}, body = ''): Promise<string> {
  const url = new URL(stack.clickhouseUrl);
  url.searchParams.set('database', DATABASE);
  url.searchParams.set('output_format_json_quote_64bit_integers', '0');
  url.searchParams.set('output_format_json_quote_denormals', '0');
  for (const [name, value] of Object.entries(parameters))
    url.searchParams.set(`param_${name}`, parameterText(value as Parameter));
  if (body !== '') url.searchParams.set('query', sql);
  const response = await fetch(url, { method: 'POST', body: body === '' ? sql : body });
  const text = await response.text();
  if (!response.ok) throw new Error(text.slice(0, 1000));
  return text;
}

async function rows<T>(file: string, parameters: object = {}): Promise<readonly T[]> {
  const sql = fs.readFileSync(path.join(import.meta.dirname, 'sql', file), 'utf8');
  const text = await run(`${sql}\nFORMAT JSONEachRow`, parameters);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

const population = plantPopulation(5000, 'integration').items.map((item, i): SamplingItem => {
  // Some models fail, some know fewer categories, and some ids would break what quotes them carelessly.
  if (i % 97 === 0) return { ...item, scores: {} };
  const { HR, H, V } = item.scores as { HR: number; H: number; V: number };
  if (i % 89 === 0) return { ...item, scores: { HR, H } };
  return { ...item, contentId: i % 83 === 0 ? `déjà'|${i}` : item.contentId, scores: { HR, H, V } };
});

async function insertPredictions(): Promise<void> {
  const lines = population.map(({ platform, contentId, revision, kind, language, scores }, i) =>
    JSON.stringify({
      platform,
      content_id: contentId,
      revision,
      kind,
      language,
      assignments: [
        {
          channel: 'internal',
          role: 'LIVE',
          mode: 'NORMAL',
          deployment_id: 'd',
          model_id: 'm',
          calibration_id: 'c',
          probabilities: { HR: 0.9 },
          error: null,
        },
        {
          channel: 'public',
          role: 'CANARY',
          mode: 'NORMAL',
          deployment_id: 'd',
          model_id: 'm',
          calibration_id: 'c',
          probabilities: scores,
          error: null,
        },
        {
          channel: 'public',
          role: 'SHADOW',
          mode: 'NORMAL',
          deployment_id: 's',
          model_id: 'm',
          calibration_id: 'c',
          probabilities: { HR: 0.99, H: 0.99, V: 0.99 },
          error: null,
        },
      ],
      source_topic: 'content.submitted',
      source_partition: 0,
      source_offset: i,
      scored_at: OBSERVED.from + i,
      record_partition: 0,
      record_offset: i,
    }),
  );
  // One after the window, which must not count.
  lines.push(
    JSON.stringify({
      ...(JSON.parse(lines[1] ?? '{}') as object),
      content_id: 'later',
      source_offset: 9e6,
      scored_at: OBSERVED.to,
    }),
  );
  await run('INSERT INTO prediction_scored FORMAT JSONEachRow', {}, lines.join('\n'));
}

interface AggregateRow {
  readonly language: string;
  readonly kind: string;
  readonly platform: string;
  readonly contents: number;
  readonly scored: Readonly<Record<string, number>>;
  readonly above: Readonly<Record<string, number>>;
  readonly uncertainty: Readonly<Record<string, number>>;
}

function bucketFrom({ scored, above, uncertainty, ...bucket }: AggregateRow): BucketAggregate {
  const categories = Object.fromEntries(
    Object.entries(scored).map(([category, count]) => [
      category,
      { scored: count, above: above[category] ?? 0, uncertainty: uncertainty[category] ?? 0 },
    ]),
  );
  return { ...bucket, categories };
}

function byName(buckets: readonly BucketAggregate[]): readonly BucketAggregate[] {
  const name = ({ language, kind, platform }: BucketAggregate) => `${language}/${kind}/${platform}`;
  return [...buckets].sort((left, right) => (name(left) < name(right) ? -1 : 1));
}

const settings: PlanSettings = {
  channel: 'public',
  salt: 'a secret salt',
  from: OBSERVED.to,
  to: OBSERVED.to + DAY,
  ...DEFAULT_PLAN_SHARES,
  bootstrapRate: 0.02,
  budgets: [
    { team: 'first', languages: [], labelsPerDay: 700 },
    { team: 'lisbon', languages: ['pt'], labelsPerDay: 300 },
  ],
  categories: Object.fromEntries(
    Object.entries(THRESHOLDS).map(([category, threshold]) => [
      category,
      { threshold, target: 500, positives: category === 'HR' ? 480 : 30, trainedOn: 500, nearest: null },
    ]),
  ),
};

const window = aggregateWindow(population, THRESHOLDS, OBSERVED);

async function planFromWarehouse(): Promise<{ plan: SamplingPlan; largest: readonly LargestParts[] }> {
  const buckets = (
    await rows<AggregateRow>('window-aggregates.sql', { channel: 'public', ...OBSERVED, thresholds: THRESHOLDS })
  ).map(bucketFrom);
  const draft = makePlan({ ...OBSERVED, buckets }, settings);
  const largest: LargestParts[] = [];
  for (const stratum of draft.strata) {
    const parameters = { ...stratumParameters(draft, stratum), ...OBSERVED, most: Math.ceil(stratum.budget) };
    const [row] = await rows<LargestParts>('largest-parts.sql', parameters);
    if (row !== undefined) largest.push(row);
  }
  return { plan: makePlan({ ...OBSERVED, buckets }, settings, largest), largest };
}

describe('a plan from the warehouse', () => {
  it('has the aggregates that TypeScript computes from the contents', async () => {
    const buckets = (
      await rows<AggregateRow>('window-aggregates.sql', { channel: 'public', ...OBSERVED, thresholds: THRESHOLDS })
    ).map(bucketFrom);
    const [actual, expected] = [byName(buckets), byName(window.buckets)];
    expect(actual.map(({ language, kind, platform, contents }) => ({ language, kind, platform, contents }))).toEqual(
      expected.map(({ language, kind, platform, contents }) => ({ language, kind, platform, contents })),
    );
    for (const [i, { categories }] of expected.entries()) {
      for (const [category, { scored, above, uncertainty }] of Object.entries(categories)) {
        const found = actual[i]?.categories[category];
        expect(found).toMatchObject({ scored, above });
        expect(Math.abs((found?.uncertainty ?? 0) - uncertainty)).toBeLessThan(1e-9);
      }
    }
    expect(expected.length).toBeGreaterThan(6);
  });

  it('has the largest parts that TypeScript finds, and spends its budget', async () => {
    const { plan, largest } = await planFromWarehouse();
    const draft = makePlan(window, settings);
    for (const [at, stratum] of draft.strata.entries()) {
      const own = population.filter(({ language }) => stratumOf(draft, language) === stratum);
      const expected = largestParts(stratum, own);
      expect(largest[at]?.sum).toBeCloseTo(expected.sum, 9);
      expect(largest[at]?.values.length).toBe(Math.ceil(stratum.budget));
      for (const [i, value] of (largest[at]?.values ?? []).entries())
        expect(value).toBeCloseTo(expected.values[i] ?? 0, 9);
      const rule = { plan, bootstrap: { rate: 0.02, salt: 'bootstrap' } };
      const expectedLabels = own.reduce((sum, item) => sum + (drawContent(rule, item)?.probability ?? 0), 0);
      expect(Math.abs(expectedLabels / stratum.budget - 1)).toBeLessThan(1e-9);
    }
  });

  it('draws in ClickHouse what it draws in the stream: the same u to the last bit, the same probability and decision', async () => {
    const { plan } = await planFromWarehouse();
    let compared = 0;
    for (const stratum of plan.strata) {
      const audited = await rows<{
        content_id: string;
        u: number;
        probability: number;
        drawn: number;
        metadata_factor: number;
        threshold_part: number;
        uncertainty_part: number;
      }>('inclusion-probabilities.sql', { ...stratumParameters(plan, stratum), ...OBSERVED });
      const byId = new Map(audited.map((row) => [row.content_id, row]));
      const own = population.filter(({ language }) => stratumOf(plan, language) === stratum);
      expect(audited).toHaveLength(own.length);
      for (const item of own) {
        const draw = drawContent({ plan, bootstrap: { rate: 0.02, salt: 'bootstrap' } }, item);
        const row = byId.get(item.contentId);
        expect(row?.u).toBe(draw?.u);
        expect(Math.abs((row?.probability ?? 0) - (draw?.probability ?? 1))).toBeLessThan(1e-12);
        expect(Math.abs((row?.threshold_part ?? 0) - (draw?.parts.threshold ?? 1))).toBeLessThan(1e-12);
        expect(row?.drawn).toBe(draw?.drawn === true ? 1 : 0);
        compared += 1;
      }
    }
    expect(compared).toBe(population.length);
  });
});

interface WarehouseRow {
  readonly channel: string;
  readonly category: string;
  readonly window_from: number;
  readonly platform: string;
  readonly kind: string;
  readonly language: string;
  readonly score: number;
  readonly flagged: number;
  readonly duplicate_group: string;
  readonly origin: string;
  readonly probability: number | null;
  readonly queue_stratum: string;
  readonly label: number | null;
}

/** Draws of a planted population with a cap, missing labels, duplicates, and small categories; then what must not count. */
function estimationRows(): readonly WarehouseRow[] {
  const { items, categories, scores, flagged, truth } = plantPopulation(6000, 'rows', PLANTED_CATEGORIES.slice(0, 3));
  const random = createGenerator('rows');
  const plan = makePlan(aggregateWindow(items, THRESHOLDS, OBSERVED), settings);
  const drawn = items.flatMap((item, i) => {
    const draw = drawContent({ plan, bootstrap: { rate: 0.02, salt: 'bootstrap' } }, item);
    return draw?.drawn === true ? [{ ...draw, i }] : [];
  });
  const kept = new Map(
    capDraws(drawn, Math.floor(drawn.length * 0.9), 'cap').map(({ draw, probability }) => [draw.i, probability]),
  );
  return categories.flatMap(({ category }, c) =>
    items.map((item, i): WarehouseRow => {
      const probability = kept.get(i) ?? null;
      const isLabelled = probability !== null && random() < (item.language === 'pt' ? 0.7 : 0.95);
      return {
        channel: 'public',
        category,
        window_from: OBSERVED.from,
        platform: item.platform,
        kind: item.kind,
        language: item.language,
        score: scores[c]?.[i] ?? 0,
        flagged: flagged[c]?.[i] ?? 0,
        duplicate_group: `group ${i % 11 === 0 ? 0 : i}`,
        origin: probability === null ? '' : 'DRAWN',
        probability,
        queue_stratum: probability === null ? '' : `first/${item.language}`,
        label: isLabelled ? (truth[c]?.[i] ?? 0) : null,
      };
    }),
  );
}

const labelled = estimationRows();
/** The same contents, judged in another channel whose labels are all missing: nothing can be said. */
const silent = labelled
  .filter(({ category }) => category === 'HR')
  .map((row) => ({ ...row, channel: 'internal', label: null }));

async function insertEstimationRows(): Promise<void> {
  await run(`CREATE TABLE estimation_rows (channel LowCardinality(String), category LowCardinality(String), window_from Int64,
    platform LowCardinality(String), kind String, language LowCardinality(String), score Float64, flagged Bool, duplicate_group String,
    origin LowCardinality(String), probability Nullable(Float64), queue_stratum String, label Nullable(UInt8)) ENGINE = MergeTree ORDER BY (channel, category)`);
  await run(
    'INSERT INTO estimation_rows FORMAT JSONEachRow',
    {},
    [...labelled, ...silent].map((row) => JSON.stringify(row)).join('\n'),
  );
}

function typed({
  score,
  flagged,
  duplicate_group: group,
  origin,
  probability,
  queue_stratum: stratum,
  label,
}: WarehouseRow): EstimationRow {
  const draw: EstimationDraw | null =
    origin === 'DRAWN'
      ? {
          origin: 'DRAWN',
          probability: knownProbability('DRAWN', probability),
          stratum,
          label: label === null ? null : label === 1 ? 1 : 0,
        }
      : null;
  return { score, flagged: flagged === 1, group, draw };
}

interface QualityRow {
  readonly channel: string;
  readonly category: string;
  readonly slice_by: string;
  readonly slice_value: string;
  readonly metric_name: 'prevalence' | 'precision' | 'recall';
  readonly state: string;
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly estimate_variance: number | null;
  readonly process_low: number | null;
  readonly process_high: number | null;
  readonly estimate_process_variance: number | null;
  readonly hajek: number | null;
  readonly horvitz_thompson: number | null;
  readonly contents: number;
  readonly flagged: number;
  readonly drawn: number;
  readonly labels: number;
  readonly metric_labels: number;
  readonly pending: number;
  readonly effective_labels: number;
  readonly maximum_weight: number;
}

function numbersOf(metric: MetricEstimate): readonly (number | null)[] {
  if (metric.state !== 'estimated') return Array.from({ length: 9 }, () => null);
  const { value, interval, variance, processInterval, processVariance, hajek, horvitzThompson } = metric;
  return [
    value,
    interval.low,
    interval.high,
    variance,
    processInterval.low,
    processInterval.high,
    processVariance,
    hajek,
    horvitzThompson,
  ];
}

function expectClose(actual: readonly (number | null)[], expected: readonly (number | null)[], where: string): void {
  const differences = actual.map((value, i) => {
    const wanted = expected[i] ?? null;
    return value === null || wanted === null
      ? value === wanted
        ? 0
        : Infinity
      : Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
  });
  expect({ where, worst: differences.filter((difference) => difference > 1e-9) }).toEqual({ where, worst: [] });
}

describe('live quality', () => {
  it('is the same in SQL and in TypeScript to 1e-9, for every category, slice and metric', async () => {
    const found = await rows<QualityRow>('live-quality.sql');
    const states = new Set<string>();
    for (const row of found) {
      const all = [...labelled, ...silent].filter(
        ({ channel, category }) => channel === row.channel && category === row.category,
      );
      const slice = all.filter(
        (item) => row.slice_by === 'all' || item[row.slice_by as 'language' | 'platform' | 'kind'] === row.slice_value,
      );
      const estimate = qualityFrom(qualityTotals(slice.map(typed), labellingProbabilities(all.map(typed))));
      const metric = estimate[row.metric_name];
      const where = `${row.channel} ${row.category} ${row.slice_by} ${row.slice_value} ${row.metric_name}`;
      states.add(row.state);
      expect({ where, state: row.state }).toEqual({ where, state: metric.state });
      if (metric.state === 'insufficient_labels') expect(row.metric_labels).toBe(metric.labels);
      expectClose(
        [
          row.estimate,
          row.low,
          row.high,
          row.estimate_variance,
          row.process_low,
          row.process_high,
          row.estimate_process_variance,
          row.hajek,
          row.horvitz_thompson,
        ],
        numbersOf(metric),
        where,
      );
      expectClose(
        [row.contents, row.flagged, row.drawn, row.labels, row.pending, row.effective_labels, row.maximum_weight],
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
    expect([...states].sort()).toEqual(['estimated', 'insufficient_labels', 'pending']);
    // (three categories + one silent channel) x (all, 4 languages, 1 platform, 2 kinds) x three metrics
    expect(found).toHaveLength(4 * 8 * 3);
  });

  it('stays the same when reports, appeals and train-only picks are sneaked in as labels, with an invented probability or without', async () => {
    const notDrawn = labelled.filter(({ origin }) => origin === '').slice(0, 400);
    const sneaked = notDrawn.map((row, i) => ({
      ...row,
      channel: 'sneaked',
      origin: ['REPORTED', 'APPEALED', 'TRAIN_ONLY', 'DRAWN', 'DRAWN', 'DRAWN'][i % 6],
      probability: [0.5, 1, 0.2, null, 0, 1.5][i % 6],
      queue_stratum: 'first/en',
      label: 1,
    }));
    const honest = [...labelled.filter(({ origin }) => origin === 'DRAWN'), ...notDrawn].map((row) => ({
      ...row,
      channel: 'honest',
    }));
    const mixed = [
      ...honest.filter(({ origin }) => origin === 'DRAWN').map((row) => ({ ...row, channel: 'sneaked' })),
      ...sneaked,
    ];
    await run(
      'INSERT INTO estimation_rows FORMAT JSONEachRow',
      {},
      [...honest, ...mixed].map((row) => JSON.stringify(row)).join('\n'),
    );
    const after = await rows<QualityRow>('live-quality.sql');
    const of = (channel: string) =>
      after.filter((row) => row.channel === channel).map((row) => ({ ...row, channel: '' }));
    expect(of('sneaked')).toHaveLength(of('honest').length);
    for (const [i, row] of of('honest').entries()) {
      const other = of('sneaked')[i];
      expect(other).toMatchObject({
        category: row.category,
        slice_value: row.slice_value,
        metric_name: row.metric_name,
        state: row.state,
        labels: row.labels,
        drawn: row.drawn,
      });
      expectClose(
        [other?.estimate ?? null, other?.low ?? null, other?.high ?? null],
        [row.estimate, row.low, row.high],
        row.metric_name,
      );
    }
  });
});
