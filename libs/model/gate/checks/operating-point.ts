import type { EvaluationReport } from '../../evaluation/evaluation-report.js';
import type { Rate } from '../../evaluation/intervals.js';
import { figureText, judged, notRun, reported } from '../check-row.js';
import type { CheckDraft, Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import { setsOf } from '../gate-input.js';
import type { FlagRate, GateInput, JudgedSet } from '../gate-input.js';

const check = 'operating-point';
const z95 = 1.959963984540054;

/** Targets of the policy at the thresholds that would be deployed, and the share of traffic that is taken (evaluation 4.2). */
export function judgeOperatingPoint(input: GateInput): GateCheck[] {
  const sets = setsOf(input);
  const targets = Object.entries(input.goals).flatMap(([category, goal]) =>
    sets.flatMap((set) => [
      ...(goal.blockPrecision === null ? [] : [judgeTarget(set, category, 'block', goal.blockPrecision, input)]),
      ...(goal.reviewRecall === null ? [] : [judgeTarget(set, category, 'review', goal.reviewRecall, input)]),
    ]),
  );
  const none: CheckDraft = { check, measure: 'targets', on: 'GOLD', rule: 'the targets of the policy hold' };
  const asks = Object.values(input.goals).some((goal) => goal.blockPrecision !== null || goal.reviewRecall !== null);
  if (!asks) targets.push(reported(none, 'the policy sets no target in this channel'));
  else if (sets.length === 0) targets.push(notRun(none, 'there is no evaluation to judge the targets on'));
  return [...targets, ...judgeFlagRates(input)];
}

function judgeTarget(
  { on, comparison }: JudgedSet,
  category: string,
  action: 'block' | 'review',
  target: number,
  { settings, operatingPoints }: GateInput,
): GateCheck {
  const { champion, challenger } = comparison.evaluations;
  const of = action === 'block' ? 'precision' : 'recall';
  const { judgedBy, slack } = settings.operatingPoint[of];
  const rateIn = (report: EvaluationReport): Rate | null =>
    report.categories.find((one) => one.category === category)?.[action]?.[of] ?? null;
  const draft: Demanded = {
    check,
    measure: `${of}-at-${action}`,
    on,
    category,
    rule: `${judgedBy === 'figure' ? '' : `${judgedBy === 'low' ? 'lower' : 'upper'} end of `}${of} at the ${action} threshold at least ${target}${slack === 0 ? '' : ` − ${slack}`}`,
    bound: 'AT_LEAST',
    judgedBy,
    limit: target - slack,
    champion: rateIn(champion)?.value ?? null,
  };
  const point = operatingPoints[category];
  const threshold = point?.[action] ?? null;
  if (threshold === null) return reported(draft, `the bundle does not ${action} for ${category}`);
  const evaluated = challenger.categories.find((one) => one.category === category);
  const measured = evaluated?.[action] ?? null;
  if (evaluated?.rows === 0) return reported(draft, 'no row has a label for it');
  if (evaluated === undefined || measured === null) {
    return notRun(
      draft,
      `the evaluation has no ${action} threshold for ${category}: evaluate with those of the bundle`,
    );
  }
  if (!(Math.abs(measured.threshold - threshold) <= 1e-9)) {
    return notRun(
      draft,
      `evaluated at ${measured.threshold}, but ${threshold} would be deployed: evaluate with the thresholds of the bundle`,
    );
  }
  const rate = measured[of];
  const figured: Demanded = { ...draft, figure: rate.value, low: rate.low, high: rate.high, challenger: rate.value };
  if (point?.provisional === true)
    return reported(figured, 'the threshold is provisional: the policy promises nothing yet');
  const tooFew = action === 'block' ? tooFewBlocked(rate, draft.limit) : tooFewPositives(rate, settings);
  // Few rows cannot show that a target holds; they can show that it does not.
  if (tooFew !== null && !(rate.value !== null && rate.high < draft.limit)) return reported(figured, tooFew);
  return judged(figured, `${rate.hits} of ${rate.rows} rows`);
}

/** Rows of which even a clean record would not lift Wilson's lower end to the target: fewer than z^2 t / (1 - t). */
function tooFewBlocked(rate: Rate, target: number): string | null {
  const least = target < 1 ? Math.ceil((z95 * z95 * target) / (1 - target)) : Infinity;
  if (rate.rows >= least) return null;
  return `${rate.rows} blocked rows; ${figureText(least)} without an error would be needed`;
}

function tooFewPositives(rate: Rate, { operatingPoint }: GateInput['settings']): string | null {
  if (rate.rows >= operatingPoint.leastPositives) return null;
  return `${rate.rows} positives; ${operatingPoint.leastPositives} are needed`;
}

function judgeFlagRates(input: GateInput): GateCheck[] {
  const { change, approved, leastFlagged } = input.settings.operatingPoint.flagRate;
  const [on, rates] = flagRatesOf(input);
  const rule = (limit: number): string =>
    `share of the traffic that is taken changes by at most ${figureText(100 * limit)} %`;
  if (rates.length === 0) {
    const draft: CheckDraft = { check, measure: 'flag-rate', on: 'SHADOW', rule: rule(change) };
    return [notRun(draft, 'neither a shadow nor a replay says what the challenger takes')];
  }
  return rates.map((one) => {
    const isApproved = Object.hasOwn(approved, one.category);
    const limit = isApproved ? (approved[one.category] ?? change) : change;
    const draft: Demanded = {
      check,
      measure: 'flag-rate',
      on,
      category: one.category,
      rule: rule(limit),
      bound: 'WITHIN',
      limit,
      // Taking what was never taken is a change without bounds.
      figure: one.champion === one.challenger ? 0 : one.challenger / one.champion - 1,
      ...changeInterval(one),
      champion: one.items > 0 ? one.champion / one.items : null,
      challenger: one.items > 0 ? one.challenger / one.items : null,
    };
    const counts = `${figureText(one.champion)} before and ${figureText(one.challenger)} now, of ${figureText(one.items)}`;
    if (Math.max(one.champion, one.challenger) < leastFlagged) {
      return reported(draft, `${counts}: too few for a ratio, ${leastFlagged} are needed`);
    }
    const why = !isApproved ? counts : `${counts}; the change was approved`;
    return judged(draft, why);
  });
}

function flagRatesOf({ flagRates, replay, channel }: GateInput): ['SHADOW' | 'REPLAY', readonly FlagRate[]] {
  if (flagRates !== null) return ['SHADOW', flagRates];
  const own = replay?.diff.channels.find((one) => one.channel === channel);
  const rates = (own?.categories ?? []).map(({ category, items, flagged }): FlagRate => ({
    category,
    items,
    champion: flagged.champion,
    challenger: flagged.candidate,
    both: flagged.both,
  }));
  return ['REPLAY', rates];
}

/** Of a ratio of paired proportions by the delta method on its logarithm: variance (b + c) / (n1 n2), b and c taken by one model only. */
function changeInterval({ champion, challenger, both }: FlagRate): { low: number | null; high: number | null } {
  if (champion <= 0 || challenger <= 0) return { low: null, high: null };
  const deviation = Math.sqrt((champion + challenger - 2 * both) / (champion * challenger));
  const ratio = challenger / champion;
  return { low: ratio * Math.exp(-z95 * deviation) - 1, high: ratio * Math.exp(z95 * deviation) - 1 };
}
