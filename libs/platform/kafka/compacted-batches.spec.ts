import { createRequire } from 'node:module';
import type { FetchedMessage } from './low-level.js';

const clientModule = createRequire(import.meta.url);

interface Encoder {
  readonly buffer: Buffer;
}
const { RecordBatch } = clientModule('kafkajs/src/protocol/recordBatch/v0') as {
  readonly RecordBatch: (batch: object) => Promise<Encoder>;
};
const Record = clientModule('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => object;
const Decoder = clientModule('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const decodeMessages = clientModule('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: object,
) => Promise<readonly FetchedMessage[]>;
const Batch = clientModule('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  partition: object,
) => { readonly messages: readonly FetchedMessage[]; isEmptyDueToFiltering(): boolean; lastOffset(): string };

/** Bytes of a fetch answer with one batch of ten offsets, of which compaction left these. */
async function afterCompaction(firstOffset: number, deltas: readonly number[]): Promise<readonly FetchedMessage[]> {
  const { buffer } = await RecordBatch({
    firstOffset: String(firstOffset),
    lastOffsetDelta: 9,
    records: deltas.map((offsetDelta) => Record({ offsetDelta, key: 'k', value: 'v' })),
  });
  const size = Buffer.alloc(4);
  size.writeInt32BE(buffer.length);
  return await decodeMessages(new Decoder(Buffer.concat([size, buffer])));
}

function fetched(messages: readonly FetchedMessage[], from: number): InstanceType<typeof Batch> {
  return new Batch('t', String(from), { partition: 0, highWatermark: '100', abortedTransactions: [], messages });
}

test('behind a batch that lost its last records the position moves to the end of the batch', async () => {
  const batch = fetched(await afterCompaction(20, [0, 4]), 20);
  expect(batch.messages.map(({ offset }) => offset)).toEqual(['20', '24']);
  expect(batch.lastOffset()).toBe('29');
});

test('a batch that lost all of its records is passed in one step', async () => {
  const batch = fetched(await afterCompaction(20, []), 20);
  expect(batch.messages).toEqual([]);
  expect(batch.isEmptyDueToFiltering()).toBe(true);
  expect(batch.lastOffset()).toBe('29');
});

test('a whole batch gets nothing added', async () => {
  const messages = await afterCompaction(20, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(messages).toHaveLength(10);
  expect(messages.some(({ isControlRecord }) => isControlRecord)).toBe(false);
});
