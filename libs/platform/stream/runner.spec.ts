import type { ContentSubmitted, DeadLetter } from '#platform/contracts';
import { createStaticSerde } from '#platform/testing';
import type { Chunk } from './broker.js';
import { FatalError, RetryableError } from './errors.js';
import { emit, reject, skip } from './outcome.js';
import type { StoredRecord } from './record.js';
import { createRunner, type BatchHandler, type RunnerObserver } from './runner.js';

const serde = createStaticSerde();
const content: ContentSubmitted = {
  contentId: 'c1',
  revision: 1,
  platform: 'harbour',
  kind: 'POST',
  text: 'the tide is out',
  language: null,
  authorId: null,
  conversationId: null,
  metadata: {},
  submittedAt: 1_700_000_000_000,
};

function stored(offset: number, value: Buffer | null, topic = 'content.submitted'): StoredRecord {
  const headers = { traceparent: Buffer.from('00-trace-01') };
  return { topic, partition: 2, offset, key: Buffer.from('harbour/c1'), value, headers, timestamp: 1_700_000_000_000 };
}

function chunkOf(records: readonly StoredRecord[], topic = 'content.submitted'): Chunk {
  return { topic, partition: 2, records, carried: 'before', tables: new Map(), heartbeat: () => Promise.resolve() };
}

function runnerWith(handler: BatchHandler, topic = 'content.submitted', observed: string[] = []) {
  const observer: RunnerObserver = {
    onOutcomes: (_, outcome, reason, count) => observed.push(`${outcome}:${reason}:${count}`),
    onChunk: () => undefined,
    onRetry: (code) => observed.push(`retry:${code}`),
  };
  return createRunner({
    app: 'prediction',
    release: 'r1',
    serde,
    clock: () => 1_700_000_001_000,
    handlers: new Map([[topic, handler]]),
    observer,
    backOff: () => Promise.resolve(),
    rejectShare: { share: 0.5, least: 20 },
  });
}

const good = serde.encode('content.submitted', content);

