import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { topicOf } from '#platform/contracts';
import { createKafkaBroker, createRegistrySerde, createTopics } from '#platform/kafka';
import { startStack } from '#platform/stack';
import type { Broker, Serde } from '#platform/stream';
import { createContentPress, sequenceOf } from './contents.js';
import { loops, type LoopName } from './loops.js';
import { quiet } from './quiet.js';
import type { Settings } from './settings.js';
import { spread, type Spread } from './statistics.js';
import { INPUT, openWork, OUTPUT, type Work } from './work.js';

export interface RatioResult {
  readonly partitions: number;
  readonly records: number;
  readonly maxChunk: number;
  readonly rounds: number;
  /** Records/s. */
  readonly rates: Readonly<Record<LoopName, Spread>>;
  /** Microseconds of processor time per record, of the process that runs the loop. */
  readonly cpu: Readonly<Record<LoopName, Spread>>;
  /** Exactly once over at least once, with the same runner. Ratios are taken round by round. */
  readonly toAtLeastOnce: Spread;
  /** Exactly once over the bare client at least once. */
  readonly toBareAtLeastOnce: Spread;
  /** Exactly once over the bare client exactly once. */
  readonly toBareExactlyOnce: Spread;
}

const MAX_CHUNK = 2_000;
const NAMES = Object.keys(loops) as LoopName[];
const READY_LIMIT_MS = 60_000;
const VISIBLE_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 50;
const FILL = 2_000;
/** Each is scored alone beforehand. */
const MOST_TEXTS = 4_000;

interface Measured {
  readonly rate: number;
  readonly cpu: number;
}

/** The prediction step through four clients, which take turns on the same records. */
export async function measureRatios(settings: Settings): Promise<readonly RatioResult[]> {
  const { options } = settings;
  const home = fs.mkdtempSync(path.join(settings.home, 'ratios-'));
  const stack = await startStack({ home, parts: ['kafka', 'registry'], ports: { kafka: 0, registry: 0 } });
  try {
    const results: RatioResult[] = [];
    for (const partitions of options.partitions) {
      results.push(await compare(settings, stack.kafkaBrokers, stack.registryUrl, partitions));
    }
    return results;
  } finally {
    await stack.stop();
  }
}

async function compare(
  settings: Settings,
  brokers: string,
  registryUrl: string,
  partitions: number,
): Promise<RatioResult> {
  const { options, print, signal } = settings;
  const { records, rounds } = options;
  const prefix = `bench${partitions}`;
  const connection = { brokers: [brokers], clientId: 'bench', prefix, logger: quiet };
  const topics = [INPUT, OUTPUT, 'dead-letter.prediction'].map(topicOf);
  await createTopics({ ...connection, topics, partitions, replicationFactor: 1 });
  const serde = createRegistrySerde({ url: registryUrl, prefix });
  const work = await openWork(settings.model.folder, serde);
  const texts = settings.texts.texts.slice(0, MOST_TEXTS);
  const expected: Readonly<Record<string, number>>[] = [];
  for (const text of texts) expected.push(await work.scoreAlone(text));
  await fill({ brokers, prefix, partitions, records, serde, texts });
  const outputs = await openOutputs(brokers, prefix);

  const measured = new Map(NAMES.map((name) => [name, [] as Measured[]]));
  try {
    for (let round = 0; round <= rounds; round++) {
      // Another order each round, so that none always follows the same neighbour. Round 0 warms up.
      for (let at = 0; at < NAMES.length; at++) {
        signal.throwIfAborted();
        const name = NAMES[(at + round) % NAMES.length] ?? 'exactlyOnce';
        const from = await outputs.ends();
        const group = `${name}-${round}`;
        const result = await measure(name, { brokers, prefix, group, work, serde, records, partitions });
        await requireScores({ name, brokers, prefix, serde, from, records, expected, modelId: work.modelId });
        if (round > 0) measured.get(name)?.push(result);
        const what = round === 0 ? 'warm-up' : `round ${round}`;
        print(`  ${partitions} partition(s), ${what}: ${name} ${Math.round(result.rate)} records/s`);
      }
    }
  } finally {
    await outputs.close();
    await work.close();
  }
  const all = (pick: (run: Measured) => number) =>
    Object.fromEntries(NAMES.map((name) => [name, spread((measured.get(name) ?? []).map(pick))])) as Record<
      LoopName,
      Spread
    >;
  const ratioTo = (name: LoopName) =>
    spread(
      (measured.get('exactlyOnce') ?? []).map(({ rate }, n) => rate / (measured.get(name)?.[n]?.rate ?? Infinity)),
    );
  return {
    partitions,
    records,
    maxChunk: MAX_CHUNK,
    rounds,
    rates: all(({ rate }) => rate),
    cpu: all(({ cpu }) => cpu),
    toAtLeastOnce: ratioTo('atLeastOnce'),
    toBareAtLeastOnce: ratioTo('bareAtLeastOnce'),
    toBareExactlyOnce: ratioTo('bareExactlyOnce'),
  };
}

