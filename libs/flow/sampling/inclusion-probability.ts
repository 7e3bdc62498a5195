import {
  bucketOf,
  stratumOf,
  uncertaintyOf,
  type PlanStratum,
  type SamplingFacts,
  type SamplingPlan,
} from './sampling-plan.js';

/** The parts of an inclusion probability, as they add up before the cut at 1. */
export interface InclusionParts {
  readonly uniform: number;
  /** Of contents at or above a threshold, over all categories; metadata factor and multiplier are in it. */
  readonly threshold: number;
  /** Of contents whose label is uncertain, over all categories; metadata factor and multiplier are in it. */
  readonly uncertainty: number;
  /** m: more than 1 where language, platform and kind are rare. */
  readonly metadataFactor: number;
}

export interface Inclusion {
  /** In (0, 1]. */
  readonly probability: number;
  readonly parts: InclusionParts;
}

/**
 * Probability with which a content is drawn (sampling 1.2):
 * `min(1, uniformRate + multiplier * m * sum over c of (thresholdWeight_c * 1[s_c >= t_c] + uncertaintyWeight_c * sqrt(s_c (1 - s_c))))`.
 * Null when no team reads the content's language.
 * @throws RangeError for a score outside [0, 1]
 */
export function inclusionProbability(plan: SamplingPlan, facts: SamplingFacts): Inclusion | null {
  const stratum = stratumOf(plan, facts.language);
  return stratum === null ? null : stratumInclusion(stratum, facts);
}

/** As {@link inclusionProbability}, within one stratum. */
export function stratumInclusion(stratum: PlanStratum, facts: SamplingFacts): Inclusion {
  const metadataFactor = stratum.buckets[bucketOf(facts)]?.factor ?? stratum.otherFactor;
  let threshold = 0;
  let uncertainty = 0;
  for (const category of stratum.categories) {
    if (category.scoredBy === null) continue;
    const score = facts.scores[category.scoredBy];
    if (score === undefined) continue;
    if (!(score >= 0 && score <= 1)) {
      throw new RangeError(`score of ${category.scoredBy} must be in [0, 1], is ${score}: calibrate it first`);
    }
    if (category.threshold !== null && score >= category.threshold) threshold += category.thresholdWeight;
    uncertainty += category.uncertaintyWeight * uncertaintyOf(score);
  }
  const scale = stratum.multiplier * metadataFactor;
  const parts = {
    uniform: stratum.uniformRate,
    threshold: scale * threshold,
    uncertainty: scale * uncertainty,
    metadataFactor,
  };
  return { probability: Math.min(1, parts.uniform + parts.threshold + parts.uncertainty), parts };
}
