import type { DatasetManifest, DatasetRow, RowLabel } from '#model';
import { labelSource, type LeftOutReason } from './build-rows.js';

export interface DatasetSide {
  readonly manifest: DatasetManifest;
  /** In the order of their keys. */
  readonly rows: Iterable<DatasetRow>;
  /** Why keys are not in it, where that is known. */
  readonly leftOut?: ReadonlyMap<string, LeftOutReason>;
}

/** Why a row came, went or changed. A reason of `LeftOutReason` is that for which it is left out after, or was before. */
export type DiffReason =
  | LeftOutReason
  /** People answered since. */
  | 'NEW_LABEL'
  /** Another policy, or another version. */
  | 'POLICY'
  | 'RECIPE'
  /** Answers are resolved in another way. */
  | 'RULE'
  /** Its import came or went. */
  | 'SOURCE'
  /** Its near-duplicate group grew, was merged, or another member stands for it. */
  | 'GROUP'
  /** Another salt: splits cannot be compared. */
  | 'SALT'
  | 'ERASED'
  | 'UNKNOWN';

export interface RowChange {
  readonly key: string;
  readonly source: string;
  readonly language: string;
  readonly change: 'ADDED' | 'REMOVED' | 'RELABELLED' | 'CHANGED';
  readonly reason: DiffReason;
  /** What changed, for example `H: no -> yes` or `weight: 1 -> 1.58`; never content. */
  readonly detail: readonly string[];
}

