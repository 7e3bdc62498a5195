import { judgeModel, parseSuite, type DatasetEvaluation, type DatasetRow } from '#model';

type Query = (sql: string) => Promise<string>;

const HOUR = 3_600_000;
const categories = ['H', 'HR', 'V', 'S', 'ANY'] as const;
const languages = ['en', 'en', 'en', 'de', 'pt'];
const platforms = ['harbour', 'lantern'];

/** Data sets: the same recipe twice, and an import. */
export const planted = {
  earlier: 'ds-00000000000000a1',
  later: 'ds-00000000000000a2',
  imported: 'ds-00000000000000b1',
  parent: 'm-00000000000000c1',
  model: 'm-00000000000000c2',
  calibration: 'c-00000000000000d1',
  /** Its text would do something if any part of it were taken for more than text. */
  hostile: 'demo/marked/1',
} as const;

const hostileText = '<img src=x onerror="document.title=\'pwned\'"> write to ann@example.org \u202egnp.exe';

const card = `# Data set \`${planted.later}\`

What people answered about posts of **harbour** and *lantern*, until offset 4,120.

## What it is for
- Training and evaluation of the model of this installation.
- Not for people: nothing in it says who wrote what.

| category | yes | no |
| --- | ---: | ---: |
| H | 14 | 80 |
| HR | 21 | 70 |

<script>document.title="pwned"</script> [press](javascript:document.title="pwned") <img src=x onerror=alert(1)>
`;

const report = {
  ...{ datasetId: planted.later, name: 'posts', rows: 121, erased: 1, gold: 9 },
  origins: { DRAWN: 96, REPORTED: 14, APPEALED: 3, IMPORTED: 8 },
  agreement: [
    { question: 'insult@1', items: 64, alpha: 0.71, low: 0.62, high: 0.79, positive: 0.78 },
    { question: 'threat@1', items: 64, alpha: 0.58, low: 0.31, high: 0.77, positive: 0.61 },
  ],
  suspected: { checked: 121, flagged: 6, first: [] },
  duplicates: { groups: 118, largest: 4, merged: 7, conflicts: 1, quarantined: 2, contaminated: 0 },
  leakage: { authors: 71, authorsAcross: 5, rowsAcross: 14, share: 0.041 },
  personalData: { rows: 0, kinds: {} },
  leftOut: { TEXT_GONE: 3, NOT_SETTLED: 11 },
};

