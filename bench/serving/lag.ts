import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';

const GROUPS = ['prediction', 'verdict', 'warehouse'] as const;
export type Group = (typeof GROUPS)[number];
export type Lags = Readonly<Record<Group, number>>;

export interface LagSample {
  /** Milliseconds of `performance.now`. */
  readonly at: number;
  /** Records behind the end, over all topics of the group. */
  readonly lags: Lags;
  /** Contents that have got their verdicts, since the beginning. */
  readonly judged: number;
}

export interface LagMonitor {
  sample(): Promise<LagSample>;
  /** Samples until nobody is behind. @throws Error when that takes too long, or the signal's reason */
  untilDrained(limitMs: number, signal: AbortSignal): Promise<LagSample>;
  close(): Promise<void>;
}

/** Transaction markers take offsets that no reader commits: at the end of a partition one or two of them may stay. */
const MARKERS = 2;
const LOOK_AGAIN_MS = 100;

/** Asks the broker, as an operator would, so that no role can flatter itself. */
export async function openLagMonitor(brokers: string, channels: readonly string[]): Promise<LagMonitor> {
  const kafka = new kafkajs.Kafka({ brokers: [brokers], clientId: 'bench-lag', logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const verdicts = channels.map((channel) => `verdict.${channel}`);
  const topics: Readonly<Record<Group, readonly string[]>> = {
    prediction: ['content.submitted'],
    verdict: ['prediction.scored'],
    warehouse: ['content.submitted', 'prediction.scored', ...verdicts],
  };
  let isDrained = false;

  async function lagOf(group: Group, ends: ReadonlyMap<string, number>): Promise<number> {
    let lag = 0;
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId: group, topics: [...topics[group]] })) {
      for (const { partition, offset } of partitions) {
        const behind = (ends.get(`${topic}/${partition}`) ?? 0) - Math.max(0, Number(offset));
        if (behind > MARKERS) isDrained = false;
        lag += Math.max(0, behind);
      }
    }
    return lag;
  }

  async function sample(): Promise<LagSample> {
    const at = performance.now();
    isDrained = true;
    const ends = new Map<string, number>();
    let submitted = 0;
    for (const topic of topics.warehouse) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        ends.set(`${topic}/${partition}`, Number(high));
        if (topic === 'content.submitted') submitted += Number(high);
      }
    }
    const [prediction = 0, verdict = 0, warehouse = 0] = await Promise.all(GROUPS.map((group) => lagOf(group, ends)));
    return { at, lags: { prediction, verdict, warehouse }, judged: submitted - prediction - verdict };
  }

  return {
    sample,
    untilDrained: async (limitMs, signal) => {
      const deadline = performance.now() + limitMs;
      for (;;) {
        signal.throwIfAborted();
        const seen = await sample();
        if (isDrained) return seen;
        if (performance.now() > deadline) {
          throw new Error(`still behind after ${Math.round(limitMs / 1000)} s: ${JSON.stringify(seen.lags)}`);
        }
        await sleep(LOOK_AGAIN_MS);
      }
    },
    close: () => admin.disconnect(),
  };
}
