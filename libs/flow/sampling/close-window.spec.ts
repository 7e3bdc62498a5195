import fc from 'fast-check';
import type { SamplingDrawn } from '#platform/contracts';
import { loadExamples } from '#platform/testing';
import { closeWindow, type ClosingSettings } from './close-window.js';
import type { PlanStratum, SamplingPlan } from './sampling-plan.js';

const WINDOW = { from: 0, to: 3_600_000 };
const SETTINGS: ClosingSettings = { salt: 'cap', headroom: 1.5, bootstrapCap: 10 };
const CLOSED_AT = 4_000_000;
const examples = loadExamples('sampling/drawn').map(({ event }) => event);

function draws(count: number, change: Partial<SamplingDrawn> = {}): readonly SamplingDrawn[] {
  const [example] = examples;
  if (example === undefined) throw new Error('sampling.drawn has no example');
  return Array.from({ length: count }, (_, n) => ({
    ...example,
    planId: null,
    drawId: n.toString(16).padStart(32, '0'),
    contentId: `c-${n}`,
    probability: 0.1 + 0.8 * ((n * 7) % 10) * 0.1,
    ...change,
  }));
}

function stratum(languages: readonly string[], budget: number): PlanStratum {
  return {
    languages,
    teams: [],
    budget,
    trainOnlyBudget: 0,
    contents: 1000,
    uniformRate: 0.01,
    multiplier: 1,
    categories: [],
    buckets: {},
    otherFactor: 1,
  };
}

const PLAN: SamplingPlan = {
  planId: 'plan-a',
  salt: 's',
  channel: 'public',
  from: WINDOW.from,
  to: WINDOW.to,
  observedFrom: -1,
  observedTo: 0,
  uniformShare: 0.25,
  thresholdShare: 0.33,
  strata: [stratum(['de'], 4), stratum([], 20)],
};

const close = (plan: SamplingPlan | null, some: readonly SamplingDrawn[], settings = SETTINGS) =>
  closeWindow(WINDOW, plan, some, settings, CLOSED_AT);

it('leaves everything as it was drawn when there are labels enough', () => {
  const some = draws(10);
  const closed = close(null, some);
  expect(new Set(closed.map(({ drawId }) => drawId))).toEqual(new Set(some.map(({ drawId }) => drawId)));
  for (const { drawId, probability, capProbability, origin, value } of closed) {
    expect({ probability, capProbability, origin, value }).toEqual({
      probability: some.find((draw) => draw.drawId === drawId)?.probability,
      capProbability: 1,
      origin: 'DRAWN',
      value: null,
    });
  }
});

it('cuts each stratum by itself, to its own budget with headroom', () => {
  const german = draws(20, { planId: 'plan-a', language: 'de' });
  const english = draws(20, { planId: 'plan-a', language: 'en' }).map((draw) => ({
    ...draw,
    drawId: `f${draw.drawId.slice(1)}`,
  }));
  const closed = close(PLAN, [...german, ...english]);
  expect(closed.filter(({ language }) => language === 'de')).toHaveLength(6);
  expect(closed.filter(({ language }) => language === 'en')).toHaveLength(20);
});

it('gives every draw of a stratum the same chance to stay, whatever its probability was', () => {
  const closed = close(null, draws(50));
  expect(closed).toHaveLength(10);
  const [first] = closed;
  for (const { capProbability } of closed) expect(capProbability).toBeCloseTo(first?.capProbability ?? 0, 12);
  expect(first?.capProbability).toBeLessThan(1);
});

it('does not depend on the order in which the draws came', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...draws(40)], { minLength: 40 }), (shuffled) => {
      const ids = (some: readonly SamplingDrawn[]) => close(null, some).map(({ drawId }) => drawId);
      expect(ids(shuffled)).toEqual(ids(draws(40)));
    }),
    { numRuns: 20 },
  );
});

it('counts without bias what the window drew, over many salts', () => {
  const some = draws(40);
  const truth = some.reduce((sum, { probability }) => sum + 1 / probability, 0);
  const estimates = Array.from({ length: 2000 }, (_, n) =>
    close(null, some, { ...SETTINGS, salt: `cap-${n}` }).reduce(
      (sum, { probability }) => sum + 1 / (probability ?? 1),
      0,
    ),
  );
  const mean = estimates.reduce((sum, estimate) => sum + estimate, 0) / estimates.length;
  const variance = estimates.reduce((sum, estimate) => sum + (estimate - mean) ** 2, 0) / estimates.length;
  expect(Math.abs(mean - truth)).toBeLessThan(4 * Math.sqrt(variance / estimates.length));
});

it('refuses draws of another plan', () => {
  expect(() => close(PLAN, draws(1))).toThrow(/was made by no plan, not by plan-a/);
});

it.each(loadExamples('sampling/drawn'))('closes the example $name', ({ event }) => {
  const plan = event.planId === null ? null : { ...PLAN, planId: event.planId };
  expect(close(plan, [event])).toMatchObject([
    { drawId: event.drawId, contentId: event.contentId, closedAt: CLOSED_AT },
  ]);
});
