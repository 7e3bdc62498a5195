import { boundsOfMean } from './bounded-mean.js';
import { checkGuardSettings, guardIdOf, type GuardKind, type GuardRule, type GuardSettings } from './guard-settings.js';
import {
  checkState,
  emptyState,
  foldSums,
  unitOf,
  type Arm,
  type ArmState,
  type ClusterSums,
  type GuardState,
} from './guard-state.js';
import { mixtureBound, mixtureRho, squaredDeviationsAtPlan } from './normal-mixture.js';
import {
  armMoments,
  effectiveGroups,
  ratioInterval,
  scoreOf,
  type RatioInterval,
  type Score,
  type TwoArms,
} from './rate-ratio.js';

/** What one guard says at one look. Differences are relative: 0.2 is a fifth more than in control. */
export interface GuardReading {
  readonly guard: string;
  readonly kind: GuardKind;
  readonly category?: string;
  readonly status: 'CLEAR' | 'CROSSED' | 'NOT_ARMED';
  /** Why a guard is not armed. */
  readonly missing?: string;
  readonly canary: Rate;
  readonly control: Rate;
  /** The figure, and its always-valid interval at 1 - alpha of this guard; null where there is none, or no limit. */
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** The approved difference, and what it leaves to the figure: it crosses above `most` or below `least`. */
  readonly margin: number;
  readonly least: number | null;
  readonly most: number | null;
  readonly alpha: number;
  /** The score at the nearer limit, as far as it goes to harm, and the bound that it crosses. */
  readonly score: number | null;
  readonly bound: number | null;
  /** Effective number of clusters. */
  readonly clusters: number;
  /** The always-valid interval at the alpha of the whole canary keeps to the margin. */
  readonly nonInferior: boolean;
}

/** Sums under the cap of clusters, so that they need not be whole. */
export interface Rate {
  readonly hits: number;
  readonly units: number;
  readonly rate: number | null;
}

export type CanaryDecision =
  | { readonly kind: 'ROLL_BACK'; readonly guards: readonly string[] }
  | { readonly kind: 'CONTINUE'; readonly missingItems: number; readonly missingMs: number }
  /**
   * The step is over and no guard crossed: the next step may start. The canary may go live when `promotable`: every armed
   * guard is non-inferior, and every required one is armed.
   */
  | {
      readonly kind: 'READY';
      readonly promotable: boolean;
      readonly unproven: readonly string[];
      readonly notArmed: readonly string[];
    };

export interface CanaryLook {
  readonly decision: CanaryDecision;
  readonly readings: readonly GuardReading[];
}

export interface Guards {
  /** Latency above which an item counts as slow, by arm; null without a guard of latency. */
  readonly slowAboveMs: Readonly<Record<Arm, number>> | null;
  readonly start: (startedAt: number) => GuardState;
  readonly fold: (state: GuardState, batch: readonly ClusterSums[]) => GuardState;
  readonly look: (state: GuardState, now: number) => CanaryLook;
}

/**
 * Guards of one step of a canary (evaluation 4.5). Looks may be taken at any time and as often as one likes: a canary within
 * all margins is rolled back with a chance of at most alpha over all steps. README.md says what that rests on.
 */
export function createGuards(settings: GuardSettings): Guards {
  checkGuardSettings(settings);
  const latency = settings.guards.find((rule) => rule.kind === 'LATENCY_P99');
  const tests = settings.guards.map((rule) => guardTest(rule, settings));
  return {
    slowAboveMs:
      latency === undefined
        ? null
        : { CONTROL: latency.referenceMs, CANARY: latency.referenceMs * (1 + (latency.margin ?? settings.margin)) },
    start: (startedAt) => emptyState(settings, startedAt),
    fold: (state, batch) => foldSums(settings, state, batch),
    look: (state, now) => {
      checkState(settings, state);
      const readings = tests.map((test) => readGuard(test, settings, state));
      return { decision: decide(settings, state, readings, now), readings };
    },
  };
}

interface GuardTest {
  readonly rule: GuardRule;
  readonly id: string;
  readonly margin: number;
  /** Ratios of the rates, canary over control, that the margin allows; 0 and Infinity where it sets no limit. */
  readonly least: number;
  readonly most: number;
  readonly alpha: number;
  readonly bound: (variance: number) => number;
  /** Bound of the promotion: every guard has to pass, so that none has to share alpha (intersection-union). */
  readonly wholeBound: (variance: number) => number;
}

