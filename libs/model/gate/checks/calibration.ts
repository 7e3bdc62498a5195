import type { CategoryReport } from '../../evaluation/evaluation-report.js';
import type { ReliabilityBin } from '../../evaluation/reliability.js';
import { figureText, judged, notRun, reported } from '../check-row.js';
import type { Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import { setsOf } from '../gate-input.js';
import type { GateInput, JudgedSet } from '../gate-input.js';

const check = 'calibration';

/** Whether probabilities can be taken at their word where all action is, and how steep they are (calibration 3.2). */
export function judgeCalibration(input: GateInput): GateCheck[] {
  const sets = setsOf(input);
  if (sets.length === 0) {
    const draft = { check, measure: 'top-error', on: 'GOLD', rule: 'probabilities are honest' } as const;
    return [notRun(draft, 'there is no evaluation')];
  }
  return sets.flatMap((set) =>
    set.comparison.evaluations.challenger.categories.flatMap((category) => judgeCategory(set, category, input)),
  );
}

function judgeCategory({ on, comparison }: JudgedSet, now: CategoryReport, { settings }: GateInput): GateCheck[] {
  const { leastPositives, topError, topErrorLoss, beyondChance, slope: range } = settings.calibration;
  const { category, positives, calibration } = now;
  const before = comparison.evaluations.champion.categories.find((one) => one.category === category)?.calibration;
  const allowed = Math.max(topError, (before?.topEce ?? -Infinity) + topErrorLoss);
  const top: Demanded = {
    check,
    measure: 'top-error',
    on,
    category,
    rule: `error in the top 5 % of scores at most ${topError}, or ${topErrorLoss} above the champion's`,
    bound: 'AT_MOST',
    limit: allowed,
    figure: calibration.topEce,
    champion: before?.topEce ?? null,
    challenger: calibration.topEce,
  };
  const { value, low, high } = calibration.slope;
  const slope = {
    check,
    measure: 'slope',
    on,
    category,
    figure: value,
    low,
    high,
    champion: before?.slope.value ?? null,
    challenger: value,
  } as const;
  const isByInterval = range.judgedBy === 'interval';
  const end = (name: string): string => (isByInterval ? `${name} end of the slope` : 'slope');
  const steep: Demanded = {
    ...slope,
    bound: 'AT_LEAST',
    limit: range.low,
    judgedBy: isByInterval ? 'high' : 'figure',
    rule: `${end('upper')} at least ${range.low}`,
  };
  const flat: Demanded = {
    ...slope,
    bound: 'AT_MOST',
    limit: range.high,
    judgedBy: isByInterval ? 'low' : 'figure',
    rule: `${end('lower')} at most ${range.high}`,
  };
  if (positives < leastPositives || positives === now.rows) {
    const why = `${positives} positives of ${now.rows} rows; ${leastPositives} positives, and negatives, are needed`;
    return [top, steep, flat].map((draft) => reported(draft, why));
  }
  const error = judged(top);
  const chance = chanceError(calibration.topBins);
  const isChance = beyondChance && error.finding === 'FAILS' && (calibration.topEce ?? Infinity) <= chance.high;
  return [
    isChance
      ? reported(
          top,
          `${error.why}, but ${chance.rows} rows are too few: honest probabilities would show ${figureText(chance.expected)}`,
        )
      : error,
    ...[steep, flat].map((draft) =>
      value === null ? reported(draft, 'the labels leave the slope open') : judged(draft),
    ),
  ];
}

/**
 * What the error is when the probabilities are right: a bin of m rows of probability p misses by the half-normal |N(0, p(1 - p)/m)|, whose
 * mean is sqrt(2/pi) and whose variance 1 - 2/pi of that. `high`: three standard deviations above the mean.
 */
function chanceError(bins: readonly ReliabilityBin[]): { expected: number; high: number; rows: number } {
  let [expected, variance, rows] = [0, 0, 0];
  for (const { meanScore, items, share } of bins) {
    const spread = (meanScore * (1 - meanScore)) / Math.max(1, items);
    expected += share * Math.sqrt((2 / Math.PI) * spread);
    variance += share ** 2 * (1 - 2 / Math.PI) * spread;
    rows += items;
  }
  return { expected, high: expected + 3 * Math.sqrt(variance), rows };
}
