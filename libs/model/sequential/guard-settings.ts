/** What is compared between the canary and control, and how much it may differ. */
export type GuardRule = {
  /** Approved relative difference; that of the settings when absent. */
  readonly margin?: number;
  /** A canary is promoted only when this guard is armed. */
  readonly required?: boolean;
} & (
  | { readonly kind: 'ERROR_RATE' }
  /** `referenceMs`: what 99 % of the live model's answers keep to, known before the canary starts. */
  | { readonly kind: 'LATENCY_P99'; readonly referenceMs: number }
  | { readonly kind: 'FLAG_RATE'; readonly category: string }
  | { readonly kind: 'APPEAL_OVERTURN' }
  | { readonly kind: 'BLOCK_PRECISION' }
);

export type GuardKind = GuardRule['kind'];

export interface GuardSettings {
  /** All guards that may ever act, also those that are not armed yet: alpha is split over them beforehand. */
  readonly guards: readonly GuardRule[];
  /** Chance that a canary within all margins is rolled back, over all guards and steps. */
  readonly alpha: number;
  /** Steps of the canary that have control traffic; each starts its guards anew with its part of alpha. */
  readonly steps: number;
  readonly margin: number;
  /** What one step has to last: items of the canary, and time. */
  readonly minimumItems: number;
  readonly minimumMs: number;
  /** Effective number of clusters that a guard needs before it acts. */
  readonly minimumClusters: number;
  /**
   * Most items, blocks or appeals for which one cluster counts in one record; what is beyond weighs less. Without it a few
   * heavy authors carry all the variance, and the guard never arms.
   */
  readonly clusterCap: number;
  /** Least inclusion probability of the blocked items that precision is measured on: 1/pi is how far one label may reach. */
  readonly leastInclusion: number;
  /** Groups that clusters are hashed into, in each arm; the state is as large as they are many. */
  readonly groups: number;
}

/** Production defaults (evaluation 4.5) but for the guards, which depend on the categories and on who labels. */
export const DEFAULT_GUARD_SETTINGS: Omit<GuardSettings, 'guards'> = {
  alpha: 0.05,
  steps: 3,
  margin: 0.2,
  minimumItems: 5_000,
  minimumMs: 24 * 3_600_000,
  minimumClusters: 30,
  clusterCap: 3,
  leastInclusion: 0.1,
  groups: 512,
};

export type GuardErrorCode = 'GUARD_SETTINGS_INVALID' | 'GUARD_SUMS_INVALID' | 'GUARD_STATE_INVALID';

export class GuardError extends Error {
  constructor(
    readonly code: GuardErrorCode,
    readonly field: string,
    expected: string,
  ) {
    super(`guards: '${field}' must be ${expected}`);
    this.name = 'GuardError';
  }
}

/** Stable name of a guard, unique within a canary. */
export function guardIdOf(rule: GuardRule): string {
  const id = rule.kind.toLowerCase().replace('_', '-');
  return rule.kind === 'FLAG_RATE' ? `${id}/${rule.category}` : id;
}

export function checkGuardSettings(settings: GuardSettings): void {
  const { guards, alpha, steps, margin, minimumItems, minimumMs, minimumClusters, clusterCap, leastInclusion, groups } =
    settings;
  if (guards.length === 0) throw new GuardError('GUARD_SETTINGS_INVALID', 'guards', 'at least one guard');
  const ids = guards.map(guardIdOf);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined)
    throw new GuardError('GUARD_SETTINGS_INVALID', 'guards', `declared once each: ${twice} is not`);
  demand('alpha', alpha > 0 && alpha <= 0.5, 'above 0 and at most 0.5');
  demand('steps', Number.isInteger(steps) && steps >= 1, 'a whole number from 1');
  demand('margin', isMargin(margin), 'at least 0.001 and below 0.5');
  for (const rule of guards) {
    demand(`${guardIdOf(rule)}.margin`, isMargin(rule.margin ?? margin), 'at least 0.001 and below 0.5');
    if (rule.kind === 'LATENCY_P99') demand('latency-p99.referenceMs', rule.referenceMs > 0, 'above 0');
  }
  demand('minimumItems', minimumItems >= 1, 'at least 1');
  demand('minimumMs', minimumMs >= 0, 'at least 0');
  demand('minimumClusters', minimumClusters >= 20, 'at least 20: a normal bound means nothing below');
  demand('clusterCap', clusterCap >= 1, 'at least 1');
  demand('leastInclusion', leastInclusion > 0 && leastInclusion <= 1, 'above 0 and at most 1');
  demand('groups', Number.isInteger(groups) && groups >= 256, 'a whole number from 256');
}

function isMargin(margin: number): boolean {
  return margin >= 0.001 && margin < 0.5;
}

function demand(field: string, holds: boolean, expected: string): void {
  if (!holds) throw new GuardError('GUARD_SETTINGS_INVALID', field, expected);
}
