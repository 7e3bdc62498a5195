import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import { createKafkaBroker } from '#platform/kafka';

export const INPUT = 'content.submitted';
export const OUTPUT = 'prediction.scored';

export interface Run {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly group: string;
  readonly records: number;
  readonly maxChunk: number;
  /** Called at the first record, and after the last commit. */
  readonly onBegin: () => void;
  readonly onEnd: () => void;
}

/** One consume-copy-produce loop over all of the input, from a group of its own. Resolves when all is closed. */
export type Loop = (run: Run) => Promise<void>;

const RETRY = { initialRetryTime: 5, multiplier: 1.5, maxRetryTime: 1_000, retries: 50 };

function client(brokers: readonly string[]): Kafka {
  return new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bare', logLevel: kafkajs.logLevel.NOTHING });
}

/** What anyone would write with kafkajs: a producer per partition, send, sendOffsets, commit. */
export const bareExactlyOnce: Loop = async (run) => {
  const { brokers, prefix, group } = run;
  const kafka = client(brokers);
  const producers = new Map<number, Promise<Producer>>();
  const producerOf = (partition: number): Promise<Producer> => {
    let producer = producers.get(partition);
    if (producer === undefined) {
      const made = kafka.producer({
        transactionalId: `${prefix}.${group}.${partition}`,
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: RETRY,
      });
      producer = made.connect().then(() => made);
      producers.set(partition, producer);
    }
    return producer;
  };
  await consumeAll(kafka, run, async (partition, messages, offset) => {
    const transaction = await (await producerOf(partition)).transaction();
    await transaction.send({
      topic: `${prefix}.${OUTPUT}`,
      acks: -1,
      compression: kafkajs.CompressionTypes.GZIP,
      messages,
    });
    await transaction.sendOffsets({
      consumerGroupId: `${prefix}.${group}`,
      topics: [{ topic: `${prefix}.${INPUT}`, partitions: [{ partition, offset }] }],
    });
    await transaction.commit();
  });
  await Promise.all([...producers.values()].map(async (producer) => (await producer).disconnect()));
};

/** The same with an idempotent producer and plain commits. */
export const bareAtLeastOnce: Loop = async (run) => {
  const { brokers, prefix } = run;
  const kafka = client(brokers);
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    retry: RETRY,
  });
  await producer.connect();
  await consumeAll(kafka, run, async (partition, messages, offset, commit) => {
    await producer.send({
      topic: `${prefix}.${OUTPUT}`,
      acks: -1,
      compression: kafkajs.CompressionTypes.GZIP,
      messages,
    });
    await commit(partition, offset);
  });
  await producer.disconnect();
};

async function consumeAll(
  kafka: Kafka,
  { prefix, group, records, maxChunk, onBegin, onEnd }: Run,
  write: (
    partition: number,
    messages: Message[],
    nextOffset: string,
    commit: (partition: number, offset: string) => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  const topic = `${prefix}.${INPUT}`;
  const consumer = kafka.consumer({
    groupId: `${prefix}.${group}`,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 8_388_608,
    maxWaitTimeInMs: 250,
    heartbeatInterval: 1_000,
    sessionTimeout: 10_000,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const commit = (partition: number, offset: string): Promise<void> =>
    consumer.commitOffsets([{ topic, partition, offset }]);
  let done = 0;
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      reject(payload.error);
    });
    consumer
      .run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 64,
        eachBatch: async (payload) => {
          const { batch } = payload;
          if (done === 0) onBegin();
          for (let at = 0; at < batch.messages.length; at += maxChunk) {
            const chunk = batch.messages.slice(at, at + maxChunk);
            const last = chunk.at(-1)?.offset ?? '0';
            const messages = chunk.map(({ key, value }) => ({ key, value, partition: batch.partition, headers: {} }));
            await write(batch.partition, messages, String(Number(last) + 1), commit);
            payload.resolveOffset(last);
            await payload.heartbeat();
            done += chunk.length;
            if (done < records) continue;
            onEnd();
            resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}

/** The adapter: `flow.consume` with the same copy. */
export const adapter: Loop = async ({ brokers, prefix, group, records, maxChunk, onBegin, onEnd }) => {
  const nothing = (): void => undefined;
  const broker = createKafkaBroker({
    brokers,
    clientId: 'adapter',
    prefix,
    release: 'bench',
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  let done = 0;
  await new Promise<void>((resolve, reject) => {
    const worker = broker.flow.consume({
      app: group,
      topics: [INPUT],
      tables: [],
      maxChunk,
      process: (chunk) => {
        if (done === 0) onBegin();
        done += chunk.records.length;
        return Promise.resolve({
          records: chunk.records.map(({ key, value, partition }) => ({
            topic: OUTPUT,
            partition,
            key,
            value,
            headers: {},
          })),
          carry: null,
        });
      },
      onFatal: reject,
    });
    const poll = setInterval(() => {
      const { assigned } = worker.health();
      if (done < records || assigned.some(({ lag }) => lag > 0)) return;
      clearInterval(poll);
      onEnd();
      worker.stop().then(resolve, reject);
    }, 2);
    worker.start().catch(reject);
  });
  await broker.close();
};
