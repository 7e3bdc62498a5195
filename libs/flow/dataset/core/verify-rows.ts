import { textHashOf, type DatasetRow } from '#model';
import { pairs } from './diff-datasets.js';

export interface RowDifference {
  readonly key: string;
  readonly problem: 'MISSING' | 'UNEXPECTED' | 'ALTERED';
  /** The first field that differs, for example `labels.H.value`; empty for whole rows. */
  readonly field: string;
}

const fields = [
  'textHash',
  'language',
  'platform',
  'kind',
  'split',
  'group',
  'groupSize',
  'weight',
  'inclusion',
  'origin',
  'isGold',
  'source',
  'author',
  'labelledAt',
] as const satisfies readonly (keyof DatasetRow)[];

/**
 * Where the stored rows are not the rebuilt ones, in the order of keys; both lists in that order. MISSING: it is not stored; UNEXPECTED: it is
 * stored and was not rebuilt. An erased text differs from nothing.
 */
export function verifyRows(rebuilt: Iterable<DatasetRow>, stored: Iterable<DatasetRow>): readonly RowDifference[] {
  const differences: RowDifference[] = [];
  for (const [expected, found] of pairs(rebuilt, stored)) {
    if (expected === null) {
      if (found !== null) differences.push({ key: found.key, problem: 'UNEXPECTED', field: '' });
    } else if (found === null) {
      differences.push({ key: expected.key, problem: 'MISSING', field: '' });
    } else {
      const field = firstDifference(expected, found);
      if (field !== null) differences.push({ key: found.key, problem: 'ALTERED', field });
    }
  }
  return differences;
}

/** The first field in which two rows of one key differ; null: none. Texts are compared by their hashes. */
function firstDifference(a: DatasetRow, b: DatasetRow): string | null {
  if (b.text !== '' && textHashOf(b.text) !== a.textHash) return 'text';
  const field = fields.find((name) => a[name] !== b[name]);
  if (field !== undefined) return field;
  for (const category of [...new Set([...Object.keys(a.labels), ...Object.keys(b.labels)])].sort()) {
    const one = a.labels[category];
    const other = b.labels[category];
    if (one === undefined || other === undefined) return `labels.${category}`;
    if (one.value !== other.value) return `labels.${category}.value`;
    if (one.weight !== other.weight) return `labels.${category}.weight`;
  }
  return null;
}
