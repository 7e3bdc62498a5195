import type { TopicName } from '#platform/contracts';
import {
  createWriter,
  FatalError,
  openTable,
  RetryableError,
  type Broker,
  type Chunk,
  type ChunkWrites,
  type FlowConsumeOptions,
  type Serde,
  type StoredRecord,
  type Worker,
  type WriteRecord,
} from '#platform/stream';

/** An empty cluster that several clients can join. */
export interface TestCluster {
  /** A client of its own, as another process would be. */
  connect(): Promise<{ readonly broker: Broker; readonly serde: Serde }>;
  readonly partitions: number;
  close(): Promise<void>;
}

const INPUT = 'content.submitted';
const OUTPUT = 'prediction.scored';
const TABLE = 'content.accepted';
const SOLE = 'deployment.changed';

/** What every broker does, whatever is behind it. `fresh` makes a cluster without records and groups. */
export function describeBroker(name: string, fresh: () => Promise<TestCluster>, timeoutMs: number): void {
  describe(`broker conformance: ${name}`, () => {
    let cluster: TestCluster;
    let running: Worker[];
    const fatal: Error[] = [];

    beforeEach(async () => {
      cluster = await fresh();
      running = [];
      fatal.length = 0;
    }, timeoutMs);

    afterEach(async () => {
      await Promise.all(running.map((worker) => worker.stop()));
      await cluster.close();
    }, timeoutMs);

    const claim = (text: string, body: () => Promise<void>) => {
      it(text, body, timeoutMs);
    };

    async function consume(broker: Broker, options: Partial<FlowConsumeOptions> & Pick<FlowConsumeOptions, 'process'>) {
      const worker = broker.flow.consume({
        app: 'prediction',
        topics: [INPUT],
        tables: [],
        maxChunk: 100,
        onFatal: (error) => fatal.push(error),
        ...options,
      });
      running.push(worker);
      await worker.start();
      return worker;
    }

    async function stop(worker: Worker) {
      running = running.filter((other) => other !== worker);
      await worker.stop();
    }

    claim('what was published is processed once and written beside its input', async () => {
      const { broker } = await cluster.connect();
      const inputs = numbered(200, cluster.partitions);
      await broker.flow.publish(inputs);
      await consume(broker, { process: copy });
      const outputs = await collect(broker, [OUTPUT], inputs.length);
      expect(sorted(outputs.map(text))).toEqual(sorted(inputs.map(text)));
      for (const output of outputs) expect(output.partition).toBe(Number(text(output).split(':')[1]));
    });

    claim('order per key is kept', async () => {
      const { broker } = await cluster.connect();
      const inputs = Array.from({ length: 300 }, (_, n) => record(INPUT, `key-${n % 7}`, `${n}`));
      await broker.flow.publish(inputs);
      await consume(broker, { process: copy, maxChunk: 13 });
      const outputs = await collect(broker, [OUTPUT], inputs.length);
      for (let key = 0; key < 7; key++) {
        const sequence = outputs
          .filter((output) => output.key?.toString() === `key-${key}`)
          .map((o) => Number(text(o)));
        expect(sequence).toEqual([...sequence].sort((a, b) => a - b));
        expect(sequence.length).toBeGreaterThan(40);
      }
    });

    claim('a chunk never exceeds its limit and never mixes partitions', async () => {
      const { broker } = await cluster.connect();
      await broker.flow.publish(numbered(120, cluster.partitions));
      const chunks: Chunk[] = [];
      await consume(broker, {
        maxChunk: 9,
        process: (chunk) => {
          chunks.push(chunk);
          return copy(chunk);
        },
      });
      await collect(broker, [OUTPUT], 120);
      for (const chunk of chunks) {
        expect(chunk.records.length).toBeLessThanOrEqual(9);
        expect(new Set(chunk.records.map((r) => `${r.topic}/${r.partition}`)).size).toBe(1);
      }
    });

    claim('a fatal chunk writes nothing, and its records are taken again after a restart', async () => {
      const first = await cluster.connect();
      const inputs = numbered(20, cluster.partitions);
      await first.broker.flow.publish(inputs);
      const failed = new Promise<Error>((resolve) => {
        void consume(first.broker, {
          process: () => Promise.reject(new FatalError('bug', 'planted')),
          onFatal: resolve,
        });
      });
      expect((await failed).message).toContain('planted');
      const second = await cluster.connect();
      await consume(second.broker, { process: copy });
      const outputs = await collect(second.broker, [OUTPUT], inputs.length);
      expect(sorted(outputs.map(text))).toEqual(sorted(inputs.map(text)));
    });

    claim('what a chunk carries comes back with the next chunk, also after a restart', async () => {
      const first = await cluster.connect();
      const seen: (string | null)[] = [];
      const counting = (chunk: Chunk): Promise<ChunkWrites> => {
        seen.push(chunk.carried);
        const total = Number(chunk.carried ?? '0') + chunk.records.length;
        return Promise.resolve({ records: copies(chunk), carry: String(total) });
      };
      await first.broker.flow.publish([onPartition(0, 'a'), onPartition(0, 'b')]);
      const worker = await consume(first.broker, { process: counting });
      await collect(first.broker, [OUTPUT], 2);
      await stop(worker);
      const second = await cluster.connect();
      await second.broker.flow.publish([onPartition(0, 'c')]);
      await consume(second.broker, { process: counting });
      await collect(second.broker, [OUTPUT], 3);
      expect(seen[0]).toBeNull();
      expect(seen.at(-1)).toBe('2');
    });

    claim(
      'a co-partitioned table holds what earlier chunks wrote, also after a restart, and forgets tombstones',
      async () => {
        const seen = new Map<string, string | undefined>();
        const remembering = (chunk: Chunk): Promise<ChunkWrites> => {
          const writes: WriteRecord[] = [];
          for (const input of chunk.records) {
            const key = input.key?.toString() ?? '';
            seen.set(text(input), chunk.tables.get(TABLE)?.get(key)?.toString());
            const value = text(input) === 'forget' ? null : Buffer.from(text(input));
            writes.push({ topic: TABLE, partition: chunk.partition, key, value, headers: {} });
          }
          return Promise.resolve({ records: [...writes, ...copies(chunk)], carry: null });
        };
        const first = await cluster.connect();
        const worker = await consume(first.broker, { process: remembering, tables: [TABLE], maxChunk: 1 });
        await first.broker.flow.publish([onPartition(1, 'one', 'k'), onPartition(1, 'two', 'k')]);
        await collect(first.broker, [OUTPUT], 2);
        await stop(worker);
        const second = await cluster.connect();
        await consume(second.broker, { process: remembering, tables: [TABLE], maxChunk: 1 });
        await second.broker.flow.publish([onPartition(1, 'forget', 'k'), onPartition(1, 'four', 'k')]);
        await collect(second.broker, [OUTPUT], 4);
        expect(Object.fromEntries(seen)).toEqual({ one: undefined, two: 'one', forget: 'two', four: undefined });
      },
    );

    claim('two members share the partitions, and one takes over when the other stops', async () => {
      const first = await cluster.connect();
      const second = await cluster.connect();
      const one = await consume(first.broker, { process: copy });
      await first.broker.flow.publish(numbered(80, cluster.partitions));
      await collect(first.broker, [OUTPUT], 80);
      await consume(second.broker, { process: copy });
      await first.broker.flow.publish(numbered(80, cluster.partitions, 80));
      await collect(first.broker, [OUTPUT], 160);
      await stop(one);
      await first.broker.flow.publish(numbered(80, cluster.partitions, 160));
      const outputs = await collect(second.broker, [OUTPUT], 240);
      expect(new Set(outputs.map(text)).size).toBe(240);
      expect(fatal).toEqual([]);
    });

    claim('partition p of both inputs of an app is handed to one chunk at a time', async () => {
      const { broker } = await cluster.connect();
      let inHand = 0;
      let most = 0;
      await broker.flow.publish([
        ...Array.from({ length: 40 }, (_, n) => onPartition(2, `s${n}`)),
        ...Array.from({ length: 40 }, (_, n) => ({ ...onPartition(2, `v${n}`), topic: 'verdict.requested' })),
      ]);
      await consume(broker, {
        topics: [INPUT, 'verdict.requested'],
        maxChunk: 5,
        process: async (chunk) => {
          inHand++;
          most = Math.max(most, inHand);
          await new Promise(setImmediate);
          inHand--;
          return copy(chunk);
        },
      });
      await collect(broker, [OUTPUT], 80);
      expect(most).toBe(1);
    });

    claim('a journal reader gets what it did not call durable once more after a restart', async () => {
      const first = await cluster.connect();
      const records = Array.from({ length: 10 }, (_, n) => record('policy.requested', `k${n}`, `${n}`));
      await first.broker.journal.append(records.slice(0, 4));
      const before: string[] = [];
      const reading = deferred();
      const reader = first.broker.journal.read({
        app: 'policy',
        topics: ['policy.requested'],
        process: async (batch) => {
          before.push(...batch.records.map(text));
          const last = batch.records.find((r) => text(r) === '1');
          if (last !== undefined) await batch.commit(last.offset + 1);
          if (before.length >= 4) reading.resolve();
          return 'later';
        },
        onFatal: (error) => fatal.push(error),
      });
      running.push(reader);
      await reader.start();
      await reading.promise;
      await stop(reader);
      await first.broker.journal.append(records.slice(4));
      const second = await cluster.connect();
      const after: string[] = [];
      const done = deferred();
      const again = second.broker.journal.read({
        app: 'policy',
        topics: ['policy.requested'],
        process: (batch) => {
          after.push(...batch.records.map(text));
          if (after.includes('9')) done.resolve();
          return Promise.resolve('all' as const);
        },
        onFatal: (error) => fatal.push(error),
      });
      running.push(again);
      await again.start();
      await done.promise;
      expect(before).toEqual(['0', '1', '2', '3']);
      expect(after).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
    });

    claim('a table is read to its end before it is handed over, and then followed', async () => {
      const { broker, serde } = await cluster.connect();
      await serde.prepare(['content.erased']);
      const writer = createWriter({ broker, serde, stage: 'content', release: 'test' });
      const erased = (contentId: string) => ({ contentId, platform: 'demo', requestedBy: null, erasedAt: 1 });
      await writer.write([
        { topic: 'content.erased', key: 'demo/a', value: erased('a') },
        { topic: 'content.erased', key: 'demo/b', value: erased('b') },
        { topic: 'content.erased', key: 'demo/a', value: null },
      ]);
      const changed = deferred();
      const table = await openTable({
        broker,
        serde,
        topic: 'content.erased',
        onFatal: (error) => fatal.push(error),
        onChange: changed.resolve,
      });
      expect([...table.values()].map((value) => value.contentId)).toEqual(['b']);
      await writer.write([{ topic: 'content.erased', key: 'demo/c', value: erased('c') }]);
      await changed.promise;
      expect(table.get('demo/c')?.contentId).toBe('c');
      await table.close();
    });

    claim('an empty table is ready at once', async () => {
      const { broker, serde } = await cluster.connect();
      const table = await openTable({
        broker,
        serde,
        topic: 'deployment.changed',
        onFatal: (error) => fatal.push(error),
      });
      expect(table.size).toBe(0);
      await table.close();
    });

    claim('tail starts where it is told and ends at the ends', async () => {
      const { broker } = await cluster.connect();
      const inputs = Array.from({ length: 10 }, (_, n) => onPartition(0, `${n}`));
      await broker.flow.publish(inputs);
      const got: StoredRecord[] = [];
      const started: Record<string, number>[] = [];
      await broker.journal.tail({
        topics: [INPUT],
        from: { [`${INPUT}/0`]: 6 },
        onStart: (positions) => void started.push(positions),
        onRecords: (records) => void got.push(...records),
        untilEnd: true,
        signal: AbortSignal.timeout(timeoutMs),
      });
      expect(got.map(text)).toEqual(['6', '7', '8', '9']);
      expect(started).toHaveLength(1);
      expect(started[0]).toMatchObject({ [`${INPUT}/0`]: 6, [`${INPUT}/1`]: 0 });
      const none: StoredRecord[] = [];
      await broker.journal.tail({
        topics: [OUTPUT],
        from: 'beginning',
        onRecords: (records) => void none.push(...records),
        untilEnd: true,
        signal: AbortSignal.timeout(timeoutMs),
      });
      expect(none).toEqual([]);
    });

    claim('the owner of a partition decides once per key, however many ask at once', async () => {
      const { broker } = await cluster.connect();
      const owner = broker.flow.own({
        app: 'content',
        table: TABLE,
        address: 'http://127.0.0.1:1',
        onFatal: (error) => fatal.push(error),
      });
      running.push(owner);
      await owner.start();
      const asked = Array.from({ length: 50 }, (_, n) => {
        const key = `key-${n % 5}`;
        return owner.transact(owner.partitionFor(key), (table) => {
          if (table.has(key)) return { records: [], result: false };
          return { records: [record(TABLE, key, 'claimed'), record(INPUT, key, key)], result: true };
        });
      });
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(5);
      const events = await collect(broker, [INPUT], 5);
      expect(new Set(events.map(text)).size).toBe(5);
      for (const event of events) expect(event.partition).toBe(owner.partitionFor(text(event)));
    });

    claim('what an owner claimed is known to its successor', async () => {
      const first = await cluster.connect();
      const options = {
        app: 'content',
        table: TABLE as TopicName,
        address: 'http://127.0.0.1:1',
        onFatal: (e: Error) => fatal.push(e),
      };
      const one = first.broker.flow.own(options);
      running.push(one);
      await one.start();
      await one.transact(0, () => ({ records: [record(TABLE, 'k', 'mine')], result: null }));
      await stop(one);
      const second = await cluster.connect();
      const two = second.broker.flow.own(options);
      running.push(two);
      await two.start();
      expect(await two.transact(0, (table) => ({ records: [], result: table.get('k')?.toString() }))).toBe('mine');
    });

    claim('who does not own a partition is told so and writes nothing', async () => {
      const { broker } = await cluster.connect();
      const owner = broker.flow.own({
        app: 'content',
        table: TABLE,
        address: 'http://a',
        onFatal: (e) => fatal.push(e),
      });
      await expect(owner.transact(0, () => ({ records: [record(TABLE, 'k', 'v')], result: null }))).rejects.toThrow(
        RetryableError,
      );
    });

    claim(
      'who was the sole writer of an app writes nothing more once another one took over, however late',
      async () => {
        const first = await cluster.connect();
        const second = await cluster.connect();
        const old = await first.broker.takeOver({ app: 'deployment' });
        await old.write([record(SOLE, 'a', 'old'), record(SOLE, 'b', 'old')]);
        const young = await second.broker.takeOver({ app: 'deployment' });
        await expect(old.write([record(SOLE, 'a', 'late')])).rejects.toMatchObject({ code: 'fenced' });
        await young.write([record(SOLE, 'a', 'young')]);
        expect((await collect(second.broker, [SOLE], 3)).map(text)).toEqual(['old', 'old', 'young']);
        await old.close();
        await young.close();
      },
    );
  });
}

