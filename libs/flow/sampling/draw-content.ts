import { hashFields, uniform } from '#policy';
import { inclusionProbability, type InclusionParts } from './inclusion-probability.js';
import { stratumOf, type SamplingFacts, type SamplingPlan } from './sampling-plan.js';

export interface SamplingItem extends SamplingFacts {
  readonly contentId: string;
  readonly revision: number;
}

/** What holds at the content's `scoredAt`. */
export interface DrawRule {
  /** Null: the uniform bootstrap draw. */
  readonly plan: SamplingPlan | null;
  readonly bootstrap: {
    /** Probability of every content without a plan, in (0, 1]. */
    readonly rate: number;
    /** Not the salt of plans: the first plan's draw is independent of the bootstrap's. */
    readonly salt: string;
  };
}

export interface Draw {
  /** Of the revision under this plan, 32 hex digits: the same however often it is drawn. */
  readonly drawId: string;
  /** Null: bootstrap. */
  readonly planId: string | null;
  /** Who shall be asked; null under the bootstrap, which knows no teams. */
  readonly team: string | null;
  /** The content's random number in [0, 1). */
  readonly u: number;
  readonly probability: number;
  readonly parts: InclusionParts;
  /** `u < probability`. */
  readonly drawn: boolean;
}

/** What a draw hashes (design 3). */
export function drawnIdentity({
  platform,
  contentId,
  revision,
}: Pick<SamplingItem, 'platform' | 'contentId' | 'revision'>): string {
  return `${platform}/${contentId}/${revision}`;
}

/**
 * Whether a content is drawn, and with which probability (sampling 1.1, 1.2). A hash decides, so that a replay draws the same, a
 * larger probability only adds contents, and ClickHouse can audit each decision. Null when the plan gives the language to no team.
 * @throws RangeError for a score outside [0, 1] or a bootstrap rate outside (0, 1]
 */
export function drawContent({ plan, bootstrap }: DrawRule, item: SamplingItem): Draw | null {
  const identity = drawnIdentity(item);
  const { platform, contentId, revision } = item;
  if (plan === null) {
    const { rate, salt } = bootstrap;
    if (!(rate > 0 && rate <= 1)) throw new RangeError(`bootstrap rate must be in (0, 1], is ${rate}`);
    const u = uniform(salt, identity);
    return {
      drawId: hashFields('draw', null, platform, contentId, revision),
      planId: null,
      team: null,
      u,
      probability: rate,
      parts: { uniform: rate, threshold: 0, uncertainty: 0, metadataFactor: 1 },
      drawn: u < rate,
    };
  }
  const inclusion = inclusionProbability(plan, item);
  if (inclusion === null) return null;
  const u = uniform(plan.salt, identity);
  return {
    drawId: hashFields('draw', plan.planId, platform, contentId, revision),
    planId: plan.planId,
    team: teamOf(plan, item),
    u,
    ...inclusion,
    drawn: u < inclusion.probability,
  };
}

/** Who is asked about a content; by a hash of its own, so that it says nothing about what was drawn. */
export function teamOf(
  plan: SamplingPlan,
  item: Pick<SamplingItem, 'platform' | 'contentId' | 'revision' | 'language'>,
): string | null {
  const teams = stratumOf(plan, item.language)?.teams ?? [];
  if (teams.length <= 1) return teams[0]?.team ?? null;
  let rest = uniform(`${plan.salt}|team`, drawnIdentity(item));
  for (const { team, share } of teams) {
    rest -= share;
    if (rest < 0) return team;
  }
  return teams[teams.length - 1]?.team ?? null;
}
