import { revisionKey } from '#platform/contracts';
import { uniform } from '#policy';
import { judgeErrorAudit } from '../quality/error-audit.js';
import type { LabelItem } from '../resolution/label-item.js';
import type { AuditRow } from './labeler-audits.js';
import type { SuspectedLabel } from './suspected-labels.js';

/** One member of a near-duplicate group on which people disagree (labels 2.5). */
export interface ConflictMember {
  readonly group: string;
  readonly item: LabelItem;
  /** Members of the group that say what it says. */
  readonly alike: number;
}

export interface Audits {
  readonly labelers: readonly AuditRow[];
  readonly suspected: readonly SuspectedLabel[];
  readonly conflicts: readonly ConflictMember[];
}

interface Choice {
  readonly salt: string;
  readonly most: number;
  /** Whether an expert answered the item. */
  readonly isAnswered: (item: string) => boolean;
}

/** Of the places, so many are for groups with conflicts as long as there are some: audits alone could fill all of them every month. */
const CONFLICT_SHARE = 0.25;

/** The items about which an expert is asked: audited ones, and one of each group that waits to be labelled again. */
export function itemsForExperts(audits: Audits, choice: Choice): readonly LabelItem[] {
  const { most } = choice;
  const audited = auditedItems(audits, choice);
  const contested = contestedItems(audits.conflicts, choice);
  const kept = Math.min(contested.length, Math.ceil(most * CONFLICT_SHARE));
  const chosen = new Map<string, LabelItem>();
  for (const item of [...audited.slice(0, most - kept), ...contested, ...audited.slice(most - kept)]) {
    if (chosen.size < most) chosen.set(revisionKey(item), item);
  }
  return [...chosen.values()];
}

/**
 * Of the audited items that no expert has answered the first by hash, so that those of one run are those of the next until somebody answers
 * them. When the audit of suspected labels finds too many wrong, all of them follow (sampling 0), lowest score first.
 */
function auditedItems({ labelers, suspected }: Audits, { salt, isAnswered }: Choice): readonly LabelItem[] {
  const drawn = new Map<string, LabelItem>();
  for (const { item } of labelers) drawn.set(revisionKey(item), item);
  for (const { item, audit } of suspected) if (audit !== 'NOT_DRAWN') drawn.set(revisionKey(item), item);
  const chosen = byHash([...drawn.keys()], salt, (key) => key);
  const judged = suspected.flatMap(({ audit }) => (audit === 'RIGHT' || audit === 'WRONG' ? [audit === 'WRONG'] : []));
  if (judgeErrorAudit(judged).decision === 'RELABEL_ALL') {
    for (const { item } of suspected) {
      const key = revisionKey(item);
      if (drawn.has(key)) continue;
      drawn.set(key, item);
      chosen.push(key);
    }
  }
  return chosen.filter((key) => !isAnswered(key)).flatMap((key) => drawn.get(key) ?? []);
}

/**
 * One member of each group, because what an expert says of it holds for the group: one of those who say what fewest say, which is the likelier
 * mistake. A group of which an expert has answered a member waits for the next data set.
 */
function contestedItems(conflicts: readonly ConflictMember[], { salt, isAnswered }: Choice): readonly LabelItem[] {
  const groups = new Map<string, ConflictMember[]>();
  for (const member of conflicts) {
    const members = groups.get(member.group);
    if (members === undefined) groups.set(member.group, [member]);
    else members.push(member);
  }
  const chosen = [...groups.values()].flatMap((members) => {
    if (members.some(({ item }) => isAnswered(revisionKey(item)))) return [];
    const fewest = Math.min(...members.map(({ alike }) => alike));
    const rare = members.filter(({ alike }) => alike === fewest);
    return byHash(rare, salt, ({ item }) => revisionKey(item)).slice(0, 1);
  });
  return byHash(chosen, salt, ({ item }) => revisionKey(item)).map(({ item }) => item);
}

function byHash<T>(all: readonly T[], salt: string, keyOf: (one: T) => string): T[] {
  return all
    .map((one) => ({ one, key: keyOf(one), rank: uniform(salt, `task|${keyOf(one)}`) }))
    .sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1))
    .map(({ one }) => one);
}
