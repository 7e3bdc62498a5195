import fc from 'fast-check';
import { inclusionProbability } from './inclusion-probability.js';
import { largestParts } from './largest-parts.js';
import { makePlan, type PlanSettings } from './make-plan.js';
import { PlanError } from './plan-error.js';
import { categorySettings, OBSERVED_DAY, planSettings, samplingItem } from './sampling-plan.fixture.js';
import { stratumOf, type PlanStratum, type SamplingFacts, type SamplingPlan } from './sampling-plan.js';
import { planFor, probabilitiesOf } from './simulation/default-plan.js';
import { plantPopulation } from './simulation/population.js';
import { aggregateWindow } from './window-aggregates.js';

const THRESHOLDS = { H: 0.5, V: 0.3 };

function planned(items: readonly SamplingFacts[], settings: PlanSettings): SamplingPlan {
  const window = aggregateWindow(items, THRESHOLDS, OBSERVED_DAY);
  const draft = makePlan(window, settings);
  const own = (stratum: PlanStratum) => items.filter(({ language }) => stratumOf(draft, language) === stratum);
  return makePlan(
    window,
    settings,
    draft.strata.map((stratum) => largestParts(stratum, own(stratum))),
  );
}

function expectedLabels(plan: SamplingPlan, items: readonly SamplingFacts[]): number {
  return items.reduce((sum, item) => sum + (inclusionProbability(plan, item)?.probability ?? 0), 0);
}

function onlyStratum(plan: SamplingPlan): PlanStratum {
  const [stratum] = plan.strata;
  if (stratum === undefined) throw new Error('the plan has no stratum');
  return stratum;
}

/** Probabilities travel as float32. */
const facts = fc.record({
  platform: fc.constantFrom('demo', 'forum'),
  language: fc.constantFrom('en', 'pt', 'de'),
  kind: fc.constantFrom('POST', 'COMMENT'),
  scores: fc.oneof(
    fc.record({ H: fc.float({ min: 0, max: 1, noNaN: true }), V: fc.float({ min: 0, max: 0.5, noNaN: true }) }),
    fc.constant({}),
  ),
});
const windows = fc.array(facts, { minLength: 1, maxLength: 120 });

