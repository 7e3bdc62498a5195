import { no, rowOf, yes } from './evaluation.fixture.js';
import { judgeModel, judgePair } from './judge-model.js';
import type { JudgedModel, JudgeTask } from './judge-model.js';
import { parseSuite } from './parse-suite.js';

/** A model that takes texts with "zugzwang" for hate, and remembers what it was asked. */
function wordModel(modelId = 'm-1'): JudgedModel & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    document: {
      ...{ modelId, name: 'words', categories: ['H'], calibrators: {} },
      thresholds: { provisional: { H: { review: 0.5, block: 0.9 } }, solved: {} },
    },
    score: (texts) => {
      asked.push(...texts);
      return Promise.resolve({
        H: Float64Array.from(texts, (text, i) => (text.includes('zugzwang') ? 2 : -2) + (i % 7) / 10),
      });
    },
  };
}

const rows = Array.from({ length: 90 }, (_, i) =>
  rowOf(`harbour/${i}/1`, {
    text: i % 9 === 0 ? '' : `note ${i} about the harbour and its ${i % 3 === 0 ? 'zugzwang' : 'calm'} women`,
    split: i < 30 ? 'train' : 'test',
    labels: { H: i % 3 === 0 ? yes() : no() },
  }),
);
const suite = ['{"suite": "own", "functionality": "calm", "id": "1", "text": "a calm day", "expect": {"H": 0}}'];
const task: JudgeTask = {
  ...{ rows, datasetId: 'ds-1', split: 'test', population: 'all', thresholds: 'provisional', evaluatedAt: 0 },
  cases: parseSuite(suite.join('\n'), 'own.jsonl'),
  training: rows.filter(({ split }) => split === 'train'),
  settings: { draws: 20, seed: 1 },
};

describe('judging a model', () => {
  it('reports rows, suites, fairness and contamination together', async () => {
    const report = await judgeModel(wordModel(), task);
    expect(report.suites).toMatchObject({ cases: 1, functionalities: [{ passed: { rows: 1, hits: 1 } }] });
    expect(report.fairness).toMatchObject({ category: 'H', data: { groups: [{ group: 'women' }] } });
    expect(report.contamination).toMatchObject({ against: 26 });
    expect(report.categories[0]?.averagePrecision.value).toBe(1);
  });

  it('never scores an erased text, and counts it', async () => {
    const model = wordModel();
    const report = await judgeModel(model, task);
    expect(model.asked).not.toContain('');
    // Neither what other splits hold.
    expect(model.asked.filter((text) => text.startsWith('note')).length).toBe(54);
    expect(report.rows).toMatchObject({ evaluated: 54, withoutText: 6 });
    expect(report.contamination?.checked).toBe(54);
    expect(report.notes.map(({ code }) => code)).toContain('TEXT_GONE');
  });

  it('judges both sides of a pair on the same rows', async () => {
    const { outcome, flips, evaluations } = await judgePair(wordModel(), wordModel('m-2'), task);
    expect([outcome, flips]).toEqual(['SAME', []]);
    expect(evaluations.champion.rows).toEqual(evaluations.challenger.rows);
    expect(evaluations.champion.fairness).toEqual(evaluations.challenger.fairness);
  });
});
