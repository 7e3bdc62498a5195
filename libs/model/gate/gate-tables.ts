import type { Table } from '../evaluation/report-tables.js';
import { figureText } from './check-row.js';
import { aboutOf, coverText, dayOf } from './check-words.js';
import type { GateCheck } from './gate-check.js';
import type { GateReport } from './gate-report.js';
import { judgedValue, summariseChecks } from './summarise-checks.js';

const findings = { PASSES: 'passes', FAILS: 'FAILS', REPORTED: 'reported', NOT_RUN: 'not run' } as const;

/** A decision for a terminal: each check with its worst figure, then what keeps the gate shut. */
export function gateTables(report: GateReport): Table[] {
  const whole: Table = {
    title: `Gate of ${report.challenger.modelId} for ${report.channel}: ${report.outcome.toLowerCase()}`,
    headings: ['check', 'finding', 'figures', 'hold', 'fail', 'worst, or nearest to its limit', 'judged', 'limit'],
    rows: summariseChecks(report.checks).map(({ check, finding, counts, nearest }) => [
      check,
      findings[finding],
      String(counts.all),
      String(counts.passes),
      String(counts.fails),
      nearest === null ? '' : aboutOf(nearest),
      nearest === null ? '' : figureText(judgedValue(nearest)),
      nearest === null ? '' : figureText(nearest.limit),
    ]),
  };
  const shut = report.checks.filter(({ blocks }) => blocks);
  const blocking: Table = {
    title: 'What keeps it shut',
    headings: ['check', 'about', 'on', 'demanded', 'figure', '95 %', 'limit', 'why'],
    rows: shut.map((row) => [
      row.check,
      aboutOf(row),
      row.on.toLowerCase(),
      row.rule,
      figureText(row.figure),
      rangeText(row),
      figureText(row.limit),
      row.why,
    ]),
  };
  const overrides: Table = {
    title: 'Overrides',
    headings: ['by', 'until', 'covers', 'opens', 'reason'],
    rows: [
      ...report.overrides.map(({ by, expiresAt, covers, opens, reason }) => [
        by,
        dayOf(expiresAt),
        covers.map(coverText).join(', '),
        String(opens),
        reason,
      ]),
      ...report.refusedOverrides.map(({ by, words, reason }) => [by, '–', `refused: ${words}`, '0', reason]),
    ],
  };
  return [whole, blocking, overrides].filter(({ rows }) => rows.length > 0);
}

export function rangeText({ low, high }: Pick<GateCheck, 'low' | 'high'>): string {
  return low === null || high === null ? '–' : `${figureText(low)} to ${figureText(high)}`;
}
