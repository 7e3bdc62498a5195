import { createRequire } from 'node:module';
import fc from 'fast-check';
import { createClient } from './client.js';
import { CompressionTypes } from './kafkajs.js';
import type { FetchedMessage } from './low-level.js';

const clientModule = createRequire(import.meta.url);

interface Message {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[]>>;
}

const produce = clientModule('kafkajs/src/protocol/requests/produce/v3/request') as (request: object) => {
  encode(): Promise<{ readonly buffer: Buffer }>;
};
const Decoder = clientModule('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const decodeMessages = clientModule('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: object,
) => Promise<readonly FetchedMessage[]>;

const TOPIC = 't';
/** Transactional id (null), acks, time-out, one topic, its name, one partition, its number. */
const BATCH_AT = 2 + 2 + 4 + 4 + (2 + TOPIC.length) + 4 + 4;

/** What the client sends for these messages, read as it reads what it fetches. */
async function sentAndRead(
  messages: readonly Message[],
  compression = CompressionTypes.None,
): Promise<readonly FetchedMessage[]> {
  const topicData = [{ topic: TOPIC, partitions: [{ partition: 0, firstSequence: 0, messages }] }];
  const { buffer } = await produce({ acks: -1, timeout: 1_000, compression, topicData }).encode();
  return await decodeMessages(new Decoder(buffer.subarray(BATCH_AT)));
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
/** Close together, as they are, and as broken clocks have them. */
const timestamp = fc.oneof(
  fc.integer({ min: 1_790_000_000_000, max: 1_790_000_100_000 }),
  fc.integer({ min: 1, max: 8_640_000_000_000_000 }),
);
const message: fc.Arbitrary<Message> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestamp,
  headers: fc.dictionary(fc.string({ maxLength: 12 }), bytes, { maxKeys: 3 }),
});

beforeAll(() => {
  // Installs the codec; nothing is connected.
  createClient({
    brokers: ['127.0.0.1:1'],
    clientId: 'test',
    prefix: '',
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
});

test.each([CompressionTypes.None, CompressionTypes.GZIP])(
  'what is sent is what is read (compression %i)',
  async (compression) => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 40 }), async (messages) => {
        const read = await sentAndRead(messages, compression);
        expect(read.map(({ offset }) => offset)).toEqual(messages.map((_, at) => String(at)));
        expect(read.map(({ timestamp: at }) => Number(at))).toEqual(messages.map(({ timestamp: at }) => at));
        expect(read.map(({ key, value }) => ({ key, value }))).toEqual(
          messages.map(({ key, value }) => ({ key, value })),
        );
        expect(read.map(({ headers }) => Object.entries(headers))).toEqual(
          messages.map(({ headers }) => Object.entries(headers)),
        );
      }),
    );
  },
);

test('names of headers that every object knows are names like any other', async () => {
  const [one, two] = [Buffer.from('1'), Buffer.from('2')];
  const headers = Object.fromEntries([
    ['__proto__', one],
    ['constructor', two],
    ['again', [one, two, one]],
  ]) as Message['headers'];
  const [read] = await sentAndRead([{ key: null, value: null, timestamp: 1_790_000_000_000, headers }]);
  expect(Object.entries(read?.headers ?? {})).toEqual(Object.entries(headers));
});

test('a batch that grows beyond what its sizes promised is whole', async () => {
  const headers = { name: Buffer.alloc(5_000, 'h') };
  const messages = Array.from({ length: 50 }, () => ({
    key: Buffer.from('k'),
    value: Buffer.alloc(100, 'v'),
    timestamp: 1_790_000_000_000,
    headers,
  }));
  const read = await sentAndRead(messages);
  expect(read).toHaveLength(50);
  expect(read.every((record) => record.headers['name']?.equals(headers.name) === true)).toBe(true);
});

function ignore(): void {
  // Nothing is logged.
}
