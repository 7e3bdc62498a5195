import { failed, figureText, judged, notRun, passes, reported } from '../check-row.js';
import type { CheckDraft, Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import type { GateInput } from '../gate-input.js';

const check = 'functional';

/** No functionality may lose 5 points with intervals that part, and the ranking of the cases has a floor (evaluation 4.4). */
export function judgeFunctional({ kind, gold, audit, settings }: GateInput): GateCheck[] {
  const comparison = gold?.evaluations.challenger.suites == null ? audit : gold;
  const suites = comparison?.evaluations.challenger.suites ?? null;
  const { loss, leastAuc } = settings.functional;
  const rule = `passed share does not fall by ${loss} with intervals that part`;
  if (comparison === null || suites === null || comparison.suites.length === 0) {
    const draft: CheckDraft = { check, measure: 'passed', on: 'SUITES', rule };
    return [notRun(draft, 'no functional suite was run on both models')];
  }
  const rows = comparison.suites.map(({ suite, functionality, champion, challenger, difference }) => {
    const draft: Demanded = {
      check,
      measure: 'passed',
      on: 'SUITES',
      subject: `${suite}: ${functionality}`,
      rule,
      bound: 'AT_LEAST',
      limit: -loss,
      figure: difference,
      champion: champion.value,
      challenger: challenger.value,
    };
    if (champion.value === null || challenger.value === null) return reported(draft, 'one of them can answer no case');
    const cases = `${challenger.hits} of ${challenger.rows} cases`;
    if (difference === null || !(difference <= -loss)) return judged(draft, cases);
    const lost = `it lost ${figureText(-difference)}`;
    return challenger.high < champion.low
      ? failed(draft, `${lost}, and the intervals part; ${cases}`)
      : passes(draft, `${lost}, but the intervals overlap: chance explains it; ${cases}`);
  });
  if (kind === 'CALIBRATION') return rows;
  const ranked = Object.entries(suites.rocAuc).map(([category, auc]) => {
    const draft: Demanded = {
      check,
      measure: 'roc-auc',
      on: 'SUITES',
      category,
      rule: `ROC AUC over the cases at least ${leastAuc}`,
      bound: 'AT_LEAST',
      limit: leastAuc,
      figure: auc,
      champion: comparison.evaluations.champion.suites?.rocAuc[category] ?? null,
      challenger: auc,
    };
    return auc === null ? reported(draft, 'the cases of this category have one label only') : judged(draft);
  });
  return [...rows, ...ranked];
}
