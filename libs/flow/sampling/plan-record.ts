import type { SamplingPlanned } from '#platform/contracts';
import { hashText } from '#policy';
import type { SamplingPlan } from './sampling-plan.js';

const SALT_DIGITS = 16;

/** Says which salt a draw used without telling it, 16 hex digits. */
export function saltIdOf(salt: string): string {
  return hashText(salt).slice(0, SALT_DIGITS);
}

/** A plan as its topic holds it: everything but the salt, which is a secret. */
export function planRecord({ salt, from, to, ...plan }: SamplingPlan, plannedAt: number): SamplingPlanned {
  return { ...plan, saltId: saltIdOf(salt), windowFrom: from, windowTo: to, plannedAt };
}

/** The plan of a record. Null when it was made with another salt than the installation has: nobody could replay its draws. */
export function planOf(record: SamplingPlanned, salt: string): SamplingPlan | null {
  const { saltId, windowFrom, windowTo, planId, channel, observedFrom, observedTo, uniformShare, thresholdShare } =
    record;
  if (saltId !== saltIdOf(salt)) return null;
  const { strata } = record;
  const window = { from: windowFrom, to: windowTo, observedFrom, observedTo };
  return { planId, salt, channel, ...window, uniformShare, thresholdShare, strata };
}
