import { uniform } from '#policy';
import { wilsonInterval } from './labeler-signals.js';

/** Sampling 0: a hundred flagged items are looked at, and when more than 30 % of them are wrong, all flagged ones are relabelled. */
const auditSize = 100;
const relabelAbove = 0.3;

/** The flagged items to audit: by hash, so that the most suspicious are not over-represented. In the order of the hash. */
export function drawErrorAudit(flagged: readonly string[], salt: string, size = auditSize): string[] {
  return flagged
    .map((item) => ({ item, draw: uniform(salt, `label-errors|${item}`) }))
    .sort((a, b) => a.draw - b.draw || (a.item < b.item ? -1 : 1))
    .slice(0, size)
    .map(({ item }) => item);
}

export interface ErrorAudit {
  readonly audited: number;
  readonly wrong: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly decision: 'RELABEL_ALL' | 'REVIEW_QUEUE';
}

/** What an audit of flagged items means; `low` and `high` are the Wilson 95 % interval of the share. Nothing audited relabels nothing. */
export function judgeErrorAudit(isWrong: readonly boolean[]): ErrorAudit {
  const wrong = isWrong.filter(Boolean).length;
  const share = wrong / isWrong.length;
  return {
    audited: isWrong.length,
    wrong,
    share,
    ...wilsonInterval(wrong, isWrong.length),
    decision: share > relabelAbove ? 'RELABEL_ALL' : 'REVIEW_QUEUE',
  };
}
