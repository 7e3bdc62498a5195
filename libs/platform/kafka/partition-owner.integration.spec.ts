import { RetryableError, type OwnedWrites, type PartitionOwner, type WriteRecord } from '#platform/stream';
import type { KafkaBrokerOptions } from './index.js';
import { readAll, startTestCluster, text, until, type TestCluster } from './testing/test-cluster.js';

const TABLE = 'content.accepted';
const EVENTS = 'content.submitted';
const PARTITIONS = 4;

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
}, 90_000);
afterAll(async () => {
  await cluster.stop();
}, 60_000);

/** Stopped after a test that failed as well, or their heartbeats outlive the file. */
const owners: PartitionOwner[] = [];
afterEach(async () => {
  await Promise.all(owners.splice(0).map((one) => one.stop()));
}, 60_000);

function owner(prefix: string, address: string, more: Partial<KafkaBrokerOptions> = {}): PartitionOwner {
  const one = cluster.broker(prefix, more).flow.own({
    app: 'content',
    table: TABLE,
    address,
    onFatal: (error) => {
      throw error;
    },
  });
  owners.push(one);
  return one;
}

const record = (topic: string, key: string, value: string | null): WriteRecord => ({
  topic,
  key,
  value: value === null ? null : Buffer.from(value),
  headers: {},
});

/** Claims the key once; says who had it. */
function claim(key: string, by: string) {
  return (table: ReadonlyMap<string, Buffer>): OwnedWrites<string> => {
    const before = table.get(key);
    if (before !== undefined) return { records: [], result: before.toString() };
    return { records: [record(TABLE, key, by), record(EVENTS, key, key)], result: by };
  };
}

const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
const knowsAll = (one: PartitionOwner): boolean => partitions.every((partition) => one.ownerOf(partition) !== null);
const share = (one: PartitionOwner): readonly number[] => partitions.filter((p) => one.ownerOf(p)?.self === true);

test('two owners share the partitions, know the address of each other, and one takes over when the other stops', async () => {
  const prefix = cluster.prefix();
  await cluster.topics(prefix, [TABLE, EVENTS], PARTITIONS);
  const [a, b] = [owner(prefix, 'http://a'), owner(prefix, 'http://b')];
  await a.start();
  await b.start();
  await until(() => knowsAll(a) && knowsAll(b) && share(a).length === 2 && share(b).length === 2);
  for (const partition of share(a)) expect(b.ownerOf(partition)).toEqual({ self: false, address: 'http://a' });
  for (const partition of share(b)) expect(a.ownerOf(partition)).toEqual({ self: false, address: 'http://b' });
  const [ofB = 0] = share(b);
  await expect(a.transact(ofB, claim('k', 'a'))).rejects.toMatchObject({ code: 'rebalance' });
  expect(await b.transact(ofB, claim('k', 'b'))).toBe('b');
  await b.stop();
  await until(() => share(a).length === PARTITIONS);
  expect(await a.transact(ofB, claim('k', 'a'))).toBe('b');
  await a.stop();
}, 60_000);

test('what queues up while a transaction is under way shares the next one, and sees what it decides', async () => {
  const prefix = cluster.prefix();
  await cluster.topics(prefix, [TABLE, EVENTS], PARTITIONS);
  let transactions = 0;
  const one = owner(prefix, 'http://a', {
    observe: {
      onTransaction: () => {
        transactions++;
      },
    },
  });
  await one.start();
  const asked = Array.from({ length: 200 }, (_, at) => one.transact(1, claim(`k${at % 20}`, `by${at}`)));
  const answers = await Promise.all(asked);
  answers.forEach((answer, at) => {
    expect(answer).toBe(`by${at % 20}`);
  });
  expect(transactions).toBeLessThan(10);
  const events = await readAll(cluster.broker(prefix), EVENTS);
  expect(events.map(text).sort()).toEqual(Array.from({ length: 20 }, (_, at) => `k${at}`).sort());
  await one.stop();
}, 60_000);

test('a transaction that fails rejects its callers, leaves nothing behind, and the next one works', async () => {
  const prefix = cluster.prefix();
  await cluster.topics(prefix, [TABLE, EVENTS], PARTITIONS);
  let failures = 0;
  const one = owner(prefix, 'http://a', {
    faultPoint: (point) => {
      if (point === 'after_send' && failures++ === 0) throw new RetryableError('timeout', 'planted');
    },
  });
  await one.start();
  await expect(one.transact(0, claim('k', 'first'))).rejects.toThrow('planted');
  expect(await one.transact(0, claim('k', 'second'))).toBe('second');
  expect((await readAll(cluster.broker(prefix), EVENTS)).map(text)).toEqual(['k']);
  await one.stop();
}, 60_000);

test('a transaction that fails after its commit is known to have been committed', async () => {
  const prefix = cluster.prefix();
  await cluster.topics(prefix, [TABLE, EVENTS], PARTITIONS);
  let failures = 0;
  const one = owner(prefix, 'http://a', {
    faultPoint: (point) => {
      if (point === 'after_commit' && failures++ === 0) throw new RetryableError('timeout', 'planted');
    },
  });
  await one.start();
  await expect(one.transact(0, claim('k', 'first'))).rejects.toThrow('planted');
  expect(await one.transact(0, claim('k', 'second'))).toBe('first');
  await one.stop();
}, 60_000);

test('a decision that throws is its own affair', async () => {
  const prefix = cluster.prefix();
  await cluster.topics(prefix, [TABLE, EVENTS], PARTITIONS);
  const one = owner(prefix, 'http://a');
  await one.start();
  const bad = one.transact(2, () => {
    throw new Error('no such content');
  });
  const good = one.transact(2, claim('k', 'good'));
  await expect(bad).rejects.toThrow('no such content');
  expect(await good).toBe('good');
  await one.stop();
}, 60_000);

test('a second owner of the same partition fences the first', async () => {
  const prefix = cluster.prefix();
  await cluster.topics(prefix, [TABLE, EVENTS], PARTITIONS);
  let proceed: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  let reached: () => void = () => undefined;
  const atPoint = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let calls = 0;
  const first = owner(prefix, 'http://a', {
    faultPoint: async (point) => {
      if (point !== 'after_send' || calls++ > 0) return;
      reached();
      await gate;
    },
  });
  await first.start();
  const doubtful = first.transact(3, claim('k', 'first'));
  doubtful.catch(() => undefined);
  await atPoint;
  const second = owner(prefix, 'http://b');
  await second.start();
  await until(() => knowsAll(first) && knowsAll(second));
  // Its transaction hangs, so that it cannot be waited for yet.
  const leaving = second.ownerOf(3)?.self === true ? null : first.stop();
  await until(() => second.ownerOf(3)?.self === true);
  expect(await second.transact(3, claim('k', 'second'))).toBe('second');
  proceed();
  await expect(doubtful).rejects.toThrow(RetryableError);
  expect((await readAll(cluster.broker(prefix), EVENTS)).map(text)).toEqual(['k']);
  await (leaving ?? first.stop());
  await second.stop();
}, 60_000);
