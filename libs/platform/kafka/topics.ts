import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { Topic } from '#platform/contracts';
import { FatalError, RetryableError } from '#platform/stream';
import { createClient } from './client.js';
import { classifyKafka, protocolError } from './kafka-errors.js';
import { namesOf } from './names.js';
import type { KafkaConnection } from './options.js';

/** Room for the framing of a batch around the largest record. */
const FRAMING_BYTES = 65_536;
/** Writers fill their batches up to 1 MB before compression, and librdkafka's default is the same. */
const SMALLEST_BATCH_LIMIT = 1_048_576;
const HOUR_MS = 3_600_000;
const KNOWN_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 20;

export interface CreateTopicsOptions extends KafkaConnection {
  /** `allTopics(channels)` of the contracts. */
  readonly topics: readonly Topic[];
  /** Partitions of flows and co-partitioned tables; everything else has one. */
  readonly partitions: number;
  readonly replicationFactor: number;
}

export interface CreatedTopics {
  readonly created: readonly string[];
  readonly existing: readonly string[];
}

/**
 * Creates what is missing and checks what is there; running it again changes nothing.
 * @throws FatalError `configuration` when an existing topic has another number of partitions: co-partitioning needs the same one everywhere.
 */
export async function createTopics(options: CreateTopicsOptions): Promise<CreatedTopics> {
  const names = namesOf(options.prefix);
  const admin = createClient(options).admin();
  const wanted = new Map(options.topics.map((topic) => [names.topic(topic.name), topic]));
  const partitionsOf = (topic: Topic): number => (topic.copartitioned ? options.partitions : 1);
  try {
    await admin.connect();
    const present = new Set(await admin.listTopics());
    const missing = [...wanted].filter(([name]) => !present.has(name));
    if (missing.length > 0) {
      const others = await create(
        admin,
        missing.map(([name, topic]) => ({
          topic: name,
          numPartitions: partitionsOf(topic),
          replicationFactor: options.replicationFactor,
          configEntries: Object.entries(configOf(topic)).map(([key, value]) => ({ name: key, value })),
        })),
      );
      for (const name of others) present.add(name);
      await untilKnown(
        admin,
        missing.map(([name]) => name),
      );
    }
    const existing = [...wanted.keys()].filter((name) => present.has(name));
    if (existing.length > 0) {
      const { topics } = await admin.fetchTopicMetadata({ topics: existing });
      for (const { name, partitions } of topics) {
        const topic = wanted.get(name);
        if (topic === undefined || partitions.length === partitionsOf(topic)) continue;
        throw new FatalError(
          'configuration',
          `topic ${name} has ${partitions.length} partitions, ${partitionsOf(topic)} are wanted` +
            (topic.copartitioned
              ? ': all flows and co-partitioned tables need the same number. Set it to what the topics have, or choose another prefix'
              : ': journals and tables have exactly one. Choose another prefix'),
        );
      }
    }
    return { created: [...wanted.keys()].filter((name) => !present.has(name)), existing };
  } catch (error) {
    throw classifyKafka(error, 'cannot create topics');
  } finally {
    await admin.disconnect();
  }
}

/** Resolves when every partition of the topics has a leader that the cluster tells. */
async function untilKnown(admin: Admin, topics: string[]): Promise<void> {
  const deadline = performance.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      const known = await admin.fetchTopicMetadata({ topics });
      if (
        known.topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))
      ) {
        return;
      }
    } catch (error) {
      if (classifyKafka(error, '') instanceof FatalError) throw error;
    }
    if (performance.now() > deadline) {
      throw new RetryableError('broker_unavailable', `new topics have no leader after ${KNOWN_WITHIN_MS} ms`);
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Answers the topics that another process created between the look and the call. */
async function create(admin: Admin, topics: ITopicConfig[]): Promise<readonly string[]> {
  try {
    // The client's own wait gives up when the broker that it asks has not heard of a topic yet.
    await admin.createTopics({ topics, waitForLeaders: false });
    return [];
  } catch (error) {
    // The client reports one error per topic that was not created.
    if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) throw error;
    return error.errors.map((one: unknown) => {
      if (protocolError(one) !== 'TOPIC_ALREADY_EXISTS') throw one;
      return one instanceof Error && 'topic' in one ? String(one.topic) : '';
    });
  }
}

/** Settings of a topic on the cluster. */
export function configOf(topic: Topic): Readonly<Record<string, string>> {
  const isTable = topic.class === 'table';
  const isKept = topic.retentionMs < 0;
  return {
    'cleanup.policy': isTable ? (isKept ? 'compact' : 'compact,delete') : 'delete',
    'retention.ms': String(topic.retentionMs),
    'max.message.bytes': String(Math.max(SMALLEST_BATCH_LIMIT, topic.maxBytes) + FRAMING_BYTES),
    // What clients compressed stays as it is.
    'compression.type': 'producer',
    // Plans are void when they were appended late, and platforms' clocks are not ours (design 3).
    'message.timestamp.type': hasBrokerTime(topic) ? 'LogAppendTime' : 'CreateTime',
    ...(isTable
      ? {
          'min.cleanable.dirty.ratio': '0.1',
          'segment.ms': String(24 * HOUR_MS),
          'delete.retention.ms': String(24 * HOUR_MS),
        }
      : {}),
  };
}

function hasBrokerTime(topic: Topic): boolean {
  return topic.name === 'content.submitted' || topic.name === 'sampling.planned';
}

/** Whether the cluster answers, and what it has; topics without prefix. */
export type KafkaHealth =
  | { readonly ok: true; readonly brokers: number; readonly topics: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Whether the cluster answers, for `doctor` and readiness. Never throws. */
export async function kafkaHealth(connection: KafkaConnection): Promise<KafkaHealth> {
  const admin = createClient({ ...connection, connectionTimeoutMs: 1_000, requestTimeoutMs: 2_000 }).admin({
    retry: { retries: 1 },
  });
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const names = namesOf(connection.prefix);
    const topics = (await admin.listTopics()).map((topic) => names.plain(topic)).filter((name) => name !== '');
    return { ok: true, brokers: brokers.length, topics };
  } catch (error) {
    return { ok: false, problem: classifyKafka(error, `cannot reach ${connection.brokers.join(', ')}`).message };
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
