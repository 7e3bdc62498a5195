import { summariseRows, type DatasetRow } from '#model';
import { anImportedRow, anItem, built, now, recipeOf, sentence } from './build.fixture.js';
import type { BuiltRows } from './build-rows.js';
import { writeDatasetCard } from './dataset-card.js';
import { mayBePublished, reportQuality, type QualityReport } from './quality-report.js';

function rowsOf(rows: readonly DatasetRow[], rest: Partial<BuiltRows> = {}): BuiltRows {
  return { rows, leftOut: [], conflicts: [], contaminated: 0, asOf: now, ...rest };
}

function row(number: number, fields: Partial<DatasetRow> = {}): DatasetRow {
  return { ...anImportedRow('forum', number, fields), origin: 'DRAWN', source: 'labels', ...fields };
}

const yes = { value: 1 as const, weight: 1 };
const no = { value: 0 as const, weight: 1 };
const report = (rows: BuiltRows, ...lines: string[]): QualityReport =>
  reportQuality({ built: rows }, recipeOf(...lines));

describe('quality report', () => {
  it('counts categories over all rows and by split', () => {
    const { categories, splits, languages, sources } = report(
      rowsOf([
        row(1, { labels: { H: yes, V: no } }),
        row(2, { labels: { H: no }, split: 'test', language: 'de' }),
        row(3, { labels: { H: yes }, split: 'test', source: 'edos' }),
        row(4, { labels: {}, split: 'none' }),
      ]),
    );
    expect(categories['H']).toMatchObject({ positives: 2, negatives: 1, unknown: 1, share: 2 / 3, unknownShare: 0.25 });
    expect(categories['H']?.bySplit.test).toEqual({ positives: 1, negatives: 1 });
    expect(categories['V']).toMatchObject({ positives: 0, negatives: 1, unknown: 3, share: 0 });
    expect(splits).toEqual({ train: 1, validation: 0, test: 2, none: 1 });
    expect(languages.map(({ name, rows }) => [name, rows])).toEqual([
      ['en', 3],
      ['de', 1],
    ]);
    expect(sources[0]).toMatchObject({ name: 'labels', rows: 3, positives: { H: 1 } });
  });

  it('finds authors whose texts train and judge', () => {
    const [anna, ben, cleo] = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    const { leakage } = report(
      rowsOf([
        row(1, { author: anna ?? null }),
        row(2, { author: anna ?? null, split: 'test' }),
        row(3, { author: anna ?? null, split: 'validation' }),
        row(4, { author: ben ?? null, split: 'test' }),
        row(5, { author: cleo ?? null }),
        row(6, { author: null, split: 'test' }),
      ]),
    );
    expect(leakage).toEqual({ authors: 3, authorsAcross: 1, rowsAcross: 2, share: 2 / 3 });
    expect(report(rowsOf([row(1)])).leakage.share).toBeNull();
  });

  it('finds personal data that masking would still find, by kind', () => {
    const { personalData } = report(
      rowsOf([row(1, { text: 'write to anna@example.org or ben@example.org' }), row(2, { text: 'write to [MAIL]' })]),
    );
    expect(personalData).toEqual({ rows: 1, kinds: { MAIL: 1 } });
  });

  it('counts duplicates, conflicts, and what was left out', () => {
    const items = Array.from({ length: 40 }, (_, i) =>
      anItem(i, { text: sentence(i % 30), labels: { H: i === 31 ? no : yes } }),
    );
    const found = built(items);
    const { duplicates, leftOut, relabel } = report(found);
    expect(duplicates.groups).toBeGreaterThan(0);
    expect(duplicates.largest).toBe(2);
    expect(duplicates.merged).toBe(leftOut.COPY);
    expect(duplicates.conflicts).toBe(found.conflicts.length);
    expect(relabel).toEqual(found.conflicts);
    expect(duplicates.contaminated).toBe(0);
  });
});

