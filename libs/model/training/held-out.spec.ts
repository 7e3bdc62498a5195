import { assignFolds } from './folds.js';
import { foldedQuality } from './out-of-fold.js';
import { provisionalThresholds } from './provisional-thresholds.js';

describe('folds', () => {
  const groups = Array.from({ length: 200 }, (_, i) => Math.floor(i / 3));
  const strata = groups.map((group) => (group % 10 === 0 ? 'rare' : 'common'));

  it('never part a near-duplicate group', () => {
    const folds = assignFolds(groups, strata, 5, 1);
    for (const [row, group] of groups.entries()) expect(folds[row]).toBe(folds[groups.indexOf(group)]);
  });

  it('share a rare stratum evenly', () => {
    const folds = assignFolds(groups, strata, 5, 1);
    const counts = [0, 1, 2, 3, 4].map(
      (fold) => new Set(groups.filter((_, row) => folds[row] === fold && strata[row] === 'rare')).size,
    );
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('differ between seeds and not between runs', () => {
    expect(assignFolds(groups, strata, 5, 1)).toEqual(assignFolds(groups, strata, 5, 1));
    expect(assignFolds(groups, strata, 5, 1)).not.toEqual(assignFolds(groups, strata, 5, 2));
  });
});

describe('out-of-fold quality', () => {
  it('averages over foldings and knows a perfect ranking', () => {
    const labels = Float64Array.from({ length: 40 }, (_, i) => (i < 8 ? 1 : 0));
    const folds = Uint8Array.from({ length: 40 }, (_, i) => i % 5);
    const scores = { category: 'H', labels, foldings: [labels, labels], folds: [folds, folds] };
    const { categories, macro } = foldedQuality([scores], [...labels.keys()], () => true);
    expect(categories[0]).toMatchObject({ pooled: 1, perFold: 1, positives: 8, wide: true, low: 1, high: 1 });
    expect(macro.pooled).toBe(1);
  });
});

describe('provisional thresholds', () => {
  it('let a demonstration allow, review and block', () => {
    const logits = Float64Array.from({ length: 100 }, (_, i) => (i - 50) / 10);
    const labels = Uint8Array.from({ length: 100 }, (_, i) => (i > 70 || i % 10 === 0 ? 1 : 0));
    const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;
    const { review, block } = provisionalThresholds(logits, labels, identity);
    expect(review).toBeGreaterThan(0);
    expect(block).not.toBeNull();
    expect(review).toBeLessThanOrEqual(block ?? 0);
    expect(block).toBeLessThan(1);
  });
});
