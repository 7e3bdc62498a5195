import type { Broker, Chunk, ChunkWrites, StoredRecord, Worker } from '#platform/stream';
import { FatalError, RetryableError } from '#platform/stream';
import { createClient } from './client.js';
import type { FaultPoint } from './options.js';
import { APP, copyChunk, IN, OUT, startCopyProcess, type CopyOrders } from './testing/copy.js';
import { quiet } from './testing/quiet.js';
import { numbered, readAll, startTestCluster, text, until, type TestCluster } from './testing/test-cluster.js';

const PARTITIONS = 3;
const EACH = 120;

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
}, 90_000);
afterAll(async () => {
  await cluster.stop();
}, 60_000);

interface Scene {
  readonly prefix: string;
  readonly broker: Broker;
  readonly orders: (more: Partial<CopyOrders>) => CopyOrders;
}

async function scene(): Promise<Scene> {
  const prefix = cluster.prefix();
  await cluster.topics(prefix, [IN, OUT], PARTITIONS);
  const broker = cluster.broker(prefix);
  return {
    prefix,
    broker,
    orders: (more) => ({
      broker: {
        brokers: cluster.brokers,
        clientId: 'copy',
        prefix,
        heartbeatMs: 200,
        sessionTimeoutMs: 3_000,
        gatherMs: 20,
        requestTimeoutMs: 10_000,
        transactionTimeoutMs: 15_000,
      },
      point: null,
      occurrence: 1,
      fault: 'kill',
      maxChunk: 10,
      ...more,
    }),
  };
}

async function publish(broker: Broker, from: number, count: number): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await broker.flow.publish(numbered(IN, partition, from, count));
  }
}

function copier(
  broker: Broker,
  more: { process?: (chunk: Chunk) => Promise<ChunkWrites>; onFatal?: (e: Error) => void } = {},
): Worker {
  return broker.flow.consume({
    app: APP,
    topics: [IN],
    tables: [],
    maxChunk: 10,
    process: more.process ?? ((chunk) => Promise.resolve(copyChunk(chunk))),
    onFatal:
      more.onFatal ??
      ((error) => {
        throw error;
      }),
  });
}

/** Every input once, in order, from each partition; and nothing is left open behind it. */
function expectCopies(out: readonly StoredRecord[], each: number): void {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const values = out.filter((record) => record.partition === partition).map(text);
    expect(values).toEqual(Array.from({ length: each }, (_, at) => String(at)));
  }
}

/** Reads until every partition has so many committed copies, then to the end: what came too often would be there. */
async function copies(broker: Broker, each: number): Promise<readonly StoredRecord[]> {
  const enough = new AbortController();
  let count = 0;
  await broker.journal.tail({
    topics: [OUT],
    from: 'beginning',
    untilEnd: false,
    signal: enough.signal,
    onRecords: (records) => {
      count += records.length;
      if (count >= each * PARTITIONS) enough.abort();
    },
  });
  return await readAll(broker, OUT);
}

test.each<FaultPoint>(['before_send', 'after_send', 'after_send_offsets', 'after_commit'])(
  'a process killed %s loses nothing and doubles nothing',
  async (point) => {
    const { broker, orders } = await scene();
    await publish(broker, 0, EACH);
    const killed = startCopyProcess(orders({ point, occurrence: 5 }));
    await killed.ended();
    expect(killed.child.signalCode).toBe('SIGKILL');
    const successor = copier(broker);
    await successor.start();
    expectCopies(await copies(broker, EACH), EACH);
    await successor.stop();
    await broker.close();
  },
  60_000,
);

test('a zombie that wakes up in the middle of its transaction is fenced, writes nothing and works on as a member', async () => {
  const { broker, orders } = await scene();
  await publish(broker, 0, EACH);
  const zombie = startCopyProcess(orders({ point: 'after_send', occurrence: 4, fault: 'wait' }));
  await zombie.said('at_point');
  zombie.child.kill('SIGSTOP');
  const successor = copier(broker);
  await successor.start();
  await copies(broker, EACH);
  zombie.child.kill('SIGCONT');
  zombie.child.stdin?.write('go on\n');
  await zombie.said('fenced');
  await publish(broker, EACH, 10);
  await copies(broker, EACH + 10);
  await successor.stop();
  await publish(broker, EACH + 10, 10);
  expectCopies(await copies(broker, EACH + 20), EACH + 20);
  expect(zombie.child.exitCode).toBeNull();
  zombie.child.kill('SIGKILL');
  await zombie.ended();
  await broker.close();
}, 60_000);

