import fc from 'fast-check';
import { binomialUpperTail, effectiveUpperTail } from './binomial.js';
import { seededUniform } from '../training/seeded-uniform.js';
import {
  fewestItems,
  joinThresholds,
  precisionTest,
  solveBlockThreshold,
  solveReviewThreshold,
  thresholdsFromCosts,
} from './thresholds.js';
import type { ScoredLabel } from './thresholds.js';

function falling(labels: readonly (0 | 1)[]): ScoredLabel[] {
  return labels.map((label, i) => ({ score: 1 - i / labels.length, label, weight: 1 }));
}

function ones(count: number): 1[] {
  return Array.from({ length: count }, () => 1);
}

describe('block threshold', () => {
  it('reproduces the goldens of calibration 3.3', () => {
    expect(precisionTest(60, 58, 0.9)).toBeCloseTo(0.05305, 5);
    expect(fewestItems(0.95, 0.05)).toBe(59);
  });

  it('passes 59 clean items at .95 and refuses 58', () => {
    expect(solveBlockThreshold(falling(ones(59)), 0.95)).toMatchObject({ outcome: 'SOLVED', items: 59 });
    expect(solveBlockThreshold(falling(ones(58)), 0.95).threshold).toBeNull();
  });

  it('asks for 50 positives before it blocks at all', () => {
    expect(solveBlockThreshold(falling(ones(49)), 0.5)).toMatchObject({ outcome: 'TOO_FEW_POSITIVES' });
  });

  it('stops at the first score that fails, although looser ones would pass again', () => {
    const labels = [...ones(60), 0, 0, 0, 0, 0, 0, ...ones(400)] as (0 | 1)[];
    expect(solveBlockThreshold(falling(labels), 0.95).items).toBe(60);
  });

  it('never parts items of equal score', () => {
    const rows = falling([...ones(80), 0, 0, 0]).map((row, i) => (i > 58 ? { ...row, score: 0.2 } : row));
    const { threshold, items } = solveBlockThreshold(rows, 0.95);
    expect(items).toBe(rows.filter(({ score }) => score >= (threshold ?? 2)).length);
  });

  it('never takes five clean heavy items for proof', () => {
    const rows = falling([...ones(5), ...Array.from({ length: 100 }, (_, i) => (i % 2) as 0 | 1)]).map((row, i) => ({
      ...row,
      weight: i < 5 ? 1000 : 1,
    }));
    expect(solveBlockThreshold(rows, 0.95).threshold).toBeNull();
  });

  it('takes sixty copies of one text for one observation', () => {
    const copies = ones(60).map((label): ScoredLabel => ({ score: 0.99, label, weight: 1, group: 'copied' }));
    const others = Array.from({ length: 200 }, (_, i): ScoredLabel => {
      return { score: 0.9 - i / 400, label: i % 3 === 0 ? 0 : 1, weight: 1, group: `own-${i}` };
    });
    const alone = copies.map((row, i) => ({ ...row, group: `text-${i}` }));
    expect(solveBlockThreshold([...copies, ...others], 0.95).threshold).toBeNull();
    expect(solveBlockThreshold([...alone, ...others], 0.95).threshold).toBe(0.99);
  });

  it('counts a group as one positive, so that copies do not reach the fifty', () => {
    const rows = ones(200).map((label, i): ScoredLabel => ({ score: 1, label, weight: 1, group: String(i % 49) }));
    expect(solveBlockThreshold(rows, 0.5).outcome).toBe('TOO_FEW_POSITIVES');
  });

  it('gives the same answer whatever common factor the weights have', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), weight: fc.integer({ min: 1, max: 9 }) }),
          {
            minLength: 100,
            maxLength: 200,
          },
        ),
        fc.integer({ min: 2, max: 64 }),
        (items, factor) => {
          const rows = items.map((item, i): ScoredLabel => ({
            ...item,
            label: item.score > 0.4 || i % 7 === 0 ? 1 : 0,
          }));
          const scaled = rows.map((row) => ({ ...row, weight: row.weight * factor }));
          expect(solveBlockThreshold(scaled, 0.8)).toEqual(solveBlockThreshold(rows, 0.8));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('agrees with the exact binomial tail where effective counts are whole', () => {
    for (const [n, k, p] of [
      [60, 58, 0.9],
      [59, 59, 0.95],
      [400, 350, 0.9],
      [10, 0, 0.3],
    ] as const) {
      expect(effectiveUpperTail(n, k, p)).toBeCloseTo(binomialUpperTail(n, k, p), 10);
    }
    expect(effectiveUpperTail(60.5, 58.5, 0.9)).toBeLessThan(effectiveUpperTail(60.5, 58, 0.9));
  });

  it('lets the true precision fall below the target in at most about 5 % of simulated calibrations', () => {
    // Precision above score s is 1 - (1 - s) / 2 when scores are uniform and P(y = 1 | s) = s.
    let violations = 0;
    const runs = 400;
    for (let run = 0; run < runs; run += 1) {
      const rows = Array.from({ length: 600 }, (_, i): ScoredLabel => {
        const score = seededUniform(run, 1, i);
        return { score, label: seededUniform(run, 2, i) < score ? 1 : 0, weight: 1 };
      });
      const { threshold } = solveBlockThreshold(rows, 0.9);
      if (threshold !== null && (1 + threshold) / 2 < 0.9) violations += 1;
    }
    expect(violations / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });
});