describe('demands of a recipe', () => {
  const rows = rowsOf(
    [
      row(1, { labels: { H: yes, V: no } }),
      row(2, { labels: { H: no } }),
      row(3, { labels: { H: no }, split: 'test', isGold: true }),
      row(4, { labels: { H: yes }, split: 'test', source: 'edos', language: 'de' }),
    ],
    { leftOut: [{ key: 'x', source: 'labels', reason: 'TEXT_GONE' }] },
  );
  const judge = (text: string) => report(rows, `expectations: {fail: ['${text}']}`).expectations[0];

  it.each([
    ['rows >= 4', 'rows: 4'],
    ['rows.test = 2', 'rows.test: 2'],
    ['positives.H > 1', 'positives.H: 2'],
    ['positives.H.test >= 1', 'positives.H.test: 1'],
    ['negatives.* >= 1', 'negatives.H: 2, negatives.V: 1'],
    ['share.H <= 50 %', 'share.H: 0.500'],
    ['unknown.V <= 75 %', 'unknown.V: 0.750'],
    ['unknown.S = 1', 'unknown.S: 1'],
    ['languages.de >= 1', 'languages.de: 1'],
    ['sources.edos >= 1', 'sources.edos: 1'],
    ['gold >= 1', 'gold: 1'],
    ['personalData = 0', 'personalData: 0'],
    ['leakage <= 5 %', 'leakage: 0'],
    ['contaminated = 0', 'contaminated: 0'],
    ['quarantined <= 0', 'quarantined: 0'],
    ['conflicts < 1', 'conflicts: 0'],
    ['largestGroup <= 1', 'largestGroup: 1'],
    ['leftOut <= 20 %', 'leftOut: 0.200'],
    ['leftOut.TEXT_GONE <= 20 %', 'leftOut.TEXT_GONE: 0.200'],
    ['leftOut.COPY = 0', 'leftOut.COPY: 0'],
  ])('%s holds, and says what was found', (text, detail) => {
    expect(judge(text)).toEqual({ name: text, severity: 'fail', passed: true, detail });
  });

  it.each([
    ['rows >= 5', 'rows: 4'],
    ['positives.* >= 2', 'positives.V: 0'],
    ['positives.S >= 1', 'positives.S: 0'],
    ['share.S >= 0', 'share.S: not measured'],
    ['languages.pt >= 1', 'languages.pt: 0'],
    ['agreement.* >= 0.6', 'agreement.*: not measured'],
    ['suspected <= 20 %', 'suspected: not measured'],
    ['leftOut.TEXT_GONE <= 1 %', 'leftOut.TEXT_GONE: 0.200'],
  ])('%s does not hold, and says what breaks it', (text, detail) => {
    expect(judge(text)).toEqual({ name: text, severity: 'fail', passed: false, detail });
  });

  it('speak of agreement and suspected labels where these were measured', () => {
    const measured = reportQuality(
      {
        built: rows,
        agreement: [
          { question: 'attack@1', items: 100, alpha: 0.7, low: 0.6, high: 0.8, positive: 0.8 },
          { question: 'threat@1', items: 100, alpha: 0.4, low: 0.2, high: 0.6, positive: 0.5 },
        ],
        suspected: { checked: 4, flagged: 1, first: [] },
      },
      recipeOf(`expectations: {warn: ['agreement.* >= 0.5', 'agreement.attack@1 >= 0.5', 'suspected <= 25 %']}`),
    );
    expect(measured.expectations.map(({ passed, detail }) => [passed, detail])).toEqual([
      [false, 'agreement.threat@1: 0.400'],
      [true, 'agreement.attack@1: 0.700'],
      [true, 'suspected: 0.250'],
    ]);
  });

  it('stop a build when they say fail, and only then', () => {
    expect(mayBePublished(report(rows, `expectations: {warn: ['rows >= 5']}`))).toBe(true);
    expect(mayBePublished(report(rows, `expectations: {fail: ['rows >= 5']}`))).toBe(false);
    expect(mayBePublished(report(rows, `expectations: {fail: ['rows >= 4']}`))).toBe(true);
    expect(mayBePublished(report(rows))).toBe(true);
  });
});

describe('card', () => {
  const rows = [row(1, { labels: { H: yes } }), row(2, { labels: { H: no }, split: 'test' })];
  const manifest = {
    datasetId: 'ds-0123456789abcdef',
    name: 'default',
    kind: 'BUILT' as const,
    policyId: 'default',
    policyVersion: 2,
    labelsUntil: 1234,
    sources: ['ds-1'],
    rule: 'two-coin/1',
    recipeId: 'r-1',
    recipe: '{"name":"default"}',
    saltId: 's',
    licences: ['CC0-1.0'],
    previousId: 'ds-before',
    ...summariseRows(rows),
  };
  const quality = report(rowsOf(rows), `expectations: {warn: ['rows >= 5']}`);
  const card = writeDatasetCard({
    manifest,
    report: quality,
    sources: [
      {
        name: 'edos',
        datasetId: 'ds-1',
        licence: 'CC0-1.0',
        origin: 'rewire-online/edos',
        about: 'Sexist is H | weak',
      },
    ],
  });

  it('says data, licences, mapping, counts, quality and limits', () => {
    for (const text of [
      '# Data set default',
      'ds-0123456789abcdef',
      manifest.digest,
      'policy `default`, version 2',
      'before offset 1234',
      'ds-before',
      '| edos | ds-1 | CC0-1.0 | rewire-online/edos | Sexist is H \\| weak |',
      'Licences: CC0-1.0',
      '| train | 1 |',
      '| H | 1 | 1 | 0 | 50.0 % | 1 / 1 | 0 / 0 | 0 / 1 |',
      '| rows >= 5 | no (warning) | rows: 2 |',
      'Fewer than 30 test rows with yes',
      'Unknown is not no',
    ]) {
      expect(card).toContain(text);
    }
  });

  it('is the same for the same data set and never holds a text', () => {
    expect(writeDatasetCard({ manifest, report: quality, sources: [] })).toBe(
      writeDatasetCard({ manifest, report: quality, sources: [] }),
    );
    for (const { text } of rows) expect(card).not.toContain(text);
  });
});
