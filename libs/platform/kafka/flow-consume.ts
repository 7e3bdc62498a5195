import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { topicOf } from '#platform/contracts';
import { FatalError, RetryableError, type Chunk, type FlowConsumeOptions, type Worker } from '#platform/stream';
import { coPartitionAssigner } from './co-partition-assigner.js';
import { createGroupConsumer, type GroupConsumer, type Joined } from './group-consumer.js';
import { classifyKafka, isFenced, isRebalance, protocolError } from './kafka-errors.js';
import { openLogReader, storedRecord, type LogReader } from './log-reader.js';
import { createMutex, type Mutex } from './mutex.js';
import type { Names } from './names.js';
import type { KafkaSettings } from './options.js';
import { PartitionWriter } from './partition-writer.js';

const FIRST_BACK_OFF_MS = 20;
const LAST_BACK_OFF_MS = 5_000;
/** Fenced again and again while the group says that the partition is ours: somebody else uses the transactional id. */
const MAX_FENCED = 20;

/** The client's types leave out where the fetch began. */
type FetchedBatch = EachBatchPayload['batch'] & { readonly fetchedOffset: string };

/** One input topic of a partition. */
interface Input {
  readonly topic: string;
  /** Next offset; holds while the partition's writer is open. */
  position: number;
  carried: string | null;
  /** The client fetches from `position` on, or from what follows it. */
  isAligned: boolean;
}

/** As stored, that is compressed: some 500 contents. */
const GATHER_BYTES = 65_536;
const PATIENCE = 10;

interface OwnedPartition {
  readonly partition: number;
  readonly mutex: Mutex;
  readonly writer: PartitionWriter;
  readonly inputs: ReadonlyMap<string, Input>;
  isLost: boolean;
  failures: number;
  fenced: number;
}

