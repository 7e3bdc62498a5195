import fc from 'fast-check';
import { RowBinary } from '#platform/clickhouse';
import { topicOf } from '#platform/contracts';
import { FatalError, RetryableError, type Broker } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde } from '#platform/testing';
import { createSink, type RowStore, type SinkObserver, type SinkOptions } from './sink.js';
import { content, prediction, verdict } from './warehouse.fixture.js';

const serde = createStaticSerde();
const quiet: SinkObserver = { onOutcomes: ignore, onInsert: ignore, onRetry: ignore, onProgress: ignore };

function ignore(): void {
  // Not looked at.
}

interface Insert {
  readonly table: string;
  readonly rows: Buffer;
  readonly token: string;
}

/** Keeps what was inserted; `answer` may refuse. */
function memoryStore(answer: (insert: Insert, attempt: number) => Promise<void> = () => Promise.resolve()) {
  const inserts: Insert[] = [];
  let attempts = 0;
  const store: RowStore = {
    insertRows: async (table, rows, { token }) => {
      const insert = { table, rows: Buffer.from(rows), token };
      await answer(insert, ++attempts);
      inserts.push(insert);
    },
  };
  return { store, inserts, data: () => inserts.filter((insert) => insert.table !== 'warehouse_watermark') };
}

function start(broker: Broker, store: RowStore, overrides: Partial<SinkOptions> = {}) {
  let fatal: Error | null = null;
  const sink = createSink({
    broker,
    serde,
    store,
    createBuffer: () => new RowBinary(1024),
    topics: ['content.submitted', 'prediction.scored', 'verdict.public', 'content.erased', 'dead-letter.warehouse'],
    release: '0.1.0',
    clock: Date.now,
    backOff: () => new Promise((resolve) => setImmediate(resolve)),
    limits: limitsOf(),
    observer: quiet,
    onFatal: (error) => {
      fatal = error;
    },
    ...overrides,
  });
  return { sink, fatal: () => fatal };
}

function contentRecord(contentId: string) {
  const value = content({ contentId });
  return {
    topic: 'content.submitted',
    key: `forum/${contentId}`,
    value: serde.encode('content.submitted', value),
    headers: {},
  };
}

