import fc from 'fast-check';
import { uniform } from '#policy';
import { drawContent, drawnIdentity } from './draw-content.js';
import { inclusionProbability } from './inclusion-probability.js';
import { makePlan } from './make-plan.js';
import { OBSERVED_DAY, planSettings, samplingItem } from './sampling-plan.fixture.js';
import { planAt, type SamplingPlan } from './sampling-plan.js';
import { planFor } from './simulation/default-plan.js';
import { plantPopulation } from './simulation/population.js';
import { aggregateWindow } from './window-aggregates.js';

const bootstrap = { rate: 0.02, salt: 'bootstrap' };
const window = aggregateWindow([samplingItem(), samplingItem({ language: 'pt' })], { H: 0.5 }, OBSERVED_DAY);
const plan = makePlan(window, planSettings());

function drawnUnder(rule: SamplingPlan | null, items: readonly ReturnType<typeof samplingItem>[]): readonly string[] {
  return items.flatMap((item) =>
    drawContent({ plan: rule, bootstrap }, item)?.drawn === true ? [drawnIdentity(item)] : [],
  );
}

describe('the random number of a draw', () => {
  it.each([
    ['c-1', 0.7618618746185704],
    ['c-2', 0.7558255321982004],
    ['déjà-42', 0.25347181303245236],
  ])('is for %s the golden of sampling 1.1', (id, expected) => {
    expect(uniform('plan-salt-1', id)).toBe(expected);
  });

  it('hashes platform, content and revision', () => {
    const draw = drawContent({ plan, bootstrap }, samplingItem({ revision: 3 }));
    expect(draw?.u).toBe(uniform('plan-salt-1', 'demo/c-1/3'));
  });
});

describe('drawContent', () => {
  it('draws 2 % without a plan, by a salt of its own', () => {
    const items = Array.from({ length: 20_000 }, (_, i) => samplingItem({ contentId: `c-${i}` }));
    // Within four standard deviations of 400.
    expect(Math.abs(drawnUnder(null, items).length - 400)).toBeLessThan(80);
    expect(drawContent({ plan: null, bootstrap }, samplingItem())).toMatchObject({
      planId: null,
      team: null,
      probability: 0.02,
      u: uniform('bootstrap', 'demo/c-1/1'),
      parts: { uniform: 0.02, threshold: 0, uncertainty: 0, metadataFactor: 1 },
    });
  });

  it('draws the same in a replay', () => {
    const { items } = plantPopulation(2000, 'replay');
    const first = planFor(plantPopulation(2000, 'replay'), 200);
    const draws = items.map((item) => drawContent({ plan: first, bootstrap }, item));
    expect(
      items.map((item) => drawContent({ plan: JSON.parse(JSON.stringify(first)) as SamplingPlan, bootstrap }, item)),
    ).toEqual(draws);
    expect(draws.some((draw) => draw?.drawn)).toBe(true);
  });

  it('draws a superset with a larger budget', () => {
    const population = plantPopulation(600, 'superset');
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 500 }), fc.integer({ min: 0, max: 200 }), (labels, more) => {
        const small = drawnUnder(planFor(population, labels), population.items);
        const large = new Set(drawnUnder(planFor(population, labels + more), population.items));
        expect(small.filter((id) => !large.has(id))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('says what made the probability', () => {
    const item = samplingItem({ scores: { H: 0.7, V: 0.1 } });
    const draw = drawContent({ plan, bootstrap }, item);
    expect(draw).toMatchObject({ planId: plan.planId, ...inclusionProbability(plan, item) });
    expect(draw?.drawId).toMatch(/^[0-9a-f]{32}$/);
    expect(drawContent({ plan: null, bootstrap }, item)?.drawId).not.toBe(draw?.drawId);
  });

  it('leaves a content whose scores are missing to the uniform part', () => {
    const draw = drawContent({ plan, bootstrap }, samplingItem({ scores: {} }));
    expect(draw?.parts).toMatchObject({ threshold: 0, uncertainty: 0 });
  });

  it('refuses scores and rates that are no probabilities', () => {
    expect(() => drawContent({ plan, bootstrap }, samplingItem({ scores: { H: 1.2 } }))).toThrow(
      /H must be in \[0, 1\], is 1.2/,
    );
    expect(() => drawContent({ plan, bootstrap }, samplingItem({ scores: { H: Number.NaN } }))).toThrow(RangeError);
    expect(() => drawContent({ plan: null, bootstrap: { rate: 0, salt: 'x' } }, samplingItem())).toThrow(
      /bootstrap rate/,
    );
  });

  it('does not draw a language that no team reads', () => {
    const budgets = [{ team: 'lisbon', languages: ['pt'], labelsPerDay: 5 }];
    expect(drawContent({ plan: makePlan(window, planSettings({ budgets })), bootstrap }, samplingItem())).toBeNull();
  });

  it('shares draws between teams as their budgets are', () => {
    const budgets = [
      { team: 'day', languages: [], labelsPerDay: 300 },
      { team: 'night', languages: [], labelsPerDay: 100 },
    ];
    const shared = makePlan(window, planSettings({ budgets }));
    const teams = Array.from(
      { length: 4000 },
      (_, i) => drawContent({ plan: shared, bootstrap }, samplingItem({ contentId: `c-${i}` }))?.team,
    );
    // Four standard deviations of a share of 0.75 in 4,000 are 0.027.
    expect(Math.abs(teams.filter((team) => team === 'day').length / 4000 - 0.75)).toBeLessThan(0.028);
    expect(new Set(teams)).toEqual(new Set(['day', 'night']));
  });
});

describe('planAt', () => {
  it('finds the plan of a moment, its first one included and its end not, and the first of two', () => {
    const [one, two] = [
      { ...plan, from: 10, to: 20 },
      { ...plan, from: 15, to: 30 },
    ];
    expect([9, 10, 19, 20, 30].map((at) => planAt([one, two], at))).toEqual([null, one, one, two, null]);
  });
});