function record(topic: string, key: string, value: string): WriteRecord {
  return { topic, key, value: Buffer.from(value), headers: {} };
}

function onPartition(partition: number, value: string, key = 'key'): WriteRecord {
  return { ...record(INPUT, key, value), partition };
}

function numbered(count: number, partitions: number, from = 0): readonly WriteRecord[] {
  return Array.from({ length: count }, (_, n) =>
    onPartition((from + n) % partitions, `${from + n}:${(from + n) % partitions}`),
  );
}

function copies(chunk: Chunk): readonly WriteRecord[] {
  return chunk.records.map(({ key, value }) => ({
    topic: OUTPUT,
    partition: chunk.partition,
    key,
    value,
    headers: {},
  }));
}

function copy(chunk: Chunk): Promise<ChunkWrites> {
  return Promise.resolve({ records: copies(chunk), carry: chunk.carried });
}

function text(record: { readonly value: Buffer | null }): string {
  return record.value?.toString('utf8') ?? '';
}

function sorted(values: readonly string[]): readonly string[] {
  return [...values].sort();
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Reads committed records from the beginning until there are `count`. */
async function collect(broker: Broker, topics: readonly TopicName[], count: number): Promise<readonly StoredRecord[]> {
  const got: StoredRecord[] = [];
  const enough = new AbortController();
  await broker.journal.tail({
    topics,
    from: 'beginning',
    onRecords: (records) => {
      got.push(...records);
      if (got.length >= count) enough.abort();
    },
    untilEnd: false,
    signal: enough.signal,
  });
  return got;
}
