import { evaluateDataset, judgeModel, parseSuite, type DatasetRow } from '#model';
import { readEvaluation } from './evaluation-view.js';

const count = 240;
const rows = Array.from({ length: count }, (_, i): DatasetRow => ({
  ...{ key: `demo/${i}/1`, text: 'words', textHash: '', language: i % 2 === 0 ? 'en' : 'de', platform: 'demo' },
  ...{ kind: 'POST', split: 'test', group: `g${i}`, groupSize: 1, weight: 1, inclusion: null, origin: 'DRAWN' },
  ...{ isGold: false, source: 'labels', author: null, labelledAt: null },
  labels: { H: { value: i % 4 === 0 ? 1 : 0, weight: 1 } },
}));

describe('an evaluation report', () => {
  // The report that libs/model/evaluation writes is read here as it is: no copy of it could grow old.
  const report = evaluateDataset({
    ...{ rows, datasetId: 'ds-0000000000000001', split: 'test', evaluatedAt: 0, settings: { draws: 20, seed: 1 } },
    model: {
      ...{ modelId: 'm-0000000000000001', name: 'posts', calibrators: {} },
      logits: { H: Float64Array.from(rows, (_, i) => (i % 4 === 0 ? 1 : -1) + ((i * 37) % 100) / 40 - 1.2) },
      thresholds: { H: { review: 0.4, block: 0.9 } },
    },
  });
  const view = readEvaluation(JSON.stringify(report));

  it('is read as it is written, figure by figure', () => {
    const [category] = report.categories;
    expect(view).toMatchObject({
      evaluationId: report.evaluationId,
      rows: count,
      evaluatedAt: '1970-01-01T00:00:00.000Z',
      categories: [
        {
          category: 'H',
          positives: 60,
          prevalence: 0.25,
          averagePrecision: { value: category?.averagePrecision.value, low: category?.averagePrecision.low },
          review: { threshold: 0.4, recall: { value: category?.review?.recall.value } },
        },
      ],
    });
    expect(view?.categories[0]?.curve.length).toBeGreaterThan(10);
    expect(view?.categories[0]?.bins.length).toBeGreaterThan(3);
    expect(new Set(view?.slices.map(({ by }) => by))).toContain('language');
    expect(view?.notes).toEqual(report.notes.map(({ text }) => text));
    expect([view?.suites, view?.fairness, view?.contamination]).toEqual([null, null, null]);
  });

  it('tells suites, fairness and contamination, as the judge writes them', async () => {
    const whole = await judgeModel(
      {
        document: {
          ...{ modelId: 'm-0000000000000001', name: 'posts', categories: ['H'], calibrators: {} },
          thresholds: { provisional: { H: { review: 0.4, block: 0.9 } }, solved: {} },
        },
        score: (texts) => Promise.resolve({ H: Float64Array.from(texts, (text, i) => (text.length % 7) - 3 + i / 1e4) }),
      },
      {
        ...{ rows, datasetId: 'ds-0000000000000001', split: 'test', population: 'all', thresholds: 'provisional' },
        cases: [
          ...parseSuite('{"suite":"a","functionality":"x","id":"1","text":"calm","expect":{"H":0}}', 'a.jsonl'),
          ...parseSuite('{"suite":"a","functionality":"y","id":"2","text":"a storm","expect":{"H":1}}', 'b.jsonl'),
        ],
        ...{ training: rows.slice(0, 1), evaluatedAt: 0, settings: { draws: 5, seed: 1 } },
      },
    );
    const told = readEvaluation(JSON.stringify(whole));
    const passed = whole.suites?.functionalities.map((one) => one.passed.hits) ?? [];
    expect(told?.suites).toMatchObject([
      {
        ...{ name: 'a', cases: 2, passed: passed.reduce((sum, hits) => sum + hits, 0) },
        functionalities: [{ name: 'x', passed: passed[0], cases: 1 }, { name: 'y' }],
      },
    ]);
    expect(told?.fairness?.templates).toMatchObject({
      final: whole.fairness?.templates.final,
      groups: whole.fairness?.templates.groups,
    });
    expect(told?.fairness?.swap.most).toBe(whole.fairness?.counterfactual.largest?.gap);
    // All rows have one text.
    expect(told?.contamination).toEqual({ checked: count, against: 1, copies: count });
  });

  it.each(['', '{}', JSON.stringify({ format: 2 })])('that is %j is none', (text) => {
    expect(readEvaluation(text)).toBeNull();
  });
});
