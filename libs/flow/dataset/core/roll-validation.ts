import type { DatasetRow } from '#model';
import type { LeftOutReason, RowCandidate } from './row-candidate.js';
import type { ValidationRule } from './dataset-recipe.js';

/**
 * Takes out of the validation split what was drawn and is not fresh any more, but for gold, and as long as enough fresh rows are there: the newest of the
 * old ones make up for it. What leaves goes nowhere else, because a root keeps its split for ever.
 */
export function rollValidation(
  candidates: readonly RowCandidate[],
  { fresh, atLeast }: ValidationRule,
  asOf: number | null,
  leave: (reason: LeftOutReason, row: DatasetRow) => void,
): readonly RowCandidate[] {
  if (fresh === null || asOf === null) return candidates;
  const drawn = candidates
    .filter(({ row }) => row.split === 'validation' && row.origin === 'DRAWN' && !row.isGold)
    .sort(({ row: a }, { row: b }) => (b.labelledAt ?? 0) - (a.labelledAt ?? 0) || (a.key < b.key ? -1 : 1));
  const old = drawn.filter(({ row }, at) => at >= atLeast && (row.labelledAt ?? 0) < asOf - fresh);
  for (const { row } of old) leave('ROLLED_OUT', row);
  const isOld = new Set(old);
  return candidates.filter((candidate) => !isOld.has(candidate));
}
