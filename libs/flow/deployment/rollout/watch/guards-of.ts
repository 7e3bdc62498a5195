import { DEFAULT_GUARD_SETTINGS, type GuardReading, type GuardRule, type GuardSettings } from '#model';
import type { DeploymentBundled, GuardFigure } from '#platform/contracts';
import type { RolloutSettings } from '../rollout-settings.js';

type Parts = Pick<DeploymentBundled, 'thresholds'>;

/** Never reached by a probability. */
const NEVER = 2;

/** From which probability on a bundle does anything but allow. */
export function flagLimit({ thresholds }: Parts, category: string): number {
  const { review = null, block = null } = thresholds[category] ?? {};
  return Math.min(review ?? NEVER, block ?? NEVER);
}

/** Categories in which either bundle acts, in an order that stays. */
export function guardedCategories(champion: Parts, candidate: Parts): readonly string[] {
  const all = new Set([...Object.keys(champion.thresholds), ...Object.keys(candidate.thresholds)]);
  return [...all]
    .filter((category) => Math.min(flagLimit(champion, category), flagLimit(candidate, category)) < NEVER)
    .sort();
}

/**
 * Guards of one step of a canary (evaluation 4.5). Alpha is split over them before anything is seen, so they follow from the bundles and the
 * settings alone.
 */
export function guardSettingsOf(
  champion: Parts,
  candidate: Parts,
  { guards, canary }: Pick<RolloutSettings, 'guards' | 'canary'>,
  step: number,
): GuardSettings {
  const { items = 0, hold = 0 } = canary.steps[step - 1] ?? {};
  const withOwn = (id: string): { margin?: number; required?: boolean } => ({
    ...(guards.margins[id] === undefined ? {} : { margin: guards.margins[id] }),
    ...(guards.required.includes(id) ? { required: true } : {}),
  });
  const rules: GuardRule[] = [
    { kind: 'ERROR_RATE', ...withOwn('error-rate') },
    ...guardedCategories(champion, candidate).map((category): GuardRule => {
      return { kind: 'FLAG_RATE', category, ...withOwn(`flag-rate/${category}`) };
    }),
    { kind: 'APPEAL_OVERTURN', ...withOwn('appeal-overturn') },
  ];
  if (guards.latencyMs !== null) {
    rules.push({ kind: 'LATENCY_P99', referenceMs: guards.latencyMs, ...withOwn('latency-p99') });
  }
  return {
    ...DEFAULT_GUARD_SETTINGS,
    guards: rules,
    alpha: guards.alpha,
    margin: guards.margin,
    minimumClusters: guards.minimumClusters,
    steps: Math.max(1, canary.steps.filter(({ share }) => share < 1).length),
    minimumItems: Math.max(1, items),
    minimumMs: hold,
  };
}

export function figureOf({ guard, status, difference, low, high, margin }: GuardReading): GuardFigure {
  return { guard, finding: status, figure: difference, low, high, margin };
}
