import fc from 'fast-check';
import { hashKey, seededUniform } from '../training/seeded-uniform.js';
import { poissonWeight } from './bootstrap.js';
import { percentileEstimate } from './intervals.js';
import { mcNemarExact } from './mcnemar.js';
import { rankedQuality, rankRows, visitDraws } from './ranked-rows.js';
import { precisionRecallCurve, rankingQuality } from './ranking.js';
import type { Judged } from './ranking.js';
import { measureReliability, wilsonInterval } from './reliability.js';
import { operatingReport } from './scored-rows.js';

function judged(scores: readonly number[], labels: readonly number[]): Judged {
  return { scores: Float64Array.from(scores), labels: Uint8Array.from(labels) };
}

const tenFalling = judged([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], [1, 0, 1, 1, 0, 0, 1, 0, 0, 0]);

function rankedTen() {
  return rankRows(tenFalling.scores, Float64Array.from(tenFalling.labels), new Float64Array(10).fill(1));
}

describe('ranking', () => {
  it('reproduces the goldens of evaluation 4.1', () => {
    const { averagePrecision, rocAuc } = rankingQuality(tenFalling);
    expect(averagePrecision).toBeCloseTo(0.747024, 6);
    expect(rocAuc).toBeCloseTo(0.791667, 6);
    const weights = Float64Array.of(1, 2, 1, 1, 1, 1, 3, 1, 1, 1);
    expect(rankingQuality(tenFalling, undefined, weights).averagePrecision).toBeCloseTo(0.65, 12);
    expect(rankingQuality(judged([0.9, 0.8, 0.4, 0.3], [1, 0, 1, 0])).averagePrecision).toBeCloseTo(0.8333, 4);
  });

  it('counts ties as one block: a constant score has the prevalence as average precision', () => {
    const { averagePrecision, rocAuc } = rankingQuality(judged([1, 1, 1, 1], [1, 0, 0, 0]));
    expect(averagePrecision).toBe(0.25);
    expect(rocAuc).toBe(0.5);
  });

  it('does not change when scores pass through a rising map', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: 0, max: 1 }))), (rows) => {
        const labels = rows.map(([, label]) => label);
        const plain = rankingQuality(
          judged(
            rows.map(([score]) => score),
            labels,
          ),
        );
        const mapped = rankingQuality(
          judged(
            rows.map(([score]) => Math.atan(score) * 3 + 1),
            labels,
          ),
        );
        expect(mapped).toEqual(plain);
      }),
    );
  });

  it('draws a curve whose steps add up to the average precision', () => {
    let previous = 0;
    let area = 0;
    for (const { precision, recall } of precisionRecallCurve(tenFalling)) {
      area += (recall - previous) * precision;
      previous = recall;
    }
    expect(area).toBeCloseTo(0.747024, 6);
    expect(previous).toBe(1);
  });

  it('reads precision and recall at a threshold', () => {
    const ranked = rankedTen();
    const at = operatingReport({ category: 'H', ranked, probabilities: ranked.scores, review: null, block: null }, 7);
    expect([at?.precision.value, at?.recall.value, at?.specificity.value]).toEqual([0.75, 0.75, 5 / 6]);
    expect(at?.flagged).toMatchObject({ value: 0.4, rows: 10, hits: 4 });
  });
});

describe('reliability', () => {
  const honest = Array.from({ length: 6000 }, (_, i) => seededUniform(9, 0, i) ** 3);
  const drawn = honest.map((p, i) => (seededUniform(9, 1, i) < p ? 1 : 0));

  it('finds nothing wrong with honest probabilities', () => {
    const found = measureReliability(judged(honest, drawn));
    expect(found.adaptiveEce).toBeLessThan(0.02);
    expect(found.slope).toBeCloseTo(1, 1);
    expect(found.intercept).toBeCloseTo(0, 1);
    expect(found.bins).toHaveLength(15);
  });

  it('sees probabilities that are twice too large', () => {
    const found = measureReliability(
      judged(
        honest.map((p) => Math.min(1, 2 * p)),
        drawn,
      ),
    );
    expect(found.adaptiveEce).toBeGreaterThan(0.1);
  });

  it('measures Brier score and log loss of a coin', () => {
    const { brier, logLoss } = measureReliability(judged([0.5, 0.5], [1, 0]));
    expect(brier).toBe(0.25);
    expect(logLoss).toBeCloseTo(Math.LN2, 12);
  });

  it('treats a weight of three as three rows', () => {
    const once = measureReliability(judged([0.2, 0.7, 0.9], [0, 1, 1]), Float64Array.of(3, 1, 1));
    const thrice = measureReliability(judged([0.2, 0.2, 0.2, 0.7, 0.9], [0, 0, 0, 1, 1]));
    expect(once.brier).toBeCloseTo(thrice.brier, 12);
    expect(once.logLoss).toBeCloseTo(thrice.logLoss, 12);
  });

  it('gives the textbook Wilson interval', () => {
    const { low, high } = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
  });
});

describe('intervals', () => {
  it('draws Poisson weights of mean and variance one', () => {
    const weights = Array.from({ length: 20_000 }, (_, i) => poissonWeight(3, i % 100, hashKey(String(i))));
    const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
    const variance = weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / weights.length;
    expect(mean).toBeCloseTo(1, 1);
    expect(variance).toBeCloseTo(1, 1);
  });

  it('gives the same interval again, and marks few positives as wide', () => {
    const groups = Uint32Array.from({ length: 10 }, (_, i) => hashKey(`g${i}`));
    const ranked = rankedTen();
    const interval = () => {
      const draws = new Float64Array(200);
      visitDraws(groups, { draws: 200, seed: 1 }, (drawn, draw) => {
        draws[draw] = rankedQuality(ranked, drawn).averagePrecision;
      });
      return percentileEstimate(rankedQuality(ranked).averagePrecision, draws, ranked.positives);
    };
    const once = interval();
    expect(interval()).toEqual(once);
    expect(once.wide).toBe(true);
    expect(once.low).toBeLessThan(0.747);
    expect(once.high).toBeGreaterThan(0.747);
  });

  it('covers the truth in about 95 % of simulated samples', () => {
    let covered = 0;
    const runs = 120;
    for (let run = 0; run < runs; run += 1) {
      const labels = Uint8Array.from({ length: 120 }, (_, i) => (seededUniform(run, 9, i) < 0.5 ? 1 : 0));
      const groups = Uint32Array.from({ length: 120 }, (_, i) => hashKey(`${run}/${i}`));
      const means = new Float64Array(80);
      visitDraws(groups, { draws: 80, seed: run }, (weights, draw) => {
        let positive = 0;
        let total = 0;
        for (const [i, weight] of weights.entries()) {
          total += weight;
          positive += weight * (labels[i] ?? 0);
        }
        means[draw] = positive / total;
      });
      const { low, high } = percentileEstimate(0.5, means, 60);
      if ((low ?? 1) <= 0.5 && 0.5 <= (high ?? 0)) covered += 1;
    }
    expect(covered / runs).toBeGreaterThan(0.88);
  });

  it('compares decisions like the goldens of evaluation 4.1', () => {
    expect(mcNemarExact(10, 2)).toBeCloseTo(0.038574, 6);
    expect(mcNemarExact(15, 5)).toBeCloseTo(0.041389, 6);
    expect(mcNemarExact(0, 0)).toBe(1);
  });
});
