import type { Installation } from './installation.js';
import { requireExact } from './oracle.js';
import type { Settings } from './settings.js';
import { merged, quantile, spread, total, type Histogram, type Spread } from './statistics.js';
import { drainBacklog, observePace } from './window.js';

export interface LatencyResult {
  /** Events/s. */
  readonly rate: number;
  readonly seconds: number;
  readonly verdicts: number;
  /** Milliseconds from submission until a read_committed consumer has the verdict, over all. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** The same, over stretches of five seconds. */
  readonly p50Spread: Spread;
  readonly p99Spread: Spread;
  readonly cpu: Readonly<Record<string, number>>;
}

const STRETCH = 5;

/** Submit-to-verdict at half of the sustained rate. The verdicts of both channels come in one transaction; one channel is read. */
export async function measureLatency(
  installation: Installation,
  settings: Settings,
  rate: number,
): Promise<LatencyResult> {
  const { options, print } = settings;
  print(`latency: ${rate} events/s for ${options.seconds} s`);
  await installation.takeLatencies();
  await drainBacklog(installation, settings, Math.min(options.backlog, 10 * rate));
  const taken: Histogram[] = [];
  const { cpu, seconds } = await observePace(installation, settings, rate, {
    onBegin: async () => {
      await installation.takeLatencies();
    },
    onSample: async () => {
      taken.push(await installation.takeLatencies());
    },
  });
  await requireExact(installation, settings);
  const stretches: Histogram[] = [];
  for (let from = 0; from < taken.length; from += STRETCH) stretches.push(merged(taken.slice(from, from + STRETCH)));
  const all = merged(taken);
  return {
    rate,
    seconds: Math.round(seconds),
    verdicts: total(all),
    p50: quantile(all, 0.5),
    p90: quantile(all, 0.9),
    p99: quantile(all, 0.99),
    max: quantile(all, 1),
    p50Spread: spread(stretches.map((stretch) => quantile(stretch, 0.5))),
    p99Spread: spread(stretches.map((stretch) => quantile(stretch, 0.99))),
    cpu,
  };
}
