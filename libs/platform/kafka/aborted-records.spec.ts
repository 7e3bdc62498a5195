import { withoutAborted, type AbortedTransaction, type FetchedMessage } from './low-level.js';
import { asPublished } from './testing/published-filter.js';

const ZERO_KEY = Buffer.from([0, 0, 0, 0]);
const COMMIT_KEY = Buffer.from([0, 0, 0, 1]);

function data(offset: number, producerId: number, value: string, key: Buffer | null = null): FetchedMessage {
  return message(offset, producerId, key, value, false);
}
function abort(offset: number, producerId: number): FetchedMessage {
  return message(offset, producerId, ZERO_KEY, '', true);
}
function commit(offset: number, producerId: number): FetchedMessage {
  return message(offset, producerId, COMMIT_KEY, '', true);
}
function message(
  offset: number,
  producerId: number,
  key: Buffer | null,
  value: string,
  isControlRecord: boolean,
): FetchedMessage {
  return {
    offset: String(offset),
    timestamp: '0',
    key,
    value: Buffer.from(value),
    headers: {},
    isControlRecord,
    batchContext: { producerId: String(producerId), inTransaction: true },
  };
}
const aborted = (producerId: number, firstOffset: number): AbortedTransaction => ({
  producerId: String(producerId),
  firstOffset: String(firstOffset),
});

interface Recorded {
  readonly messages: readonly FetchedMessage[];
  /** In the order in which a broker listed them. */
  readonly abortedTransactions: readonly AbortedTransaction[];
}

/** Fetch responses in the form that a broker gives them; aborted-records.integration.spec.ts makes the real ones. */
const responses: Readonly<Record<string, Recorded>> = {
  'the transaction that starts first aborts last': {
    messages: [
      data(0, 1, 'bad'),
      data(1, 2, 'bad'),
      abort(2, 2),
      data(3, 1, 'bad'),
      abort(4, 1),
      data(5, 1, 'good'),
      commit(6, 1),
    ],
    abortedTransactions: [aborted(2, 1), aborted(1, 0)],
  },
  'the transaction that starts first aborts first': {
    messages: [
      data(0, 1, 'bad'),
      data(1, 2, 'bad'),
      abort(2, 1),
      data(3, 2, 'bad'),
      abort(4, 2),
      data(5, 1, 'good'),
      commit(6, 1),
    ],
    abortedTransactions: [aborted(1, 0), aborted(2, 1)],
  },
  'a long one around a short one': {
    messages: [
      ...[0, 1, 2].map((offset) => data(offset, 1, 'bad')),
      ...[3, 4].map((offset) => data(offset, 2, 'bad')),
      abort(5, 2),
      abort(6, 1),
      data(7, 1, 'good'),
      commit(8, 1),
    ],
    abortedTransactions: [aborted(2, 3), aborted(1, 0)],
  },
  'three of them, aborted in reverse': {
    messages: [
      data(0, 1, 'bad'),
      data(1, 2, 'bad'),
      data(2, 3, 'bad'),
      abort(3, 3),
      abort(4, 2),
      abort(5, 1),
      data(6, 1, 'good'),
      commit(7, 1),
    ],
    abortedTransactions: [aborted(3, 2), aborted(2, 1), aborted(1, 0)],
  },
  'one after the other': {
    messages: [data(0, 1, 'bad'), abort(1, 1), data(2, 2, 'bad'), abort(3, 2), data(4, 1, 'good'), commit(5, 1)],
    abortedTransactions: [aborted(1, 0), aborted(2, 2)],
  },
  'a key of four zero bytes': {
    messages: [data(0, 1, 'bad', ZERO_KEY), data(1, 1, 'bad'), abort(2, 1), data(3, 1, 'good'), commit(4, 1)],
    abortedTransactions: [aborted(1, 0)],
  },
  'a fetch that starts in the middle': {
    messages: [data(2, 1, 'bad'), data(3, 2, 'bad'), abort(4, 1), abort(5, 2), data(6, 1, 'good'), commit(7, 1)],
    abortedTransactions: [aborted(1, 0), aborted(2, 1)],
  },
};

function read(filter: typeof withoutAborted, recorded: Recorded): readonly string[] {
  return filter(recorded)
    .filter(({ isControlRecord }) => !isControlRecord)
    .map(({ value }) => value?.toString() ?? '');
}

test.each(Object.entries(responses))('aborted records are never seen: %s', (_, recorded) => {
  expect(read(withoutAborted, recorded)).toEqual(['good']);
});

test('the rule of the unpatched client lets aborted records through in these cases', () => {
  const leaking = Object.entries(responses).filter(([, recorded]) => read(asPublished, recorded).includes('bad'));
  expect(leaking.map(([name]) => name)).toEqual([
    'the transaction that starts first aborts last',
    'a long one around a short one',
    'three of them, aborted in reverse',
    'a key of four zero bytes',
  ]);
});
