import { maskPersonalData, type CategoryCounts, type DatasetRow, type RowOrigin, type Split } from '#model';
import type { BuiltRows, LeftOutReason } from './build-rows.js';
import type { DatasetRecipe } from './dataset-recipe.js';
import type { LabelConflict } from './merge-group.js';
import { judgeExpectation, type Expectation, type ExpectationResult, type Measured } from './expectation.js';

/** Agreement of people on one question, as the label role measures it. */
export interface MeasuredAgreement {
  readonly question: string;
  readonly items: number;
  /** Krippendorff's, with its 95 % interval over items; null: it cannot be computed. */
  readonly alpha: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** 2a / (2a + b + c) (labels 2.2). */
  readonly positive: number | null;
}

export interface SuspectedLabels {
  /** Rows with a known label that a model which did not see them has judged. */
  readonly checked: number;
  readonly flagged: number;
  /** Most suspicious first; at most a hundred, for the queue of experts. */
  readonly first: readonly {
    readonly key: string;
    readonly score: number;
    readonly flags: readonly { readonly category: string; readonly kind: 'MISS' | 'FALSE_LABEL' }[];
  }[];
}

/** Rows of one language, source or kind. */
export interface GroupQuality {
  readonly name: string;
  readonly rows: number;
  readonly splits: Readonly<Record<Split, number>>;
  /** Rows with yes by category. */
  readonly positives: Readonly<Record<string, number>>;
}

export interface CategoryQuality extends CategoryCounts {
  /** Of yes among the known; null: nothing is known. */
  readonly share: number | null;
  readonly unknownShare: number;
  readonly bySplit: Readonly<Record<Split, { readonly positives: number; readonly negatives: number }>>;
}

/** What is known of the rows of a data set; counts and keys only, never content. */
export interface QualityReport {
  readonly rows: number;
  readonly erased: number;
  readonly splits: Readonly<Record<Split, number>>;
  readonly origins: Readonly<Partial<Record<RowOrigin, number>>>;
  readonly gold: number;
  readonly categories: Readonly<Record<string, CategoryQuality>>;
  readonly languages: readonly GroupQuality[];
  readonly sources: readonly GroupQuality[];
  readonly kinds: readonly GroupQuality[];
  readonly agreement: readonly MeasuredAgreement[];
  /** Null: it was not looked for. */
  readonly suspected: SuspectedLabels | null;
  readonly duplicates: {
    /** Near-duplicate groups with more than one member. */
    readonly groups: number;
    readonly largest: number;
    /** Items and rows that another row stands for. */
    readonly merged: number;
    readonly conflicts: number;
    /** In no split. */
    readonly quarantined: number;
    /** Left out, because they may be copies of what models are judged by. */
    readonly refused: number;
    /** Of those that are left. */
    readonly contaminated: number;
  };
  /** Near-duplicate groups on which people disagree, to be labelled again: the first hundred. */
  readonly relabel: readonly LabelConflict[];
  /** People whose texts train and judge: a check, not a key of the split (labels 2.5). */
  readonly leakage: {
    readonly authors: number;
    /** With rows in train and in validation or test. */
    readonly authorsAcross: number;
    /** Rows of validation and test by them. */
    readonly rowsAcross: number;
    /** Of the rows of validation and test whose author is known; null: none is. */
    readonly share: number | null;
  };
  /** Rows in which masking still finds something, by kind. */
  readonly personalData: { readonly rows: number; readonly kinds: Readonly<Record<string, number>> };
  readonly leftOut: Readonly<Partial<Record<LeftOutReason, number>>>;
  readonly expectations: readonly ExpectationResult[];
}

export interface QualityInput {
  readonly built: BuiltRows;
  readonly agreement?: readonly MeasuredAgreement[];
  readonly suspected?: SuspectedLabels | null;
}

/** Keys that a report names of one kind: it is for people, and lies in one row of ClickHouse. */
const mostNamed = 100;
const splits = ['train', 'validation', 'test', 'none'] as const satisfies readonly Split[];
const eachSplit = <T>(make: () => T): Record<Split, T> => ({
  train: make(),
  validation: make(),
  test: make(),
  none: make(),
});