describe('review threshold', () => {
  it('takes the fifth smallest of fifty positives for a miss rate of 10 %', () => {
    const rows = ones(50).map((label, i): ScoredLabel => ({ score: (i + 1) / 100, label, weight: 1 }));
    expect(solveReviewThreshold(rows, 0.1)).toBe(0.05);
  });

  it('reviews everything while positives are too few to promise anything', () => {
    expect(solveReviewThreshold(falling(ones(8)), 0.1)).toBe(0);
    expect(solveReviewThreshold([], 0.1)).toBe(0);
  });

  it('takes copies of one text for one observation that may come again', () => {
    const rows = ones(50).map((label, i): ScoredLabel => ({ score: (i + 1) / 100, label, weight: 1 }));
    const copied = rows.map((row, i) => (i < 20 ? row : { ...row, group: 'copied' }));
    expect(solveReviewThreshold(copied, 0.5)).toBeLessThan(solveReviewThreshold(rows, 0.5));
    expect(solveReviewThreshold(copied, 0.1)).toBe(0);
  });

  it('misses as many positives as promised, on average: .0984 for 50 at 10 %', () => {
    let missed = 0;
    const runs = 1500;
    for (let run = 0; run < runs; run += 1) {
      const rows = ones(50).map((label, i): ScoredLabel => ({ score: seededUniform(run, 3, i), label, weight: 1 }));
      // A fresh uniform positive is missed with probability equal to the threshold.
      missed += solveReviewThreshold(rows, 0.1);
    }
    expect(missed / runs).toBeCloseTo(0.0984, 2);
  });

  it('keeps the promise on an unequal sample only with weights', () => {
    let weighted = 0;
    let unweighted = 0;
    const runs = 400;
    for (let run = 0; run < runs; run += 1) {
      const rows: ScoredLabel[] = [];
      for (let i = 0; i < 600; i += 1) {
        const score = seededUniform(run, 4, i);
        const inclusion = score > 0.5 ? 0.5 : 0.05;
        if (seededUniform(run, 5, i) < inclusion) rows.push({ score, label: 1, weight: 1 / inclusion });
      }
      weighted += solveReviewThreshold(rows, 0.2);
      unweighted += solveReviewThreshold(
        rows.map((row) => ({ ...row, weight: 1 })),
        0.2,
      );
    }
    expect(weighted / runs).toBeLessThanOrEqual(0.2);
    expect(unweighted / runs).toBeGreaterThan(0.4);
  });

  it('never rises when a smaller miss rate is asked', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), weight: fc.integer({ min: 1, max: 9 }) }),
        ),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (items, one, other) => {
          const rows = items.map((item): ScoredLabel => ({ ...item, label: 1 }));
          const strict = solveReviewThreshold(rows, Math.min(one, other));
          expect(strict).toBeLessThanOrEqual(solveReviewThreshold(rows, Math.max(one, other)));
        },
      ),
    );
  });
});

describe('joined thresholds', () => {
  it('makes a category review-only when review would begin above block', () => {
    expect(joinThresholds(0.6, 0.5)).toEqual({ review: 0.6, block: null });
    expect(joinThresholds(0.4, 0.5)).toEqual({ review: 0.4, block: 0.5 });
  });

  it('follows the costs of calibration 3.3: allow below .05, block above .9', () => {
    const { review, block } = thresholdsFromCosts({ miss: 10, falseBlock: 5, review: 0.5 });
    expect(review).toBeCloseTo(0.05, 12);
    expect(block).toBeCloseTo(0.9, 12);
  });
});
