import fc from 'fast-check';
import { capDraws, prioritySample } from './priority-sample.js';
import { createGenerator } from './simulation/population.js';

describe('prioritySample', () => {
  it('is the golden of sampling 1.4', () => {
    const weights = [5, 3, 2, 1, 1];
    const { kept, threshold, probabilities } = prioritySample(weights, [0.5, 0.9, 0.1, 0.2, 0.8], 3);
    expect(kept).toEqual([2, 0, 3]);
    expect(threshold).toBeCloseTo(3.3333, 4);
    const estimate = kept.reduce((sum, i) => sum + (weights[i] ?? 0) / (probabilities[i] ?? 1), 0);
    expect(estimate).toBeCloseTo(11.6667, 4);
  });

  it('keeps everything with certainty where everything fits', () => {
    expect(prioritySample([4, 1], [0.2, 0.3], 2)).toEqual({ kept: [0, 1], threshold: 0, probabilities: [1, 1] });
    expect(prioritySample([4, 1], [0.2, 0.3], 0).kept).toEqual([]);
  });

  it('estimates every subset sum without bias', () => {
    const random = createGenerator('priority');
    const weights = [5, 3, 2, 1, 1, 8, 0.5];
    const [runs, subset] = [20_000, [1, 3, 6]];
    let sum = 0;
    for (let run = 0; run < runs; run += 1) {
      const { kept, probabilities } = prioritySample(weights, weights.map(random), 3);
      for (const i of kept) if (subset.includes(i)) sum += (weights[i] ?? 0) / (probabilities[i] ?? 1);
    }
    // True 4.5; the standard error of 20,000 runs is 0.02.
    expect(Math.abs(sum / runs - 4.5)).toBeLessThan(0.08);
  });

  it('refuses weights that are not positive, and numbers that do not match', () => {
    expect(() => prioritySample([1, 0], [0.5, 0.5], 1)).toThrow(RangeError);
    expect(() => prioritySample([1], [0.5, 0.5], 1)).toThrow(RangeError);
    expect(() => prioritySample([1], [0.5], 1.5)).toThrow(RangeError);
  });
});

describe('capDraws', () => {
  const draws = fc.uniqueArray(
    fc.record({
      drawId: fc.string({ minLength: 4, maxLength: 8 }),
      probability: fc.double({ min: 0.001, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 40, selector: ({ drawId }) => drawId },
  );

  it('keeps at most the cap, with probabilities in (0, 1] that are no larger than before', () => {
    fc.assert(
      fc.property(draws, fc.integer({ min: 0, max: 50 }), (some, cap) => {
        const kept = capDraws(some, cap, 'cap');
        expect(kept).toHaveLength(Math.min(cap, some.length));
        for (const { draw, probability } of kept) {
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThanOrEqual(draw.probability);
        }
      }),
    );
  });

  it('keeps the same whatever the order in which draws arrive', () => {
    fc.assert(
      fc.property(draws, fc.integer({ min: 1, max: 20 }), (some, cap) => {
        expect(capDraws([...some].reverse(), cap, 'cap')).toEqual(capDraws(some, cap, 'cap'));
      }),
    );
  });

  it('keeps the mix of the draws with equal weights', () => {
    const some = Array.from({ length: 40 }, (_, i) => ({ drawId: `d${i}`, probability: i % 2 === 0 ? 0.01 : 0.8 }));
    const likely = (weightOf?: () => number) => {
      let kept = 0;
      for (let run = 0; run < 200; run += 1) {
        kept += capDraws(some, 20, `cap-${run}`, weightOf).filter(({ draw }) => draw.probability === 0.8).length / 200;
      }
      return kept;
    };
    expect(Math.abs(likely(() => 1) - 10)).toBeLessThan(0.6);
    expect(likely()).toBeLessThan(2);
  });

  it('leaves the number of contents that the draws stand for as it is, on average', () => {
    const some = Array.from({ length: 60 }, (_, i) => ({ drawId: `d${i}`, probability: 0.02 + (i % 10) / 12 }));
    const whole = some.reduce((sum, { probability }) => sum + 1 / probability, 0);
    const runs = 3000;
    let estimate = 0;
    for (let run = 0; run < runs; run += 1) {
      for (const { probability } of capDraws(some, 20, `cap-${run}`)) estimate += 1 / probability / runs;
    }
    expect(Math.abs(estimate / whole - 1)).toBeLessThan(0.01);
  });
});
