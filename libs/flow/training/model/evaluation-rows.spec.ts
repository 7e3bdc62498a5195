import { evaluateDataset, type DatasetRow } from '#model';
import { figuresOfReport } from './evaluation-rows.js';

const rows = Array.from({ length: 60 }, (_, i): DatasetRow => ({
  ...{ key: `harbour/${i}/1`, text: `words ${i}`, textHash: '', language: 'en', platform: 'harbour', kind: 'POST' },
  ...{ split: 'test', group: `g${i}`, groupSize: 1, weight: 1, inclusion: null, origin: 'IMPORTED', isGold: false },
  ...{ source: 'made', author: null, labelledAt: null },
  labels: {
    H: { value: i % 3 === 0 ? 1 : 0, weight: 1 },
    V: { value: i % 10 === 0 ? 1 : 0, weight: 1 },
    S: { value: 0, weight: 1 },
  },
}));

const report = evaluateDataset({
  ...{ rows, datasetId: 'ds-1', split: 'test', evaluatedAt: 0, settings: { draws: 20, seed: 1 } },
  model: {
    ...{ modelId: 'm-1', name: 'm', calibrators: {}, thresholds: {} },
    logits: Object.fromEntries(
      ['H', 'V', 'S', 'ANY'].map((category) => [category, Float64Array.from(rows, (_, i) => (i * 7) % 11)]),
    ),
  },
});

describe('rows of a report', () => {
  const figures = figuresOfReport(report);

  it('hold the mean of the categories that have both labels, without ANY, beside the categories', () => {
    const overall = figures.filter(({ sliceBy }) => sliceBy === 'all');
    expect(overall.map(({ category }) => category)).toEqual(['H', 'V', 'S', 'ANY', 'MACRO']);
    const [h, v] = overall;
    expect(overall.at(-1)).toMatchObject({
      averagePrecision: ((h?.averagePrecision ?? 0) + (v?.averagePrecision ?? 0)) / 2,
      prevalence: ((h?.prevalence ?? 0) + (v?.prevalence ?? 0)) / 2,
      rows: 60,
      // Of the rarest, which makes it wide.
      positives: 6,
      wide: true,
    });
  });

  it('hold every slice of every category once', () => {
    const names = figures.map(({ sliceBy, sliceValue, category }) => `${sliceBy}|${sliceValue}|${category}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBe(5 + report.slices.length);
  });

  it('hold no mean where no category has both labels', () => {
    const none = evaluateDataset({
      ...{ rows: [], datasetId: 'ds-1', split: 'test', evaluatedAt: 0, settings: { draws: 5, seed: 1 } },
      model: { modelId: 'm-1', name: 'm', calibrators: {}, thresholds: {}, logits: { H: new Float64Array(0) } },
    });
    expect(figuresOfReport(none).map(({ category }) => category)).toEqual(['H']);
  });
});