/** Looks at the rows once and judges the demands of the recipe. */
export function reportQuality(
  { built, agreement = [], suspected = null }: QualityInput,
  { expectations }: Pick<DatasetRecipe, 'expectations'>,
): QualityReport {
  const { rows, leftOut, conflicts, contaminated } = built;
  const found = {
    rows: rows.length,
    erased: rows.filter(({ text }) => text === '').length,
    splits: countBy(rows, splits),
    origins: countOrigins(rows),
    gold: rows.filter(({ isGold }) => isGold).length,
    categories: categoriesOf(rows),
    languages: groupsBy(rows, ({ language }) => language),
    sources: groupsBy(rows, ({ source }) => source),
    kinds: groupsBy(rows, ({ kind }) => kind),
    agreement,
    suspected,
    duplicates: {
      groups: new Set(rows.filter(({ groupSize }) => groupSize > 1).map(({ group }) => group)).size,
      largest: rows.reduce((largest, { groupSize }) => Math.max(largest, groupSize), 0),
      merged: leftOut.filter(({ reason }) => reason === 'COPY').length,
      conflicts: new Set(conflicts.map(({ group }) => group)).size,
      quarantined: rows.filter(({ split }) => split === 'none').length,
      refused: leftOut.filter(({ reason }) => reason === 'CONTAMINATED').length,
      contaminated,
    },
    relabel: conflicts.slice(0, mostNamed),
    leakage: leakageOf(rows),
    personalData: personalDataIn(rows),
    leftOut: countReasons(leftOut),
  };
  return { ...found, expectations: expectations.map((one) => judgeExpectation(one, measure(found, one))) };
}

/** Whether the demands let the data set be published. */
export function mayBePublished({ expectations }: Pick<QualityReport, 'expectations'>): boolean {
  return expectations.every(({ severity, passed }) => passed || severity === 'warn');
}

function countBy(rows: readonly DatasetRow[], names: readonly Split[]): Record<Split, number> {
  const counts = eachSplit(() => 0);
  for (const name of names) counts[name] = rows.filter(({ split }) => split === name).length;
  return counts;
}

function countOrigins(rows: readonly DatasetRow[]): Partial<Record<RowOrigin, number>> {
  const counts: Partial<Record<RowOrigin, number>> = {};
  for (const { origin } of rows) counts[origin] = (counts[origin] ?? 0) + 1;
  return counts;
}

function countReasons(leftOut: BuiltRows['leftOut']): Partial<Record<LeftOutReason, number>> {
  const counts: Partial<Record<LeftOutReason, number>> = {};
  for (const { reason } of leftOut) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function categoriesOf(rows: readonly DatasetRow[]): Record<string, CategoryQuality> {
  const known = new Map<string, Record<Split, { positives: number; negatives: number }>>();
  for (const { labels, split } of rows) {
    for (const [category, { value }] of Object.entries(labels)) {
      const counts = known.get(category) ?? eachSplit(() => ({ positives: 0, negatives: 0 }));
      if (value === 1) counts[split].positives += 1;
      else counts[split].negatives += 1;
      known.set(category, counts);
    }
  }
  return Object.fromEntries(
    [...known]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([category, bySplit]): [string, CategoryQuality] => {
        const positives = splits.reduce((sum, split) => sum + bySplit[split].positives, 0);
        const negatives = splits.reduce((sum, split) => sum + bySplit[split].negatives, 0);
        const unknown = rows.length - positives - negatives;
        return [
          category,
          {
            positives,
            negatives,
            unknown,
            share: positives + negatives === 0 ? null : positives / (positives + negatives),
            unknownShare: unknown / rows.length,
            bySplit,
          },
        ];
      }),
  );
}

