import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { FatalError, RetryableError, type JournalBatch, type JournalReadOptions, type Worker } from '#platform/stream';
import { createGroupConsumer } from './group-consumer.js';
import { classifyKafka, isRebalance } from './kafka-errors.js';
import { PartitionAssigners } from './kafkajs.js';
import { storedRecord } from './log-reader.js';
import type { Names } from './names.js';
import type { KafkaSettings } from './options.js';

const FIRST_BACK_OFF_MS = 50;
const LAST_BACK_OFF_MS = 5_000;
/** Sinks collect for longer than a flow stage may: nobody waits for each of their records. */
const GATHER_BYTES = 524_288;
const GATHER_FACTOR = 3;

/** At least once: an offset is committed when the reader says that what lies before it is durable. */
export function readJournal(kafka: Kafka, settings: KafkaSettings, names: Names, options: JournalReadOptions): Worker {
  const { app } = options;
  let generation = 0;
  let failures = 0;

  const consumer = createGroupConsumer({
    kafka,
    settings,
    names,
    app,
    topics: options.topics,
    assigner: PartitionAssigners.roundRobin,
    gather: { bytes: GATHER_BYTES, waitMs: GATHER_FACTOR * settings.gatherMs },
    onJoined: ({ places }) => {
      generation++;
      options.onAssigned?.(places);
    },
    onRebalancing: () => {
      generation++;
    },
    onBatch,
    onStopped: () => Promise.resolve(),
    onFatal: options.onFatal,
  });

  async function onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const topic = names.plain(batch.topic);
    const { partition } = batch;
    const place = { topic, partition };
    const fetchedIn = generation;
    const seen: { rebalance?: Error } = {};

    const commit = async (offset: number): Promise<void> => {
      // After a rebalance the partition may be another member's; it is read again from the last commit.
      if (generation !== fetchedIn) return;
      try {
        await consumer.commit(place, offset);
        consumer.alive();
      } catch (error) {
        if (isRebalance(error)) return;
        throw classifyKafka(error, `${app}: cannot commit ${topic}/${partition}`);
      }
    };
    const handed: JournalBatch = {
      topic,
      partition,
      records: batch.messages.map((message) => storedRecord(message, topic, partition)),
      highWatermark: Number(batch.highWatermark),
      heartbeat: async () => {
        consumer.alive();
        try {
          await payload.heartbeat();
        } catch (error) {
          if (error instanceof Error) seen.rebalance = error;
          throw classifyKafka(error, `${app}: heartbeat`);
        }
        // A step that waits for something must not keep a role that is told to stop.
        if (!payload.isRunning()) throw new RetryableError('rebalance', `${app} is stopping`);
      },
      commit,
    };
    const next = Number(batch.lastOffset()) + 1;
    try {
      const durable = await options.process(handed);
      if (durable === 'all') await commit(next);
      failures = 0;
    } catch (error) {
      if (seen.rebalance !== undefined && isRebalance(seen.rebalance)) throw seen.rebalance;
      const classified = classifyKafka(error, `${app}: ${topic}/${partition}`);
      if (classified instanceof FatalError) throw classified;
      settings.logger.warn({ event: 'batch_failed', app, topic, partition, failures, error: classified.message });
      await sleep(Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10)));
      failures++;
      // Not resolved: the same records are fetched again.
      return;
    }
    payload.resolveOffset(batch.lastOffset());
    consumer.progressed(place, next);
    await payload.heartbeat();
  }

  return consumer;
}
