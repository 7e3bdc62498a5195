import fc from 'fast-check';
import {
  estimateQuality,
  LEAST_LABELS,
  qualityTotals,
  labellingProbabilities,
  type EstimatedMetric,
  type MetricEstimate,
} from './estimate-quality.js';
import {
  EstimationError,
  knownProbability,
  type EstimationDraw,
  type EstimationRow,
  type LabelOrigin,
} from './estimation-rows.js';
import { logitInterval, waldInterval, wilsonInterval } from './intervals.js';
import { createGenerator } from './simulation/population.js';

const sure = knownProbability('DRAWN', 1);

function draw(label: 0 | 1 | null, probability = 1, stratum = 'queue'): EstimationDraw {
  return { origin: 'DRAWN', probability: knownProbability('DRAWN', probability), stratum, label };
}

function row(changes: Partial<EstimationRow> & { readonly group: string }): EstimationRow {
  return { score: 0.1, flagged: false, draw: null, ...changes };
}

function estimated(metric: MetricEstimate): EstimatedMetric {
  if (metric.state !== 'estimated') throw new Error(`expected a number, got ${metric.state}`);
  return metric;
}

/** Two drawn contents and two that were not, worked out by hand below. */
const four: readonly EstimationRow[] = [
  row({ group: 'a', score: 0.8, flagged: true, draw: draw(1, 0.5) }),
  row({ group: 'b', score: 0.2, draw: draw(1, 0.25) }),
  row({ group: 'c', score: 0.6, flagged: true }),
  row({ group: 'd', score: 0.1 }),
];

describe('the model-assisted estimates', () => {
  // z: 0.8 + 2*0.2 = 1.2; 0.2 + 4*0.8 = 3.4; 0.6; 0.1. So P = 5.3, TP = 1.8, M = 2, N = 4.
  const { precision, recall, maximumWeight, effectiveLabels } = estimateQuality(four, 1);

  it('are those of sampling 1.4 on an example worked out by hand', () => {
    expect(estimated(precision).value).toBeCloseTo(0.9, 12);
    expect(estimated(recall).value).toBeCloseTo(1.8 / 5.3, 12);
    // Σ (1-π)/π² e²: 0.5*4*0.04 = 0.08 for the flagged one, 0.75*16*0.64 = 7.68 for the other.
    expect(estimated(precision).variance).toBeCloseTo(0.08 / 4, 12);
    const r = 1.8 / 5.3;
    expect(estimated(recall).variance).toBeCloseTo(((1 - r) ** 2 * 0.08 + r * r * 7.68) / 5.3 ** 2, 12);
    expect(estimated(recall).processVariance).toBeCloseTo(
      ((1 - r) ** 2 * (1.2 ** 2 + 0.6 ** 2) + r * r * (3.4 ** 2 + 0.1 ** 2)) / 5.3 ** 2,
      12,
    );
    expect(maximumWeight).toBe(4);
    expect(effectiveLabels).toBeCloseTo(36 / 20, 12);
  });

  it('come with checks that use no model', () => {
    // Weights 2 and 4, both positive, the first one flagged.
    expect(estimated(precision)).toMatchObject({ hajek: 1, horvitzThompson: 1 });
    expect(estimated(recall).hajek).toBeCloseTo(2 / 6, 12);
  });

  it('cut a prevalence above 1 to 1', () => {
    const { prevalence } = estimateQuality(four, 1);
    expect(estimated(prevalence).value).toBe(1);
    expect(estimated(prevalence).interval.high).toBe(1);
    expect(estimated(prevalence).interval.low).toBeLessThan(1);
  });

  it('are the truth when everything is labelled, with no width', () => {
    const random = createGenerator('census');
    const all = Array.from({ length: 200 }, (_, i) =>
      row({ group: `${i}`, score: random(), flagged: random() < 0.3, draw: draw(random() < 0.4 ? 1 : 0) }),
    );
    const positives = all.filter((one) => one.draw?.label === 1);
    const { prevalence, recall: found } = estimateQuality(all);
    expect(estimated(prevalence)).toMatchObject({ variance: 0 });
    expect(estimated(prevalence).value).toBeCloseTo(positives.length / 200, 12);
    expect(estimated(found).value).toBeCloseTo(
      positives.filter(({ flagged }) => flagged).length / positives.length,
      12,
    );
  });

  it('do not change with the order of the rows, nor with contents of score 0 that nobody drew, but for prevalence', () => {
    const rows = fc.array(
      fc.record({
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        flagged: fc.boolean(),
        group: fc.constantFrom('a', 'b', 'c'),
        draw: fc.option(
          fc
            .tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.constantFrom<(0 | 1 | null)[]>(0, 1, null))
            .map(([p, label]) => draw(label, p)),
        ),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(rows, (some) => {
        const [one, other] = [estimateQuality(some, 1), estimateQuality([...some].reverse(), 1)];
        const padded = estimateQuality([...some, row({ group: 'z', score: 0 })], 1);
        for (const metric of ['precision', 'recall'] as const) {
          expect(other[metric].state).toBe(one[metric].state);
          expect(padded[metric].state).toBe(one[metric].state);
          if (one[metric].state !== 'estimated') continue;
          expect(estimated(other[metric]).value).toBeCloseTo(estimated(one[metric]).value, 6);
          expect(estimated(padded[metric]).value).toBeCloseTo(estimated(one[metric]).value, 6);
        }
      }),
    );
  });

  it('always lie in their intervals, which lie in [0, 1]', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: 0.01, max: 0.99, noNaN: true }),
            fc.boolean(),
            fc.double({ min: 0.01, max: 1, noNaN: true }),
            fc.boolean(),
          ),
          { minLength: 20, maxLength: 60 },
        ),
        (cases) => {
          const all = cases.map(([score, flagged, p, y], i) =>
            row({ group: `${i}`, score, flagged, draw: draw(y ? 1 : 0, p) }),
          );
          const { prevalence, precision: exact, recall: found } = estimateQuality(all, 1);
          for (const metric of [prevalence, exact, found]) {
            if (metric.state !== 'estimated') continue;
            for (const { low, high } of [metric.interval, metric.processInterval]) {
              expect(low).toBeGreaterThanOrEqual(0);
              expect(high).toBeLessThanOrEqual(1);
              expect(low).toBeLessThanOrEqual(metric.value + 1e-12);
              expect(high).toBeGreaterThanOrEqual(metric.value - 1e-12);
            }
          }
        },
      ),
    );
  });
});