async function measure(
  name: LoopName,
  run: {
    readonly brokers: string;
    readonly prefix: string;
    readonly group: string;
    readonly work: Work;
    readonly serde: Serde;
    readonly records: number;
    readonly partitions: number;
  },
): Promise<Measured> {
  const { records, partitions } = run;
  const waiting = new Set<number>();
  const [start, finish] = [deferred(), deferred()];
  const timer = setTimeout(() => {
    start.reject(new Error(`${name}: only ${waiting.size} of ${partitions} partitions were ready in time`));
  }, READY_LIMIT_MS);
  let cpu = process.cpuUsage();
  let startedAt = 0;
  let committed = 0;
  let result: Measured = { rate: 0, cpu: 0 };
  await loops[name]({
    ...run,
    maxChunk: MAX_CHUNK,
    finished: finish.promise,
    // Joining the group and InitProducerId are start-up, not work: the clock starts when every partition has its first chunk.
    begin: async (partition) => {
      waiting.add(partition);
      if (waiting.size === partitions && startedAt === 0) {
        clearTimeout(timer);
        startedAt = performance.now();
        cpu = process.cpuUsage();
        start.resolve();
      }
      await start.promise;
    },
    onCommitted: (count) => {
      committed += count;
      if (committed < records) return;
      const { user, system } = process.cpuUsage(cpu);
      result = { rate: (1000 * records) / (performance.now() - startedAt), cpu: (user + system) / records };
      finish.resolve();
    },
  });
  return result;
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function deferred(): Deferred {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((fulfil, refuse) => {
    [resolve, reject] = [fulfil, refuse];
  });
  return { promise, resolve, reject };
}

async function fill(options: {
  readonly brokers: string;
  readonly prefix: string;
  readonly partitions: number;
  readonly records: number;
  readonly serde: Serde;
  readonly texts: readonly string[];
}): Promise<void> {
  const { brokers, prefix, partitions, records, serde, texts } = options;
  const broker = createKafkaBroker({ brokers: [brokers], clientId: 'bench', prefix, release: 'bench', logger: quiet });
  const press = createContentPress(serde, texts);
  const now = Date.now();
  for (let from = 0; from < records; from += FILL) {
    const size = Math.min(FILL, records - from);
    await broker.flow.publish(
      Array.from({ length: size }, (_, n) => ({ ...press(from + n, now), partition: (from + n) % partitions })),
    );
  }
  await broker.close();
}

type Offsets = Readonly<Record<string, number>>;

/** Ends of the output by `topic/partition` without prefix. */
async function openOutputs(
  brokers: string,
  prefix: string,
): Promise<{ readonly ends: () => Promise<Offsets>; readonly close: () => Promise<void> }> {
  const kafka = new kafkajs.Kafka({ brokers: [brokers], clientId: 'bench-ends', logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  return {
    ends: async () => {
      const offsets = await admin.fetchTopicOffsets(`${prefix}.${OUTPUT}`);
      return Object.fromEntries(offsets.map(({ partition, high }) => [`${OUTPUT}/${partition}`, Number(high)]));
    },
    close: () => admin.disconnect(),
  };
}

interface Expectation {
  readonly name: LoopName;
  readonly brokers: string;
  readonly prefix: string;
  readonly serde: Serde;
  readonly from: Offsets;
  readonly records: number;
  readonly expected: readonly Readonly<Record<string, number>>[];
  readonly modelId: string;
}

/** Every record once, in order, with the scores that its text has alone: exact counts with wrong scores have happened. */
async function requireScores(options: Expectation): Promise<void> {
  const { name, brokers, prefix, records } = options;
  const broker = createKafkaBroker({ brokers: [brokers], clientId: 'bench', prefix, release: 'bench', logger: quiet });
  try {
    const deadline = performance.now() + VISIBLE_WITHIN_MS;
    for (;;) {
      const found = await readOutput(broker, options);
      if (found === records) return;
      // The coordinator answers before it has written its markers; only behind them the last records can be read.
      if (performance.now() > deadline) throw new Error(`${name}: ${found} predictions of ${records} contents`);
      await sleep(LOOK_AGAIN_MS);
    }
  } finally {
    await broker.close();
  }
}

/** @returns how many contents have a prediction that can be read now */
async function readOutput(broker: Broker, { name, serde, from, expected, modelId }: Expectation): Promise<number> {
  const seen = new Set<number>();
  const last = new Map<number, number>();
  const wrong = (what: string): Error => new Error(`${name}: ${what}`);
  await broker.journal.tail({
    topics: [OUTPUT],
    from,
    untilEnd: true,
    signal: new AbortController().signal,
    onRecords: async (records) => {
      const decoded = await serde.decode(OUTPUT, records);
      records.forEach(({ partition }, index) => {
        const it = decoded[index];
        if (it?.ok !== true) throw wrong(`prediction ${index} cannot be read`);
        const sequence = sequenceOf(it.value.contentId);
        if (seen.has(sequence)) throw wrong(`content ${sequence} has two predictions`);
        if (sequence < (last.get(partition) ?? -1)) throw wrong(`content ${sequence} is behind a later one`);
        seen.add(sequence);
        last.set(partition, sequence);
        const [score] = it.value.scores;
        if (score?.modelId !== modelId) throw wrong(`content ${sequence} was not scored by ${modelId}`);
        for (const [category, logit] of Object.entries(expected[sequence % expected.length] ?? {})) {
          if (Math.fround(score.logits[category] ?? Number.NaN) === Math.fround(logit)) continue;
          throw wrong(`content ${sequence}: ${category} is not the logit that the text has alone`);
        }
      });
    },
  });
  return seen.size;
}
