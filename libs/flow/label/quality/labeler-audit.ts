import { uniform } from '#policy';

/** One item that a labeler answered, in one category. */
export interface AuditCandidate {
  readonly item: string;
  /** What the labeler's answers made of the category. */
  readonly labelled: boolean;
  /** Calibrated probability at decision time. */
  readonly probability: number;
}

const perGroup = 10;
const suspiciousAbove = 0.5;

/**
 * Ten items that the labeler found positive and ten more that the model found positive (sampling 0), by hash. Positives of either
 * kind, because in a rare category any rater is right on nearly all of a random sample. Who has fewer gets fewer; no item twice.
 * @param period another one draws other items, for example the month
 */
export function drawLabelerAudit(
  candidates: readonly AuditCandidate[],
  { labeler, category, period, salt }: { labeler: string; category: string; period: string; salt: string },
): string[] {
  const ordered = candidates
    .map((it) => ({ ...it, draw: uniform(salt, `${labeler}|${category}|${period}|${it.item}`) }))
    .sort((a, b) => a.draw - b.draw || (a.item < b.item ? -1 : 1));
  const positives = ordered.filter(({ labelled }) => labelled).slice(0, perGroup);
  const chosen = new Set(positives.map(({ item }) => item));
  const suspicious = ordered
    .filter(({ item, probability }) => probability > suspiciousAbove && !chosen.has(item))
    .slice(0, perGroup);
  return [...positives, ...suspicious].map(({ item }) => item);
}

export interface AuditPair {
  readonly labeler: boolean;
  readonly auditor: boolean;
}

export interface AuditResult {
  readonly audited: number;
  readonly precision: number;
  readonly recall: number;
  /** `2 tp / (2 tp + fp + fn)`, the labeler against the auditor; NaN when neither found a positive. */
  readonly f1: number;
}

/** F1 of a labeler against the auditor (sampling 0); accuracy would call always-no good. */
export function judgeLabelerAudit(pairs: readonly AuditPair[]): AuditResult {
  const both = pairs.filter(({ labeler, auditor }) => labeler && auditor).length;
  const labelled = pairs.filter(({ labeler }) => labeler).length;
  const audited = pairs.filter(({ auditor }) => auditor).length;
  return {
    audited: pairs.length,
    precision: both / labelled,
    recall: both / audited,
    f1: (2 * both) / (labelled + audited),
  };
}