function guardTest(rule: GuardRule, { guards, alpha, steps, margin: usual }: GuardSettings): GuardTest {
  const margin = rule.margin ?? usual;
  const part = alpha / (guards.length * steps);
  const boundAt = (level: number): ((variance: number) => number) => {
    const rho = mixtureRho(plannedVariance(rule.kind, margin, level), level);
    return (variance) => mixtureBound(variance, rho, level);
  };
  return {
    rule,
    id: guardIdOf(rule),
    margin,
    ...limits(rule.kind, margin),
    alpha: part,
    bound: boundAt(part),
    wholeBound: boundAt(alpha),
  };
}

/** The margin of latency is in what counts as slow: there the canary may not have a larger share of slow items at all. */
function limits(kind: GuardKind, margin: number): { least: number; most: number } {
  switch (kind) {
    case 'FLAG_RATE':
      return { least: 1 - margin, most: 1 + margin };
    case 'LATENCY_P99':
      return { least: 0, most: 1 };
    case 'ERROR_RATE':
    case 'APPEAL_OVERTURN':
      return { least: 0, most: 1 + margin };
    case 'BLOCK_PRECISION':
      return { least: 1 - margin, most: Infinity };
  }
}

/**
 * Variance at which twice the margin is found when hits come one by one: the score gains d = ln(ratio / limit) for each unit
 * of its variance, so V* = z^2 / d^2. Clusters make V larger than planned; ten times the variance then costs 9 %
 * more items, and a plan that is ten times too large would cost 38 %: plan for the least.
 */
function plannedVariance(kind: GuardKind, margin: number, alpha: number): number {
  const deviations = squaredDeviationsAtPlan(alpha);
  switch (kind) {
    case 'FLAG_RATE':
    case 'ERROR_RATE':
    case 'APPEAL_OVERTURN':
      return deviations / Math.log((1 + 2 * margin) / (1 + margin)) ** 2;
    case 'LATENCY_P99':
      // Half as many slow items again.
      return deviations / Math.log(1.5) ** 2;
    case 'BLOCK_PRECISION':
      // Hits are common here: at most 1/4 of variance for each unit, and a gain of about the margin.
      return deviations / (4 * margin) ** 2;
  }
}

function readGuard(test: GuardTest, settings: GuardSettings, { arms }: GuardState): GuardReading {
  const { rule, id, margin, least, most, alpha, bound } = test;
  const unit = unitOf[rule.kind];
  const grouped = (arm: ArmState) => ({ hits: arm.hits[id] ?? [], units: arm.units[unit] });
  const canary = grouped(arms.CANARY);
  const control = grouped(arms.CONTROL);
  const pair: TwoArms = { canary: armMoments(canary), control: armMoments(control) };
  const empty = emptiness(rule.kind, pair);
  const clusters = empty === null ? effectiveGroups(canary, control, pair) : 0;
  const missing =
    empty ??
    (clusters < settings.minimumClusters
      ? `${Math.floor(clusters)} effective clusters of ${settings.minimumClusters}`
      : null);
  const about = {
    guard: id,
    kind: rule.kind,
    ...(rule.kind === 'FLAG_RATE' ? { category: rule.category } : {}),
    canary: rateOf(pair.canary),
    control: rateOf(pair.control),
    difference: differenceOf(pair),
    margin,
    least: least > 0 ? least - 1 : null,
    most: most < Infinity ? most - 1 : null,
    alpha,
    clusters,
  };
  if (missing !== null) {
    return {
      ...about,
      status: 'NOT_ARMED',
      missing,
      low: null,
      high: null,
      score: null,
      bound: null,
      nonInferior: false,
    };
  }
  const interval = intervalOf(test, settings, arms, pair, bound, alpha);
  const whole = intervalOf(test, settings, arms, pair, test.wholeBound, settings.alpha);
  const nearest = harm(test, pair);
  return {
    ...about,
    status: interval.low > most || interval.high < least ? 'CROSSED' : 'CLEAR',
    low: interval.low - 1,
    high: interval.high < Infinity ? interval.high - 1 : null,
    score: nearest.sum,
    bound: bound(nearest.variance),
    nonInferior: (least === 0 || whole.low >= least) && (most === Infinity || whole.high <= most),
  };
}

