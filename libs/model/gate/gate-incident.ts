import { hexOf } from './canonical-hash.js';
import { gateChecks } from './gate-check.js';
import type { GateCheckName } from './gate-check.js';
import type { GateReport } from './gate-report.js';

/** What is remembered of a decision. */
export interface GateDecision {
  readonly gateId: string;
  readonly channel: string;
  readonly modelId: string;
  readonly outcome: GateReport['outcome'];
  /** Checks that kept the gate shut. */
  readonly blockedBy: readonly GateCheckName[];
  /** Milliseconds. */
  readonly decidedAt: number;
}

/** A channel whose candidates are rejected again and again: somebody must look (evaluation 4.2). */
export interface GateIncident {
  /** The same as long as the run of rejections lasts. */
  readonly incidentId: string;
  readonly channel: string;
  readonly rejections: number;
  /** Milliseconds: first and last rejection of the run. */
  readonly since: number;
  readonly until: number;
  readonly gateIds: readonly string[];
  readonly modelIds: readonly string[];
  /** How many of the rejections each check caused, the most frequent first. */
  readonly blockedBy: readonly { readonly check: GateCheckName; readonly rejections: number }[];
  readonly words: string;
}

export function decisionOf(report: GateReport): GateDecision {
  const blocking = new Set(report.checks.filter(({ blocks }) => blocks).map(({ check }) => check));
  return {
    gateId: report.gateId,
    channel: report.channel,
    modelId: report.challenger.modelId,
    outcome: report.outcome,
    blockedBy: gateChecks.filter((check) => blocking.has(check)),
    decidedAt: report.decidedAt,
  };
}

/**
 * The incident that a channel's decisions amount to: `rejections` or more in a row at their end. The order of the decisions does not matter,
 * a decision that is there twice counts once. A pass ends the run, and so does an override: a person has looked.
 */
export function incidentOf(
  decisions: readonly GateDecision[],
  channel: string,
  rejections: number,
): GateIncident | null {
  const own = decisions
    .filter((one) => one.channel === channel)
    .sort((a, b) => a.decidedAt - b.decidedAt || (a.gateId < b.gateId ? -1 : 1));
  const run = new Map<string, GateDecision>();
  for (const one of own) {
    if (one.outcome !== 'REJECTED') run.clear();
    else if (!run.has(one.gateId)) run.set(one.gateId, one);
  }
  const rejected = [...run.values()];
  const [first] = rejected;
  const last = rejected.at(-1);
  if (rejected.length < rejections || first === undefined || last === undefined) return null;
  const counts = gateChecks.map((check) => ({
    check,
    rejections: rejected.filter(({ blockedBy }) => blockedBy.includes(check)).length,
  }));
  const blockedBy = counts.filter((one) => one.rejections > 0).sort((a, b) => b.rejections - a.rejections);
  const [most] = blockedBy;
  return {
    incidentId: `in-${hexOf([channel, first.gateId])}`,
    channel,
    rejections: rejected.length,
    since: first.decidedAt,
    until: last.decidedAt,
    gateIds: rejected.map(({ gateId }) => gateId),
    modelIds: [...new Set(rejected.map(({ modelId }) => modelId))],
    blockedBy,
    words:
      `The gate of ${channel} rejected ${rejected.length} candidates in a row` +
      (most === undefined ? '.' : `; ${most.check} kept it shut ${most.rejections} times.`) +
      ' Look at its reports: labels, margins or the training are wrong.',
  };
}