/** The recipe of streaming 2: one transaction per chunk, its next offset inside, one producer per partition. */
export function consumeFlow(kafka: Kafka, settings: KafkaSettings, names: Names, options: FlowConsumeOptions): Worker {
  const { app, topics } = options;
  const groupId = names.group(app);
  const { maxBytes, maxBytesPerPartition, observe, logger } = settings;
  const patience = options.isPatient === true ? PATIENCE : 1;
  let partitions = new Map<number, OwnedPartition>();
  let memberId: string | null = null;
  let reader: Promise<LogReader> | null = null;
  const closing = new Set<Promise<void>>();

  const consumer: GroupConsumer = createGroupConsumer({
    kafka,
    settings,
    names,
    app,
    topics,
    assigner: coPartitionAssigner(() => ({ owned: [...partitions.keys()], address: null })),
    gather: { bytes: patience * GATHER_BYTES, waitMs: patience * settings.gatherMs },
    onJoined,
    onBatch,
    onStopped: async () => {
      for (const owned of partitions.values()) release(owned);
      partitions = new Map();
      await Promise.all(closing);
      if (reader !== null) await (await reader).close();
    },
    onFatal: options.onFatal,
  });

  /**
   * A member that kept its id took part in every generation, so nobody else had the partitions that it still has: their producers go
   * on. If that were wrong, the first transaction would be fenced and everything looked up again. All others start anew.
   */
  function onJoined({ memberId: id, places }: Joined): void {
    const isSameMember = id === memberId;
    memberId = id;
    const assigned = new Set(places.map(({ partition }) => partition));
    const next = new Map<number, OwnedPartition>();
    for (const [partition, owned] of partitions) {
      if (isSameMember && assigned.has(partition)) {
        for (const input of owned.inputs.values()) input.isAligned = false;
        next.set(partition, owned);
      } else {
        release(owned);
      }
    }
    for (const partition of assigned) if (!next.has(partition)) next.set(partition, ownedPartition(partition));
    partitions = next;
  }

  function ownedPartition(partition: number): OwnedPartition {
    return {
      partition,
      mutex: createMutex(),
      writer: new PartitionWriter({
        kafka,
        settings,
        names,
        app,
        partition,
        tables: options.tables.map((topic) => ({
          topic,
          retentionMs: retentionOf(topic),
          maxKeys: settings.maxTableKeys,
        })),
      }),
      inputs: new Map(topics.map((topic) => [topic, { topic, position: 0, carried: null, isAligned: false }])),
      isLost: false,
      failures: 0,
      fenced: 0,
    };
  }

  function release(owned: OwnedPartition): void {
    owned.isLost = true;
    const closed = owned.mutex(() => owned.writer.abandon()).catch(() => undefined);
    closing.add(closed);
    void closed.finally(() => closing.delete(closed));
  }

  async function onBatch(payload: EachBatchPayload): Promise<void> {
    const owned = partitions.get(payload.batch.partition);
    // Fetched for a generation that has ended.
    if (owned === undefined) return;
    await owned.mutex(() => processBatch(owned, payload));
  }

  async function processBatch(owned: OwnedPartition, payload: EachBatchPayload): Promise<void> {
    const batch = payload.batch as FetchedBatch;
    const { messages } = batch;
    const topic = names.plain(batch.topic);
    const { partition } = owned;
    const place = { topic, partition };
    const input = owned.inputs.get(topic);
    if (input === undefined) throw new FatalError('bug', `${app}: fetched ${topic} without having asked for it`);
    for (let index = 0; index < messages.length;) {
      if (owned.isLost || !payload.isRunning() || payload.isStale()) return;
      await payload.heartbeat();
      if (!owned.writer.isOpen) {
        await reopen(owned, payload);
        index = 0;
        continue;
      }
      const { position } = input;
      if (!input.isAligned) {
        input.isAligned = true;
        if (Number(batch.fetchedOffset) > position || Number(batch.lastOffset()) < position) {
          // Fetched from where the group stood before the predecessor's transaction had ended, or behind hidden markers.
          consumer.seek(place, position);
          return;
        }
      }
      while (index < messages.length && Number(messages[index]?.offset) < position) index++;
      const end = Math.min(messages.length, index + options.maxChunk);
      if (index === end) break;
      // Behind the markers, too, so that a group which has read everything has no lag.
      const last = end === messages.length ? batch.lastOffset() : messages[end - 1]?.offset;
      const next = Number(last) + 1;
      try {
        const records = messages.slice(index, end).map((message) => storedRecord(message, topic, partition));
        const writes = await processChunk(owned, input, payload, records);
        await owned.writer.commit({
          records: writes.records,
          offsets: {
            groupId,
            topics: [{ topic: batch.topic, partitions: [{ partition, offset: String(next), metadata: writes.carry }] }],
          },
        });
        input.position = next;
        input.carried = writes.carry;
      } catch (error) {
        await giveUp(owned, payload, error);
        continue;
      }
      owned.failures = 0;
      owned.fenced = 0;
      index = end;
      payload.resolveOffset(String(next - 1));
      consumer.progressed(place, next);
    }
    payload.resolveOffset(batch.lastOffset());
    consumer.progressed(place, Number(batch.lastOffset()) + 1);
    await payload.heartbeat();
  }

  async function processChunk(
    owned: OwnedPartition,
    input: Input,
    payload: EachBatchPayload,
    records: Chunk['records'],
  ): ReturnType<FlowConsumeOptions['process']> {
    let rebalance: unknown = null;
    try {
      return await options.process({
        topic: input.topic,
        partition: owned.partition,
        records,
        carried: input.carried,
        tables: owned.writer.entries,
        heartbeat: async () => {
          consumer.alive();
          try {
            await payload.heartbeat();
          } catch (error) {
            rebalance = error;
            throw classifyKafka(error, `${app}: heartbeat`);
          }
          // A step that waits for something must not keep a role that is told to stop.
          if (!payload.isRunning()) throw new RetryableError('rebalance', `${app} is stopping`);
        },
      });
    } catch (error) {
      // The client must see its own error to join again.
      throw rebalance !== null && isRebalance(rebalance) ? rebalance : error;
    }
  }

  async function reopen(owned: OwnedPartition, payload: EachBatchPayload): Promise<void> {
    try {
      await open(owned, payload);
    } catch (error) {
      await giveUp(owned, payload, error);
    }
  }

  /** Positions, carried text and tables as the cluster has them once no other producer can change them. */
  async function open(owned: OwnedPartition, payload: EachBatchPayload): Promise<void> {
    const places = topics.map((topic) => ({ topic, partition: owned.partition }));
    const from = await sharedReader();
    await owned.writer.open(from, () => payload.heartbeat());
    const committed = await from.committed(groupId, places);
    const starts = await from.starts(places);
    places.forEach(({ topic, partition }, at) => {
      const input = owned.inputs.get(topic);
      const offset = committed[at]?.offset ?? null;
      const start = starts[at] ?? 0;
      if (input === undefined) return;
      if (offset !== null && offset < start) {
        throw new FatalError(
          'offset_out_of_range',
          `${app}: ${topic}/${partition} was read up to ${offset}, but the log starts at ${start}: unread records are gone. ` +
            'Decide what to do about them, then set the offset of the group by hand',
        );
      }
      input.position = offset ?? start;
      input.carried = committed[at]?.metadata ?? null;
      input.isAligned = false;
    });
  }

  function sharedReader(): Promise<LogReader> {
    reader ??= openLogReader({ kafka, names, maxBytes, maxBytesPerPartition }).catch((error: unknown) => {
      reader = null;
      throw error;
    });
    return reader;
  }

  /**
   * After an error nothing that this process believes about the partition counts: the transaction is ended if that is possible, the
   * producer thrown away (streaming 1). Returns after a pause when it may be tried again, throws what the client or the role must see.
   */
  async function giveUp(owned: OwnedPartition, payload: EachBatchPayload, error: unknown): Promise<void> {
    const { partition } = owned;
    const classified = classifyKafka(error, `${app}: partition ${partition}`);
    await owned.writer.abandon();
    if (isGroupError(error)) throw error;
    if (isFenced(error)) {
      observe.onFenced?.(app);
      owned.fenced++;
      if (owned.fenced > MAX_FENCED) {
        const id = names.transactionalId(app, partition);
        throw new FatalError('fenced', `${app}: another producer keeps taking over the transactional id ${id}`, {
          cause: error,
        });
      }
    } else if (classified instanceof FatalError) {
      throw classified;
    }
    observe.onAbort?.(app, protocolError(error) ?? (classified instanceof RetryableError ? classified.code : 'fenced'));
    logger.warn({ event: 'transaction_failed', app, partition, failures: owned.failures, error: classified.message });
    const wait = Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(owned.failures, 10));
    owned.failures++;
    await sleep(wait);
    // A zombie learns here that the group has gone on without it.
    if (payload.isRunning()) await payload.heartbeat();
  }

  return consumer;
}

/** The client joins again when it sees these. A coordinator that moved is not one of them while a transaction is under way. */
function isGroupError(error: unknown): boolean {
  const type = protocolError(error);
  return isRebalance(error) && type !== 'NOT_COORDINATOR_FOR_GROUP';
}

function retentionOf(topic: Parameters<typeof topicOf>[0]): number {
  const { retentionMs } = topicOf(topic);
  return retentionMs < 0 ? Infinity : retentionMs;
}
