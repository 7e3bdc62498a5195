import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicOf } from '#platform/contracts';
import { createKafkaBroker, createTopics } from '#platform/kafka';
import { startStack } from '#platform/stack';
import { adapter, bareAtLeastOnce, bareExactlyOnce, INPUT, OUTPUT, type Loop } from './loops.js';

const RECORD_BYTES = 300;
const MAX_CHUNK = 2_000;
const loops: Readonly<Record<string, Loop>> = {
  'bare kafkajs, exactly once': bareExactlyOnce,
  'bare kafkajs, at least once': bareAtLeastOnce,
  'adapter, exactly once': adapter,
};

/** Arguments: rounds (default 5), records a run (default 48,000), partition counts (default 1,4,12). */
async function main(rounds: number, records: number, partitionCounts: readonly number[]): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
  const stack = await startStack({ home, parts: ['kafka'], ports: { kafka: 0 } });
  try {
    for (const partitions of partitionCounts) await compare([stack.kafkaBrokers], partitions, rounds, records);
  } finally {
    await stack.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function compare(brokers: readonly string[], partitions: number, rounds: number, records: number): Promise<void> {
  const prefix = `bench${partitions}`;
  const nothing = (): void => undefined;
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const connection = { brokers, clientId: 'bench', prefix, logger };
  await createTopics({ ...connection, topics: [INPUT, OUTPUT].map(topicOf), partitions, replicationFactor: 1 });
  await fill(createKafkaBroker({ ...connection, release: 'bench' }), partitions, records);

  const seconds = new Map<string, number[]>();
  const cpu = new Map<string, number[]>();
  for (let round = -1; round < rounds; round++) {
    // Another order each round, so that none always follows the same neighbour. Round -1 warms up.
    const names = Object.keys(loops);
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + round + names.length) % names.length] ?? '';
      const loop = loops[name];
      if (loop === undefined) continue;
      let before = process.cpuUsage();
      let started = 0;
      await loop({
        brokers,
        prefix,
        group: `g${round}-${at}`,
        records,
        maxChunk: MAX_CHUNK,
        onBegin: () => {
          before = process.cpuUsage();
          started = performance.now();
        },
        onEnd: () => {
          if (round < 0) return;
          const { user, system } = process.cpuUsage(before);
          push(seconds, name, (performance.now() - started) / 1_000);
          push(cpu, name, (user + system) / records);
        },
      });
    }
  }
  print(partitions, records, seconds, cpu);
}

async function fill(broker: ReturnType<typeof createKafkaBroker>, partitions: number, records: number): Promise<void> {
  const words = 'the tide comes in and goes out twice a day and takes with it what lies on the beach'.split(' ');
  for (let from = 0; from < records; from += 2_000) {
    await broker.flow.publish(
      Array.from({ length: Math.min(2_000, records - from) }, (_, at) => {
        let value = `${from + at}`;
        for (let word = from + at; value.length < RECORD_BYTES; word = (word * 31 + 7) % 9_973) {
          value += ` ${words[word % words.length] ?? ''}${word}`;
        }
        return {
          topic: INPUT,
          partition: (from + at) % partitions,
          key: `demo/${from + at}`,
          value: Buffer.from(value.slice(0, RECORD_BYTES)),
          headers: {},
        };
      }),
    );
  }
  await broker.close();
}

function print(
  partitions: number,
  records: number,
  seconds: ReadonlyMap<string, number[]>,
  cpu: ReadonlyMap<string, number[]>,
): void {
  process.stdout.write(
    `\n${partitions} partition(s), ${records} records of ${RECORD_BYTES} bytes, chunks up to ${MAX_CHUNK}\n`,
  );
  for (const [name, times] of seconds) {
    const rates = times.map((s) => records / s);
    const micros = cpu.get(name) ?? [];
    process.stdout.write(
      `${name.padEnd(30)} ${Math.round(median(rates)).toLocaleString('en').padStart(8)} records/s ` +
        `(${Math.round(Math.min(...rates)).toLocaleString('en')} to ${Math.round(Math.max(...rates)).toLocaleString('en')}), ` +
        `${median(micros).toFixed(1)} us CPU a record\n`,
    );
  }
  ratio(
    'adapter / bare, exactly once',
    seconds.get('bare kafkajs, exactly once'),
    seconds.get('adapter, exactly once'),
  );
  ratio(
    'exactly once / at least once',
    seconds.get('bare kafkajs, at least once'),
    seconds.get('adapter, exactly once'),
  );
}

/** Ratios of throughput, round by round: what shared the machine shared it with both. */
function ratio(name: string, base: readonly number[] = [], other: readonly number[] = []): void {
  const ratios = base.map((s, round) => s / (other[round] ?? Infinity));
  process.stdout.write(
    `${name.padEnd(30)} ${median(ratios).toFixed(2).padStart(8)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})\n`,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

const [rounds = '5', records = '48000', partitionCounts = '1,4,12'] = process.argv.slice(2);
await main(Number(rounds), Number(records), partitionCounts.split(',').map(Number));
