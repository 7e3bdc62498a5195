import fc from 'fast-check';
import { compareRows, summariseRows, type DatasetManifest, type DatasetRow } from '#model';
import { anImportedRow, anItem, built, now } from './build.fixture.js';
import { diffDatasets, type DatasetSide } from './diff-datasets.js';

function side(
  rows: readonly DatasetRow[],
  manifest: Partial<DatasetManifest> = {},
  leftOut?: DatasetSide['leftOut'],
): DatasetSide {
  return {
    manifest: {
      datasetId: 'ds-a',
      name: 'default',
      kind: 'BUILT',
      policyId: 'default',
      policyVersion: 1,
      labelsUntil: 100,
      sources: [],
      rule: 'two-coin',
      recipeId: 'r-1',
      recipe: '{}',
      saltId: 's',
      licences: [],
      previousId: null,
      ...summariseRows(rows),
      ...manifest,
    },
    rows,
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

const rows = built(Array.from({ length: 10 }, (_, i) => anItem(i))).rows;
const without = (key: string): DatasetRow[] => rows.filter((row) => row.key !== key);
const changed = (key: string, change: Partial<DatasetRow>): DatasetRow[] =>
  rows.map((row) => (row.key === key ? { ...row, ...change } : row));
const key = 'forum/p4/1';

describe('difference of data sets', () => {
  it('of a data set to itself is nothing', () => {
    const { changes, counts, reasons, splits } = diffDatasets(side(rows), side(rows));
    expect(changes).toEqual([]);
    expect(counts).toEqual({ ADDED: 0, REMOVED: 0, RELABELLED: 0, CHANGED: 0 });
    expect(reasons).toEqual({});
    expect(splits.every(({ before, after }) => before === after)).toBe(true);
  });

  it.each<[string, string, DatasetSide, DatasetSide]>([
    ['ADDED', 'NEW_LABEL', side(without(key), {}, new Map()), side(rows, { labelsUntil: 200 })],
    ['ADDED', 'NEW_LABEL', side(without(key)), side(rows, { labelsUntil: 200 })],
    ['ADDED', 'NOT_SETTLED', side(without(key), {}, new Map([[key, 'NOT_SETTLED']])), side(rows, { labelsUntil: 200 })],
    ['ADDED', 'POLICY', side(without(key)), side(rows, { policyVersion: 2 })],
    ['ADDED', 'RECIPE', side(without(key)), side(rows, { recipeId: 'r-2' })],
    ['ADDED', 'UNKNOWN', side(without(key)), side(rows)],
    ['REMOVED', 'CONTAMINATED', side(rows), side(without(key), { recipeId: 'r-2' }, new Map([[key, 'CONTAMINATED']]))],
    ['REMOVED', 'RULE', side(rows), side(without(key), { rule: 'majority' })],
    ['REMOVED', 'NEW_LABEL', side(rows, { labelsUntil: 200 }), side(without(key))],
    [
      'RELABELLED',
      'NEW_LABEL',
      side(rows),
      side(changed(key, { labels: { H: { value: 0, weight: 1 } }, labelledAt: now + 1 })),
    ],
    ['RELABELLED', 'POLICY', side(rows), side(changed(key, { labels: {} }), { policyVersion: 2 })],
    ['CHANGED', 'GROUP', side(rows), side(changed(key, { groupSize: 3, weight: 2 }))],
    ['CHANGED', 'SALT', side(rows), side(changed(key, { split: 'none' }), { saltId: 't' })],
    ['CHANGED', 'ERASED', side(rows), side(changed(key, { text: '' }))],
    ['CHANGED', 'RECIPE', side(rows), side(changed(key, { isGold: true }), { recipeId: 'r-2' })],
  ])('says %s with the reason %s', (change, reason, before, after) => {
    const diff = diffDatasets(before, after);
    expect(diff.changes).toMatchObject([{ key, change, reason, source: 'labels', language: 'en' }]);
    expect(diff.counts[change as 'ADDED']).toBe(1);
    expect(diff.reasons).toEqual({ [reason]: 1 });
  });

  it('says what changed, in words', () => {
    const after = changed(key, {
      labels: { H: { value: 0, weight: 0.5 }, V: { value: 1, weight: 1 } },
      weight: Math.log2(3),
      split: 'none',
    });
    expect(diffDatasets(side(rows), side(after)).changes[0]?.detail).toEqual([
      'H: yes -> no',
      'V: unknown -> yes',
      expect.stringMatching(/^split: \w+ -> none$/),
      'weight: 1 -> 1.585',
    ]);
    const lighter = changed(key, { labels: { H: { value: 1, weight: 0.5 } } });
    expect(diffDatasets(side(rows), side(lighter)).changes[0]).toMatchObject({
      change: 'CHANGED',
      detail: ['H.weight: 1 -> 0.5'],
    });
  });

  it('says the reason SOURCE of rows whose import came or went', () => {
    const imported = [...rows, anImportedRow('edos', 1)].sort(compareRows);
    const diff = diffDatasets(side(rows), side(imported, { sources: ['ds-e'] }));
    expect(diff.changes).toMatchObject([{ key: 'edos/1/1', change: 'ADDED', reason: 'SOURCE' }]);
    expect(diff.sources).toEqual([
      { name: 'edos', before: 0, after: 1 },
      { name: 'labels', before: 10, after: 10 },
    ]);
    expect(diffDatasets(side(imported, { sources: ['ds-e'] }), side(rows)).reasons).toEqual({ SOURCE: 1 });
  });

  it('counts each category, language and split before and after', () => {
    const after = [
      ...changed(key, { labels: { V: { value: 1, weight: 1 } } }),
      ...built([anItem(77, { language: 'de' })]).rows,
    ].sort(compareRows);
    const diff = diffDatasets(side(rows), side(after));
    expect(diff.categories).toEqual([
      { name: 'H.positives', before: 5, after: 4 },
      { name: 'H.negatives', before: 5, after: 6 },
      { name: 'H.unknown', before: 0, after: 1 },
      { name: 'V.positives', before: 0, after: 1 },
      { name: 'V.negatives', before: 0, after: 0 },
      { name: 'V.unknown', before: 10, after: 10 },
    ]);
    expect(diff.languages).toEqual([
      { name: 'de', before: 0, after: 1 },
      { name: 'en', before: 10, after: 10 },
    ]);
  });

  it('loses no row: what is added less what is removed is the difference in rows', () => {
    fc.assert(
      fc.property(fc.subarray([...rows]), fc.subarray([...rows]), (a, b) => {
        const { counts, changes } = diffDatasets(side(a), side(b));
        expect(counts.ADDED - counts.REMOVED).toBe(b.length - a.length);
        expect(changes.map((change) => change.key)).toEqual([...changes.map((change) => change.key)].sort());
      }),
    );
  });
});
