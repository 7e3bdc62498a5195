import { createHash, hash } from 'node:crypto';
import type { DatasetRow } from './dataset-row.js';

/** A row in a form that is not its canonical one; the message names row and field, never the text. */
export class DatasetRowError extends Error {
  constructor(
    readonly key: string,
    readonly field: string,
    detail: string,
  ) {
    super(`row '${key}', field "${field}": ${detail}`);
    this.name = 'DatasetRowError';
  }
}

const ID_DIGITS = 16;
const TEXT_HASH_DIGITS = 32;
const ROW_HASH_DIGITS = 16;

/** SHA-256 of a masked text in UTF-8, first 32 hex digits. */
export function textHashOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, TEXT_HASH_DIGITS);
}

/**
 * The bytes that a digest is taken over: JSON with the fields in this order and labels by category, numbers as JavaScript writes them. The text
 * itself is not in them, its hash is: a digest outlives an erasure.
 */
export function canonicalRow(row: DatasetRow): string {
  const labels = Object.entries(row.labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, { value, weight }]) => [
      category,
      value,
      checkNumber(row.key, `labels.${category}.weight`, weight),
    ]);
  return JSON.stringify([
    row.key,
    row.textHash,
    row.language,
    row.platform,
    row.kind,
    row.split,
    row.group,
    checkNumber(row.key, 'groupSize', row.groupSize),
    labels,
    checkNumber(row.key, 'weight', row.weight),
    row.inclusion === null ? null : checkNumber(row.key, 'inclusion', row.inclusion),
    row.origin,
    row.isGold,
    row.source,
    row.author,
    row.labelledAt === null ? null : checkNumber(row.key, 'labelledAt', row.labelledAt),
  ]);
}

/** JSON would write null for both, and a null is something else. */
function checkNumber(key: string, field: string, value: number): number {
  if (!Number.isFinite(value)) throw new DatasetRowError(key, field, 'a finite number is expected');
  return Object.is(value, -0) ? 0 : value;
}

/** Hash of one row, 16 hex digits: tells which row was altered, where the digest only tells that one was. */
export function rowHashOf(row: DatasetRow): string {
  return hash('sha256', canonicalRow(row), 'hex').slice(0, ROW_HASH_DIGITS);
}

export interface RowDigest {
  /** Rows come in ascending order of their keys (code units), each key once. */
  readonly add: (row: DatasetRow) => void;
  /** SHA-256 over the rows so far, 64 hex digits. */
  readonly digest: () => string;
}

/** Digest of rows as they pass. Throws `DatasetRowError` on a key out of order, a number that is none, and a text that is not the hashed one. */
export function createRowDigest(): RowDigest {
  const sum = createHash('sha256');
  let last: string | null = null;
  return {
    add(row) {
      if (last !== null && row.key <= last) {
        throw new DatasetRowError(
          row.key,
          'key',
          `comes after '${last}'; rows are in the order of their keys, each once`,
        );
      }
      last = row.key;
      // An erased text is empty; the hash stays.
      if (row.text !== '' && textHashOf(row.text) !== row.textHash) {
        throw new DatasetRowError(row.key, 'text', 'is not the text whose hash the row has');
      }
      sum.update(canonicalRow(row)).update('\n');
    },
    digest: () => sum.copy().digest('hex'),
  };
}

/** SHA-256 over rows in the order of their keys, 64 hex digits. */
export function digestRows(rows: Iterable<DatasetRow>): string {
  const digest = createRowDigest();
  for (const row of rows) digest.add(row);
  return digest.digest();
}

/** Order of rows: by key, by code units, as ClickHouse and JavaScript do for ASCII keys alike. */
export function compareRows(a: Pick<DatasetRow, 'key'>, b: Pick<DatasetRow, 'key'>): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

export interface DatasetIdentity {
  readonly labelsUntil: number | null;
  readonly policyId: string | null;
  readonly policyVersion: number | null;
  readonly rule: string;
  readonly recipeId: string;
  readonly saltId: string;
  readonly digest: string;
}

/** `ds-` and 16 hex digits of SHA-256 over cut, policy, rule, recipe, salt and digest: what a data set is named by. */
export function datasetIdOf(identity: DatasetIdentity): string {
  const { labelsUntil, policyId, policyVersion, rule, recipeId, saltId, digest } = identity;
  return `ds-${shortHash([labelsUntil, policyId, policyVersion, rule, recipeId, saltId, digest])}`;
}

/** Tells salts apart without giving one away: only data sets of one salt have the same splits. */
export function saltIdOf(salt: string): string {
  return shortHash(['dataset-salt', salt]);
}

function shortHash(fields: readonly (string | number | null)[]): string {
  return hash('sha256', JSON.stringify(fields), 'hex').slice(0, ID_DIGITS);
}
