import type { Kafka, Message, Producer } from 'kafkajs';
import type { WriteRecord } from '#platform/stream';
import { classifyKafka } from './kafka-errors.js';
import { CompressionTypes, Partitioners } from './kafkajs.js';
import { createMutex } from './mutex.js';
import type { Names } from './names.js';

/** Larger appends go out in parts: a batch must stay below the topic's `max.message.bytes`. */
const MAX_BATCH_BYTES = 900_000;
const RECORD_OVERHEAD = 40;
const ACKS_ALL = -1;

/** Idempotent, acks=all, Java-compatible partitioner: what is outside of transactions. */
export interface PlainProducer {
  /** Resolves when all are durable. @throws RetryableError when that is not certain: they may be there, ids make repetition harmless. */
  send(records: readonly WriteRecord[]): Promise<void>;
  close(): Promise<void>;
}

export function createPlainProducer(kafka: Kafka, names: Names, release: string): PlainProducer {
  const oneByOne = createMutex();
  let open: Promise<Producer> | null = null;

  async function connect(): Promise<Producer> {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 1_000, retries: 20 },
    });
    await producer.connect();
    return producer;
  }

  /** After an error the sequence numbers are in doubt: a producer is never used again (streaming 1). */
  async function drop(): Promise<void> {
    const producer = open;
    open = null;
    try {
      await (await producer)?.disconnect();
    } catch {
      // Gone already.
    }
  }

  async function sendPart(records: readonly WriteRecord[]): Promise<void> {
    const topics = new Map<string, Message[]>();
    for (const { topic, partition, key, value, headers } of records) {
      const message: Message = {
        key,
        value,
        headers:
          headers['tidegate-release'] === undefined ? { ...headers, 'tidegate-release': release } : { ...headers },
        ...(partition === undefined ? {} : { partition }),
      };
      const messages = topics.get(topic);
      if (messages === undefined) topics.set(topic, [message]);
      else messages.push(message);
    }
    try {
      open ??= connect();
      await (
        await open
      ).sendBatch({
        acks: ACKS_ALL,
        compression: CompressionTypes.GZIP,
        topicMessages: [...topics].map(([topic, messages]) => ({ topic: names.topic(topic), messages })),
      });
    } catch (error) {
      await drop();
      throw classifyKafka(error, `cannot write ${[...topics.keys()].join(', ')}`);
    }
  }

  return {
    // One after the other: order within a caller's keys, and sequence numbers that hold.
    send: (records) =>
      oneByOne(async () => {
        for (const part of partsOf(records)) await sendPart(part);
      }),
    close: () => oneByOne(drop),
  };
}

function* partsOf(records: readonly WriteRecord[]): Generator<readonly WriteRecord[]> {
  let part: WriteRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = RECORD_OVERHEAD + (record.key?.length ?? 0) + (record.value?.length ?? 0);
    if (part.length > 0 && bytes + size > MAX_BATCH_BYTES) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
