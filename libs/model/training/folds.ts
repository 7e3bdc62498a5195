import { hashKey, seededUniform } from './seeded-uniform.js';

/**
 * Fold of each row, such that rows of one near-duplicate group share a fold (labels 2.5). Groups are dealt in a seeded
 * order; `strata` (for example "has any positive") are dealt separately, so that each fold gets its part of the rare rows.
 */
export function assignFolds(
  groups: readonly number[],
  strata: readonly string[],
  folds: number,
  seed: number,
): Uint8Array {
  const stratumOfGroup = new Map<number, string>();
  for (const [row, group] of groups.entries()) {
    const stratum = strata[row] ?? '';
    const known = stratumOfGroup.get(group);
    if (known === undefined || stratum > known) stratumOfGroup.set(group, stratum);
  }
  const ordered = [...stratumOfGroup].map(([group, stratum]) => ({
    group,
    stratum,
    draw: seededUniform(seed, 0, hashKey(String(group))),
  }));
  ordered.sort((a, b) => {
    if (a.stratum !== b.stratum) return a.stratum < b.stratum ? -1 : 1;
    return a.draw - b.draw || a.group - b.group;
  });
  const foldOfGroup = new Map(ordered.map(({ group }, position) => [group, position % folds]));
  return Uint8Array.from(groups, (group) => foldOfGroup.get(group) ?? 0);
}