function groupsBy(rows: readonly DatasetRow[], nameOf: (row: DatasetRow) => string): GroupQuality[] {
  const groups = new Map<string, { rows: number; splits: Record<Split, number>; positives: Record<string, number> }>();
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name) ?? { rows: 0, splits: eachSplit(() => 0), positives: {} };
    group.rows += 1;
    group.splits[row.split] += 1;
    for (const [category, { value }] of Object.entries(row.labels)) {
      if (value === 1) group.positives[category] = (group.positives[category] ?? 0) + 1;
    }
    groups.set(name, group);
  }
  return [...groups]
    .map(([name, group]) => ({ name, ...group }))
    .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));
}

function leakageOf(rows: readonly DatasetRow[]): QualityReport['leakage'] {
  const known = rows.filter(({ author }) => author !== null);
  const training = new Set(known.filter(({ split }) => split === 'train').map(({ author }) => author));
  const judged = known.filter(({ split }) => split === 'validation' || split === 'test');
  const across = judged.filter(({ author }) => training.has(author));
  return {
    authors: new Set(known.map(({ author }) => author)).size,
    authorsAcross: new Set(across.map(({ author }) => author)).size,
    rowsAcross: across.length,
    share: judged.length === 0 ? null : across.length / judged.length,
  };
}

function personalDataIn(rows: readonly DatasetRow[]): QualityReport['personalData'] {
  const kinds: Record<string, number> = {};
  let found = 0;
  for (const { text } of rows) {
    const { masks } = maskPersonalData(text);
    if (masks.length > 0) found += 1;
    for (const kind of new Set(masks.map((mask) => mask.kind))) kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return { rows: found, kinds };
}

/** What a demand speaks of, and what was found of it. */
function measure(found: Omit<QualityReport, 'expectations'>, { measure: what, of }: Expectation): readonly Measured[] {
  const [first = '', second] = of;
  const named = [what, ...of].join('.');
  const one = (value: number | null): readonly Measured[] => [{ name: named, value }];
  const ofCategories = (value: (category: CategoryQuality) => number | null): readonly Measured[] => {
    const names = first === '*' ? Object.keys(found.categories) : [first];
    return names.map((name) => {
      const category = found.categories[name];
      return {
        name: [what, name, ...of.slice(1)].join('.'),
        value: category === undefined ? missingOf(what, found.rows) : value(category),
      };
    });
  };
  switch (what) {
    case 'rows':
      return one(first === '' ? found.rows : found.splits[first as Split]);
    case 'positives':
    case 'negatives':
      return ofCategories((category) =>
        second === undefined ? category[what] : category.bySplit[second as Split][what],
      );
    case 'share':
      return ofCategories(({ share }) => share);
    case 'unknown':
      return ofCategories(({ unknownShare }) => unknownShare);
    case 'languages':
    case 'sources':
      return one(found[what].find(({ name }) => name === first)?.rows ?? 0);
    case 'agreement': {
      const asked = found.agreement.filter(({ question }) => first === '*' || question === first);
      return asked.length === 0
        ? one(null)
        : asked.map(({ question, alpha }) => ({ name: `agreement.${question}`, value: alpha }));
    }
    case 'gold':
      return one(found.gold);
    case 'personalData':
      return one(found.personalData.rows);
    case 'leakage':
      // Without a known author nothing leaks that could be seen; that is said in the report, and no reason to warn.
      return one(found.leakage.share ?? 0);
    case 'contaminated':
    case 'quarantined':
    case 'conflicts':
      return one(found.duplicates[what]);
    case 'largestGroup':
      return one(found.duplicates.largest);
    case 'suspected':
      return one(
        found.suspected === null || found.suspected.checked === 0
          ? null
          : found.suspected.flagged / found.suspected.checked,
      );
    case 'leftOut': {
      const all = Object.values(found.leftOut).reduce((sum, count) => sum + count, 0);
      const asked = first === '' ? all : (found.leftOut[first as LeftOutReason] ?? 0);
      return one(all + found.rows === 0 ? 0 : asked / (all + found.rows));
    }
  }
}

/** Of a category of which no row knows anything. */
function missingOf(measure: Expectation['measure'], rows: number): number | null {
  if (measure === 'unknown') return rows === 0 ? null : 1;
  return measure === 'share' ? null : 0;
}