test('members that come and go while records arrive lose nothing and double nothing', async () => {
  const { broker, prefix } = await scene();
  const lasting = copier(broker);
  await lasting.start();
  let published = 0;
  for (let round = 0; round < 6; round++) {
    const passing = copier(cluster.broker(prefix));
    await Promise.all([passing.start(), publish(broker, published, 20)]);
    published += 20;
    await publish(broker, published, 20);
    published += 20;
    await passing.stop();
  }
  expectCopies(await copies(broker, published), published);
  await lasting.stop();
  await broker.close();
}, 90_000);

test.each<FaultPoint>(['before_send', 'after_send', 'after_send_offsets', 'after_commit'])(
  'an error %s is made good in place, whether or not the transaction was committed',
  async (point) => {
    const { broker, prefix } = await scene();
    await publish(broker, 0, EACH);
    let seen = 0;
    const failing = cluster.broker(prefix, {
      faultPoint: (at) => {
        if (at === point && ++seen % 4 === 0 && seen <= 12) throw new RetryableError('timeout', 'planted');
      },
    });
    const counted: string[] = [];
    const worker = copier(failing, {
      process: (chunk) => {
        if (chunk.partition === 0) counted.push(`${chunk.carried ?? 0}:${text(chunk.records[0])}`);
        return Promise.resolve(copyChunk(chunk));
      },
    });
    await worker.start();
    expectCopies(await copies(broker, EACH), EACH);
    // The carried text is as old as the offset: it always counts what lies before the chunk.
    for (const line of counted) expect(line.split(':')[0]).toBe(line.split(':')[1]);
    await worker.stop();
    await failing.close();
    await broker.close();
  },
  60_000,
);

test('an unknown error stops the worker with its offsets untouched', async () => {
  const { broker } = await scene();
  await publish(broker, 0, 30);
  const fatal = await new Promise<Error>((resolve) => {
    const worker = copier(broker, {
      process: (chunk) =>
        text(chunk.records[0]) === '10' ? Promise.reject(new Error('a bug')) : Promise.resolve(copyChunk(chunk)),
      onFatal: (error) => {
        void worker.stop().then(() => {
          resolve(error);
        });
      },
    });
    void worker.start();
  });
  expect(fatal).toBeInstanceOf(FatalError);
  expect(fatal.message).toContain('a bug');
  const successor = copier(broker);
  await successor.start();
  expectCopies(await copies(broker, 30), 30);
  await successor.stop();
  await broker.close();
}, 60_000);

describe('offsets that the log no longer has', () => {
  async function deleteUpTo(prefix: string, offset: number): Promise<void> {
    const admin = createClient({ brokers: cluster.brokers, clientId: 'test', prefix, logger: quiet }).admin();
    await admin.connect();
    const topic = `${prefix}.${IN}`;
    // The client deletes only from topics that it has looked up.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    await admin.disconnect();
  }

  test('stop a worker that starts behind them', async () => {
    const { broker, prefix } = await scene();
    await publish(broker, 0, 10);
    const first = copier(broker);
    await first.start();
    await copies(broker, 10);
    await first.stop();
    await publish(broker, 10, 10);
    await deleteUpTo(prefix, 15);
    const fatal = new Promise<Error>((resolve) => {
      void copier(broker, { onFatal: resolve })
        .start()
        .catch(() => undefined);
    });
    expect(await fatal).toMatchObject({ code: 'offset_out_of_range' });
    await broker.close();
  }, 60_000);

  test('stop a worker that runs into them', async () => {
    const { broker, prefix } = await scene();
    await publish(broker, 0, 10);
    let proceed: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const reached = new Promise<Worker>((resolve, reject) => {
      const worker: Worker = copier(broker, {
        process: async (chunk) => {
          if (chunk.partition === 0) {
            resolve(worker);
            await gate;
          }
          return copyChunk(chunk);
        },
        onFatal: (error) => {
          stopped(error);
        },
      });
      worker.start().catch(reject);
    });
    let stopped: (error: Error) => void = () => undefined;
    const fatal = new Promise<Error>((resolve) => {
      stopped = resolve;
    });
    const worker = await reached;
    await publish(broker, 10, 10);
    await deleteUpTo(prefix, 15);
    proceed();
    expect(await fatal).toMatchObject({ code: 'offset_out_of_range' });
    await worker.stop();
    await broker.close();
  }, 60_000);
});

test('a broker that is killed and comes back loses no acknowledged record and stops no worker', async () => {
  const { broker } = await scene();
  await publish(broker, 0, EACH);
  let chunks = 0;
  const worker = copier(broker, {
    process: (chunk) => {
      chunks++;
      return Promise.resolve(copyChunk(chunk));
    },
  });
  await worker.start();
  await until(() => chunks > 5);
  await cluster.stack.kill('kafka', 'SIGKILL');
  await cluster.stack.restart('kafka');
  await publish(broker, EACH, 10);
  expectCopies(await copies(broker, EACH + 10), EACH + 10);
  await worker.stop();
  await broker.close();
}, 90_000);
