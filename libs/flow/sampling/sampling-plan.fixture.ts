import { DEFAULT_PLAN_SHARES, type CategorySettings, type PlanSettings } from './make-plan.js';
import type { SamplingItem } from './draw-content.js';

const DAY = 86_400_000;

/** A category with a trained head and no positives known yet. */
export function categorySettings(changes: Partial<CategorySettings> = {}): CategorySettings {
  return { threshold: 0.5, target: 500, positives: 0, trainedOn: 500, nearest: null, ...changes };
}

/** A plan for the second day since 1970, from the first. */
export function planSettings(changes: Partial<PlanSettings> = {}): PlanSettings {
  return {
    channel: 'public',
    salt: 'plan-salt-1',
    from: DAY,
    to: 2 * DAY,
    ...DEFAULT_PLAN_SHARES,
    trainOnlyShare: 0,
    bootstrapRate: 0.02,
    budgets: [{ team: 'everybody', languages: [], labelsPerDay: 100 }],
    categories: { H: categorySettings(), V: categorySettings({ threshold: 0.3 }) },
    ...changes,
  };
}

export const OBSERVED_DAY = { from: 0, to: DAY };

export function samplingItem(changes: Partial<SamplingItem> = {}): SamplingItem {
  return {
    platform: 'demo',
    contentId: 'c-1',
    revision: 1,
    language: 'en',
    kind: 'COMMENT',
    scores: { H: 0.1, V: 0.05 },
    ...changes,
  };
}
