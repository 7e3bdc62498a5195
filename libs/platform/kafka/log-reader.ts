import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { FatalError, type StoredRecord } from '#platform/stream';
import { classifyKafka } from './kafka-errors.js';
import { openCluster, withoutAborted, type BrokerNode, type FetchedMessage } from './low-level.js';
import type { Names } from './names.js';

const READ_COMMITTED = 1;
const LATEST = -1;
const EARLIEST = -2;
/** Seven pauses, 2.5 s in all: longer than a new topic or a new leader takes to be known. */
const ATTEMPTS = 8;
const FIRST_RETRY_MS = 20;

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export interface Position extends Place {
  readonly offset: number;
}

/** What one fetch found in one partition. */
export interface Fetched extends Place {
  /** Committed data records, in order. */
  readonly records: readonly StoredRecord[];
  /** Where to go on: behind records, markers, aborted records and what compaction left out. */
  readonly next: number;
  /** End of what `read_committed` can see now. */
  readonly end: number;
}

/** Where a group goes on, and what it kept with its offset. Offset null: it never committed. */
export interface Committed {
  readonly offset: number | null;
  readonly metadata: string | null;
}

/** Reads without a group. Topics carry no prefix. Not for concurrent fetches: they would wait for each other. */
export interface LogReader {
  partitionsOf(topics: readonly string[]): Promise<readonly Place[]>;
  /** Ends that `read_committed` sees (last stable offsets), in the order of `places`. */
  ends(places: readonly Place[]): Promise<readonly number[]>;
  starts(places: readonly Place[]): Promise<readonly number[]>;
  /** @throws FatalError `offset_out_of_range` when the log does not reach back that far, or not that far yet. */
  fetch(positions: readonly Position[], maxWaitMs: number): Promise<readonly Fetched[]>;
  committed(groupId: string, places: readonly Place[]): Promise<readonly Committed[]>;
  close(): Promise<void>;
}

