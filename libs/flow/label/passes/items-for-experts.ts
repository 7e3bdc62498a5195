import { revisionKey } from '#platform/contracts';
import { uniform } from '#policy';
import { judgeErrorAudit } from '../quality/error-audit.js';
import type { LabelItem } from '../resolution/label-item.js';
import type { AuditRow } from './labeler-audits.js';
import type { SuspectedLabel } from './suspected-labels.js';

export interface Audits {
  readonly labelers: readonly AuditRow[];
  readonly suspected: readonly SuspectedLabel[];
}

/**
 * The audited items about which an expert is asked: of those that none has answered the first by hash, so that those of one run are those of
 * the next until somebody answers them. When the audit of suspected labels finds too many wrong, all of them follow (sampling 0), lowest
 * score first.
 */
export function itemsForExperts(
  { labelers, suspected }: Audits,
  {
    salt,
    most,
    isAnswered,
  }: {
    readonly salt: string;
    readonly most: number;
    /** Whether an expert answered the item. */
    readonly isAnswered: (item: string) => boolean;
  },
): readonly LabelItem[] {
  const drawn = new Map<string, LabelItem>();
  for (const { item } of labelers) drawn.set(revisionKey(item), item);
  for (const { item, audit } of suspected) if (audit !== 'NOT_DRAWN') drawn.set(revisionKey(item), item);
  const chosen = [...drawn.keys()]
    .map((key) => ({ key, rank: uniform(salt, `task|${key}`) }))
    .sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
  const judged = suspected.flatMap(({ audit }) => (audit === 'RIGHT' || audit === 'WRONG' ? [audit === 'WRONG'] : []));
  if (judgeErrorAudit(judged).decision === 'RELABEL_ALL') {
    for (const { item } of suspected) {
      const key = revisionKey(item);
      if (drawn.has(key)) continue;
      drawn.set(key, item);
      chosen.push(key);
    }
  }
  return chosen
    .filter((key) => !isAnswered(key))
    .slice(0, most)
    .flatMap((key) => drawn.get(key) ?? []);
}
