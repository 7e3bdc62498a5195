import { hexOf } from './canonical-hash.js';
import { gateChecks } from './gate-check.js';
import type { GateCheck, GateCheckName } from './gate-check.js';

/** A person opens the gate in spite of what it found (evaluation 4.2). */
export interface GateOverride {
  readonly channel: string;
  /** The candidate. */
  readonly modelId: string;
  readonly reason: string;
  /** Person or role. */
  readonly by: string;
  /** Milliseconds. */
  readonly expiresAt: number;
  /** What it covers; nothing else is opened by it. */
  readonly covers: readonly OverrideCover[];
}

/** A whole check, or what it found of one category. */
export interface OverrideCover {
  readonly check: GateCheckName;
  /** Null: all of the check. */
  readonly category: string | null;
}

export const overrideProblems = [
  'NO_REASON',
  'NO_PERSON',
  'COVERS_NOTHING',
  'UNKNOWN_CHECK',
  'OTHER_CHANNEL',
  'OTHER_MODEL',
  'EXPIRED',
  'LASTS_TOO_LONG',
] as const;
export type OverrideProblem = (typeof overrideProblems)[number];

export interface AppliedOverride extends GateOverride {
  readonly overrideId: string;
  /** Rows that would keep the gate shut without it. */
  readonly opens: number;
}

export interface RefusedOverride {
  readonly overrideId: string;
  readonly by: string;
  readonly reason: string;
  readonly problem: OverrideProblem;
  /** The problem and what to do. */
  readonly words: string;
}

interface OverrideContext {
  readonly channel: string;
  readonly modelId: string;
  /** Milliseconds. */
  readonly now: number;
  readonly mostDays: number;
}

const day = 86_400_000;

/** `ov-` and 16 hex digits over all that it says. */
export function overrideIdOf(override: GateOverride): string {
  return `ov-${hexOf(override)}`;
}

/** What is wrong with an override now, and what to do; null: it holds. */
export function checkOverride(
  override: GateOverride,
  { channel, modelId, now, mostDays }: OverrideContext,
): { readonly problem: OverrideProblem; readonly words: string } | null {
  const of = (problem: OverrideProblem, words: string): { problem: OverrideProblem; words: string } => ({
    problem,
    words,
  });
  if (override.reason.trim() === '') return of('NO_REASON', 'it gives no reason: write down why');
  if (override.by.trim() === '') return of('NO_PERSON', 'it does not say whose it is: name the person or role');
  if (override.covers.length === 0) return of('COVERS_NOTHING', 'it names no check: name those that it covers');
  const unknown = override.covers.find(({ check }) => !gateChecks.includes(check));
  if (unknown !== undefined) {
    return of('UNKNOWN_CHECK', `there is no check ${unknown.check}: name ${gateChecks.join(', ')}`);
  }
  if (override.channel !== channel) return of('OTHER_CHANNEL', `it is for the channel ${override.channel}`);
  if (override.modelId !== modelId) return of('OTHER_MODEL', `it is for the model ${override.modelId}`);
  // A time that is no number expires at once.
  if (!(override.expiresAt > now)) return of('EXPIRED', 'it has expired: decide again');
  if (override.expiresAt > now + mostDays * day) {
    return of('LASTS_TOO_LONG', `it lasts longer than ${mostDays} days: let it expire earlier`);
  }
  return null;
}

/** Marks the rows that valid overrides open. Each row is opened by the first override that covers it. */
export function applyOverrides(
  checks: readonly GateCheck[],
  overrides: readonly GateOverride[],
  context: OverrideContext,
): { checks: GateCheck[]; applied: AppliedOverride[]; refused: RefusedOverride[] } {
  const valid: { readonly override: GateOverride; readonly overrideId: string }[] = [];
  const refused: RefusedOverride[] = [];
  for (const override of overrides) {
    const overrideId = overrideIdOf(override);
    if (valid.some((one) => one.overrideId === overrideId)) continue;
    const found = checkOverride(override, context);
    if (found === null) valid.push({ override, overrideId });
    else refused.push({ overrideId, by: override.by, reason: override.reason, ...found });
  }
  const marked = checks.map((row): GateCheck => {
    if (!row.blocks) return row;
    const by = valid.find(({ override }) =>
      override.covers.some(
        ({ check, category }) => check === row.check && (category === null || category === row.category),
      ),
    );
    return by === undefined ? row : { ...row, blocks: false, overrideId: by.overrideId };
  });
  const applied = valid.flatMap(({ override, overrideId }) => {
    const opens = marked.filter((row) => row.overrideId === overrideId).length;
    return { ...override, overrideId, opens };
  });
  return { checks: marked, applied, refused };
}
