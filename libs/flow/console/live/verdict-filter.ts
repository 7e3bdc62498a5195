import type { VerdictIssued } from '#platform/contracts';
import type { Action, DecisiveCategory, LiveVerdict } from '../api/index.js';

/** What a person wants to see; null: any. */
export interface VerdictFilter {
  readonly channel: string | null;
  readonly platform: string | null;
  readonly actions: readonly Action[] | null;
  /** Verdicts in which this category asked for review or block. */
  readonly category: string | null;
}

export function passesFilter(verdict: LiveVerdict, filter: VerdictFilter): boolean {
  return (
    (filter.channel === null || verdict.channel === filter.channel) &&
    (filter.platform === null || verdict.platform === filter.platform) &&
    (filter.actions === null || filter.actions.includes(verdict.action)) &&
    (filter.category === null || verdict.flagged.includes(filter.category))
  );
}

const strictness = { ALLOW: 0, REVIEW: 1, BLOCK: 2 } as const satisfies Record<Action, number>;

/** Strictest action first, then the higher probability. */
export function byStrictness(
  a: { readonly action: Action; readonly probability: number },
  b: { readonly action: Action; readonly probability: number },
): number {
  return strictness[b.action] - strictness[a.action] || b.probability - a.probability;
}

/** A verdict as the live page shows it. */
export function liveVerdictOf(verdict: VerdictIssued): LiveVerdict {
  const categories = Object.entries(verdict.categories).map(([category, it]): DecisiveCategory => ({
    category,
    probability: it.probability,
    action: it.action,
    threshold: it.action === 'BLOCK' ? it.blockThreshold : it.action === 'REVIEW' ? it.reviewThreshold : null,
    provisional: it.provisional,
  }));
  const [decisive = null] = categories.sort(byStrictness);
  return {
    verdictId: verdict.verdictId,
    kind: verdict.kind,
    platform: verdict.platform,
    contentId: verdict.contentId,
    revision: verdict.revision,
    channel: verdict.channel,
    action: verdict.action,
    decidedBy: verdict.decidedBy,
    mode: verdict.mode,
    decisive,
    flagged: categories.filter(({ action }) => action !== 'ALLOW').map(({ category }) => category),
    issuedAt: new Date(verdict.issuedAt).toISOString(),
  };
}