describe('the runner', () => {
  it('writes what is emitted to the partition of the input, with the source in the headers', async () => {
    const run = runnerWith((batch) =>
      Promise.resolve({
        outcomes: batch.map(() => emit({ topic: 'content.submitted' as const, key: 'k', value: content })),
        carry: 'after',
      }),
    );
    const writes = await run(chunkOf([stored(7, good)]));
    expect(writes.carry).toBe('after');
    expect(writes.records).toEqual([
      {
        topic: 'content.submitted',
        partition: 2,
        key: 'k',
        value: good,
        headers: {
          traceparent: Buffer.from('00-trace-01'),
          'tidegate-source': 'content.submitted/2/7',
          'tidegate-stage': 'prediction',
          'tidegate-release': 'r1',
        },
      },
    ]);
  });

  it('keeps what was carried when the handler leaves nothing new', async () => {
    const run = runnerWith((batch) => Promise.resolve({ outcomes: batch.map(() => skip('nothing')) }));
    expect((await run(chunkOf([stored(0, good)]))).carry).toBe('before');
  });

  it('turns a rejected message into a dead letter with the original bytes, key and headers', async () => {
    const observed: string[] = [];
    const run = runnerWith(
      (batch) => Promise.resolve({ outcomes: batch.map(() => reject('invalid_field', 'revision: must be 1 or more')) }),
      'content.submitted',
      observed,
    );
    const { records } = await run(chunkOf([stored(7, good)]));
    expect(records).toHaveLength(1);
    const [record] = records;
    expect(record).toMatchObject({ topic: 'dead-letter.prediction', partition: 2, key: Buffer.from('harbour/c1') });
    const [decoded] = await serde.decode('dead-letter.prediction', [
      { ...stored(0, record?.value ?? null, 'dead-letter.prediction') },
    ]);
    if (decoded?.ok !== true) throw new Error('the dead letter cannot be read');
    const letter: DeadLetter = decoded.value;
    expect(letter).toMatchObject({
      reason: 'invalid_field',
      detail: 'revision: must be 1 or more',
      stage: 'prediction',
    });
    expect(letter.source).toMatchObject({ topic: 'content.submitted', partition: 2, offset: 7 });
    expect(letter.value?.equals(good)).toBe(true);
    expect(letter.headers).toMatchObject([{ key: 'traceparent', value: Buffer.from('00-trace-01') }]);
    expect(observed).toEqual(['reject:invalid_field:1']);
  });

  it('hands only readable messages to the handler, and keeps good neighbours of bad bytes in order', async () => {
    const offsets: number[] = [];
    const run = runnerWith((batch) => {
      offsets.push(...batch.map((message) => message.offset));
      return Promise.resolve({
        outcomes: batch.map((message) =>
          emit({ topic: 'content.submitted' as const, key: String(message.offset), value: content }),
        ),
      });
    });
    const bad = Buffer.from('not avro');
    const { records } = await run(chunkOf([stored(0, good), stored(1, bad), stored(2, good), stored(3, null)]));
    expect(offsets).toEqual([0, 2]);
    expect(records.map((r) => [r.topic, r.headers['tidegate-source']])).toEqual([
      ['content.submitted', 'content.submitted/2/0'],
      ['dead-letter.prediction', 'content.submitted/2/1'],
      ['content.submitted', 'content.submitted/2/2'],
      ['dead-letter.prediction', 'content.submitted/2/3'],
    ]);
  });

  it('refuses a key that is not UTF-8', async () => {
    const run = runnerWith(() => Promise.reject(new Error('must not be called')));
    const { records } = await run(chunkOf([{ ...stored(0, good), key: Buffer.from([0xff, 0xfe]) }]));
    expect(records.map((r) => r.topic)).toEqual(['dead-letter.prediction']);
    expect(records[0]?.key).toEqual(Buffer.from([0xff, 0xfe]));
  });

  it('stops when the outcomes do not match the messages', async () => {
    const run = runnerWith(() => Promise.resolve({ outcomes: [] }));
    await expect(run(chunkOf([stored(0, good)]))).rejects.toMatchObject({ code: 'outcome_count' });
  });

  it('tries a retryable step again in place, and nothing else', async () => {
    const observed: string[] = [];
    let calls = 0;
    const run = runnerWith(
      (batch) => {
        calls++;
        if (calls < 3) return Promise.reject(new RetryableError('bundle_not_read', 'not yet'));
        return Promise.resolve({ outcomes: batch.map(() => skip('done')) });
      },
      'content.submitted',
      observed,
    );
    await run(chunkOf([stored(0, good)]));
    expect(calls).toBe(3);
    expect(observed).toEqual(['retry:bundle_not_read', 'retry:bundle_not_read', 'skip:done:1']);
  });

  it('takes an error that nobody classified for fatal', async () => {
    const run = runnerWith(() => Promise.reject(new TypeError('x is undefined')));
    await expect(run(chunkOf([stored(0, good)]))).rejects.toBeInstanceOf(FatalError);
  });

  it('writes nothing when most of an internal topic is rejected', async () => {
    const records = Array.from({ length: 30 }, (_, n) => stored(n, Buffer.from('broken'), 'prediction.scored'));
    const run = runnerWith(() => Promise.reject(new Error('must not be called')), 'prediction.scored');
    await expect(run(chunkOf(records, 'prediction.scored'))).rejects.toMatchObject({ code: 'reject_share' });
  });

  it('lets no outsider stop the stage with bad records', async () => {
    const records = Array.from({ length: 30 }, (_, n) => stored(n, Buffer.from('broken')));
    const run = runnerWith(() => Promise.reject(new Error('must not be called')));
    expect((await run(chunkOf(records))).records).toHaveLength(30);
  });
});
