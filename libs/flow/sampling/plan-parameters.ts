import type { PlanStratum, SamplingPlan } from './sampling-plan.js';

/** One stratum of a plan as the committed queries `sampling-*.sql` take it. */
export interface StratumParameters {
  readonly channel: string;
  readonly salt: string;
  /** Languages of the stratum, or, when `languages_excluded`, those of all others. */
  readonly languages: readonly string[];
  readonly languages_excluded: boolean;
  readonly uniform_rate: number;
  readonly multiplier: number;
  /** Parallel arrays, only of categories that some score speaks for. */
  readonly scored_by: readonly string[];
  readonly thresholds: readonly number[];
  readonly threshold_weights: readonly number[];
  readonly uncertainty_weights: readonly number[];
  /** Parallel arrays: metadata factors. */
  readonly buckets: readonly string[];
  readonly factors: readonly number[];
  readonly other_factor: number;
}

/** Above every probability: the category never acts. */
const NEVER = 2;

export function stratumParameters(plan: SamplingPlan, stratum: PlanStratum): StratumParameters {
  const scored = stratum.categories.flatMap((category) =>
    category.scoredBy === null ? [] : [{ ...category, scoredBy: category.scoredBy }],
  );
  const isRest = stratum.languages.length === 0;
  return {
    channel: plan.channel,
    salt: plan.salt,
    languages: isRest ? plan.strata.flatMap(({ languages }) => languages) : stratum.languages,
    languages_excluded: isRest,
    uniform_rate: stratum.uniformRate,
    multiplier: stratum.multiplier,
    scored_by: scored.map(({ scoredBy }) => scoredBy),
    thresholds: scored.map(({ threshold }) => threshold ?? NEVER),
    threshold_weights: scored.map(({ thresholdWeight }) => thresholdWeight),
    uncertainty_weights: scored.map(({ uncertaintyWeight }) => uncertaintyWeight),
    buckets: Object.keys(stratum.buckets),
    factors: Object.values(stratum.buckets).map(({ factor }) => factor),
    other_factor: stratum.otherFactor,
  };
}

/** The draw of a window without a plan: everything with one probability. */
export function bootstrapParameters(
  channel: string,
  { rate, salt }: { readonly rate: number; readonly salt: string },
): StratumParameters {
  return {
    channel,
    salt,
    languages: [],
    languages_excluded: true,
    uniform_rate: rate,
    multiplier: 1,
    scored_by: [],
    thresholds: [],
    threshold_weights: [],
    uncertainty_weights: [],
    buckets: [],
    factors: [],
    other_factor: 1,
  };
}

/** Languages that a plan draws, or, when `excluded`, those that are not named are drawn; null: no plan, which draws all. */
export function drawnLanguages(plan: SamplingPlan | null): {
  readonly languages: readonly string[];
  readonly languages_excluded: boolean;
} {
  const isAll = plan === null || plan.strata.some(({ languages }) => languages.length === 0);
  return isAll
    ? { languages: [], languages_excluded: true }
    : { languages: plan.strata.flatMap(({ languages }) => languages), languages_excluded: false };
}
