import { gateChecks } from './gate-check.js';
import type { CheckFinding, GateCheck, GateCheckName } from './gate-check.js';

/** One row of the table of evaluation 4.2. */
export interface CheckSummary {
  readonly check: GateCheckName;
  /** FAILS before NOT_RUN before PASSES; REPORTED where nothing was judged. */
  readonly finding: CheckFinding;
  readonly counts: {
    readonly all: number;
    readonly passes: number;
    readonly fails: number;
    readonly notRun: number;
    readonly blocking: number;
  };
  /** Of the judged figures the one that breaks its limit most, or else comes nearest to it. */
  readonly nearest: GateCheck | null;
}

/** Check by check, in the order of the table. */
export function summariseChecks(checks: readonly GateCheck[]): CheckSummary[] {
  return gateChecks.map((check) => {
    const own = checks.filter((row) => row.check === check);
    const numberOf = (finding: CheckFinding): number => own.filter((row) => row.finding === finding).length;
    const counts = {
      all: own.length,
      passes: numberOf('PASSES'),
      fails: numberOf('FAILS'),
      notRun: numberOf('NOT_RUN'),
      blocking: own.filter(({ blocks }) => blocks).length,
    };
    const finding =
      counts.fails > 0 ? 'FAILS' : counts.notRun > 0 ? 'NOT_RUN' : counts.passes > 0 ? 'PASSES' : 'REPORTED';
    const judged = own.filter((row) => row.finding === 'FAILS' || row.finding === 'PASSES');
    const nearest = judged.sort((a, b) => roomOf(a) - roomOf(b))[0];
    return { check, finding, counts, nearest: nearest ?? null };
  });
}

/** Room that is left below or above the limit, as a share of it; failing rows have less than any other. */
function roomOf(row: GateCheck): number {
  const { limit, bound, finding } = row;
  const first = finding === 'FAILS' ? -1e6 : 0;
  const value = judgedValue(row);
  if (limit === null || value === null) return first;
  const room = bound === 'AT_LEAST' ? value - limit : bound === 'WITHIN' ? limit - Math.abs(value) : limit - value;
  return first + room / Math.max(Math.abs(limit), 0.01);
}

/** What is held against the limit. */
export function judgedValue(row: GateCheck): number | null {
  return row[row.judgedBy];
}
