import kafkajs, { type EachBatchPayload, type Kafka, type Producer } from 'kafkajs';
import { createKafkaBroker, type KafkaBrokerOptions } from '#platform/kafka';
import type { ContentSubmitted } from '#platform/contracts';
import {
  createRunner,
  emit,
  route,
  writeThroughDoors,
  type BatchHandler,
  type Broker,
  type Message,
  type Serde,
  type StoredRecord,
  type Worker,
} from '#platform/stream';
import { quiet } from './quiet.js';
import { INPUT, OUTPUT, type Work } from './work.js';

export interface LoopRun {
  readonly brokers: string;
  readonly prefix: string;
  /** Consumer group without prefix; each run reads from the beginning. */
  readonly group: string;
  readonly maxChunk: number;
  readonly work: Work;
  readonly serde: Serde;
  /** Awaited before the work on a chunk begins; the first call of each partition says that it is ready. */
  readonly begin: (partition: number) => Promise<void>;
  /** Told after every commit. */
  readonly onCommitted: (records: number) => void;
  /** Resolves when all records are committed: the loop is closed then. */
  readonly finished: Promise<void>;
}

/** Consumes content.submitted, scores, and produces prediction.scored. */
export type Loop = (run: LoopRun) => Promise<void>;

/** The same fetches for all; every partition has its place in the first one. */
const MAX_BYTES_PER_PARTITION = 1_048_576;
const MAX_BYTES = 16 * MAX_BYTES_PER_PARTITION;
const MAX_WAIT_MS = 250;
const HEARTBEAT_MS = 1_000;
const SESSION_MS = 10_000;

/** The recipe of the product: the flow door and the runner. */
const exactlyOnce: Loop = async (run) => {
  const runner = runnerOf(run);
  const broker = brokerOf(run, {
    onTransaction: (_, records) => {
      run.onCommitted(records);
    },
  });
  await untilFinished(run, broker, (onFatal) =>
    broker.flow.consume({
      app: run.group,
      topics: [INPUT],
      tables: [],
      maxChunk: run.maxChunk,
      process: async (chunk) => {
        await run.begin(chunk.partition);
        return await runner(chunk);
      },
      onFatal,
    }),
  );
};

/** The same runner behind the journal door: an idempotent producer, then the commit of the offset; no transaction. */
const atLeastOnce: Loop = async (run) => {
  const broker = brokerOf(run, {});
  const runner = runnerOf(run);
  await untilFinished(run, broker, (onFatal) =>
    broker.journal.read({
      app: run.group,
      topics: [INPUT],
      process: async (batch) => {
        await run.begin(batch.partition);
        for (let from = 0; from < batch.records.length; from += run.maxChunk) {
          const records = batch.records.slice(from, from + run.maxChunk);
          const chunk = { ...batch, records, carried: null, tables: new Map() };
          await writeThroughDoors(broker, (await runner(chunk)).records);
          await batch.commit((records.at(-1)?.offset ?? 0) + 1);
          await batch.heartbeat();
          run.onCommitted(records.length);
        }
        return 'later';
      },
      onFatal,
    }),
  );
};

/** What one would write with kafkajs alone: a producer per partition; send, sendOffsets and commit per chunk. */
const bareExactlyOnce: Loop = async (run) => {
  const kafka = clientOf(run);
  const producers = new Map<number, Promise<Producer>>();
  const producerOf = (partition: number): Promise<Producer> => {
    let producer = producers.get(partition);
    if (producer === undefined) {
      const transactionalId = `${run.prefix}.${run.group}.${partition}`;
      const made = kafka.producer({ ...PRODUCER, transactionalId, transactionTimeout: 40_000 });
      producer = made.connect().then(() => made);
      producers.set(partition, producer);
    }
    return producer;
  };
  await consumeBare(kafka, run, async (partition, records, offset) => {
    const producer = await producerOf(partition);
    await run.begin(partition);
    const copied = await run.work.copy(records);
    const transaction = await producer.transaction();
    // `send` first: only it repeats a request that the coordinator put off.
    await transaction.send({
      ...ACKNOWLEDGED,
      topic: `${run.prefix}.${OUTPUT}`,
      messages: copied.map((message) => ({ ...message, partition })),
    });
    await transaction.sendOffsets({
      consumerGroupId: `${run.prefix}.${run.group}`,
      topics: [{ topic: `${run.prefix}.${INPUT}`, partitions: [{ partition, offset }] }],
    });
    await transaction.commit();
  });
  await Promise.all([...producers.values()].map(async (producer) => (await producer).disconnect()));
};