/** Ids that stand in the rows of the inserts, by table. */
function idsIn(inserts: readonly Insert[], ids: readonly string[]): ReadonlyMap<string, number> {
  return new Map(ids.map((id) => [id, inserts.filter(({ rows }) => rows.includes(`${id};`)).length]));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the sink', () => {
  it('inserts what comes and commits it, each partition by itself', async () => {
    const log = createMemoryLog({ partitions: 4 });
    const broker = createMemoryBroker(log);
    const ids = Array.from({ length: 300 }, (_, index) => `id-${index}`);
    await broker.flow.publish(ids.map((id) => contentRecord(`${id};`)));
    const { store, data } = memoryStore();
    const { sink, fatal } = start(broker, store);
    await sink.start();
    await until(() =>
      [0, 1, 2, 3].every(
        (p) => log.position('warehouse', 'content.submitted', p).offset === log.end('content.submitted', p),
      ),
    );
    await sink.stop();
    expect(fatal()).toBeNull();
    expect([...idsIn(data(), ids).values()]).toEqual(ids.map(() => 1));
    expect(new Set(data().map(({ token }) => token)).size).toBe(data().length);
    for (const { token } of data()) expect(token).toMatch(/^content\.submitted-[0-3]-\d+-\d+$/);
  });

  it('loses nothing and repeats only what was not committed, when members come and go and ClickHouse fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }), async (script) => {
        const log = createMemoryLog({ partitions: 3 });
        let calls = 0;
        // Every other call works, or nothing would ever be stored.
        const { store, data } = memoryStore(() =>
          ++calls % 2 === 0 && (script[calls % script.length] ?? 0) < 6
            ? Promise.reject(new RetryableError('clickhouse_busy', 'planted'))
            : Promise.resolve(),
        );
        const ids = Array.from({ length: 40 * script.length }, (_, index) => `id-${index}`);
        const sinks: ReturnType<typeof start>[] = [];
        for (const [round, choice] of script.entries()) {
          const broker = createMemoryBroker(log);
          await broker.flow.publish(ids.slice(40 * round, 40 * (round + 1)).map((id) => contentRecord(`${id};`)));
          const started = start(broker, store);
          await started.sink.start();
          sinks.push(started);
          if (choice % 2 === 0) await sinks.shift()?.sink.stop();
        }
        const last = start(createMemoryBroker(log), store);
        await last.sink.start();
        await until(() =>
          [0, 1, 2].every(
            (p) => log.position('warehouse', 'content.submitted', p).offset === log.end('content.submitted', p),
          ),
        );
        await Promise.all([...sinks, last].map(({ sink }) => sink.stop()));
        expect([...sinks, last].map(({ fatal }) => fatal())).toEqual([...sinks, last].map(() => null));
        expect([...idsIn(data(), ids)].filter(([, times]) => times === 0)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  }, 30_000);

  it('commits nothing that ClickHouse has not acknowledged', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    await broker.flow.publish([contentRecord('a;')]);
    let attempts = 0;
    const { store } = memoryStore(() => {
      attempts++;
      return Promise.reject(new RetryableError('clickhouse_unavailable', 'planted'));
    });
    const { sink } = start(broker, store, { limits: { ...limitsOf(), drainMs: 0 } });
    await sink.start();
    await until(() => attempts > 3);
    await sink.stop();
    expect(log.position('warehouse', 'content.submitted', 0).offset).toBe(0);
  });

  it('takes no more than fits into its memory while ClickHouse is away, and then all of it', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    const ids = Array.from({ length: 20_000 }, (_, index) => `id-${index}`);
    await broker.flow.publish(ids.map((id) => contentRecord(`${id};`)));
    let isAway = true;
    let largest = 0;
    const buffers: RowBinary[] = [];
    const { store, data } = memoryStore(() =>
      isAway ? Promise.reject(new RetryableError('clickhouse_unavailable', 'planted')) : Promise.resolve(),
    );
    const { sink } = start(broker, store, {
      createBuffer: () => {
        const buffer = new RowBinary(1024);
        buffers.push(buffer);
        return buffer;
      },
      limits: { ...limitsOf(), fullRows: 2000, maxWaitingBytes: 300_000 },
      observer: {
        ...quiet,
        onRetry: () => {
          largest = Math.max(
            largest,
            buffers.reduce((sum, buffer) => sum + buffer.length, 0),
          );
        },
      },
    });
    await sink.start();
    await until(() => largest > 200_000);
    expect(log.position('warehouse', 'content.submitted', 0).offset).toBe(0);
    isAway = false;
    await until(() => log.position('warehouse', 'content.submitted', 0).offset === ids.length);
    await sink.stop();
    // The limit, and the slice of 1,000 rows that was taken when it was not reached yet.
    expect(largest).toBeLessThan(300_000 + 1000 * 200);
    expect([...idsIn(data(), ids.slice(0, 50)).values()]).toEqual(ids.slice(0, 50).map(() => 1));
  }, 20_000);

  it('keeps a message of ours that it cannot read as a dead letter, before it commits', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    const value = Buffer.from([9, 9, 9]);
    await broker.flow.publish([
      { topic: 'prediction.scored', key: 'forum/a', value, headers: { traceparent: 'x' } },
      {
        topic: 'prediction.scored',
        key: 'forum/c1',
        value: serde.encode('prediction.scored', prediction()),
        headers: {},
      },
    ]);
    const { store, data } = memoryStore();
    const { sink } = start(broker, store);
    await sink.start();
    await until(() => data().some(({ table }) => table === 'dead_letter_rejected'));
    await sink.stop();
    const [record] = log.read('dead-letter.warehouse', 0, 0, 10);
    if (record === undefined) throw new Error('no dead letter');
    const [letter] = await serde.decode('dead-letter.warehouse', [record]);
    expect(letter).toMatchObject({
      ok: true,
      value: {
        stage: 'warehouse',
        reason: 'bad_magic',
        value,
        source: { topic: 'prediction.scored', partition: 0, offset: 0 },
      },
    });
    expect(record.key?.toString()).toBe('forum/a');
    expect(data().filter(({ table }) => table === 'prediction_scored')).toHaveLength(1);
  });

  it('takes the same rows, outcomes and dead letters whether it copies or decodes', async () => {
    const results = [];
    const handedToDecode: number[] = [];
    for (const ownBodyAt of [serde.ownBodyAt.bind(serde), () => null]) {
      const log = createMemoryLog({ partitions: 1 });
      const broker = createMemoryBroker(log);
      const values = Array.from({ length: 700 }, (_, index) => {
        const sound = serde.encode('verdict.public', verdict({ contentId: `c-${index}` }));
        // The first slice copies, one in the second is no verdict, one in the third is a verdict that does not fit its columns.
        if (index === 300) return sound.subarray(0, 40);
        return index === 500 ? serde.encode('verdict.public', verdict({ revision: -1, textHash: 'short' })) : sound;
      });
      await broker.flow.publish(
        values.map((value) => ({ topic: 'verdict.public', key: 'forum/c1', value, headers: {} })),
      );
      const { store, data } = memoryStore();
      const counts = new Map<string, number>();
      let decoded = 0;
      const { sink, fatal } = start(broker, store, {
        serde: {
          ...serde,
          ownBodyAt,
          decode: (topic, records) => {
            if (topicOf(topic).schema === 'verdict/issued') decoded += records.length;
            return serde.decode(topic, records);
          },
        },
        clock: () => 1_795_000_000_000,
        limits: { ...limitsOf(), fullRows: 10_000, maxAgeMs: 3_600_000, watermarkMs: 3_600_000 },
        observer: {
          ...quiet,
          onOutcomes: (topic, outcome, reason, count) => {
            const label = `${topic} ${outcome} ${reason}`;
            counts.set(label, (counts.get(label) ?? 0) + count);
          },
        },
      });
      await sink.start();
      await until(() => [...counts.values()].reduce((sum, count) => sum + count, 0) >= values.length);
      await sink.stop();
      expect(fatal()).toBeNull();
      expect(log.position('warehouse', 'verdict.public', 0).offset).toBe(700);
      results.push({
        rows: data()
          .filter(({ table }) => table === 'verdict_issued')
          .map(({ rows, token }) => ({ token, rows: rows.toString('latin1') })),
        counts: new Map([...counts].filter(([label]) => label.startsWith('verdict.public'))),
        letters: log
          .read('dead-letter.warehouse', 0, 0, 10)
          .map(({ headers }) => headers['tidegate-source']?.toString()),
      });
      handedToDecode.push(decoded);
    }
    expect(handedToDecode).toEqual([400, 700]);
    const [copied, judged] = results;
    expect(copied).toEqual(judged);
    expect(copied?.counts).toEqual(
      new Map([
        ['verdict.public emit ', 698],
        ['verdict.public reject truncated', 1],
        ['verdict.public reject invalid_field', 1],
      ]),
    );
  });

  it('writes no second dead letter for what prediction judges, and none for tombstones', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    await broker.flow.publish([
      { topic: 'content.submitted', key: 'forum/a', value: Buffer.from('noise'), headers: {} },
    ]);
    await broker.table.put([{ topic: 'content.erased', key: 'forum/a', value: null, headers: {} }]);
    const outcomes: string[] = [];
    const { store, data } = memoryStore();
    const { sink } = start(broker, store, {
      observer: { ...quiet, onOutcomes: (topic, outcome, reason) => outcomes.push(`${topic} ${outcome} ${reason}`) },
    });
    await sink.start();
    await until(
      () =>
        log.position('warehouse', 'content.submitted', 0).offset === 1 &&
        log.position('warehouse', 'content.erased', 0).offset === 1,
    );
    await sink.stop();
    expect(outcomes.sort()).toEqual(['content.erased skip tombstone', 'content.submitted skip judged_by_prediction']);
    expect(data()).toEqual([]);
    expect(log.end('dead-letter.warehouse', 0)).toBe(0);
  });

  it('stops with offsets untouched when most of an internal topic cannot be read', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    await broker.flow.publish(
      Array.from({ length: 30 }, () => ({
        topic: 'verdict.public',
        key: 'forum/a',
        value: Buffer.from('x'),
        headers: {},
      })),
    );
    const { store } = memoryStore();
    const { sink, fatal } = start(broker, store);
    await sink.start();
    await until(() => fatal() !== null);
    await sink.stop();
    expect(fatal()).toMatchObject({ name: 'FatalError', code: 'reject_share' });
    expect(log.position('warehouse', 'verdict.public', 0).offset).toBe(0);
    expect(log.end('dead-letter.warehouse', 0)).toBe(0);
  });

  it('stops when ClickHouse has another schema, and commits nothing', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    await broker.flow.publish([
      { topic: 'verdict.public', key: 'forum/c1', value: serde.encode('verdict.public', verdict()), headers: {} },
    ]);
    const { store } = memoryStore(() => Promise.reject(new FatalError('configuration', 'planted')));
    const { sink, fatal } = start(broker, store);
    await sink.start();
    await until(() => fatal() !== null);
    expect(sink.health().state).toBe('failed');
    await sink.stop();
    expect(log.position('warehouse', 'verdict.public', 0).offset).toBe(0);
  });

  it('inserts and commits what waits before it leaves', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    await broker.flow.publish([contentRecord('a;'), contentRecord('b;')]);
    const { store, data } = memoryStore();
    const outcomes: number[] = [];
    const { sink } = start(broker, store, {
      limits: { ...limitsOf(), maxAgeMs: 3_600_000 },
      observer: { ...quiet, onOutcomes: (_topic, _outcome, _reason, count) => outcomes.push(count) },
    });
    await sink.start();
    await until(() => outcomes.length > 0);
    expect(data()).toEqual([]);
    await sink.stop();
    expect(data().map(({ token }) => token)).toEqual(['content.submitted-0-0-1']);
    expect(log.position('warehouse', 'content.submitted', 0).offset).toBe(2);
  });

  it('publishes how far it is after the rows, never before', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const broker = createMemoryBroker(log);
    await broker.flow.publish([contentRecord('a;')]);
    const { store, inserts } = memoryStore();
    const { sink } = start(broker, store);
    await sink.start();
    await until(() => inserts.some(({ table }) => table === 'warehouse_watermark'));
    await sink.stop();
    expect(inserts[0]?.table).toBe('content_submitted');
    expect(inserts.find(({ table }) => table === 'warehouse_watermark')?.rows.includes('content.submitted')).toBe(true);
  });
});

function limitsOf() {
  return {
    fullRows: 100,
    fullBytes: 1_000_000,
    maxAgeMs: 0,
    busyRows: 1000,
    busyAgeMs: 0,
    maxWaitingBytes: 10_000_000,
    maxInserts: 3,
    watermarkMs: 0,
    drainMs: 5000,
  };
}
