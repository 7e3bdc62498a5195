import type { DatasetRow, RowLabel } from '#model';
import type { RowCandidate } from './row-candidate.js';

/** Members of one near-duplicate group on which people disagree: for the relabel queue. */
export interface LabelConflict {
  readonly group: string;
  readonly category: string;
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

export interface MergedGroup {
  /** The representative, with what the members agree on. */
  readonly row: DatasetRow;
  readonly copies: readonly DatasetRow[];
  readonly conflicts: readonly LabelConflict[];
}

/**
 * One row for a near-duplicate group (labels 2.5). A category has the label on which all members agree that know it; gold overrules the others, and then
 * experts; where they disagree it becomes unknown, and the group goes to an expert. Weight log(1 + size) / log 2.
 */
export function mergeGroup(members: readonly RowCandidate[]): MergedGroup {
  const [chosen, ...others] = [...members].sort(compareCandidates);
  if (chosen === undefined) throw new RangeError('a group has members');
  const all = [chosen, ...others].map(({ row }) => row);
  const labels: Record<string, RowLabel> = {};
  const conflicts: LabelConflict[] = [];
  for (const category of [...new Set(all.flatMap((row) => Object.keys(row.labels)))].sort()) {
    const known = believed(members, category);
    const yes = known.filter(({ label }) => label.value === 1);
    const no = known.filter(({ label }) => label.value === 0);
    if (yes.length > 0 && no.length > 0) {
      conflicts.push({ group: chosen.row.group, category, yes: keysOf(yes), no: keysOf(no) });
      continue;
    }
    const [first] = known;
    if (first === undefined) continue;
    labels[category] = { value: first.label.value, weight: Math.max(...known.map(({ label }) => label.weight)) };
  }
  // Exact copies of a pair stand for themselves alone.
  const size = chosen.isPair ? members.length : chosen.row.groupSize;
  return {
    row: { ...chosen.row, labels, weight: Math.log2(1 + size) },
    copies: others.map(({ row }) => row),
    conflicts,
  };
}

interface Known {
  readonly row: DatasetRow;
  readonly label: RowLabel;
  readonly isExpert: boolean;
}

/** Who counts for a category: gold if there is any, else experts, else those with weight, else all. */
function believed(members: readonly RowCandidate[], category: string): readonly Known[] {
  const known = members.flatMap(({ row, isExpert }): Known[] => {
    const label = row.labels[category];
    return label === undefined ? [] : [{ row, label, isExpert }];
  });
  const ranks: readonly ((one: Known) => boolean)[] = [
    ({ row }) => row.isGold,
    ({ isExpert }) => isExpert,
    ({ label }) => label.weight > 0,
  ];
  for (const isBelieved of ranks) {
    const chosen = known.filter(isBelieved);
    if (chosen.length > 0) return chosen;
  }
  return known;
}

function keysOf(known: readonly Known[]): string[] {
  return known.map(({ row }) => row.key).sort();
}

/** Gold first, then experts, then people here before imports, then the surest labels, the oldest, the key: so that it seldom changes as a group grows. */
function compareCandidates(left: RowCandidate, right: RowCandidate): number {
  const [{ row: a }, { row: b }] = [left, right];
  return (
    Number(b.isGold) - Number(a.isGold) ||
    Number(right.isExpert) - Number(left.isExpert) ||
    Number(a.origin === 'IMPORTED') - Number(b.origin === 'IMPORTED') ||
    sureness(b) - sureness(a) ||
    (a.labelledAt ?? 0) - (b.labelledAt ?? 0) ||
    (a.key < b.key ? -1 : 1)
  );
}

function sureness({ labels }: DatasetRow): number {
  return Object.values(labels).reduce((sum, { weight }) => sum + weight, 0);
}
