import type { ComparisonReport } from '../evaluation/comparison-report.js';
import { hexOf } from './canonical-hash.js';
import { judgeCalibration } from './checks/calibration.js';
import { judgeContamination } from './checks/contamination.js';
import { judgeFairness } from './checks/fairness.js';
import { judgeFlips } from './checks/flips.js';
import { judgeFunctional } from './checks/functional.js';
import { judgeOperatingPoint } from './checks/operating-point.js';
import { judgeQuality } from './checks/quality.js';
import { judgeRobustness } from './checks/robustness.js';
import { judgeServing } from './checks/serving.js';
import { judgeSlices } from './checks/slices.js';
import { dayOf, subjectOf, upperFirst } from './check-words.js';
import type { GateCheck } from './gate-check.js';
import { gateChecks } from './gate-check.js';
import type { GateInput } from './gate-input.js';
import { applyOverrides } from './gate-override.js';
import type { AppliedOverride } from './gate-override.js';
import type { EvidenceSet, GateOutcome, GateReport } from './gate-report.js';
import { gateSettingsIdOf } from './gate-settings.js';

/** Evidence that is not about the two models of the decision. */
export class GateEvidenceError extends Error {
  readonly code = 'OTHER_MODELS';
  constructor(detail: string) {
    super(detail);
    this.name = 'GateEvidenceError';
  }
}

/**
 * Whether a candidate may go on to the canary (evaluation 4.2): every figure against its limit; all must hold, on the gold set and on the
 * audit slice. Pure: the same evidence gives the same report. Throws `GateEvidenceError` for comparisons of other models.
 */
export function judgeGate(input: GateInput): GateReport {
  checkEvidence(input);
  const { settings, channel, challenger, decidedAt } = input;
  const rows = [
    ...judgeQuality(input),
    ...judgeOperatingPoint(input),
    ...judgeCalibration(input),
    ...judgeSlices(input),
    ...judgeFairness(input),
    ...judgeFunctional(input),
    ...judgeRobustness(input),
    ...judgeContamination(input),
    ...judgeServing(input),
    ...judgeFlips(input),
  ].map((row): GateCheck => {
    const isMissing = row.finding === 'NOT_RUN' && !settings.mayBeMissing.includes(row.check);
    return { ...row, blocks: row.finding === 'FAILS' || isMissing };
  });
  const { checks, applied, refused } = applyOverrides(rows, input.overrides, {
    channel,
    modelId: challenger.modelId,
    now: decidedAt,
    mostDays: settings.override.mostDays,
  });
  const used = applied.filter(({ opens }) => opens > 0);
  const outcome = checks.some(({ blocks }) => blocks) ? 'REJECTED' : used.length > 0 ? 'OVERRIDDEN' : 'PASSED';
  const decided = {
    kind: input.kind,
    champion: input.champion,
    challenger,
    channel,
    policy: input.policy,
    datasetId: input.datasetId,
    evidence: {
      gold: evidenceOf(input.gold),
      audit: evidenceOf(input.audit),
      replay: replayOf(input),
    },
    seeds: { training: input.trainingSeed, gold: seedOf(input.gold), audit: seedOf(input.audit) },
    release: input.release,
    codeSha: input.codeSha,
    settingsId: gateSettingsIdOf(settings),
    checks,
    outcome,
    passed: outcome !== 'REJECTED',
    overrides: applied,
  } as const;
  return {
    format: 1,
    gateId: `gate-${hexOf(decided)}`,
    ...decided,
    because: becauseOf(checks, outcome, used),
    refusedOverrides: refused,
    validUntil: outcome === 'OVERRIDDEN' ? Math.min(...used.map(({ expiresAt }) => expiresAt)) : null,
    decidedAt,
  };
}

function checkEvidence({ gold, audit, champion, challenger }: GateInput): void {
  for (const [name, comparison] of [
    ['gold', gold],
    ['audit', audit],
  ] as const) {
    if (comparison === null) continue;
    for (const [role, meant, found] of [
      ['champion', champion.modelId, comparison.champion.modelId],
      ['challenger', challenger.modelId, comparison.challenger.modelId],
    ] as const) {
      if (meant === found) continue;
      throw new GateEvidenceError(
        `the ${name} comparison ${comparison.comparisonId} has the ${role} ${found}, not ${meant}: compare the two models again`,
      );
    }
  }
}

function evidenceOf(comparison: ComparisonReport | null): EvidenceSet | null {
  if (comparison === null) return null;
  const { comparisonId, datasetId, split, evaluatedAt, evaluations } = comparison;
  return { comparisonId, datasetId, split, rows: evaluations.challenger.rows.evaluated, evaluatedAt };
}

function replayOf({ replay, channel }: GateInput): { replayId: string; items: number } | null {
  const own = replay?.diff.channels.find((one) => one.channel === channel);
  return replay === null || own === undefined ? null : { replayId: replay.replayId, items: own.items };
}

function seedOf(comparison: ComparisonReport | null): number | null {
  return comparison?.evaluations.challenger.settings.seed ?? null;
}

/** Rows that are named one by one; the table has all of them. */
const mostNamed = 3;

function becauseOf(checks: readonly GateCheck[], outcome: GateOutcome, used: readonly AppliedOverride[]): string[] {
  const reasons = gateChecks.flatMap((name) => {
    const own = checks.filter(({ check, blocks }) => check === name && blocks);
    const named = own.slice(0, mostNamed).map((row) => `${subjectOf(row)}: ${row.why}.`);
    const rest = own.length - named.length;
    return rest > 0
      ? [...named, `${upperFirst(name.replaceAll('-', ' '))}: ${rest} more ${rest === 1 ? 'figure' : 'figures'}.`]
      : named;
  });
  const opened = used.map(
    ({ by, reason, opens, expiresAt }) =>
      `${by} overrides ${opens} ${opens === 1 ? 'figure' : 'figures'} until ${dayOf(expiresAt)}: ${reason.trim()}`,
  );
  const missing = [
    ...new Set(
      checks
        .filter((row) => row.finding === 'NOT_RUN' && !row.blocks && row.overrideId === null)
        .map(({ check }) => check),
    ),
  ].map((name) => `${upperFirst(name.replaceAll('-', ' '))} was not run, and may be missing.`);
  if (outcome === 'REJECTED') return [...reasons, ...opened];
  const judgedRows = checks.filter(({ finding }) => finding === 'PASSES').length;
  const whole = outcome === 'PASSED' ? 'All' : 'All other';
  return [...opened, `${whole} ${judgedRows} figures that are judged hold.`, ...missing];
}
