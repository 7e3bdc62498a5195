import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.js';
import type { LagSample } from './lag.js';
import { cpuOf, cpuPerEvent } from './processes.js';
import type { Settings } from './settings.js';

const SAMPLE_MS = 1_000;
/** A pace needs a while to settle: batches of the warehouse are up to a second old. */
const SETTLE_MS = 10_000;
const DRAIN_LIMIT_MS = 300_000;

/** What was seen while contents came at one pace. */
export interface Observed {
  readonly samples: readonly LagSample[];
  readonly seconds: number;
  /** Contents that got their verdicts in that time. */
  readonly judged: number;
  /** Events/s that the generator really published. */
  readonly published: number;
  /** Microseconds per event, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** From the stop of the generator until nobody was behind. */
  readonly drainSeconds: number;
}

/** Publishes at a pace, waits until it has settled, and watches for `--seconds`. `onSample` is called at each look. */
export async function observePace(
  installation: Installation,
  { options, print, signal }: Settings,
  rate: number,
  hooks: { readonly onBegin?: () => Promise<void>; readonly onSample?: () => Promise<void> } = {},
): Promise<Observed> {
  const { lag, pids } = installation;
  await installation.pace(rate);
  await sleep(Math.min(SETTLE_MS, 250 * options.seconds), undefined, { signal });
  await hooks.onBegin?.();
  const before = cpuOf(pids);
  const began = performance.now();
  const samples = [await lag.sample()];
  for (let tick = 1; performance.now() - began < 1000 * options.seconds; tick++) {
    await sleep(Math.max(0, began + SAMPLE_MS * tick - performance.now()), undefined, { signal });
    const sample = await lag.sample();
    samples.push(sample);
    await hooks.onSample?.();
    if (tick % 10 === 0) {
      const { prediction, verdict, warehouse } = sample.lags;
      print(`  ${tick} s: behind by ${prediction} (prediction), ${verdict} (verdict), ${warehouse} (warehouse)`);
    }
  }
  const after = cpuOf(pids);
  const generated = await installation.stopPace();
  const stopped = performance.now();
  await lag.untilDrained(DRAIN_LIMIT_MS, signal);
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) throw new Error('nothing was sampled');
  const judged = last.judged - first.judged;
  return {
    samples,
    seconds: (last.at - first.at) / 1000,
    judged,
    published: generated.contents / generated.seconds,
    cpu: cpuPerEvent(before, after, judged),
    drainSeconds: (performance.now() - stopped) / 1000,
  };
}

/** Publishes as much as it can at once, and waits until nobody is behind. @returns seconds from the first to the last */
export async function drainBacklog(
  installation: Installation,
  { signal }: Settings,
  contents: number,
): Promise<number> {
  const began = performance.now();
  await installation.burst(contents);
  await installation.lag.untilDrained(DRAIN_LIMIT_MS, signal);
  return (performance.now() - began) / 1000;
}
