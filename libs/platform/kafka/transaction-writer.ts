import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { FatalError, partitionOfKey, type WriteRecord } from '#platform/stream';
import { protocolError } from './kafka-errors.js';
import { CompressionTypes } from './kafkajs.js';
import {
  openCluster,
  TRANSACTION_COORDINATOR,
  type BrokerNode,
  type Cluster,
  type ProducerIdentity,
  type TopicOffsetsToCommit,
} from './low-level.js';
import type { Names } from './names.js';
import type { FaultPoint } from './options.js';

/** Below the smallest `max.message.bytes` that {@link createTopics} gives, whatever compression leaves of it. */
const MAX_BATCH_BYTES = 1_000_000;
/** Record framing and what the headers' names take, roughly; a batch is only kept well below the limit. */
const RECORD_OVERHEAD = 40;
const ACKS_ALL = -1;
/** Back-to-back transactions meet the markers of the one before for 1 to 3 ms. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;
/** Longer than a coordinator needs to load its part of the log after a restart. */
const PATIENCE_MS = 60_000;

/** Passing states of coordinators, and of leaders that are new or have moved: the same request is sent again. */
const TRY_AGAIN: ReadonlySet<string> = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

export interface Transaction {
  readonly records: readonly WriteRecord[];
  readonly offsets?: { readonly groupId: string; readonly topics: readonly TopicOffsetsToCommit[] };
}

/** Offset behind the last record that a transaction wrote, by `topic/partition` without prefix. */
export type Ends = ReadonlyMap<string, number>;

export interface TransactionWriter {
  /** All or nothing. After any error the writer is of no more use: its owner calls `abandon` and opens another one. */
  commit(transaction: Transaction): Promise<Ends>;
  /** Ends an open transaction if the cluster lets it, and disconnects. Never throws. */
  abandon(): Promise<void>;
}

export interface TransactionWriterOptions {
  readonly kafka: Kafka;
  readonly names: Names;
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly faultPoint: ((point: FaultPoint) => Promise<void> | void) | null;
  /** Called before the predecessor is fenced and while waiting for its transaction to end; what it throws ends the opening. */
  readonly heartbeat: () => Promise<void>;
}

/** A pile with its place in the sequence of its partition. */
interface Batch {
  readonly pile: Pile;
  readonly firstSequence: number;
}

interface Pile {
  readonly topic: string;
  readonly partition: number;
  readonly messages: WriteRecord[];
  bytes: number;
}

/**
 * A transactional producer made of single requests. kafkajs' own asks for the coordinator before each of them, has a state machine
 * that sticks after a failed end, and copies the list of messages once per message; this one needs 5 requests instead of 9 for a
 * transaction. Opening it runs InitProducerId: it fences the predecessor and finishes its transaction (streaming 2).
 * The broker sees one request at a time, so the order and the sequence numbers of the records hold (max. in flight 1).
 */