export async function openLogReader(options: {
  readonly kafka: Kafka;
  readonly names: Names;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}): Promise<LogReader> {
  const { names } = options;
  const cluster = openCluster(options.kafka);
  await cluster.connect();

  async function know(topics: Iterable<string>): Promise<void> {
    await cluster.addMultipleTargetTopics([...new Set(topics)].map((topic) => names.topic(topic)));
    await cluster.refreshMetadataIfNecessary();
  }

  /** Places by the broker that leads them. */
  async function byLeader<P extends Place>(places: readonly P[]): Promise<ReadonlyMap<BrokerNode, readonly P[]>> {
    await know(places.map(({ topic }) => topic));
    const leaders = new Map<number, P[]>();
    for (const place of places) {
      const leader = cluster
        .findTopicPartitionMetadata(names.topic(place.topic))
        .find(({ partitionId }) => partitionId === place.partition)?.leader;
      if (leader === undefined) {
        throw new FatalError('configuration', `topic ${names.topic(place.topic)} has no partition ${place.partition}`);
      }
      const list = leaders.get(leader);
      if (list === undefined) leaders.set(leader, [place]);
      else list.push(place);
    }
    const nodes = new Map<BrokerNode, readonly P[]>();
    for (const [leader, ofLeader] of leaders) nodes.set(await cluster.findBroker({ nodeId: String(leader) }), ofLeader);
    return nodes;
  }

  async function listOffsets(places: readonly Place[], timestamp: number): Promise<readonly number[]> {
    const found = new Map<string, number>();
    for (const [node, ofNode] of await byLeader(places)) {
      const { responses } = await node.listOffsets({
        isolationLevel: READ_COMMITTED,
        topics: ofNode.map(({ topic, partition }) => ({
          topic: names.topic(topic),
          partitions: [{ partition, timestamp }],
        })),
      });
      for (const { topic, partitions } of responses) {
        for (const { partition, offset } of partitions) found.set(`${names.plain(topic)}/${partition}`, Number(offset));
      }
    }
    return places.map(({ topic, partition }) => found.get(`${topic}/${partition}`) ?? 0);
  }

  async function fetchFrom(node: BrokerNode, positions: readonly Position[], maxWaitMs: number): Promise<Fetched[]> {
    const { responses } = await node.fetch({
      isolationLevel: READ_COMMITTED,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes: options.maxBytes,
      topics: positions.map(({ topic, partition, offset }) => ({
        topic: names.topic(topic),
        partitions: [{ partition, fetchOffset: String(offset), maxBytes: options.maxBytesPerPartition }],
      })),
    });
    const from = new Map(positions.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    return responses.flatMap(({ topicName, partitions }) => {
      const topic = names.plain(topicName);
      return partitions.map((fetched): Fetched => {
        const { partition, messages, abortedTransactions } = fetched;
        const start = from.get(`${topic}/${partition}`) ?? 0;
        const last = messages.at(-1);
        return {
          topic,
          partition,
          records: withoutAborted({ messages, abortedTransactions })
            .filter((message) => !message.isControlRecord && Number(message.offset) >= start)
            .map((message) => storedRecord(message, topic, partition)),
          next: last === undefined ? start : Math.max(start, Number(last.offset) + 1),
          end: Number(fetched.lastStableOffset),
        };
      });
    });
  }

  /** Leaders move, topics are new, brokers restart: the same question again, to the cluster as it is then. */
  async function healing<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 1, wait = FIRST_RETRY_MS; ; attempt++, wait *= 2) {
      try {
        return await request();
      } catch (error) {
        if (classifyKafka(error, '') instanceof FatalError || attempt === ATTEMPTS) throw error;
        await sleep(wait);
        await lookAgain(error);
      }
    }
  }

  async function lookAgain(after: unknown): Promise<void> {
    if (after instanceof Error && 'host' in after && 'port' in after) {
      cluster.removeBroker({ host: String(after.host), port: Number(after.port) });
    }
    try {
      if (!cluster.isConnected()) await cluster.connect();
      await cluster.refreshMetadata();
    } catch {
      // The next attempt tells.
    }
  }

  return {
    partitionsOf: (topics) =>
      healing(async () => {
        await know(topics);
        return topics.flatMap((topic) => {
          const partitions = cluster.findTopicPartitionMetadata(names.topic(topic));
          return partitions.map(({ partitionId }) => ({ topic, partition: partitionId })).sort(byPartition);
        });
      }),
    ends: (places) => healing(() => listOffsets(places, LATEST)),
    starts: (places) => healing(() => listOffsets(places, EARLIEST)),
    fetch: (positions, maxWaitMs) =>
      healing(async () => {
        const nodes = await byLeader(positions);
        const found = await Promise.all([...nodes].map(([node, ofNode]) => fetchFrom(node, ofNode, maxWaitMs)));
        return found.flat();
      }),
    committed: (groupId, places) =>
      healing(async () => {
        const coordinator = await cluster.findGroupCoordinator({ groupId });
        const { responses } = await coordinator.offsetFetch({
          groupId,
          topics: places.map(({ topic, partition }) => ({ topic: names.topic(topic), partitions: [{ partition }] })),
        });
        const found = new Map<string, Committed>();
        for (const { topic, partitions } of responses) {
          for (const { partition, offset, metadata } of partitions) {
            const isNone = Number(offset) < 0;
            found.set(`${names.plain(topic)}/${partition}`, {
              offset: isNone ? null : Number(offset),
              metadata: isNone || metadata === '' ? null : metadata,
            });
          }
        }
        return places.map(({ topic, partition }) => {
          const committed = found.get(`${topic}/${partition}`);
          if (committed === undefined)
            throw new FatalError('bug', `no committed offset answered for ${topic}/${partition}`);
          return committed;
        });
      }),
    close: () => cluster.disconnect(),
  };
}

function byPartition(a: Place, b: Place): number {
  return a.partition - b.partition;
}

/** `topic` is without prefix. */
export function storedRecord(
  message: Pick<FetchedMessage, 'offset' | 'key' | 'value' | 'timestamp'> & { readonly headers?: object },
  topic: string,
  partition: number,
): StoredRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    headers: (message.headers ?? NO_HEADERS) as StoredRecord['headers'],
    timestamp: Number(message.timestamp),
  };
}
const NO_HEADERS: StoredRecord['headers'] = {};
