import type { SamplingPlanned } from '#platform/contracts';
import { planOf } from './plan-record.js';
import { planAt, type SamplingPlan } from './sampling-plan.js';

/** A record of sampling.planned with the broker's time of its append, milliseconds. */
export interface AppendedPlan {
  readonly record: SamplingPlanned;
  readonly appendedAt: number;
}

/** Half-open stretch of `scoredAt`, milliseconds. */
export interface DrawWindow {
  readonly from: number;
  readonly to: number;
}

/** What the shell logs: a plan that is there and does not count. */
export interface VoidPlan {
  readonly planId: string;
  readonly why: 'appended_late' | 'other_salt' | 'other_channel' | 'other_window';
}

export interface PlanBoard {
  /**
   * The plan of a window; null: none, the bootstrap rate holds. Asked for the first time for a window, it reads the topic to its end, and
   * the answer stays: a plan counts only when it was appended before its window began, so whoever reads after that moment reads the same.
   */
  planOf(window: DrawWindow): Promise<SamplingPlan | null>;
}

/** Windows whose plans are kept; a replay goes through them in order. */
const KEPT_WINDOWS = 64;

/** The window of a moment: multiples of its length since 1970, UTC. */
export function windowAt(scoredAt: number, windowMs: number): DrawWindow {
  const from = Math.floor(scoredAt / windowMs) * windowMs;
  return { from, to: from + windowMs };
}

export function createPlanBoard(deps: {
  /** All plans, in the order in which they were appended, up to the end of the topic at the moment of the call. */
  readonly readPlans: () => Promise<readonly AppendedPlan[]>;
  readonly salt: string;
  readonly channel: string;
  readonly report: (plan: VoidPlan) => void;
}): PlanBoard {
  const decided = new Map<number, Promise<SamplingPlan | null>>();
  const reported = new Set<string>();

  function voidPlan(planId: string, why: VoidPlan['why']): null {
    if (!reported.has(planId)) deps.report({ planId, why });
    reported.add(planId);
    return null;
  }

  async function decide(window: DrawWindow): Promise<SamplingPlan | null> {
    const appended = await deps.readPlans();
    const valid = appended.flatMap(({ record, appendedAt }) => {
      if (record.windowTo <= window.from || record.windowFrom >= window.to) return [];
      const plan = accepted(record, appendedAt, window);
      return plan === null ? [] : [plan];
    });
    return planAt(valid, window.from);
  }

  function accepted(record: SamplingPlanned, appendedAt: number, window: DrawWindow): SamplingPlan | null {
    const { planId } = record;
    if (appendedAt >= record.windowFrom) return voidPlan(planId, 'appended_late');
    if (record.channel !== deps.channel) return voidPlan(planId, 'other_channel');
    if (record.windowFrom > window.from || record.windowTo < window.to) return voidPlan(planId, 'other_window');
    return planOf(record, deps.salt) ?? voidPlan(planId, 'other_salt');
  }

  return {
    planOf: (window) => {
      const known = decided.get(window.from);
      if (known !== undefined) return known;
      const found = decide(window);
      decided.set(window.from, found);
      // What could not be read is asked again.
      found.catch(() => decided.delete(window.from));
      const [oldest] = decided.keys();
      if (decided.size > KEPT_WINDOWS && oldest !== undefined) decided.delete(oldest);
      return found;
    },
  };
}
