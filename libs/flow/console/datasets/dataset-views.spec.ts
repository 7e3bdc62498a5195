import { readDatasetReport } from './dataset-report.js';
import { datasetOf, diffOf, recipesOf } from './dataset-views.js';
import type { DatasetFullRow, DatasetListRow } from '../training-rows.js';

const row = (over: Partial<DatasetFullRow> = {}): DatasetFullRow => ({
  ...{ dataset_id: 'ds-2', name: 'posts', kind: 'BUILT', policy_id: 'standard', policy_version: 2, rows: 3 },
  ...{ splits: { train: 3 }, licences: [], previous_id: 'ds-1', recipe_id: 'r-1', digest: 'd', request_id: 'q' },
  ...{ labels_until: 9, sources: [], recipe: '{}', rule: 'settled', published_at: '2026-03-04 10:00:00.000' },
  categories: { HR: { positives: 1, negatives: 2, unknown: 0 }, H: { positives: 2, negatives: 1, unknown: 0 } },
  languages: { de: 1, en: 2 },
  expectations: [{ name: 'rows', passed: false, detail: '3 rows' }],
  report: '',
  card: '',
  ...over,
});
const listed = (dataset_id: string, name: string): DatasetListRow => ({
  ...row({ dataset_id, name }),
  expected: 2,
  failed: 1,
});

describe('data sets', () => {
  it('stand by recipe, the newest version first', () => {
    const recipes = recipesOf([listed('ds-3', 'posts'), listed('ds-2', 'forum'), listed('ds-1', 'posts')]);
    expect(recipes.map(({ name, versions }) => [name, versions.map(({ datasetId }) => datasetId)])).toEqual([
      ['forum', ['ds-2']],
      ['posts', ['ds-3', 'ds-1']],
    ]);
  });

  it('name categories and languages in an order that does not depend on the warehouse', () => {
    const { categories, languages, policy, publishedAt, report } = datasetOf(row());
    expect(categories.map(({ category }) => category)).toEqual(['H', 'HR']);
    expect(languages.map(({ name }) => name)).toEqual(['en', 'de']);
    expect([policy, publishedAt, report]).toEqual(['standard@2', '2026-03-04T10:00:00.000Z', null]);
  });
});

describe('a quality report', () => {
  it('is read as far as it is there, also of a later release', () => {
    const report = readDatasetReport(
      JSON.stringify({ agreement: [{ question: 'q@1', items: 4, alpha: 0.5 }], leftOut: { COPY: 2 }, brandNew: 1 }),
    );
    expect(report).toMatchObject({
      agreement: [{ question: 'q@1', items: 4, alpha: { value: 0.5, low: null, high: null } }],
      leftOut: { COPY: 2 },
      suspected: null,
      gold: 0,
    });
  });

  it.each(['', 'not json', '[]', '{"agreement": 7}'])('that is %j is none', (text) => {
    expect(readDatasetReport(text)).toBeNull();
  });
});

describe('a difference of two data sets', () => {
  const before = row({ dataset_id: 'ds-1', languages: { en: 2, pt: 1 }, categories: {} });
  const count = (change: 'ADDED' | 'REMOVED', reason: string, source: string, rows: number) => {
    return { change, reason, language: 'en', source, rows };
  };
  const diff = diffOf(
    before,
    row(),
    [
      count('ADDED', 'NEW_LABEL', 'labels', 1),
      count('REMOVED', 'ERASED', 'labels', 5),
      count('ADDED', 'NEW_LABEL', 'forum', 2),
    ],
    [
      {
        ...{ change: 'RELABELLED', reason: 'NEW_LABEL', row_key: 'a/b/1', language: 'en', source: 'labels' },
        said_before: { H: 'NO', HR: 'NO' },
        said_after: { H: 'YES', HR: 'NO', V: 'NO' },
      },
    ],
  );

  it('is counted by reason, by source and by language', () => {
    expect(diff.changes).toEqual([
      { change: 'REMOVED', reason: 'ERASED', rows: 5 },
      { change: 'ADDED', reason: 'NEW_LABEL', rows: 3 },
    ]);
    expect(diff.sources).toEqual([
      { name: 'labels', ADDED: 1, REMOVED: 5, RELABELLED: 0 },
      { name: 'forum', ADDED: 2, REMOVED: 0, RELABELLED: 0 },
    ]);
    expect(diff.languages).toEqual([
      { name: 'en', before: 2, after: 2 },
      { name: 'de', before: 0, after: 1 },
      { name: 'pt', before: 1, after: 0 },
    ]);
    expect(diff.categories[0]).toMatchObject({ category: 'H', before: { positives: 0 }, after: { positives: 2 } });
  });

  it('names of a row only the labels that differ', () => {
    expect(diff.rows[0]?.labels).toEqual([
      { category: 'H', before: 'NO', after: 'YES' },
      { category: 'V', before: null, after: 'NO' },
    ]);
  });
});
