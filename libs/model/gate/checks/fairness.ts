import type { EvaluationReport } from '../../evaluation/evaluation-report.js';
import type { Rate } from '../../evaluation/intervals.js';
import { wilsonInterval } from '../../evaluation/reliability.js';
import { figureText, judged, notRun, reported } from '../check-row.js';
import type { CheckDraft, Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import type { GateInput } from '../gate-input.js';
import type { GateSettings } from '../gate-settings.js';

const check = 'fairness';

/** Harmless mentions of groups must not rank with hate, nor be taken more often than what else is harmless (evaluation 4.3). */
export function judgeFairness({ kind, gold, audit, settings }: GateInput): GateCheck[] {
  const evaluations = (gold ?? audit)?.evaluations;
  const now = evaluations?.challenger.fairness ?? null;
  if (evaluations === undefined || now === null) {
    const draft: CheckDraft = { check, measure: 'worst-bpsn', on: 'TEMPLATES', rule: 'no group is over-blocked' };
    return [notRun(draft, 'fairness was not measured')];
  }
  const neutral = judgeNeutral(evaluations.challenger, settings);
  if (kind === 'CALIBRATION') return neutral;
  const { bpsnLoss, leastBpsn } = settings.fairness;
  const [worst, before] = [now.templates.worstBpsn, evaluations.champion.fairness?.templates.worstBpsn ?? null];
  const shared = {
    check,
    on: 'TEMPLATES',
    category: now.category,
    subject: worst?.group ?? null,
    champion: before?.value ?? null,
    challenger: worst?.value ?? null,
  } as const;
  const change: Demanded = {
    ...shared,
    measure: 'worst-bpsn-change',
    rule: `worst BPSN at least the champion's − ${bpsnLoss}`,
    bound: 'AT_LEAST',
    limit: -bpsnLoss,
    figure: worst === null || before === null ? null : worst.value - before.value,
  };
  const floor: Demanded = {
    ...shared,
    measure: 'worst-bpsn',
    rule: `worst BPSN at least ${leastBpsn}`,
    bound: 'AT_LEAST',
    limit: leastBpsn,
    figure: worst?.value ?? null,
  };
  const was = before === null ? '' : `it was ${figureText(before.value)} (${before.group})`;
  return [judged(change, was), judged(floor), ...neutral];
}

/** Shares of harmless mentions that are taken: of our templates, and of the functionalities of suites that hold such mentions. */
function judgeNeutral(report: EvaluationReport, settings: GateSettings): GateCheck[] {
  const { neutralRatio, neutralFunctionalities } = settings.fairness;
  const { fairness, suites } = report;
  const overall = fairness?.neutral?.overall ?? null;
  const base = (on: 'TEMPLATES' | 'SUITES', subject: string | null): CheckDraft => ({
    check,
    measure: 'neutral-rate',
    on,
    category: fairness?.category ?? null,
    subject,
    rule: `harmless mentions of a group are taken at most ${neutralRatio} times as often as all that is harmless`,
  });
  if (overall?.value == null) {
    return [
      reported(base('TEMPLATES', null), 'no review threshold, or no harmless row: there is no rate to compare with'),
    ];
  }
  const limit = neutralRatio * overall.value;
  const judgeRate = (draft: CheckDraft, rate: Pick<Rate, 'value' | 'low' | 'high' | 'rows'>): GateCheck =>
    judged(
      { ...draft, bound: 'AT_MOST', limit, figure: rate.value, low: rate.low, high: rate.high, challenger: rate.value },
      `of ${rate.rows} mentions; of all that is harmless ${figureText(overall.value)}`,
    );
  const templates = fairness?.neutral?.flagged;
  const named = (suites?.functionalities ?? []).filter(({ functionality }) =>
    neutralFunctionalities.includes(functionality),
  );
  return [
    ...(templates === undefined ? [] : [judgeRate(base('TEMPLATES', null), templates)]),
    ...named.map(({ suite, functionality, passed }) => {
      const taken = passed.rows - passed.hits;
      const rate = { value: passed.rows > 0 ? taken / passed.rows : null, rows: passed.rows };
      return judgeRate(base('SUITES', `${suite}: ${functionality}`), {
        ...rate,
        ...wilsonInterval(taken, passed.rows),
      });
    }),
  ];
}
