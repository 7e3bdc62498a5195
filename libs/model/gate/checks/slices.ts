import { judged, notRun, passes, reported } from '../check-row.js';
import type { CheckDraft, Demanded } from '../check-row.js';
import type { SliceComparison } from '../../evaluation/comparison-report.js';
import type { GateCheck } from '../gate-check.js';
import { setsOf } from '../gate-input.js';
import type { GateInput, JudgedSet } from '../gate-input.js';

const check = 'slices';

/** No slice may lose recall or specificity at the review threshold, unless chance explains it after Holm (evaluation 4.2). */
export function judgeSlices(input: GateInput): GateCheck[] {
  const sets = setsOf(input);
  const { loss } = input.settings.slices;
  if (sets.length > 0) return sets.flatMap((set) => judgeSet(set, input));
  const draft: CheckDraft = { check, measure: 'recall', on: 'GOLD', rule: ruleOf('recall', loss) };
  return [notRun(draft, 'there is no comparison')];
}

function ruleOf(of: 'recall' | 'specificity', loss: number): string {
  return `${of} does not fall by more than ${loss}, significant after Holm`;
}

function judgeSet({ on, comparison }: JudgedSet, { settings }: GateInput): GateCheck[] {
  const rows = comparison.slices.flatMap((slice) => [
    ...judgeChange(on, slice, 'recall', settings.slices),
    ...judgeChange(on, slice, 'specificity', settings.slices),
  ]);
  const few = comparison.slices.filter(({ finding }) => finding === 'TOO_FEW').length;
  const draft: CheckDraft = {
    check,
    measure: 'too-few',
    on,
    rule: 'a slice is judged from 30 positives on',
    figure: few,
  };
  const rest = rows.length === 0 ? 'no slice can be judged' : `${rows.length} figures are judged`;
  return [...rows, reported(draft, `${few} slices of a category have fewer than 30 positives; ${rest}`)];
}

/** Only tested changes: a slice of few positives, or one that is the whole, has no p value. */
function judgeChange(
  on: 'GOLD' | 'AUDIT',
  slice: SliceComparison,
  of: 'recall' | 'specificity',
  { loss, level }: GateInput['settings']['slices'],
): GateCheck[] {
  const change = slice[of];
  if (change?.pValue == null) return [];
  const draft: Demanded = {
    check,
    measure: of,
    on,
    category: slice.category,
    subject: `${slice.by}: ${slice.value}`,
    rule: ruleOf(of, loss),
    bound: 'AT_LEAST',
    limit: -loss,
    figure: change.difference,
    champion: change.champion.value,
    challenger: change.challenger.value,
  };
  const p = `p ${change.pValue < 0.001 ? 'below .001' : change.pValue.toFixed(3)} after Holm`;
  const found = judged(draft, p);
  if (found.finding !== 'FAILS' || !(change.pValue > level)) return [found];
  return [passes(draft, `chance explains the difference: ${p}`)];
}
