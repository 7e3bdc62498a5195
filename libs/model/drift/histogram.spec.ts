import fc from 'fast-check';
import {
  binnedKolmogorovSmirnov,
  binnedWasserstein,
  decileEdges,
  groupCounts,
  LOGIT_BIN_WIDTH,
  LOGIT_BINS,
  logitBin,
  logitHistogram,
} from './histogram.js';
import { sampleDistances } from './samples.js';

const logits = fc.array(fc.double({ min: -9.9, max: 9.9, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('counters of logits', () => {
  it('have bins of a quarter between -10 and 10, with what is beyond in the outer ones', () => {
    expect([-99, -10, -9.76, -9.75, 0, 9.99, 10, 99].map(logitBin)).toEqual([0, 0, 0, 1, 40, 79, 79, 79]);
  });

  it('part a reference into groups of about a tenth, none of them empty', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const histogram = logitHistogram(values);
        const edges = decileEdges(histogram);
        const groups = groupCounts(histogram, edges);
        expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
        expect(groups).toHaveLength(edges.length + 1);
        expect(groups.reduce((sum, n) => sum + n, 0)).toBe(values.length);
        expect(Math.min(...groups)).toBeGreaterThan(0);
      }),
    );
    const flat = Array.from({ length: LOGIT_BINS }, () => 5);
    expect(groupCounts(flat, decileEdges(flat))).toEqual(Array.from({ length: 10 }, () => 40));
  });

  it('never see more difference of the distribution functions than there is', () => {
    fc.assert(
      fc.property(logits, logits, (one, other) => {
        const binned = binnedKolmogorovSmirnov(logitHistogram(one), logitHistogram(other));
        expect(binned).toBeLessThanOrEqual(sampleDistances(one, other).kolmogorovSmirnov + 1e-12);
      }),
    );
  });

  it('give the Wasserstein distance to within a bin', () => {
    fc.assert(
      fc.property(logits, logits, (one, other) => {
        const binned = binnedWasserstein(logitHistogram(one), logitHistogram(other));
        expect(Math.abs(binned - sampleDistances(one, other).wasserstein)).toBeLessThanOrEqual(LOGIT_BIN_WIDTH + 1e-9);
      }),
    );
  });
});

describe('distances of samples', () => {
  it('are those of two points', () => {
    expect(sampleDistances([0, 0], [0, 1])).toEqual({ kolmogorovSmirnov: 0.5, wasserstein: 0.5 });
    expect(sampleDistances([0], [3])).toEqual({ kolmogorovSmirnov: 1, wasserstein: 3 });
    expect(sampleDistances([], [3])).toEqual({ kolmogorovSmirnov: Number.NaN, wasserstein: Number.NaN });
  });

  it('move by what all values move by', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.1, max: 5, noNaN: true }), (values, by) => {
        expect(
          sampleDistances(
            values,
            values.map((value) => value + by),
          ).wasserstein,
        ).toBeCloseTo(by, 9);
      }),
    );
  });
});