/** The score towards harm, at the limit that it comes nearer to. */
function harm({ least, most, bound }: GuardTest, pair: TwoArms): Score {
  const above = most < Infinity ? scoreOf(pair, most) : null;
  const below = least > 0 ? scoreOf(pair, least) : null;
  const mirrored = below === null ? null : { sum: -below.sum, variance: below.variance };
  if (above === null || mirrored === null) return above ?? mirrored ?? { sum: 0, variance: 0 };
  return above.sum / bound(above.variance) >= mirrored.sum / bound(mirrored.variance) ? above : mirrored;
}

function intervalOf(
  { rule }: GuardTest,
  settings: GuardSettings,
  arms: GuardState['arms'],
  pair: TwoArms,
  bound: (variance: number) => number,
  alpha: number,
): RatioInterval {
  const between = ratioInterval(pair, bound);
  if (rule.kind !== 'BLOCK_PRECISION') return between;
  const drawn = drawnPrecisionRatio(arms, 1 / settings.leastInclusion, alpha);
  return { low: Math.min(between.low, drawn.low), high: Math.max(between.high, drawn.high) };
}

/**
 * Ratio of the precisions of what the arms really blocked, exact in the draw of labels: each of the four bounds holds at
 * alpha / 4. Clusters are not in it, and large numbers are not needed for it: just the other way round as between groups,
 * so that the guard takes the wider of the two.
 */
function drawnPrecisionRatio({ CANARY, CONTROL }: GuardState['arms'], distance: number, alpha: number): RatioInterval {
  const share = (value: number): number => Math.min(1, Math.max(0, value));
  const bounds = ({ drawn }: ArmState): RatioInterval => {
    const { low, high } = boundsOfMean(drawn, { distance, alpha: alpha / 4 });
    return { low: share(low), high: share(high) };
  };
  const canary = bounds(CANARY);
  const control = bounds(CONTROL);
  return {
    low: control.high > 0 ? canary.low / control.high : 0,
    high: control.low > 0 ? canary.high / control.low : Infinity,
  };
}

const namesOf: Readonly<Record<GuardKind, { readonly units: string; readonly hits: string }>> = {
  ERROR_RATE: { units: 'items', hits: 'errors' },
  LATENCY_P99: { units: 'timed items', hits: 'slow items' },
  FLAG_RATE: { units: 'items', hits: 'flags' },
  APPEAL_OVERTURN: { units: 'closed appeals', hits: 'overturned appeals' },
  BLOCK_PRECISION: { units: 'blocked items with settled labels', hits: 'right blocks' },
};

function emptiness(kind: GuardKind, { canary, control }: TwoArms): string | null {
  const { units, hits } = namesOf[kind];
  if (control.units === 0) return `no ${units} in control`;
  if (canary.units === 0) return `no ${units} in the canary`;
  return canary.hits + control.hits > 0 ? null : `no ${hits} in either arm`;
}

function rateOf({ hits, units }: { readonly hits: number; readonly units: number }): Rate {
  return { hits, units, rate: units > 0 ? hits / units : null };
}

function differenceOf({ canary, control }: TwoArms): number | null {
  const ratio = (canary.hits * control.units) / (control.hits * canary.units);
  return Number.isFinite(ratio) ? ratio - 1 : null;
}

function decide(
  { minimumItems, minimumMs, guards }: GuardSettings,
  { startedAt, arms }: GuardState,
  readings: readonly GuardReading[],
  now: number,
): CanaryDecision {
  const named = (chosen: readonly GuardReading[]): string[] => chosen.map(({ guard }) => guard);
  const crossed = readings.filter(({ status }) => status === 'CROSSED');
  if (crossed.length > 0) return { kind: 'ROLL_BACK', guards: named(crossed) };
  const missingItems = Math.max(0, minimumItems - arms.CANARY.items);
  const missingMs = Math.max(0, startedAt + minimumMs - now);
  if (missingItems > 0 || missingMs > 0) return { kind: 'CONTINUE', missingItems, missingMs };
  const unproven = named(readings.filter(({ status, nonInferior }) => status === 'CLEAR' && !nonInferior));
  const notArmed = named(readings.filter(({ status }) => status === 'NOT_ARMED'));
  const required = new Set(guards.filter((rule) => rule.required === true).map(guardIdOf));
  const promotable = unproven.length === 0 && !notArmed.some((guard) => required.has(guard));
  return { kind: 'READY', promotable, unproven, notArmed };
}