export async function openTransactionWriter(options: TransactionWriterOptions): Promise<TransactionWriter> {
  const { names, transactionalId, faultPoint } = options;
  const cluster = openCluster(options.kafka);
  const sequences = new Map<string, number>();
  const partitionCounts = new Map<string, number>();
  let isOpen = false;
  let groupCoordinator: { readonly groupId: string; readonly node: BrokerNode } | null = null;

  let coordinator: BrokerNode;
  let producer: ProducerIdentity;
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    coordinator = await findCoordinator();
    await options.heartbeat();
    producer = await patiently(async () => {
      const { producerId, producerEpoch } = await coordinator.initProducerId({
        transactionalId,
        transactionTimeout: options.transactionTimeoutMs,
      });
      return { transactionalId, producerId, producerEpoch };
    }, options.heartbeat);
  } catch (error) {
    await disconnect(cluster);
    throw error;
  }

  function findCoordinator(): Promise<BrokerNode> {
    return cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: TRANSACTION_COORDINATOR });
  }

  async function coordinatorOf(groupId: string): Promise<BrokerNode> {
    if (groupCoordinator?.groupId !== groupId) {
      groupCoordinator = { groupId, node: await cluster.findGroupCoordinator({ groupId }) };
    }
    return groupCoordinator.node;
  }

  /** Records by topic and partition, in order, in as many rounds as the batch limit makes necessary. */
  function pileUp(records: readonly WriteRecord[]): Map<string, Pile>[] {
    const rounds: Map<string, Pile>[] = [];
    const roundOf = new Map<string, number>();
    let last: Pile | undefined;
    for (const record of records) {
      const count = partitionCounts.get(record.topic) ?? 0;
      const partition = record.partition ?? (record.key === null ? 0 : partitionOfKey(record.key, count));
      if (partition >= count) {
        throw new FatalError(
          'configuration',
          `topic ${record.topic} has ${count} partitions, partition ${partition} is written`,
        );
      }
      const size = RECORD_OVERHEAD + (record.key?.length ?? 0) + (record.value?.length ?? 0);
      // Nearly always what the record before went to.
      if (last?.partition === partition && last.topic === record.topic && last.bytes + size <= MAX_BATCH_BYTES) {
        last.messages.push(record);
        last.bytes += size;
        continue;
      }
      const id = `${record.topic}/${partition}`;
      let round = roundOf.get(id) ?? 0;
      let pile = rounds[round]?.get(id);
      if (pile !== undefined && pile.bytes + size > MAX_BATCH_BYTES) {
        round++;
        pile = undefined;
      }
      if (pile === undefined) {
        pile = { topic: record.topic, partition, messages: [], bytes: 0 };
        const piles = rounds[round] ?? new Map<string, Pile>();
        rounds[round] = piles;
        piles.set(id, pile);
        roundOf.set(id, round);
      }
      pile.messages.push(record);
      pile.bytes += size;
      last = pile;
    }
    return rounds;
  }

  async function learnPartitions(records: readonly WriteRecord[]): Promise<void> {
    const unknown = new Set<string>();
    for (const { topic } of records) if (!partitionCounts.has(topic)) unknown.add(topic);
    if (unknown.size === 0) return;
    await cluster.addMultipleTargetTopics([...unknown].map((topic) => names.topic(topic)));
    for (const topic of unknown) {
      partitionCounts.set(topic, cluster.findTopicPartitionMetadata(names.topic(topic)).length);
    }
  }

  function leaderOf({ topic, partition }: Pile): number {
    const partitions = cluster.findTopicPartitionMetadata(names.topic(topic));
    return partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
  }

  /** Safe to repeat: the broker knows a batch by its sequence number and answers where it already lies. */
  async function produceAt(leader: number, batches: readonly Batch[], ends: Map<string, number>): Promise<void> {
    const node = await cluster.findBroker({ nodeId: String(leader) });
    const { topics } = await node.produce({
      ...producer,
      acks: ACKS_ALL,
      timeout: options.requestTimeoutMs,
      compression: CompressionTypes.GZIP,
      topicData: [...groupBy(batches, ({ pile }) => pile.topic)].map(([topic, ofTopic]) => ({
        topic: names.topic(topic),
        partitions: ofTopic.map(({ pile: { partition, messages }, firstSequence }) => ({
          partition,
          firstSequence,
          messages,
        })),
      })),
    });
    const counts = new Map(batches.map(({ pile }) => [`${pile.topic}/${pile.partition}`, pile.messages.length]));
    for (const { topicName, partitions } of topics) {
      for (const { partition, baseOffset } of partitions) {
        const id = `${names.plain(topicName)}/${partition}`;
        ends.set(id, Number(baseOffset) + (counts.get(id) ?? 0));
      }
    }
  }

  async function produce(piles: readonly Pile[], ends: Map<string, number>): Promise<void> {
    let left: readonly Batch[] = piles.map((pile) => {
      const id = `${pile.topic}/${pile.partition}`;
      const firstSequence = sequences.get(id) ?? 0;
      // Sequence numbers have 31 bits and start again at 0.
      sequences.set(id, (firstSequence + pile.messages.length) & 0x7fffffff);
      return { pile, firstSequence };
    });
    await patiently(
      async () => {
        const byLeader = [...groupBy(left, ({ pile }) => leaderOf(pile))];
        const answers = await Promise.allSettled(byLeader.map(([leader, batches]) => produceAt(leader, batches, ends)));
        left = byLeader.flatMap(([, batches], at) => (answers[at]?.status === 'rejected' ? batches : []));
        for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
      },
      () => cluster.refreshMetadata(),
    );
  }

  return {
    async commit({ records, offsets }) {
      const ends = new Map<string, number>();
      if (records.length === 0 && offsets === undefined) return ends;
      await learnPartitions(records);
      await cluster.refreshMetadataIfNecessary();
      const rounds = pileUp(records);
      if (faultPoint !== null) await faultPoint('before_send');
      isOpen = true;
      const written = partitionsOf(rounds, names);
      // One connection: both wait in line at the coordinator, and the second costs no round trip of its own.
      await Promise.all([
        written.length === 0
          ? null
          : patiently(() => coordinator.addPartitionsToTxn({ ...producer, topics: written }), nothing),
        offsets === undefined
          ? null
          : patiently(() => coordinator.addOffsetsToTxn({ ...producer, groupId: offsets.groupId }), nothing),
      ]);
      for (const round of rounds) await produce([...round.values()], ends);
      if (faultPoint !== null) await faultPoint('after_send');
      if (offsets !== undefined) {
        const group = await coordinatorOf(offsets.groupId);
        await patiently(() => group.txnOffsetCommit({ ...producer, ...offsets }), nothing);
      }
      if (faultPoint !== null) await faultPoint('after_send_offsets');
      await patiently(() => coordinator.endTxn({ ...producer, transactionResult: true }), nothing);
      isOpen = false;
      if (faultPoint !== null) await faultPoint('after_commit');
      return ends;
    },
    async abandon() {
      if (isOpen) {
        try {
          await coordinator.endTxn({ ...producer, transactionResult: false });
        } catch {
          // Its successor's InitProducerId, or the transaction time-out, ends it.
        }
      }
      await disconnect(cluster);
    },
  };
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function partitionsOf(
  rounds: readonly ReadonlyMap<string, Pile>[],
  names: Names,
): readonly { readonly topic: string; readonly partitions: readonly number[] }[] {
  const topics = new Map<string, Set<number>>();
  for (const round of rounds) {
    for (const { topic, partition } of round.values()) {
      const partitions = topics.get(topic);
      if (partitions === undefined) topics.set(topic, new Set([partition]));
      else partitions.add(partition);
    }
  }
  return [...topics].map(([topic, partitions]) => ({ topic: names.topic(topic), partitions: [...partitions] }));
}

/** Repeats a request that the coordinator put off; any other error ends the transaction. */
async function patiently<T>(request: () => Promise<T>, between: () => Promise<void>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LAST_RETRY_MS, wait * 1.5)) {
    try {
      return await request();
    } catch (error) {
      if (!TRY_AGAIN.has(protocolError(error) ?? '') || performance.now() > deadline) throw error;
      await sleep(wait);
      await between();
    }
  }
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

async function disconnect(cluster: Cluster): Promise<void> {
  try {
    await cluster.disconnect();
  } catch {
    // Gone already.
  }
}
