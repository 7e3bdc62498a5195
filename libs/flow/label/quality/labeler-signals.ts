import { quantileOf } from './agreement.js';

export interface TimedAnswer {
  readonly labeler: string;
  /** From lease to answer. */
  readonly milliseconds: number;
}

export interface HurriedLabeler {
  readonly labeler: string;
  readonly medianMilliseconds: number;
  /** 5th percentile of all other people's answers. */
  readonly limitMilliseconds: number;
  readonly answers: number;
}

const fewestAnswers = 20;

/**
 * People whose *median* answer is faster than the 5th percentile of everybody else's (labels 2.3). A twentieth of all answers is
 * that fast; half of somebody's is not. Give answers to comparable tasks. People with fewer than 20 answers are not judged,
 * and nobody is while the others have fewer than 20. Sorted by labeler.
 */
export function findHurried(answers: readonly TimedAnswer[]): HurriedLabeler[] {
  const ordered = [...answers].sort((a, b) => a.milliseconds - b.milliseconds);
  const timesOf = new Map<string, number[]>();
  for (const { labeler, milliseconds } of ordered) {
    const times = timesOf.get(labeler);
    if (times === undefined) timesOf.set(labeler, [milliseconds]);
    else times.push(milliseconds);
  }
  const found: HurriedLabeler[] = [];
  for (const [labeler, times] of timesOf) {
    const others = ordered.length - times.length;
    if (times.length < fewestAnswers || others < fewestAnswers) continue;
    const limitMilliseconds = fifthPercentileWithout(labeler, ordered, others);
    const medianMilliseconds = quantileOf(times, 0.5);
    if (medianMilliseconds < limitMilliseconds) {
      found.push({ labeler, medianMilliseconds, limitMilliseconds, answers: times.length });
    }
  }
  return found.sort((a, b) => (a.labeler < b.labeler ? -1 : 1));
}

function fifthPercentileWithout(labeler: string, ordered: readonly TimedAnswer[], others: number): number {
  const last = Math.floor(0.05 * (others - 1)) + 1;
  const fastest: number[] = [];
  for (const it of ordered) {
    if (it.labeler === labeler) continue;
    fastest.push(it.milliseconds);
    if (fastest.length > last) break;
  }
  const position = 0.05 * (others - 1);
  const low = fastest[Math.floor(position)] ?? 0;
  return low + (position - Math.floor(position)) * ((fastest[Math.floor(position) + 1] ?? low) - low);
}

export interface NoRun {
  /** Tasks without a single yes at the end, and the most in a row. */
  readonly current: number;
  readonly longest: number;
  /** Runs from this length on are suspicious; infinite while nobody ever says yes. */
  readonly limit: number;
  readonly suspicious: boolean;
}

/** An honest labeler starts a suspicious run once in a hundred histories. */
const falseAlarmRate = 0.01;

/**
 * The "always no" detector (labels 2.3). With `yesRate` the share of tasks to which people say at least one yes, an honest history of
 * n tasks holds about `n (1 - yesRate)^L` runs of L noes: the limit is the L at which that is .01.
 * @param saidYes per task of one person, oldest first
 */
export function measureNoRun(saidYes: readonly boolean[], yesRate: number): NoRun {
  let current = 0;
  let longest = 0;
  for (const yes of saidYes) {
    current = yes ? 0 : current + 1;
    longest = Math.max(longest, current);
  }
  const limit =
    yesRate > 0 && yesRate < 1
      ? Math.ceil(Math.log(falseAlarmRate / Math.max(1, saidYes.length)) / Math.log1p(-yesRate))
      : yesRate > 0
        ? 1
        : Number.POSITIVE_INFINITY;
  return { current, longest, limit, suspicious: longest >= limit };
}

export interface Cusum {
  /** Evidence, in standard deviations, that the mean has risen or fallen. */
  readonly risen: number;
  readonly fallen: number;
  /** Position of the first alarm, null without one. */
  readonly alarmAt: number | null;
  readonly direction: 'RISEN' | 'FALLEN' | null;
}

export interface CusumSettings {
  /** Threshold h and slack k, in standard deviations. */
  readonly threshold: number;
  readonly slack: number;
}

/** Labels 2.3: finds a shift of one standard deviation after 10 values on average, and a shift that is none after 465. */
export const defaultCusum: CusumSettings = { threshold: 5, slack: 0.5 };

/**
 * Two-sided cumulative sum over a labeler's agreement with the resolved facts, one value per batch of tasks.
 * @param deviation of one value while nothing changes; 0 or less means that nothing can be said
 */
export function detectDrift(
  values: readonly number[],
  mean: number,
  deviation: number,
  { threshold, slack }: CusumSettings = defaultCusum,
): Cusum {
  let risen = 0;
  let fallen = 0;
  if (deviation > 0) {
    for (const [i, value] of values.entries()) {
      const z = (value - mean) / deviation;
      risen = Math.max(0, risen + z - slack);
      fallen = Math.max(0, fallen - z - slack);
      if (risen > threshold || fallen > threshold) {
        return { risen, fallen, alarmAt: i, direction: fallen > threshold ? 'FALLEN' : 'RISEN' };
      }
    }
  }
  return { risen, fallen, alarmAt: null, direction: null };
}

export interface Consistency {
  readonly repeats: number;
  /** Share of repeats with the same answer; NaN without repeats. */
  readonly share: number;
  /** Wilson 95 % interval; [0, 1] without repeats. */
  readonly low: number;
  readonly high: number;
}

/** How often somebody answers the same question of the same item alike (labels 2.3); UNSURE is an answer like the others. */
export function measureConsistency(pairs: readonly { readonly first: string; readonly second: string }[]): Consistency {
  const same = pairs.filter(({ first, second }) => first === second).length;
  return { repeats: pairs.length, share: same / pairs.length, ...wilsonInterval(same, pairs.length) };
}

/** Wilson 95 % interval of a share; [0, 1] when nothing was tried. */
export function wilsonInterval(successes: number, trials: number): { readonly low: number; readonly high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const z = 1.959963984540054;
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
