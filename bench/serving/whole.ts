import type { Installation } from './installation.js';
import type { Group, LagSample } from './lag.js';
import { requireExact } from './oracle.js';
import type { Settings } from './settings.js';
import { spread, trendOf, type Spread } from './statistics.js';
import { drainBacklog, observePace, type Observed } from './window.js';

export interface GroupLag extends Spread {
  /** Records per second by which it grows, with its standard error. */
  readonly slope: number;
  readonly slopeError: number;
  readonly isFlat: boolean;
}

export interface Attempt {
  readonly rate: number;
  readonly published: number;
  readonly isSustained: boolean;
  readonly lags: Readonly<Record<Group, GroupLag>>;
}

export interface WholeResult {
  /** Events/s of a backlog, from its first content until nobody was behind. */
  readonly drainRate: Spread;
  /** Events/s, each with two verdicts; 0 when no pace was kept. */
  readonly sustained: number;
  readonly seconds: number;
  /** Events/s judged, over tenths of the time. */
  readonly judged: Spread;
  readonly drainSeconds: number;
  readonly cpu: Readonly<Record<string, number>>;
  /** Records behind, every few seconds. */
  readonly lagOverTime: readonly Readonly<Record<Group | 'second', number>>[];
  readonly attempts: readonly Attempt[];
}

/** Records that the groups read per content: one, one, and all four. */
const RECORDS_PER_EVENT: Readonly<Record<Group, number>> = { prediction: 1, verdict: 1, warehouse: 4 };
/** Growth within this share of what flowed is no growth: a third of a second in a minute. */
const NOISE = 0.005;
const LEAST_PACE = 0.99;
/** A pace that was too fast shows what can be kept; the next one is a little below that. */
const BELOW = 0.97;
const STEP = 0.95;

/** Finds the rate that the whole embedded path keeps up with, the warehouse included. */
export async function measureWhole(installation: Installation, settings: Settings): Promise<WholeResult> {
  const { options, print } = settings;
  print(`warm-up: ${options.backlog} contents`);
  await drainBacklog(installation, settings, options.backlog);
  const rates: number[] = [];
  for (let n = 1; n <= options.backlogs; n++) {
    const seconds = await drainBacklog(installation, settings, options.backlog);
    rates.push(options.backlog / seconds);
    print(
      `backlog ${n}: ${options.backlog} contents in ${seconds.toFixed(1)} s, ${Math.round(options.backlog / seconds)} events/s`,
    );
  }
  const drainRate = spread(rates);
  const attempts: Attempt[] = [];
  for (let rate = Math.round(drainRate.median); ; rate = nextRate(attempts)) {
    print(`${rate} events/s for ${options.seconds} s`);
    const observed = await observePace(installation, settings, rate);
    const attempt = judge(rate, observed);
    attempts.push(attempt);
    for (const [group, lag] of Object.entries(attempt.lags)) {
      print(
        `  ${group}: ${Math.round(lag.median)} behind (${lag.min} to ${lag.max}), ` +
          `${lag.slope.toFixed(1)} +- ${lag.slopeError.toFixed(1)} a second: ${lag.isFlat ? 'flat' : 'grows'}`,
      );
    }
    if (attempt.isSustained || attempts.length === options.attempts) {
      await requireExact(installation, settings);
      return {
        drainRate,
        sustained: attempt.isSustained ? Math.round(observed.judged / observed.seconds) : 0,
        seconds: Math.round(observed.seconds),
        judged: spread(ratesOf(observed.samples)),
        drainSeconds: Math.round(10 * observed.drainSeconds) / 10,
        cpu: observed.cpu,
        lagOverTime: thinned(observed.samples),
        attempts,
      };
    }
  }
}

function judge(rate: number, { samples, published, seconds }: Observed): Attempt {
  const start = samples[0]?.at ?? 0;
  const lagOf = (group: Group): GroupLag => {
    const { slope, error } = trendOf(samples.map(({ at, lags }) => [(at - start) / 1000, lags[group]]));
    const flowed = rate * seconds * RECORDS_PER_EVENT[group];
    const isFlat = (slope - 2 * error) * seconds <= 0 || slope * seconds <= NOISE * flowed;
    const { min, median, max } = spread(samples.map(({ lags }) => lags[group]));
    // A few samples have no error that could be known; JSON has no infinity.
    return { min, median, max, slope, slopeError: Number.isFinite(error) ? error : 0, isFlat };
  };
  const lags = { prediction: lagOf('prediction'), verdict: lagOf('verdict'), warehouse: lagOf('warehouse') };
  const isFlat = Object.values(lags).every((lag) => lag.isFlat);
  return { rate, published, lags, isSustained: isFlat && published >= LEAST_PACE * rate };
}

/** @param attempts all too fast */
function nextRate(attempts: readonly Attempt[]): number {
  const last = attempts.at(-1);
  if (last === undefined) throw new Error('nothing was tried');
  const { rate, published, lags } = last;
  const growth = Object.entries(lags).map(([group, { slope }]) => slope / RECORDS_PER_EVENT[group as Group]);
  const kept = published - Math.max(0, ...growth);
  return Math.max(1, Math.round(Math.min(STEP * rate, BELOW * Math.max(kept, rate / 2))));
}

function ratesOf(samples: readonly LagSample[]): readonly number[] {
  const step = Math.max(1, Math.floor(samples.length / 10));
  const ends = samples.filter((_, n) => n % step === 0);
  return ends.slice(1).map((end, n) => {
    const begin = ends[n] ?? end;
    return (1000 * (end.judged - begin.judged)) / (end.at - begin.at);
  });
}

function thinned(samples: readonly LagSample[]): WholeResult['lagOverTime'] {
  const start = samples[0]?.at ?? 0;
  const step = Math.max(1, Math.ceil(samples.length / 20));
  return samples
    .filter((_, n) => n % step === 0)
    .map(({ at, lags }) => ({ second: Math.round((at - start) / 1000), ...lags }));
}
