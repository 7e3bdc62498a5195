import fc from 'fast-check';
import { estimatePerformance, estimateRanking, scoreSums } from './label-free.js';

const scores = fc.array(fc.double({ min: 0.001, max: 0.999, noNaN: true }), { minLength: 2, maxLength: 60 });

describe('label-free estimates', () => {
  it('add up what the scores say of their decisions', () => {
    const { prevalence, precision, recall, f1 } = estimatePerformance(scoreSums([0.9, 0.7, 0.2, 0.1], 0.5));
    expect(prevalence.value).toBeCloseTo(1.9 / 4, 12);
    expect(precision.value).toBeCloseTo(1.6 / 2, 12);
    expect(recall.value).toBeCloseTo(1.6 / 1.9, 12);
    expect(f1.value).toBeCloseTo(3.2 / (2 * 1.6 + 0.4 + 0.3), 12);
    expect(precision.error).toBeCloseTo(Math.sqrt(0.09 + 0.21) / 2, 12);
    expect(prevalence.error).toBeCloseTo(Math.sqrt(0.09 + 0.21 + 0.16 + 0.09) / 4, 12);
  });

  it('say nothing where there is nothing to divide by', () => {
    const { precision, prevalence } = estimatePerformance(scoreSums([0.1, 0.2], 0.5));
    expect(precision).toEqual({ value: null, error: null });
    expect(prevalence.value).toBeCloseTo(0.15, 12);
  });

  it('have the error that drawing labels by the scores has', () => {
    const many = Array.from({ length: 400 }, (_, i) => ((i * 0.618) % 1) ** 3);
    const estimate = estimatePerformance(scoreSums(many, 0.3));
    let seed = 7;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const drawn: Record<'precision' | 'recall' | 'f1', number[]> = { precision: [], recall: [], f1: [] };
    for (let run = 0; run < 3000; run += 1) {
      let [tp, fp, fn] = [0, 0, 0];
      for (const score of many) {
        const isPositive = random() < score;
        if (score >= 0.3) {
          if (isPositive) tp += 1;
          else fp += 1;
        } else if (isPositive) fn += 1;
      }
      drawn.precision.push(tp / (tp + fp));
      drawn.recall.push(tp / (tp + fn));
      drawn.f1.push((2 * tp) / (2 * tp + fp + fn));
    }
    for (const metric of ['precision', 'recall', 'f1'] as const) {
      const values = drawn[metric];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      expect(mean).toBeCloseTo(estimate[metric].value ?? 0, 2);
      expect(deviation / (estimate[metric].error ?? 1)).toBeGreaterThan(0.9);
      expect(deviation / (estimate[metric].error ?? 1)).toBeLessThan(1.1);
    }
  });

  it('rank as pairs of a positive and a negative do', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const sorted = [...new Set(values)].sort((a, b) => a - b);
        let [won, pairs] = [0, 0];
        for (const [i, s] of sorted.entries()) {
          for (const [j, other] of sorted.entries()) {
            pairs += s * (1 - other);
            won += s * (1 - other) * (i > j ? 1 : i === j ? 0.5 : 0);
          }
        }
        const { rocAuc } = estimateRanking(sorted.map((score) => ({ contents: 1, probability: score })));
        expect(rocAuc).toBeCloseTo(won / pairs, 9);
      }),
    );
  });

  it('give certain scores a perfect ranking and equal scores none', () => {
    const certain = [
      { contents: 5, probability: 0 },
      { contents: 2, probability: 2 },
    ];
    expect(estimateRanking(certain)).toEqual({ rocAuc: 1, averagePrecision: 1 });
    expect(estimateRanking([{ contents: 10, probability: 3 }])).toEqual({ rocAuc: 0.5, averagePrecision: 0.3 });
    expect(estimateRanking([{ contents: 10, probability: 0 }])).toEqual({ rocAuc: null, averagePrecision: null });
  });
});
