import type { Kafka, Message, Transaction } from 'kafkajs';
import { createClient } from './client.js';
import { openCluster, withoutAborted, type FetchedMessage, type FetchedPartition } from './low-level.js';
import { asPublished } from './testing/published-filter.js';
import { quiet } from './testing/quiet.js';
import { startTestCluster, type TestCluster } from './testing/test-cluster.js';

type Put = (transaction: Transaction, ...values: readonly (string | Message)[]) => Promise<void>;
type Begin = (name: 'A' | 'B' | 'C') => Promise<Transaction>;
/** Resolves when the marker is in the log. */
type Abort = (transaction: Transaction) => Promise<void>;

interface Scenario {
  readonly play: (hands: { readonly begin: Begin; readonly put: Put; readonly abort: Abort }) => Promise<void>;
  readonly from?: number;
  readonly leaksUnpatched: boolean;
}

/** What is not of these values must never be seen. */
const GOOD = 'committed';

const scenarios: Readonly<Record<string, Scenario>> = {
  'A begins, B begins, B aborts, A aborts': {
    leaksUnpatched: true,
    play: async ({ begin, put, abort }) => {
      const [a, b] = [await begin('A'), await begin('B')];
      await put(a, 'a1');
      await put(b, 'b1');
      await abort(b);
      await put(a, 'a2');
      await abort(a);
    },
  },
  'A begins, B begins, A aborts, B aborts': {
    leaksUnpatched: false,
    play: async ({ begin, put, abort }) => {
      const [a, b] = [await begin('A'), await begin('B')];
      await put(a, 'a1');
      await put(b, 'b1');
      await abort(a);
      await put(b, 'b2');
      await abort(b);
    },
  },
  'a long A around a short B': {
    leaksUnpatched: true,
    play: async ({ begin, put, abort }) => {
      const [a, b] = [await begin('A'), await begin('B')];
      await put(a, 'a1', 'a2', 'a3');
      await put(b, 'b1', 'b2');
      await abort(b);
      await abort(a);
    },
  },
  'A, B and C abort in reverse': {
    leaksUnpatched: true,
    play: async ({ begin, put, abort }) => {
      const [a, b, c] = [await begin('A'), await begin('B'), await begin('C')];
      await put(a, 'a1');
      await put(b, 'b1');
      await put(c, 'c1');
      await abort(c);
      await abort(b);
      await abort(a);
    },
  },
  'A aborts, then B aborts': {
    leaksUnpatched: false,
    play: async ({ begin, put, abort }) => {
      const a = await begin('A');
      await put(a, 'a1');
      await abort(a);
      const b = await begin('B');
      await put(b, 'b1');
      await abort(b);
    },
  },
  'a key of four zero bytes': {
    leaksUnpatched: true,
    play: async ({ begin, put, abort }) => {
      const a = await begin('A');
      await put(a, { key: Buffer.from([0, 0, 0, 0]), value: 'a1' });
      await put(a, 'a2');
      await abort(a);
    },
  },
  'a fetch that starts in the middle': {
    leaksUnpatched: false,
    from: 2,
    play: async ({ begin, put, abort }) => {
      const [a, b] = [await begin('A'), await begin('B')];
      await put(a, 'a1');
      await put(b, 'b1');
      await put(a, 'a2');
      await put(b, 'b2');
      await abort(a);
      await abort(b);
    },
  },
};

let cluster: TestCluster;
let kafka: Kafka;
beforeAll(async () => {
  cluster = await startTestCluster();
  kafka = createClient({ brokers: cluster.brokers, clientId: 'test', prefix: '', logger: quiet });
}, 90_000);
afterAll(async () => {
  await cluster.stop();
}, 60_000);

async function play(topic: string, scenario: Scenario): Promise<void> {
  const producers = new Map<string, ReturnType<Kafka['producer']>>();
  const begin: Begin = async (name) => {
    let producer = producers.get(name);
    if (producer === undefined) {
      producer = kafka.producer({
        transactionalId: `${topic}.${name}`,
        idempotent: true,
        maxInFlightRequests: 1,
        retry: { initialRetryTime: 10, retries: 50 },
      });
      producers.set(name, producer);
      await producer.connect();
    }
    return await producer.transaction();
  };
  let aborted = 0;
  /** The broker answers before the marker is in the log, and which marker comes first is what the scenarios are about. */
  const abort: Abort = async (transaction) => {
    await transaction.abort();
    aborted++;
    await fetchWhen(topic, { isolationLevel: 0, from: 0 }, ({ messages }) => {
      return messages.filter(({ isControlRecord }) => isControlRecord).length >= aborted;
    });
  };
  const put: Put = async (transaction, ...values) => {
    const messages = values.map((value) =>
      typeof value === 'string' ? { value, partition: 0 } : { ...value, partition: 0 },
    );
    await transaction.send({ topic, acks: -1, messages });
  };
  await scenario.play({ begin, put, abort });
  const end = await begin('A');
  await put(end, GOOD);
  await end.commit();
  await Promise.all([...producers.values()].map((producer) => producer.disconnect()));
}

/** The partition as the broker sends it, before any filter, once it is as it should be. */
async function fetchWhen(
  topic: string,
  { isolationLevel, from }: { readonly isolationLevel: 0 | 1; readonly from: number },
  isReady: (partition: FetchedPartition) => boolean,
): Promise<FetchedPartition> {
  const low = openCluster(kafka);
  await low.connect();
  await low.addMultipleTargetTopics([topic]);
  const leader = low.findTopicPartitionMetadata(topic)[0]?.leader ?? -1;
  const node = await low.findBroker({ nodeId: String(leader) });
  for (;;) {
    const { responses } = await node.fetch({
      isolationLevel,
      maxWaitTime: 100,
      minBytes: 1,
      maxBytes: 1_000_000,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: String(from), maxBytes: 1_000_000 }] }],
    });
    const found = responses[0]?.partitions[0];
    if (found === undefined || !isReady(found)) continue;
    await low.disconnect();
    return found;
  }
}

function seen(messages: readonly FetchedMessage[]): readonly string[] {
  return messages.filter(({ isControlRecord }) => !isControlRecord).map(({ value }) => value?.toString() ?? '');
}

/** What the patched consumer of the client hands out. */
async function consume(topic: string, from: number): Promise<readonly string[]> {
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const got: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachMessage: ({ message }) => {
          const value = message.value?.toString() ?? '';
          if (Number(message.offset) >= from) got.push(value);
          if (value === GOOD) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
    if (from > 0) consumer.seek({ topic, partition: 0, offset: String(from) });
  });
  await consumer.disconnect();
  return got;
}

test.each(Object.entries(scenarios))(
  'aborted records are never seen: %s',
  async (_, scenario) => {
    const topic = cluster.prefix();
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
    await admin.disconnect();
    await play(topic, scenario);
    const from = scenario.from ?? 0;
    // The marker of the last commit may still be under way.
    const raw = await fetchWhen(topic, { isolationLevel: 1, from }, ({ messages }) => {
      return messages.some(({ value }) => value?.toString() === GOOD);
    });
    expect(seen(withoutAborted(raw))).toEqual([GOOD]);
    expect(await consume(topic, from)).toEqual([GOOD]);
    // The same bytes through the rule of the unpatched client: without the patch this file fails.
    expect(seen(asPublished(raw)).length > 1).toBe(scenario.leaksUnpatched);
  },
  30_000,
);
