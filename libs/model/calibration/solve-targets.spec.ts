import { reviewWithinCapacity } from './capacity.js';
import { solveTargets, type CategoryGoal } from './solve-targets.js';
import { solveBlockThreshold, solveReviewThreshold, type ScoredLabel } from './thresholds.js';

const asked: CategoryGoal = { blockPrecision: 0.9, reviewRecall: 0.9, provisionalBlock: 0.8, provisionalReview: 0.3 };

/** Positives spread over (0, 1], and clean down to `from`; below it every second item is negative. */
function labels(positives: number, from = 0): ScoredLabel[] {
  return Array.from({ length: positives }, (_, i): ScoredLabel[] => {
    const score = (i + 1) / positives;
    const positive = { score, label: 1, weight: 1 } as const;
    return score >= from ? [positive] : [positive, { score, label: 0, weight: 1 }];
  }).flat();
}

describe('solveTargets', () => {
  it('solves both thresholds where labels show both targets', () => {
    const rows = labels(200, 0.5);
    const { thresholds, unmet } = solveTargets('H', rows, asked, 'ALLOW');
    expect(thresholds).toEqual({
      review: solveReviewThreshold(rows, 1 - 0.9),
      block: solveBlockThreshold(rows, 0.9).threshold,
      provisional: false,
    });
    expect(unmet).toEqual([]);
  });

  it('falls back to the provisional thresholds while positives are too few, and says how many are needed', () => {
    expect(solveTargets('H', labels(8), asked, 'ALLOW')).toEqual({
      thresholds: { review: 0.3, block: 0.8, provisional: true },
      unmet: [
        { category: 'H', action: 'REVIEW', target: 0.9, why: '8 positives; 9 are needed', fallback: 'provisional 0.3' },
        { category: 'H', action: 'BLOCK', target: 0.9, why: '8 positives; 50 are needed', fallback: 'provisional 0.8' },
      ],
    });
  });

  it('reviews only while positives are too few and the policy declares no provisional threshold', () => {
    const { thresholds, unmet } = solveTargets('H', labels(40), { ...asked, provisionalBlock: null }, 'ALLOW');
    expect(thresholds).toEqual({ review: 0.1, block: null, provisional: false });
    expect(unmet).toMatchObject([{ action: 'BLOCK', why: '40 positives; 50 are needed', fallback: 'review only' }]);
  });

  it('blocks nothing where enough labels show no such precision, whatever the policy thought before', () => {
    const { thresholds, unmet } = solveTargets('H', labels(200, 2), asked, 'ALLOW');
    expect(thresholds).toEqual({ review: 0.1, block: null, provisional: false });
    expect(unmet).toMatchObject([{ action: 'BLOCK', target: 0.9, fallback: 'review only' }]);
  });

  it('looks at what it may not block where the policy asks for no review', () => {
    const goal = { blockPrecision: 0.9, reviewRecall: null, provisionalBlock: 0.8, provisionalReview: null };
    const { thresholds, unmet } = solveTargets('H', labels(200, 2), goal, 'ALLOW');
    expect(thresholds).toEqual({ review: 0.8, block: null, provisional: true });
    expect(unmet).toMatchObject([{ action: 'BLOCK', fallback: 'review from the provisional 0.8 on' }]);
    expect(solveTargets('H', labels(20), goal, 'ALLOW').thresholds).toEqual({
      review: null,
      block: 0.8,
      provisional: true,
    });
  });

  it.each([
    ['REVIEW', 0, 'review everything, as uncovered'],
    ['ALLOW', null, 'allow, as uncovered'],
  ] as const)(
    'does as for uncovered categories (%s) without labels and without a provisional threshold',
    (uncovered, review, fallback) => {
      const goal = { blockPrecision: null, reviewRecall: 0.9, provisionalBlock: null, provisionalReview: null };
      const { thresholds, unmet } = solveTargets('V', labels(5), goal, uncovered);
      expect(thresholds).toEqual({ review, block: null, provisional: review !== null });
      expect(unmet).toMatchObject([{ action: 'REVIEW', why: '5 positives; 9 are needed', fallback }]);
    },
  );

  it('names one heavy label as the reason where positives are many', () => {
    const rows = labels(60).map((row, i) => ({ ...row, weight: i === 30 ? 1000 : 1 }));
    const { unmet } = solveTargets('H', rows, { ...asked, blockPrecision: null }, 'ALLOW');
    expect(unmet).toMatchObject([{ why: '60 positives, of which one stands for too many contents' }]);
  });

  it('is review-only where review would begin above block', () => {
    const { thresholds, unmet } = solveTargets('H', labels(200), { ...asked, reviewRecall: 0.5 }, 'ALLOW');
    expect(thresholds).toEqual({ review: 0.5, block: null, provisional: false });
    expect(unmet).toEqual([
      {
        category: 'H',
        action: 'BLOCK',
        target: 0.9,
        why: 'review begins at 0.5000, above block at 0.0050',
        fallback: 'review only',
      },
    ]);
  });

  it('never promises perfection', () => {
    const { thresholds, unmet } = solveTargets(
      'H',
      labels(500),
      { ...asked, blockPrecision: 1, reviewRecall: 1 },
      'ALLOW',
    );
    expect(thresholds).toEqual({ review: 0.3, block: null, provisional: true });
    expect(unmet).toHaveLength(2);
  });

  it('never acts where the policy asks nothing', () => {
    const goal = { blockPrecision: null, reviewRecall: null, provisionalBlock: null, provisionalReview: null };
    expect(solveTargets('H', labels(200), goal, 'REVIEW')).toEqual({
      thresholds: { review: null, block: null, provisional: false },
      unmet: [],
    });
  });
});

describe('reviewWithinCapacity', () => {
  const traffic = labels(100, 2);

  it('keeps the target where people suffice', () => {
    const { threshold, lostRecall, perDay } = reviewWithinCapacity(traffic, {
      missRate: 0.1,
      perDay: 100,
      days: 2,
      block: null,
    });
    expect(threshold).toBe(solveReviewThreshold(traffic, 0.1));
    expect(lostRecall).toBe(0);
    expect(perDay).toBe(91);
  });

  it('reviews what people can and says which recall that costs', () => {
    const { threshold, lostRecall, recall, perDay } = reviewWithinCapacity(traffic, {
      missRate: 0.1,
      perDay: 20,
      days: 2,
      block: null,
    });
    expect(perDay).toBeLessThanOrEqual(20);
    expect(threshold).toBe(0.81);
    expect(recall).toBeCloseTo(0.2, 12);
    expect(lostRecall).toBeCloseTo(0.71, 12);
  });

  it('counts nothing that is blocked anyway', () => {
    const { perDay, threshold } = reviewWithinCapacity(traffic, { missRate: 0.1, perDay: 20, days: 2, block: 0.9 });
    expect(perDay).toBeLessThanOrEqual(20);
    expect(threshold).toBe(0.7);
  });
});
