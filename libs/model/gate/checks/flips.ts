import { figureText, judged, notRun, reported } from '../check-row.js';
import type { Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import type { GateInput } from '../gate-input.js';
import type { FlipBudget, GateSettings } from '../gate-settings.js';
import type { ChannelDiff, FlipCounts } from '../verdict-diff.js';

const check = 'flips';
const on = 'REPLAY';
const directions = ['stricter', 'gentler'] as const;
type Direction = (typeof directions)[number];

/** Verdicts of a stored window that would flip, against the declared budget: by direction, whole and by category. */
export function judgeFlips({ replay, channel, settings }: GateInput): GateCheck[] {
  const { flips } = settings;
  const items: Demanded = {
    check,
    measure: 'items',
    on,
    rule: `at least ${flips.leastItems} contents were replayed`,
    bound: 'AT_LEAST',
    limit: flips.leastItems,
  };
  const diff = replay?.diff.channels.find((one) => one.channel === channel);
  if (diff === undefined) return [notRun(items, `no window of ${channel} was replayed`)];
  // A window that is too small says nothing, good or bad.
  const found = judged({ ...items, figure: diff.verdict.items });
  const replayed = found.finding === 'FAILS' ? notRun({ ...items, figure: diff.verdict.items }, found.why) : found;
  const unjudged: Demanded = {
    check,
    measure: 'failed',
    on,
    rule: `at most ${flips.failed} of the contents could not be judged`,
    bound: 'AT_MOST',
    limit: flips.failed,
    figure: diff.items > 0 ? diff.failed / diff.items : null,
  };
  return [
    replayed,
    judged(unjudged, `${figureText(diff.failed)} of ${figureText(diff.items)}`),
    ...directions.flatMap((direction) =>
      judgeBudget(null, direction, diff.verdict, diff.verdict.items, flips.verdict, flips),
    ),
    ...diff.categories.flatMap((own) =>
      directions.flatMap((direction) =>
        judgeBudget(own.category, direction, own, own.items, budgetOf(own.category, direction, flips), flips),
      ),
    ),
    ...shiftRows(diff),
  ];
}

function budgetOf(category: string, direction: Direction, flips: GateSettings['flips']): FlipBudget {
  const own = Object.hasOwn(flips.categories, category) ? flips.categories[category]?.[direction] : undefined;
  return { ...flips.category, ...own };
}

function judgeBudget(
  category: string | null,
  direction: Direction,
  counts: FlipCounts,
  items: number,
  budget: FlipBudget,
  { leastFlagged }: GateSettings['flips'],
): GateCheck[] {
  const { flips, share, low, high } = counts[direction];
  const { champion } = counts.flagged;
  const base = { check, on, category, subject: direction, bound: 'AT_MOST' } as const;
  const rows: GateCheck[] = [];
  const whole = `${figureText(flips)} of ${figureText(items)} become ${direction}`;
  if (budget.share != null) {
    rows.push(
      judged(
        {
          ...base,
          measure: 'flip-share',
          rule: `at most ${figureText(100 * budget.share)} % become ${direction}`,
          limit: budget.share,
          figure: share,
          low,
          high,
        },
        whole,
      ),
    );
  }
  if (budget.relative != null) {
    const relative: Demanded = {
      ...base,
      measure: 'flips-by-flagged',
      rule: `at most ${budget.relative} flips for each decision of the champion that is not ALLOW`,
      limit: budget.relative,
      figure: champion > 0 ? flips / champion : null,
    };
    const few = `the champion takes ${champion}; ${leastFlagged} are needed for a ratio`;
    const isEnough = champion >= leastFlagged && champion > 0;
    rows.push(
      isEnough ? judged(relative, `${whole}; the champion takes ${figureText(champion)}`) : reported(relative, few),
    );
  }
  if (rows.length === 0) {
    const measure = {
      ...base,
      measure: 'flip-share',
      rule: 'no budget is declared',
      bound: null,
      figure: share,
      low,
      high,
    };
    rows.push(reported(measure, whole));
  }
  return rows;
}

function shiftRows({ categories }: ChannelDiff): GateCheck[] {
  return categories.flatMap(({ category, shift }) =>
    shift === null
      ? []
      : [
          reported(
            { check, measure: 'score-psi', on, category, rule: 'how far the scores move', figure: shift.psi },
            shift.psi > 0.25 ? 'a severe shift' : shift.psi > 0.1 ? 'a shift' : 'no shift to speak of',
          ),
        ],
  );
}