describe('near-duplicates', () => {
  it('widen what is said about the process and leave what is said about the window', () => {
    const random = createGenerator('duplicates');
    const single = Array.from({ length: 300 }, (_, i) =>
      row({ group: `${i}`, score: 0.3, flagged: i % 2 === 0, draw: draw(random() < 0.5 ? 1 : 0, 0.5) }),
    );
    // The same rows, said to come in families of equal labels.
    const sorted = [...single].sort((left, right) => (left.draw?.label ?? 0) - (right.draw?.label ?? 0));
    const families = sorted.map((one, i) => ({ ...one, group: `${Math.floor(i / 10)}` }));
    const [apart, together] = [estimateQuality(single), estimateQuality(families)];
    const [before, after] = [estimated(apart.prevalence), estimated(together.prevalence)];
    expect(after.value).toBeCloseTo(before.value, 9);
    expect(after.variance).toBeCloseTo(before.variance, 12);
    expect(after.processVariance).toBeGreaterThan(4 * before.processVariance);
  });
});

describe('labels that are missing', () => {
  const random = createGenerator('missing');
  const complete = Array.from({ length: 4000 }, (_, i) =>
    row({
      group: `${i}`,
      score: 0.2,
      flagged: i % 4 === 0,
      draw: draw(random() < (i % 2 === 0 ? 0.4 : 0.1) ? 1 : 0, 1, i % 2 === 0 ? 'busy' : 'calm'),
    }),
  );
  /** The busy part of the queue, in which positives abound, answers a third. */
  const gaps = complete.map((one, i): EstimationRow => {
    if (one.draw === null || one.draw.stratum === 'calm' || random() < 1 / 3) return one;
    return { ...one, draw: { ...one.draw, label: null }, group: `${i}` };
  });

  it('put their weight on the labels of their stratum, so that a slow queue does not lower the prevalence', () => {
    const truth = estimated(estimateQuality(complete).prevalence).value;
    const { prevalence, pending } = estimateQuality(gaps);
    expect(pending).toBeGreaterThan(1200);
    expect(Math.abs(estimated(prevalence).value / truth - 1)).toBeLessThan(0.06);
    const answered = gaps.filter((one) => one.draw?.label !== null);
    // What dropping them would say.
    expect(answered.filter((one) => one.draw?.label === 1).length / answered.length / truth).toBeLessThan(0.85);
    expect(labellingProbabilities(gaps).get('calm')).toBe(1);
  });

  it('are pending where a stratum was drawn from and has no label at all', () => {
    const silent = gaps.map((one): EstimationRow =>
      one.draw?.stratum === 'busy' ? { ...one, draw: { ...one.draw, label: null } } : one,
    );
    expect(estimateQuality(silent)).toMatchObject({
      prevalence: { state: 'pending', pending: 2000 },
      precision: { state: 'pending' },
      recall: { state: 'pending' },
      labels: 2000,
    });
  });
});

