import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import { startStack, type RunningStack } from '#platform/stack';
import {
  aggregateWindow,
  DEFAULT_PLAN_SHARES,
  drawContent,
  largestParts,
  makePlan,
  stratumOf,
  stratumParameters,
  type BucketAggregate,
  type LargestParts,
  type PlanSettings,
  type SamplingItem,
  type SamplingPlan,
} from './index.js';
import type { AggregateRow } from './sampling-database.js';
import { predictionRow, warehouseFixture, type WarehouseFixture } from './sampling-warehouse.fixture.js';
import { plantPopulation } from './simulation/population.js';

const DATABASE = 'sampling';
const DAY = 86_400_000;
/** 2026-01-01, the observed window. */
const OBSERVED = { from: 1_767_225_600_000, to: 1_767_225_600_000 + DAY };
const THRESHOLDS = { HR: 0.5, H: 0.4, V: 0.3 };

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;
let fixture: WarehouseFixture;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-sampling-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: DATABASE });
  await migrate(clickhouse);
  fixture = warehouseFixture(stack.clickhouseUrl, DATABASE);
  await insertPredictions();
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

const population = plantPopulation(5000, 'integration').items.map((item, i): SamplingItem => {
  // Some models fail, some know fewer categories, and some ids would break what quotes them carelessly.
  if (i % 97 === 0) return { ...item, scores: {} };
  const { HR, H, V } = item.scores as { HR: number; H: number; V: number };
  if (i % 89 === 0) return { ...item, scores: { HR, H } };
  return { ...item, contentId: i % 83 === 0 ? `déjà'|${i}` : item.contentId, scores: { HR, H, V } };
});

async function insertPredictions(): Promise<void> {
  // One after the window, which must not count.
  const later = population.slice(1, 2).map((item) => ({ ...item, contentId: 'later' }));
  await fixture.insert('prediction_scored', [
    ...population.map((item, i) => predictionRow(item, i, OBSERVED.from + i)),
    ...later.map((item) => predictionRow(item, 9e6, OBSERVED.to)),
  ]);
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
    await clickhouse.query('sampling-window-aggregates', { channel: 'public', ...OBSERVED, thresholds: THRESHOLDS })
  ).map(bucketFrom);
  const draft = makePlan({ ...OBSERVED, buckets }, settings);
  const largest: LargestParts[] = [];
  for (const stratum of draft.strata) {
    const parameters = { ...stratumParameters(draft, stratum), ...OBSERVED, most: Math.ceil(stratum.budget) };
    const [row] = await clickhouse.query('sampling-largest-parts', parameters);
    if (row !== undefined) largest.push(row);
  }
  return { plan: makePlan({ ...OBSERVED, buckets }, settings, largest), largest };
}

describe('a plan from the warehouse', () => {
  it('has the aggregates that TypeScript computes from the contents', async () => {
    const buckets = (
      await clickhouse.query('sampling-window-aggregates', { channel: 'public', ...OBSERVED, thresholds: THRESHOLDS })
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
      const audited = await clickhouse.query('sampling-inclusion-probabilities', {
        ...stratumParameters(plan, stratum),
        ...OBSERVED,
      });
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
