import { drawErrorAudit, judgeErrorAudit } from './error-audit.js';
import { drawLabelerAudit, judgeLabelerAudit } from './labeler-audit.js';

describe('audit of flagged items', () => {
  it('takes a hundred by hash, whatever their order', () => {
    const flagged = Array.from({ length: 1000 }, (_, i) => `i${i}`);
    const drawn = drawErrorAudit(flagged, 'salt');
    expect(drawn).toHaveLength(100);
    expect(drawErrorAudit([...flagged].reverse(), 'salt')).toEqual(drawn);
    expect(drawErrorAudit(flagged, 'other salt')).not.toEqual(drawn);
    expect(drawErrorAudit(flagged.slice(0, 7), 'salt')).toHaveLength(7);
  });

  it('relabels all when more than 30 % are wrong, and not at 30 %', () => {
    const outcome = (wrong: number) => judgeErrorAudit(Array.from({ length: 100 }, (_, i) => i < wrong));
    expect(outcome(30).decision).toBe('REVIEW_QUEUE');
    expect(outcome(31)).toMatchObject({ decision: 'RELABEL_ALL', wrong: 31, audited: 100, share: 0.31 });
    expect(judgeErrorAudit([]).decision).toBe('REVIEW_QUEUE');
  });
});

describe('audit of a labeler', () => {
  const draw = { labeler: 'anna', category: 'H', period: '2026-11', salt: 'salt' };
  const candidates = Array.from({ length: 400 }, (_, i) => ({
    item: `i${i}`,
    labelled: i % 8 === 0,
    probability: (i % 10) / 9,
  }));

  it('takes ten positives and ten others that the model finds positive', () => {
    const items = drawLabelerAudit(candidates, draw);
    expect(new Set(items).size).toBe(20);
    const byItem = new Map(candidates.map((it) => [it.item, it]));
    expect(items.slice(0, 10).every((item) => byItem.get(item)?.labelled === true)).toBe(true);
    expect(items.slice(10).every((item) => (byItem.get(item)?.probability ?? 0) > 0.5)).toBe(true);
    expect(drawLabelerAudit(candidates, { ...draw, period: '2026-12' })).not.toEqual(items);
    expect(drawLabelerAudit(candidates.slice(0, 9), draw).length).toBeLessThan(9);
  });

  it('is judged by F1, so that always-no earns nothing', () => {
    const pairs = [true, true, false, false].map((auditor, i) => ({ auditor, labeler: i === 0 || i === 2 }));
    expect(judgeLabelerAudit(pairs)).toEqual({ audited: 4, precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(judgeLabelerAudit(pairs.map((pair) => ({ ...pair, labeler: false }))).f1).toBe(0);
    expect(judgeLabelerAudit([]).f1).toBeNaN();
  });
});
