import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicOf, type TopicName } from '#platform/contracts';
import { startStack, type RunningStack } from '#platform/stack';
import type { Broker, StoredRecord, WriteRecord } from '#platform/stream';
import { createKafkaBroker, createTopics, type KafkaBrokerOptions } from '../index.js';
import { quiet } from './quiet.js';

/** A real broker for one test file, with short times. */
export interface TestCluster {
  readonly stack: RunningStack;
  readonly brokers: readonly string[];
  /** Names that no other test of the file uses. */
  prefix(): string;
  broker(prefix: string, more?: Partial<KafkaBrokerOptions>): Broker;
  topics(prefix: string, names: readonly TopicName[], partitions: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestCluster(): Promise<TestCluster> {
  const home = await mkdtemp(join(tmpdir(), 'tidegate-kafka-'));
  const stack = await startStack({ home, parts: ['kafka'], ports: { kafka: 0 } });
  const brokers = [stack.kafkaBrokers];
  let count = 0;
  return {
    stack,
    brokers,
    prefix: () => `t${count++}`,
    broker: (prefix, more) =>
      createKafkaBroker({
        brokers,
        clientId: 'test',
        prefix,
        logger: quiet,
        release: 'test',
        heartbeatMs: 200,
        sessionTimeoutMs: 3_000,
        gatherMs: 20,
        requestTimeoutMs: 10_000,
        transactionTimeoutMs: 15_000,
        ...more,
      }),
    topics: async (prefix, names, partitions) => {
      await createTopics({
        brokers,
        clientId: 'test',
        prefix,
        logger: quiet,
        topics: names.map(topicOf),
        partitions,
        replicationFactor: 1,
      });
    },
    stop: async () => {
      await stack.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Everything that `read_committed` sees now, in the order of each partition. */
export async function readAll(broker: Broker, topic: TopicName): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  await broker.journal.tail({
    topics: [topic],
    from: 'beginning',
    untilEnd: true,
    signal: AbortSignal.timeout(20_000),
    onRecords: (records) => {
      found.push(...records);
    },
  });
  return found;
}

export function text(record: StoredRecord | undefined): string {
  return record?.value?.toString('utf8') ?? '';
}

/** Resolves when `holds` does; the limit is the time-out of the test. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Numbered records for one partition. */
export function numbered(topic: TopicName, partition: number, from: number, count: number): readonly WriteRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    topic,
    partition,
    key: `k${(from + at) % 7}`,
    value: Buffer.from(String(from + at)),
    headers: {},
  }));
}