describe('makePlan', () => {
  it('gives the numbers of a window that was worked out by hand', () => {
    const items = [
      samplingItem({ scores: { H: 0.8 } }),
      ...Array.from({ length: 3 }, () => samplingItem({ scores: { H: 0.2 } })),
    ];
    const budgets = [{ team: 'everybody', languages: [], labelsPerDay: 1 }];
    const plan = makePlan(
      aggregateWindow(items, THRESHOLDS, OBSERVED_DAY),
      planSettings({ budgets, categories: { H: categorySettings() } }),
    );
    const stratum = onlyStratum(plan);
    // One bucket: every factor is 1. r*B/N = 0.25/4; A = 1; G = 4 * sqrt(0.16) = 1.6.
    expect(stratum).toMatchObject({ contents: 4, budget: 1, trainOnlyBudget: 0, uniformRate: 0.0625, multiplier: 1 });
    expect(stratum.categories).toMatchObject([{ category: 'H', share: 1, above: 1 }]);
    expect(stratum.categories[0]?.uncertainty).toBeCloseTo(1.6, 12);
    expect(inclusionProbability(plan, items[0] ?? samplingItem())?.parts.threshold).toBeCloseTo(0.75 * 0.33, 12);
    expect(inclusionProbability(plan, items[1] ?? samplingItem())?.parts).toEqual({
      uniform: 0.0625,
      threshold: 0,
      uncertainty: expect.closeTo((0.75 * 0.67) / 4, 12) as unknown,
      metadataFactor: 1,
    });
    expect(expectedLabels(plan, items)).toBeCloseTo(1, 12);
  });

  it('is the same plan from the same window, under the same id', () => {
    const items = [samplingItem(), samplingItem({ language: 'pt' })];
    const plan = planned(items, planSettings());
    expect(planned(items, planSettings())).toEqual(plan);
    expect(planned(items, planSettings({ salt: 'another' })).planId).not.toBe(plan.planId);
  });

  it('expects its budget within 1 % on a large window, and at 40 % of all contents, where many probabilities reach 1', () => {
    const population = plantPopulation(5000, 'budget');
    for (const labels of [50, 500, 2000]) {
      const plan = planFor(population, labels);
      const probabilities = probabilitiesOf(plan, population);
      const expected = probabilities.reduce((sum, p) => sum + p, 0);
      expect(Math.abs(expected / labels - 1)).toBeLessThan(0.01);
      if (labels === 2000) {
        expect(probabilities.filter((p) => p === 1).length).toBeGreaterThan(100);
        expect(onlyStratum(plan).multiplier).toBeGreaterThan(1.01);
      }
    }
  });

  it('spends exactly the budget, or draws everything, whatever the window holds', () => {
    fc.assert(
      fc.property(windows, fc.double({ min: 0.5, max: 150, noNaN: true }), (items, labels) => {
        const plan = planned(items, planSettings({ budgets: [{ team: 'a', languages: [], labelsPerDay: labels }] }));
        const expected = expectedLabels(plan, items);
        expect(Math.abs(expected - Math.min(labels, items.length))).toBeLessThan(1e-6);
      }),
    );
  });

  it('gives every content a probability in (0, 1], and no weight beyond N / (r B)', () => {
    fc.assert(
      fc.property(windows, facts, fc.double({ min: 0.5, max: 150, noNaN: true }), (items, other, labels) => {
        const plan = planned(items, planSettings({ budgets: [{ team: 'a', languages: [], labelsPerDay: labels }] }));
        for (const item of [...items, other]) {
          const probability = inclusionProbability(plan, item)?.probability ?? 0;
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThanOrEqual(1);
          expect(1 / probability).toBeLessThanOrEqual(Math.max(1, items.length / (0.25 * labels)) * (1 + 1e-12));
        }
      }),
    );
  });

  it('never lowers a probability when the budget grows', () => {
    const budget = fc.double({ min: 0.5, max: 150, noNaN: true });
    fc.assert(
      fc.property(windows, budget, budget, (items, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const at = (labelsPerDay: number) =>
          planned(items, planSettings({ budgets: [{ team: 'a', languages: [], labelsPerDay }] }));
        const [small, large] = [at(less), at(more)];
        for (const item of items) {
          const before = inclusionProbability(small, item)?.probability ?? 0;
          expect(inclusionProbability(large, item)?.probability).toBeGreaterThanOrEqual(before * (1 - 1e-12));
        }
      }),
    );
  });

  it('spends more on the category that lacks more positives, and never less than a twentieth on one that has all', () => {
    const items = [samplingItem({ scores: { H: 0.6, V: 0.6 } })];
    const categories = {
      H: categorySettings({ positives: 250 }),
      V: categorySettings({ positives: 900, threshold: 0.3 }),
    };
    const plan = planned(items, planSettings({ categories }));
    const [h, v] = onlyStratum(plan).categories;
    expect(h?.share).toBeCloseTo(0.5 / 0.55, 12);
    expect(v?.share).toBeCloseTo(0.05 / 0.55, 12);
  });

  it('draws uniformly for a category without a trained head', () => {
    const items = Array.from({ length: 10 }, () => samplingItem({ scores: { H: 0.2, V: 0.1 } }));
    const categories = { H: categorySettings(), V: categorySettings({ trainedOn: 19 }) };
    const stratum = onlyStratum(
      planned(items, planSettings({ categories, budgets: [{ team: 'a', languages: [], labelsPerDay: 4 }] })),
    );
    expect(stratum.uniformRate).toBeCloseTo((0.25 + 0.75 / 2) * 0.4, 12);
    expect(stratum.categories[1]).toMatchObject({
      category: 'V',
      scoredBy: null,
      thresholdWeight: 0,
      uncertaintyWeight: 0,
    });
  });

  it('draws for a category without a trained head by the nearest score, without its threshold', () => {
    const items = [0.9, 0.5, 0.1].map((H) => samplingItem({ scores: { H } }));
    const categories = {
      H: categorySettings(),
      H2: categorySettings({ trainedOn: 0, nearest: 'H', threshold: 0.1 }),
    };
    const [, threatening] = onlyStratum(planned(items, planSettings({ categories }))).categories;
    expect(threatening).toMatchObject({ category: 'H2', scoredBy: 'H', threshold: null, above: 0, thresholdWeight: 0 });
    expect(threatening?.uncertaintyWeight).toBeGreaterThan(0);
  });

  it('draws a first window, which has no scores, uniformly', () => {
    const items = Array.from({ length: 8 }, () => samplingItem({ scores: {} }));
    const plan = planned(items, planSettings({ budgets: [{ team: 'a', languages: [], labelsPerDay: 2 }] }));
    expect(inclusionProbability(plan, samplingItem())?.probability).toBeCloseTo(0.25, 12);
  });

  it('draws languages of which it saw nothing at the bootstrap rate', () => {
    const budgets = [
      { team: 'first', languages: [], labelsPerDay: 4 },
      { team: 'berlin', languages: ['de'], labelsPerDay: 4 },
    ];
    const plan = planned([samplingItem()], planSettings({ budgets }));
    expect(inclusionProbability(plan, samplingItem({ language: 'de' }))?.probability).toBe(0.02);
  });

  it('gives each group of languages its own budget, and a language that no team reads none', () => {
    const items = ['en', 'en', 'en', 'en', 'pt', 'pt', 'pt', 'de'].map((language) => samplingItem({ language }));
    const budgets = [
      { team: 'london', languages: ['en'], labelsPerDay: 1 },
      { team: 'lisbon', languages: ['pt'], labelsPerDay: 1 },
      { team: 'porto', languages: ['pt'], labelsPerDay: 0.5 },
    ];
    const plan = planned(items, planSettings({ budgets }));
    const spent = (wanted: string) =>
      expectedLabels(
        plan,
        items.filter(({ language }) => language === wanted),
      );
    expect(spent('en')).toBeCloseTo(1, 9);
    expect(spent('pt')).toBeCloseTo(1.5, 9);
    expect(inclusionProbability(plan, samplingItem({ language: 'de' }))).toBeNull();
    expect(plan.strata[1]?.teams).toEqual([
      { team: 'lisbon', share: expect.closeTo(2 / 3, 12) as unknown },
      { team: 'porto', share: expect.closeTo(1 / 3, 12) as unknown },
    ]);
  });

  it('keeps two fifths of the labels for train-only picks', () => {
    const settings = planSettings({ trainOnlyShare: 0.4 });
    expect(onlyStratum(planned([samplingItem()], settings))).toMatchObject({ budget: 60, trainOnlyBudget: 40 });
  });

  it('spends the labels of an hour on an hour, from whatever window it saw', () => {
    const items = Array.from({ length: 2400 }, () => samplingItem({ scores: { H: 0.1, V: 0.1 } }));
    const hour = {
      from: 86_400_000,
      to: 86_400_000 + 3_600_000,
      budgets: [{ team: 'a', languages: [], labelsPerDay: 240 }],
    };
    const plan = planned(items, planSettings(hour));
    expect(onlyStratum(plan).budget).toBeCloseTo(10, 9);
    // 2,400 a day are 100 an hour, of which ten are drawn.
    expect(expectedLabels(plan, items.slice(0, 100))).toBeCloseTo(10, 9);
  });

  it('weighs rare language, kind and platform more, within [0.2, 5], and unseen ones like the mean', () => {
    const items = [
      ...Array.from({ length: 900 }, () => samplingItem()),
      ...Array.from({ length: 100 }, () => samplingItem({ language: 'pt' })),
      samplingItem({ language: 'de' }),
    ];
    const plan = planned(items, planSettings());
    const factor = (language: string) => inclusionProbability(plan, samplingItem({ language }))?.parts.metadataFactor;
    const mean = (30 + 10 + 1) / 1001;
    expect(factor('en')).toBeCloseTo(1 / 30 / mean, 12);
    expect(factor('pt')).toBeCloseTo(1 / 10 / mean, 12);
    expect(factor('de')).toBe(5);
    expect(factor('zh')).toBe(1);
  });

  it('lists at most 200 buckets and merges the smallest, whose factor is at most 1', () => {
    const items = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: i < 150 ? 3 : 1 }, () => samplingItem({ platform: `p${i}` })),
    ).flat();
    const stratum = onlyStratum(planned(items, planSettings()));
    expect(Object.keys(stratum.buckets)).toHaveLength(199);
    expect(stratum.otherFactor).toBeLessThanOrEqual(1);
    expect(expectedLabels(planned(items, planSettings()), items)).toBeCloseTo(100, 9);
  });

  it.each([
    ['window_invalid', { from: 1 }],
    ['window_invalid', { to: 0 }],
    ['share_out_of_range', { uniformShare: 0.1 }],
    ['share_out_of_range', { trainOnlyShare: 1 }],
    ['share_out_of_range', { bootstrapRate: 0 }],
    ['no_budget', { budgets: [] }],
    ['budget_invalid', { budgets: [{ team: 'a', languages: [], labelsPerDay: 0 }] }],
    ['category_invalid', { categories: { H: categorySettings({ target: 0 }) } }],
    ['category_invalid', { categories: { H: categorySettings({ threshold: 1.5 }) } }],
    [
      'languages_overlap',
      {
        budgets: [
          { team: 'a', languages: ['en', 'pt'], labelsPerDay: 1 },
          { team: 'b', languages: ['pt'], labelsPerDay: 1 },
        ],
      },
    ],
  ] as const)('refuses with %s: %j', (code, changes) => {
    const make = () => planned([samplingItem()], planSettings(changes));
    expect(make).toThrow(PlanError);
    expect(make).toThrow(expect.objectContaining({ code }) as Error);
  });
});
