import { failed, judged, notRun, reported } from '../check-row.js';
import type { CheckDraft, Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import { setsOf } from '../gate-input.js';
import type { GateInput, JudgedSet } from '../gate-input.js';
import type { GateSettings } from '../gate-settings.js';

const check = 'quality';
/** Fewer positives are too few for an interval to say anything (evaluation 4.1). */
const wideBelow = 30;

/** Differences of average precision, on the gold set and on the audit slice: both must hold (evaluation 4.2). */
export function judgeQuality(input: GateInput): GateCheck[] {
  const { settings } = input;
  const rows = setsOf(input).flatMap((set) => judgeSet(set, input.kind, settings));
  const draft = (on: 'GOLD' | 'AUDIT', rule: string): CheckDraft => ({ check, measure: 'comparison', on, rule });
  if (input.gold === null) {
    rows.push(notRun(draft('GOLD', 'compared on the frozen gold set'), 'there is no comparison on the gold set'));
  }
  if (input.audit === null) {
    const slice = draft('AUDIT', 'compared on the fresh audit slice');
    const why = 'there is no comparison on the audit slice';
    rows.push(
      settings.auditRequired ? notRun(slice, why) : reported(slice, `${why}, and the margins do not ask for one`),
    );
  }
  return rows;
}

function judgeSet(set: JudgedSet, kind: GateInput['kind'], settings: GateSettings): GateCheck[] {
  const covered = judgeCovered(set);
  if (kind === 'CALIBRATION') {
    const draft: CheckDraft = { check, measure: 'average-precision', on: set.on, rule: 'no category loses' };
    return [covered, reported(draft, 'a calibration is monotone: it cannot change the ranking')];
  }
  const rows = [...judgeCategories(set, settings), judgeMacro(set, settings)];
  const figures = rows.filter(({ finding }) => finding === 'PASSES' || finding === 'FAILS').length;
  const least = set.on === 'GOLD' ? settings.quality.leastJudged.gold : settings.quality.leastJudged.audit;
  const evidence: CheckDraft = {
    check,
    measure: 'figures-judged',
    on: set.on,
    rule: 'enough of the differences rest on enough labels to be judged',
    figure: figures,
  };
  const nothing = 'too few labels for any of them: this set proves nothing, the other one decides';
  const enough =
    least === 0
      ? reported(evidence, figures === 0 ? nothing : `${figures} of them are`)
      : judged({ ...evidence, bound: 'AT_LEAST', limit: least });
  return [covered, ...rows, enough];
}

/** A comparison leaves out what one model does not score: a lost category would go unseen. */
function judgeCovered({ on, comparison }: JudgedSet): GateCheck {
  const { champion, challenger } = comparison.evaluations;
  const kept = new Set(challenger.categories.map(({ category }) => category));
  const lost = champion.categories.flatMap(({ category }) => (kept.has(category) ? [] : [category]));
  return judged(
    {
      check,
      measure: 'categories-lost',
      on,
      rule: 'scores every category that the champion scores',
      bound: 'AT_MOST',
      limit: 0,
      figure: lost.length,
    },
    lost.length > 0 ? `it does not score ${lost.join(', ')}` : '',
  );
}

function judgeCategories({ on, comparison }: JudgedSet, { quality }: GateSettings): GateCheck[] {
  return comparison.categories.map(({ category, positives, averagePrecision }) => {
    const isEnough = positives >= quality.enoughPositives;
    const margin = isEnough ? quality.margin : quality.fewMargin;
    const { value, low, high, champion, challenger } = averagePrecision;
    const difference: CheckDraft = {
      check,
      measure: 'average-precision',
      on,
      category,
      rule: `lower end of the difference at least −${margin}`,
      judgedBy: 'low',
      figure: value,
      low,
      high,
      champion,
      challenger,
    };
    const draft: Demanded = { ...difference, bound: 'AT_LEAST', limit: -margin };
    if (isEnough) return judged(draft, `${positives} positives`);
    const few = `${positives} positives, ${quality.enoughPositives} are needed to gate on`;
    if (positives < wideBelow) return reported(difference, few);
    const stays = low !== null && low >= -margin;
    return reported(draft, `${few}; a loss of more than ${margin} is ${stays ? '' : 'not '}excluded`);
  });
}

/**
 * The mean over the categories. Where one of them has fewer than 30 positives its noise is that of the mean, and the interval is too wide
 * to gate on; a loss that it shows all the same counts. Then the mean is that of the categories that are gated themselves, and its lower end
 * the mean of their lower ends: no correlation between categories makes it lower.
 */
function judgeMacro({ on, comparison }: JudgedSet, { quality }: GateSettings): GateCheck {
  const { macro, macroCategories, categories } = comparison;
  const margin = quality.aim === 'better' ? 0 : quality.sameMacro;
  const counted = categories.filter(({ category }) => macroCategories.includes(category));
  const draft: Demanded = {
    check,
    measure: 'macro-average-precision',
    on,
    rule: `lower end of the mean difference at least ${margin === 0 ? '0' : `−${margin}`} (${quality.aim})`,
    bound: 'AT_LEAST',
    limit: -margin,
    judgedBy: 'low',
    figure: macro.value,
    low: macro.low,
    high: macro.high,
    champion: macro.champion,
    challenger: macro.challenger,
  };
  const few = counted.filter(({ positives }) => positives < wideBelow);
  if (counted.length === 0) return reported(draft, 'no category has rows labelled yes and rows labelled no');
  if (!macro.wide && few.length === 0) return judged(draft, `${counted.length} categories`);
  const names = few.map(({ category, positives }) => `${category} ${positives}`).join(', ');
  if ((macro.high ?? Infinity) < -margin) {
    return failed(draft, `all of the interval lies below, although it is wide (${names} positives)`);
  }
  const enough = counted.filter(({ positives }) => positives >= quality.enoughPositives);
  if (enough.length === 0)
    return reported(draft, `too wide to gate on (${names} positives), and no category has ${quality.enoughPositives}`);
  const mean = (of: (one: (typeof enough)[number]['averagePrecision']) => number | null): number | null => {
    const values = enough.map(({ averagePrecision }) => of(averagePrecision));
    return values.some((value) => value === null)
      ? null
      : values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
  };
  const bounded: Demanded = {
    ...draft,
    figure: mean(({ value }) => value),
    low: mean(({ low }) => low),
    high: mean(({ high }) => high),
    champion: mean(({ champion }) => champion),
    challenger: mean(({ challenger }) => challenger),
  };
  return judged(bounded, `of ${enough.map(({ category }) => category).join(', ')}; the others have too few positives`);
}