/** The same with one idempotent producer and plain commits. */
const bareAtLeastOnce: Loop = async (run) => {
  const kafka = clientOf(run);
  const producer = kafka.producer(PRODUCER);
  await producer.connect();
  await consumeBare(kafka, run, async (partition, records, offset, commit) => {
    await run.begin(partition);
    const copied = await run.work.copy(records);
    await producer.send({
      ...ACKNOWLEDGED,
      topic: `${run.prefix}.${OUTPUT}`,
      messages: copied.map((message) => ({ ...message, partition })),
    });
    await commit(partition, offset);
  });
  await producer.disconnect();
};

export const loops = { exactlyOnce, atLeastOnce, bareExactlyOnce, bareAtLeastOnce } as const;
export type LoopName = keyof typeof loops;

const PRODUCER = {
  idempotent: true,
  maxInFlightRequests: 1,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  // Back-to-back transactions meet CONCURRENT_TRANSACTIONS; with the client's default of 300 ms the loop would mostly sleep.
  retry: { initialRetryTime: 5, multiplier: 1.5, maxRetryTime: 1_000, retries: 50 },
};
const ACKNOWLEDGED = { acks: -1, compression: kafkajs.CompressionTypes.GZIP };

function brokerOf({ brokers, prefix }: LoopRun, observe: NonNullable<KafkaBrokerOptions['observe']>): Broker {
  return createKafkaBroker({
    brokers: [brokers],
    clientId: 'bench',
    prefix,
    release: 'bench',
    logger: quiet,
    heartbeatMs: HEARTBEAT_MS,
    sessionTimeoutMs: SESSION_MS,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    maxBytes: MAX_BYTES,
    // As the bare loops: what is there is taken.
    gatherMs: 0,
    observe,
  });
}

function runnerOf({ serde, work }: LoopRun): ReturnType<typeof createRunner> {
  const handler: BatchHandler = async (batch) => {
    const messages = batch as readonly Message<ContentSubmitted>[];
    const predictions = await work.predict(
      messages.map(({ value }) => value),
      (index) => {
        const { topic = INPUT, partition = 0, offset = 0 } = messages[index] ?? {};
        return { topic, partition, offset };
      },
    );
    const outcomes = predictions.map((prediction) => emit(prediction));
    return {
      outcomes: route(outcomes, (value) => ({ topic: OUTPUT, key: `${value.platform}/${value.contentId}`, value })),
    };
  };
  const nothing = () => undefined;
  return createRunner({
    app: 'prediction',
    release: 'bench',
    serde,
    clock: Date.now,
    handlers: new Map([[INPUT, handler]]),
    observer: { onOutcomes: nothing, onChunk: nothing, onRetry: nothing },
    backOff: () => Promise.reject(new Error('the benchmark met an error that asks for a retry')),
    rejectShare: { share: 0.5, least: 20 },
  });
}

async function untilFinished(
  { finished }: LoopRun,
  broker: Broker,
  start: (onFatal: (error: Error) => void) => Worker,
): Promise<void> {
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const worker = start(fail);
  try {
    await worker.start();
    await Promise.race([finished, failed]);
  } finally {
    await worker.stop();
    await broker.close();
  }
}

function clientOf({ brokers }: LoopRun): Kafka {
  return new kafkajs.Kafka({ brokers: [brokers], clientId: 'bare', logLevel: kafkajs.logLevel.NOTHING });
}

async function consumeBare(
  kafka: Kafka,
  { prefix, group, maxChunk, onCommitted, finished }: LoopRun,
  write: (
    partition: number,
    records: readonly StoredRecord[],
    nextOffset: string,
    commit: (partition: number, offset: string) => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  const topic = `${prefix}.${INPUT}`;
  const consumer = kafka.consumer({
    groupId: `${prefix}.${group}`,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    maxBytes: MAX_BYTES,
    maxWaitTimeInMs: MAX_WAIT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    sessionTimeout: SESSION_MS,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const commit = (partition: number, offset: string) => consumer.commitOffsets([{ topic, partition, offset }]);
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      reject(payload.error);
    });
  });
  const eachBatch = async (payload: EachBatchPayload) => {
    const { batch } = payload;
    for (let from = 0; from < batch.messages.length; from += maxChunk) {
      const records = batch.messages.slice(from, from + maxChunk).map(({ offset, key, value, timestamp }) => ({
        topic: INPUT,
        partition: batch.partition,
        offset: Number(offset),
        key,
        value,
        headers: {},
        timestamp: Number(timestamp),
      }));
      const last = records.at(-1)?.offset ?? 0;
      await write(batch.partition, records, String(last + 1), commit);
      payload.resolveOffset(String(last));
      await payload.heartbeat();
      onCommitted(records.length);
    }
  };
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 64,
    eachBatch,
  });
  try {
    await Promise.race([finished, failed]);
  } finally {
    await consumer.disconnect();
  }
}