/** A fixed pseudo-random share, so that nothing depends on chance. */
function share(i: number, of: number): number {
  let mixed = Math.imul(i ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(of + 1, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

function labelOf(i: number, column: number): 0 | 1 | null {
  if (share(i, 10 + column) < 0.05) return null;
  if (column === categories.length - 1) return categories.slice(0, -1).some((_, c) => labelOf(i, c) === 1) ? 1 : 0;
  return share(i, column) < 0.12 + 0.06 * (column % 3) ? 1 : 0;
}

const rows = Array.from({ length: 600 }, (_, i): DatasetRow => {
  const labels = categories.flatMap((category, column) => {
    const value = labelOf(i, column);
    return value === null ? [] : [[category, { value, weight: 1 }] as const];
  });
  return {
    ...{ key: `harbour/post-${i}/1`, text: `words of a post ${'and more '.repeat(i % 30)}`, textHash: '' },
    language: languages[i % languages.length] ?? 'en',
    platform: platforms[i % platforms.length] ?? 'harbour',
    ...{ kind: 'POST', split: 'test', group: `g${i}`, groupSize: 1, weight: 1, inclusion: 0.02 + 0.3 * share(i, 30) },
    ...{ origin: 'DRAWN', isGold: false, source: 'labels', author: null, labelledAt: null },
    labels: Object.fromEntries(labels),
  };
});

const cases = parseSuite(
  ['negated-hate', 'negated-hate', 'plain-insult']
    .map((functionality, i) =>
      JSON.stringify({ suite: 'words', functionality, id: `${i}`, text: 'words', expect: { H: i < 2 ? 0 : 1 } }),
    )
    .join('\n'),
  'words.jsonl',
);

/** As the training role judges, by logits that nobody computed: what they are depends on the keys alone. */
function evaluationOf(modelId: string, skill: number, at: number): Promise<DatasetEvaluation> {
  const logitOf = (id: string, place: number, column: number): number => {
    const i = Number(/post-(\d+)/.exec(id)?.[1] ?? 1000 + place);
    const noise = share(i, 50 + column) + share(i, 60 + column) + share(i, 70 + column) - 1.5;
    return skill * ((labelOf(i, column) ?? 0) - 0.5) + 3.2 * noise - 0.8;
  };
  const thresholds = Object.fromEntries(categories.map((category) => [category, { review: 0.35, block: 0.8 }]));
  return judgeModel(
    {
      document: {
        ...{ modelId, name: 'posts', categories: [...categories], calibrators: {} },
        thresholds: { provisional: thresholds, solved: {} },
      },
      score: (_, ids) =>
        Promise.resolve(
          Object.fromEntries(
            categories.map((category, column) => [
              category,
              Float64Array.from(ids, (id, place) => logitOf(id, place, column)),
            ]),
          ),
        ),
    },
    {
      ...{ rows, datasetId: planted.later, split: 'test', population: 'all', thresholds: 'provisional' },
      ...{ cases, training: [], evaluatedAt: at, settings: { draws: 60, seed: 1 } },
    },
  );
}

const around = (value: number, half: number) => ({ value, low: value - half, high: value + half, wide: false });

/** As a paired comparison of both evaluations says it; the intervals are made up. */
function comparisonOf(champion: DatasetEvaluation, challenger: DatasetEvaluation, at: number): object {
  const differs = (one: number | null, other: number | null) => (other ?? 0) - (one ?? 0);
  const macro = [champion, challenger].map((side) => side.macro.averagePrecision.value);
  const [before = null, after = null] = macro;
  return {
    ...{
      format: 1,
      comparisonId: 'cmp-1',
      datasetId: planted.later,
      split: 'test',
      evaluatedAt: at,
      outcome: 'BETTER',
    },
    ...{ champion: champion.model, challenger: challenger.model },
    because: [
      'The mean average precision rises, and the lower end of its interval is above 0.',
      'No category with 30 positives or more loses more than its margin.',
    ],
    categories: champion.categories.map(
      ({ category, rows: count, positives, prevalence, averagePrecision }, column) => {
        const other = challenger.categories[column]?.averagePrecision.value ?? null;
        const change = differs(averagePrecision.value, other);
        return {
          ...{ category, rows: count, positives, prevalence },
          averagePrecision: { ...around(change, 0.05), champion: averagePrecision.value, challenger: other },
          gate: { margin: 0.05, finding: positives < 75 ? 'REPORTED' : 'PASSES' },
        };
      },
    ),
    macro: { ...around(differs(before, after), 0.03), champion: before, challenger: after },
    ...{ slices: [], suites: [], flips: [{}, {}, {}] },
    evaluations: { champion, challenger },
  };
}

/** Writes what the dataset and training roles would have left in the warehouse. */
export async function plantTraining(query: Query, now: number): Promise<void> {
  const insert = async (table: string, lines: readonly object[]) => {
    const json = lines.map((line) => JSON.stringify(line)).join('\n');
    await query(`INSERT INTO moderation.${table} FORMAT JSONEachRow ${json}`);
  };
  const time = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, -1);
  const dataset = {
    ...{
      kind: 'BUILT',
      request_id: 'r1',
      policy_id: 'standard',
      policy_version: 2,
      sources: [],
      rule: 'settled answers',
    },
    ...{
      recipe_id: 'r-00000000000000aa',
      recipe: '{}',
      salt_id: 's-1',
      licences: [],
      expectations: [],
      record_partition: 0,
    },
  };
  const counts = (positives: number, negatives: number, unknown: number) => ({ positives, negatives, unknown });
  await insert('dataset_published', [
    {
      ...{
        ...dataset,
        dataset_id: planted.earlier,
        name: 'posts',
        labels_until: 3100,
        rows: 100,
        digest: 'a'.repeat(64),
      },
      ...{ splits: { train: 80, validation: 11, test: 9 }, languages: { en: 82, de: 18 }, previous_id: null },
      categories: { H: counts(10, 70, 20), HR: counts(16, 60, 24) },
      ...{ published_at: time(now - 30 * HOUR), record_offset: 1 },
    },
    {
      ...{
        ...dataset,
        dataset_id: planted.later,
        name: 'posts',
        labels_until: 4120,
        rows: 121,
        digest: 'b'.repeat(64),
      },
      splits: { train: 92, validation: 15, test: 12, none: 2 },
      languages: { en: 88, de: 21, pt: 8, und: 4 },
      ...{ previous_id: planted.earlier, licences: ['CC-BY-4.0'], sources: [planted.imported] },
      categories: { H: counts(14, 80, 27), HR: counts(21, 70, 30), V: counts(4, 98, 19) },
      expectations: [
        { name: 'at least 100 rows', passed: true, detail: '121 rows' },
        { name: 'at least 30 positives of H in test', passed: false, detail: '2 positives of H in test' },
        { name: 'no evaluation row in training', passed: true, detail: '0 rows' },
      ],
      ...{ published_at: time(now - 2 * HOUR), record_offset: 2 },
    },
    {
      ...{
        ...dataset,
        dataset_id: planted.imported,
        name: 'forum-labels',
        kind: 'IMPORTED',
        rows: 8,
        digest: 'c'.repeat(64),
      },
      ...{ request_id: null, policy_id: null, policy_version: null, labels_until: null, rule: 'mapping' },
      ...{ splits: { train: 8 }, languages: { pt: 8 }, previous_id: null, licences: ['CC-BY-4.0'] },
      categories: { H: counts(3, 5, 0) },
      ...{ published_at: time(now - 50 * HOUR), record_offset: 0 },
    },
  ]);
  await insert('dataset_stored_reports', [{ dataset_id: planted.later, report: JSON.stringify(report), card }]);
  const stored = (dataset_id: string, ordinal: number, row_key: string, labels: object, over: object = {}) => {
    const [platform = '', content_id = ''] = row_key.split('/');
    return {
      ...{ dataset_id, ordinal, row_key, platform, content_id, revision: 1, text: `note about ${content_id}` },
      ...{
        text_hash: '0123456789abcdef',
        language: 'en',
        kind: 'POST',
        split: 'train',
        group_key: row_key,
        group_size: 1,
      },
      ...{ labels, weight: 1, inclusion: 0.05, origin: 'DRAWN', is_gold: false, source: 'labels', author_hash: '' },
      labelled_at: time(now - 40 * HOUR),
      ...over,
    };
  };
  const yes = { value: 'YES', weight: 0.9 };
  const no = { value: 'NO', weight: 1 };
  await insert('dataset_stored_rows', [
    stored(planted.earlier, 0, 'demo/kept/1', { H: no }),
    stored(planted.earlier, 1, 'demo/relabelled/1', { H: no, HR: no }),
    stored(planted.earlier, 2, 'demo/gone/1', { H: yes }),
    stored(
      planted.later,
      0,
      planted.hostile,
      { H: yes, HR: yes },
      { text: hostileText, labelled_at: time(now - 3 * HOUR) },
    ),
    stored(planted.later, 1, 'demo/kept/1', { H: no }, { is_gold: true }),
    stored(planted.later, 2, 'demo/relabelled/1', { H: yes, HR: no }, { labelled_at: time(now - 4 * HOUR) }),
    stored(
      planted.later,
      3,
      'forum-labels/7/1',
      { V: yes },
      { source: 'forum-labels', origin: 'IMPORTED', language: 'pt' },
    ),
  ]);
  await insert('dataset_left_out', [{ dataset_id: planted.later, row_key: 'demo/gone/1', reason: 'TEXT_GONE' }]);
  const said = { attempt: 1, record_partition: 0, at: time(now - 60_000) };
  await insert('dataset_progressed', [
    {
      ...{
        ...said,
        request_id: 'build-2',
        sequence: 3,
        state: 'RUNNING',
        step: 'grouping near-duplicates',
        done: 62_000,
      },
      ...{ total: 100_000, detail: null, subject_id: null, record_offset: 1 },
    },
    {
      ...{
        ...said,
        request_id: 'build-1',
        sequence: 2,
        state: 'FAILED',
        step: 'checking expectations',
        done: 0,
        total: 0,
      },
      detail: 'posts.yaml: expectation "at most 60 % unknown of V": 71 % are; label more, or change the expectation',
      ...{ subject_id: null, record_offset: 2, at: time(now - 5 * HOUR) },
    },
  ]);
  await insert('training_progressed', [
    {
      ...{ ...said, request_id: 'train-3', attempt: 2, sequence: 7, state: 'RUNNING', step: 'fitting heads', done: 5 },
      ...{ total: 8, detail: null, subject_id: null, record_offset: 1 },
    },
  ]);
  const metric = (value: number, positives: number) => {
    return { rows: 590, positives, average_precision: value, low: value - 0.08, high: value + 0.07, roc_auc: 0.9 };
  };
  const model = {
    ...{ kind: 'MODEL', request_id: 'train-1', model_sha256: 'd'.repeat(64), name: 'posts', family: 'HASHED_LINEAR' },
    ...{ recipe_id: 'r-00000000000000ab', channel: null, policy_id: 'standard', policy_version: 2, calibrators: {} },
    ...{ categories: [...categories], bytes: 2_621_440, release: '0.1.0', record_partition: 0, unmet_targets: [] },
    thresholds: {
      H: { review: 0.31, block: 0.88, provisional: false },
      HR: { review: 0.28, block: null, provisional: false },
      V: { review: 0.4, block: 0.8, provisional: true },
    },
  };
  await insert('training_completed', [
    {
      ...{
        ...model,
        artefact_id: planted.parent,
        model_id: planted.parent,
        dataset_id: planted.earlier,
        parent_model_id: null,
      },
      ...{ metrics: { H: metric(0.52, 84), HR: metric(0.61, 96), ANY: metric(0.66, 180) } },
      ...{ completed_at: time(now - 29 * HOUR), record_offset: 1 },
    },
    {
      ...{ ...model, artefact_id: planted.model, model_id: planted.model, dataset_id: planted.later },
      ...{ parent_model_id: planted.parent, family: 'STACKED_ENCODER', bytes: 38_400_000 },
      metrics: { H: metric(0.63, 84), HR: metric(0.69, 96), V: metric(0.41, 22), ANY: metric(0.74, 180) },
      unmet_targets: [
        { category: 'HR', action: 'block', target: 0.95, why: '41 positives, 50 are needed', fallback: 'review' },
      ],
      ...{ completed_at: time(now - HOUR), record_offset: 2 },
    },
    {
      ...{ ...model, artefact_id: planted.calibration, kind: 'CALIBRATION', model_id: planted.model, dataset_id: null },
      ...{
        parent_model_id: null,
        channel: 'public',
        metrics: {},
        completed_at: time(now - HOUR / 2),
        record_offset: 3,
      },
    },
  ]);
  const [champion, challenger] = await Promise.all([
    evaluationOf(planted.parent, 2, now - HOUR),
    evaluationOf(planted.model, 3.4, now - HOUR),
  ]);
  const evaluated = { dataset_id: planted.later, split: 'test', evaluated_at: time(now - HOUR) };
  const one = (model_id: string, evaluation: DatasetEvaluation) => {
    const { evaluationId: evaluation_id } = evaluation;
    return { ...evaluated, evaluation_id, model_id, compared_with: '', report: JSON.stringify(evaluation) };
  };
  const compared = JSON.stringify(comparisonOf(champion, challenger, now - HOUR));
  await insert('evaluation_stored_reports', [
    one(planted.parent, champion),
    one(planted.model, challenger),
    { ...one(planted.model, challenger), compared_with: planted.parent, report: compared },
  ]);
}
