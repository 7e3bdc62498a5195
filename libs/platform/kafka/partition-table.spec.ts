import fc from 'fast-check';
import type { StoredRecord, WriteRecord } from '#platform/stream';
import type { LogReader } from './log-reader.js';
import { PartitionTable } from './partition-table.js';

const TOPIC = 'content.accepted';

function stored(offset: number, key: string, value: string | null, timestamp = 0): StoredRecord {
  return {
    topic: TOPIC,
    partition: 0,
    offset,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: {},
    timestamp,
  };
}

/** A log in memory; a fetch answers `page` records at most, and a marker takes the offset behind each page. */
function reader(records: readonly StoredRecord[], start = 0, page = 3): LogReader {
  const none = (): Promise<never> => Promise.reject(new Error('not of use here'));
  return {
    partitionsOf: none,
    committed: none,
    close: none,
    starts: () => Promise.resolve([start]),
    ends: () => Promise.resolve([(records.at(-1)?.offset ?? -1) + 1]),
    fetch: ([position]) => {
      const offset = position?.offset ?? 0;
      const found = records.filter((record) => record.offset >= offset).slice(0, page);
      const next = (found.at(-1)?.offset ?? offset) + 1;
      return Promise.resolve([{ topic: TOPIC, partition: 0, records: found, next, end: records.length }]);
    },
  };
}

function table(more: Partial<ConstructorParameters<typeof PartitionTable>[0]> = {}): PartitionTable {
  return new PartitionTable({
    topic: TOPIC,
    partition: 0,
    retentionMs: Infinity,
    maxKeys: 1_000,
    clock: () => 0,
    ...more,
  });
}

const quietly = (): Promise<void> => Promise.resolve();
const contents = ({ entries }: PartitionTable): Record<string, string> =>
  Object.fromEntries([...entries].map(([key, value]) => [key, value.toString()]));

const written = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(fc.constantFrom('1', '2', '3'))), {
  maxLength: 20,
});

test('a restored table holds the last value of each key and nothing of a tombstone', async () => {
  await fc.assert(
    fc.asyncProperty(written, async (changes) => {
      const log = changes.map(([key, value], offset) => stored(offset, key, value));
      const restored = table();
      await restored.catchUp(reader(log), quietly);
      const expected = new Map<string, string>();
      for (const [key, value] of changes) {
        if (value === null) expected.delete(key);
        else expected.set(key, value);
      }
      expect(contents(restored)).toEqual(Object.fromEntries(expected));
    }),
  );
});

test('after a doubtful commit the rest of the log tells what is true, committed or not', async () => {
  await fc.assert(
    fc.asyncProperty(written, written, fc.boolean(), async (before, doubtful, isCommitted) => {
      const old = before.map(([key, value], offset) => stored(offset, key, value));
      const fresh = doubtful.map(([key, value], at) => stored(old.length + at, key, value));
      const inDoubt = table();
      await inDoubt.catchUp(reader(old), quietly);
      const log = isCommitted ? [...old, ...fresh] : old;
      await inDoubt.catchUp(reader(log), quietly);
      const anew = table();
      await anew.catchUp(reader(log), quietly);
      expect(contents(inDoubt)).toEqual(contents(anew));
    }),
  );
});

test('what a transaction wrote to other topics is not of the table', () => {
  const owned = table();
  const write = (topic: string, key: string): WriteRecord => ({ topic, key, value: Buffer.from('v'), headers: {} });
  owned.take([write(TOPIC, 'mine'), write('content.submitted', 'other')], 1);
  expect(contents(owned)).toEqual({ mine: 'v' });
});

test('entries older than the retention are forgotten, and one that was written again counts from then', async () => {
  let now = 0;
  const aging = table({ retentionMs: 100, clock: () => now });
  await aging.catchUp(
    reader([stored(0, 'old', '1', 0), stored(1, 'again', '1', 0), stored(2, 'young', '1', 60)]),
    quietly,
  );
  now = 90;
  aging.take([{ topic: TOPIC, key: 'again', value: Buffer.from('2'), headers: {} }], 3);
  now = 101;
  aging.take([{ topic: TOPIC, key: 'new', value: Buffer.from('1'), headers: {} }], 4);
  expect(contents(aging)).toEqual({ young: '1', again: '2', new: '1' });
});

test('beyond the limit of keys the oldest are forgotten first', () => {
  const small = table({ maxKeys: 2 });
  const keys = ['a', 'b', 'c', 'd'];
  small.take(
    keys.map((key) => ({ topic: TOPIC, key, value: Buffer.from('v'), headers: {} })),
    4,
  );
  expect(contents(small)).toEqual({ c: 'v', d: 'v' });
});

test('when the log no longer reaches back to what is known, the table begins again', async () => {
  const left = table();
  await left.catchUp(reader([stored(0, 'gone', '1')]), quietly);
  await left.catchUp(reader([stored(10, 'here', '1')], 10), quietly);
  expect(contents(left)).toEqual({ here: '1' });
});