describe('too few labels', () => {
  it('are said instead of a number, for each metric by the labels that it rests on', () => {
    const all = Array.from({ length: 100 }, (_, i) =>
      row({ group: `${i}`, flagged: i < 30, draw: draw(i < LEAST_LABELS - 1 ? 1 : 0) }),
    );
    expect(estimateQuality(all)).toMatchObject({
      prevalence: { state: 'estimated' },
      precision: { state: 'estimated' },
      recall: { state: 'insufficient_labels', labels: 19, needed: 20 },
    });
    expect(estimateQuality([])).toMatchObject({ prevalence: { state: 'insufficient_labels', labels: 0, needed: 20 } });
    expect(estimateQuality(all.map((one) => ({ ...one, flagged: false }))).precision).toMatchObject({
      state: 'insufficient_labels',
    });
  });
});

describe('contents without a probability', () => {
  it.each<[LabelOrigin, number | null]>([
    ['REPORTED', null],
    ['APPEALED', 0.5],
    ['TRAIN_ONLY', null],
    ['IMPORTED', 1],
    ['RED_TEAM', 0.1],
    ['DRAWN', null],
    ['DRAWN', 0],
    ['DRAWN', 1.1],
    ['DRAWN', Number.NaN],
  ])('get none: %s with %p', (origin, probability) => {
    expect(() => knownProbability(origin, probability)).toThrow(EstimationError);
  });

  it('are refused by the types, and by the estimator when they come past the types', () => {
    const report = { origin: 'REPORTED' as const, probability: sure, stratum: 'queue', label: 1 as const };
    // @ts-expect-error a report has no probability, whatever it says of itself
    const sneaked: EstimationRow = row({ group: 'r', draw: report });
    expect(() => estimateQuality([...four, sneaked], 1)).toThrow(
      /REPORTED: such a content has no inclusion probability/,
    );
    // @ts-expect-error a plain number is no known probability
    const invented: EstimationDraw = { origin: 'DRAWN', probability: 7, stratum: 'queue', label: 1 };
    expect(() => qualityTotals([row({ group: 'i', draw: invented })], new Map())).toThrow(EstimationError);
  });
});

describe('intervals', () => {
  it('are the published ones', () => {
    // Wilson 1927 for 8 of 10 with 1.96: 0.4902 to 0.9433.
    expect(wilsonInterval(0.8, 10).low).toBeCloseTo(0.4902, 4);
    expect(wilsonInterval(0.8, 10).high).toBeCloseTo(0.9433, 4);
    expect(wilsonInterval(0, 20).low).toBe(0);
    expect(waldInterval(0.5, 0.01)).toEqual({
      low: expect.closeTo(0.304, 12) as unknown,
      high: expect.closeTo(0.696, 12) as unknown,
    });
    const { low, high } = logitInterval(0.9, 0.0009);
    expect(low).toBeCloseTo(0.824, 4);
    expect(high).toBeCloseTo(0.9453, 4);
  });

  it('switch to Wilson where fewer than 30 positives stand behind a number', () => {
    const few = Array.from({ length: 100 }, (_, i) =>
      row({ group: `${i}`, score: 0.5, flagged: i < 50, draw: draw(i < 25 ? 1 : 0, 0.9999) }),
    );
    const { prevalence } = estimateQuality(few);
    const { value, variance, interval } = estimated(prevalence);
    expect(interval).toEqual(wilsonInterval(value, (value * (1 - value)) / variance));
  });

  it('keep a width at 0 and 1, from the plain number of labels where the variance is 0', () => {
    const perfect = Array.from({ length: 40 }, (_, i) =>
      row({ group: `${i}`, score: 0.9, flagged: true, draw: draw(1) }),
    );
    expect(estimated(estimateQuality(perfect).precision).interval).toEqual(wilsonInterval(1, 40));
  });
});