export interface CountChange {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

export interface DatasetDiff {
  readonly before: string;
  readonly after: string;
  /** By key. */
  readonly changes: readonly RowChange[];
  readonly counts: Readonly<Record<RowChange['change'], number>>;
  readonly reasons: Readonly<Partial<Record<DiffReason, number>>>;
  /** `H.positives`, `H.negatives`, `H.unknown`. */
  readonly categories: readonly CountChange[];
  readonly languages: readonly CountChange[];
  readonly sources: readonly CountChange[];
  readonly splits: readonly CountChange[];
}

/** What became of each row from one data set to another, and why; rows that are the same are only counted. */
export function diffDatasets(before: DatasetSide, after: DatasetSide): DatasetDiff {
  const changes: RowChange[] = [];
  const counts = { ADDED: 0, REMOVED: 0, RELABELLED: 0, CHANGED: 0 };
  const reasons: Partial<Record<DiffReason, number>> = {};
  const languages = createTally();
  const sources = createTally();
  const splits = createTally();
  const note = (row: DatasetRow, change: RowChange['change'], reason: DiffReason, detail: readonly string[]): void => {
    changes.push({ key: row.key, source: row.source, language: row.language, change, reason, detail });
    counts[change] += 1;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  for (const [old, fresh] of pairs(before.rows, after.rows)) {
    for (const [row, side] of [
      [old, 0],
      [fresh, 1],
    ] as const) {
      if (row === null) continue;
      languages.count(row.language, side);
      sources.count(row.source, side);
      splits.count(row.split, side);
    }
    if (old === null) {
      if (fresh !== null) note(fresh, 'ADDED', whyAdded(fresh, before, after), []);
    } else if (fresh === null) {
      note(old, 'REMOVED', whyRemoved(old, before, after), []);
    } else {
      const relabelled = labelChanges(old.labels, fresh.labels);
      const changed = fieldChanges(old, fresh);
      const reason = whyChanged(old, fresh, before.manifest, after.manifest);
      if (relabelled.length > 0) note(fresh, 'RELABELLED', reason, [...relabelled, ...changed]);
      else if (changed.length > 0) note(fresh, 'CHANGED', reason, changed);
    }
  }
  return {
    before: before.manifest.datasetId,
    after: after.manifest.datasetId,
    changes,
    counts,
    reasons,
    categories: categoryChanges(before.manifest, after.manifest),
    languages: languages.changes(),
    sources: sources.changes(),
    splits: splits.changes(),
  };
}

function whyAdded(row: DatasetRow, before: DatasetSide, after: DatasetSide): DiffReason {
  const known = before.leftOut?.get(row.key);
  if (known !== undefined) return known;
  const [a, b] = [before.manifest, after.manifest];
  if (row.source !== labelSource) return sameList(a.sources, b.sources) ? whyOther(a, b) : 'SOURCE';
  // What an older cut knew and did not take is in its list.
  if (before.leftOut !== undefined && isLater(b, a)) return 'NEW_LABEL';
  const other = whyOther(a, b);
  return other === 'UNKNOWN' && isLater(b, a) ? 'NEW_LABEL' : other;
}

function whyRemoved(row: DatasetRow, before: DatasetSide, after: DatasetSide): DiffReason {
  const known = after.leftOut?.get(row.key);
  if (known !== undefined) return known;
  const [a, b] = [before.manifest, after.manifest];
  if (row.source !== labelSource && !sameList(a.sources, b.sources)) return 'SOURCE';
  const other = whyOther(a, b);
  // An older cut does not know it yet.
  return other === 'UNKNOWN' && isLater(a, b) ? 'NEW_LABEL' : other;
}

function whyChanged(old: DatasetRow, fresh: DatasetRow, a: DatasetManifest, b: DatasetManifest): DiffReason {
  if (a.saltId !== b.saltId && old.split !== fresh.split) return 'SALT';
  if (a.policyId !== b.policyId || a.policyVersion !== b.policyVersion) return 'POLICY';
  if (old.labelledAt !== fresh.labelledAt) return 'NEW_LABEL';
  if (old.group !== fresh.group || old.groupSize !== fresh.groupSize || old.weight !== fresh.weight) return 'GROUP';
  if (old.text !== fresh.text && (old.text === '' || fresh.text === '')) return 'ERASED';
  return whyOther(a, b);
}

function whyOther(a: DatasetManifest, b: DatasetManifest): DiffReason {
  if (a.policyId !== b.policyId || a.policyVersion !== b.policyVersion) return 'POLICY';
  if (a.recipeId !== b.recipeId) return 'RECIPE';
  return a.rule === b.rule ? 'UNKNOWN' : 'RULE';
}

function isLater(a: DatasetManifest, b: DatasetManifest): boolean {
  return (a.labelsUntil ?? 0) > (b.labelsUntil ?? 0);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

function labelChanges(old: DatasetRow['labels'], fresh: DatasetRow['labels']): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort().flatMap((category) => {
    const [a, b] = [word(old[category]), word(fresh[category])];
    return a === b ? [] : [`${category}: ${a} -> ${b}`];
  });
}

function word(label: RowLabel | undefined): 'yes' | 'no' | 'unknown' {
  if (label === undefined) return 'unknown';
  return label.value === 1 ? 'yes' : 'no';
}

const compared = [
  'split',
  'group',
  'groupSize',
  'weight',
  'inclusion',
  'origin',
  'isGold',
  'language',
  'kind',
  'author',
] as const;

function fieldChanges(old: DatasetRow, fresh: DatasetRow): string[] {
  const changes = compared.flatMap((field) =>
    old[field] === fresh[field] ? [] : [`${field}: ${show(old[field])} -> ${show(fresh[field])}`],
  );
  for (const category of Object.keys(old.labels).sort()) {
    const [a, b] = [old.labels[category], fresh.labels[category]];
    if (a?.value === b?.value && a?.weight !== b?.weight) {
      changes.push(`${category}.weight: ${show(a?.weight ?? null)} -> ${show(b?.weight ?? null)}`);
    }
  }
  if (old.textHash !== fresh.textHash) changes.push('text: another one');
  else if (old.text !== '' && fresh.text === '') changes.push('text: erased');
  return changes;
}

function show(value: string | number | boolean | null): string {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}

function categoryChanges(a: DatasetManifest, b: DatasetManifest): CountChange[] {
  const names = [...new Set([...Object.keys(a.categories), ...Object.keys(b.categories)])].sort();
  return names.flatMap((name) =>
    (['positives', 'negatives', 'unknown'] as const).map((field) => ({
      name: `${name}.${field}`,
      before: a.categories[name]?.[field] ?? (field === 'unknown' ? a.rows : 0),
      after: b.categories[name]?.[field] ?? (field === 'unknown' ? b.rows : 0),
    })),
  );
}

interface Tally {
  readonly count: (name: string, side: 0 | 1) => void;
  readonly changes: () => CountChange[];
}

function createTally(): Tally {
  const counts = new Map<string, [number, number]>();
  return {
    count(name, side) {
      const pair = counts.get(name) ?? [0, 0];
      pair[side] += 1;
      counts.set(name, pair);
    },
    changes: () =>
      [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, [before, after]]) => ({ name, before, after })),
  };
}

/** Rows of both lists by key; null where one has none. */
export function* pairs(
  left: Iterable<DatasetRow>,
  right: Iterable<DatasetRow>,
): Generator<readonly [DatasetRow | null, DatasetRow | null], void, void> {
  const [first, second] = [left[Symbol.iterator](), right[Symbol.iterator]()];
  let [a, b] = [rowOf(first.next()), rowOf(second.next())];
  while (a !== null || b !== null) {
    if (b === null || (a !== null && a.key < b.key)) {
      yield [a, null];
      a = rowOf(first.next());
    } else if (a === null || b.key < a.key) {
      yield [null, b];
      b = rowOf(second.next());
    } else {
      yield [a, b];
      [a, b] = [rowOf(first.next()), rowOf(second.next())];
    }
  }
}

function rowOf(step: IteratorResult<DatasetRow, unknown>): DatasetRow | null {
  return step.done === true ? null : step.value;
}
