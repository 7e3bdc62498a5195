import { FatalError, RetryableError } from '#platform/stream';
import { classifyKafka, isFenced, isRebalance, protocolError } from './kafka-errors.js';

/** As the client makes them. */
function clientError(name: string, fields: object = {}): Error {
  return Object.assign(new Error('whatever it says'), { name }, fields);
}
const protocol = (type: string, retriable = false): Error => clientError('KafkaJSProtocolError', { type, retriable });

test('the type of an error is found behind the wrappers of the client', () => {
  const wrapped = clientError('KafkaJSNumberOfRetriesExceeded', { cause: protocol('INVALID_PRODUCER_EPOCH') });
  expect(protocolError(clientError('KafkaJSNonRetriableError', { cause: wrapped }))).toBe('INVALID_PRODUCER_EPOCH');
  expect(isFenced(wrapped)).toBe(true);
});

test('a code that the client has no name for is named', () => {
  expect(isFenced(clientError('KafkaJSProtocolError', { type: 'UNKNOWN', code: 90 }))).toBe(true);
});

test.each([
  [protocol('REBALANCE_IN_PROGRESS'), 'rebalance'],
  [protocol('CONCURRENT_TRANSACTIONS'), 'broker_unavailable'],
  [protocol('NOT_LEADER_FOR_PARTITION', true), 'broker_unavailable'],
  [protocol('OUT_OF_ORDER_SEQUENCE_NUMBER'), 'broker_unavailable'],
  [clientError('KafkaJSConnectionClosedError'), 'broker_unavailable'],
  [clientError('KafkaJSRequestTimeoutError'), 'timeout'],
])('%s passes', (error, code) => {
  const classified = classifyKafka(error, 'test');
  expect(classified).toBeInstanceOf(RetryableError);
  expect(classified.code).toBe(code);
});

test.each([
  [protocol('INVALID_PRODUCER_EPOCH'), 'fenced'],
  [clientError('KafkaJSOffsetOutOfRange'), 'offset_out_of_range'],
  [protocol('TOPIC_AUTHORIZATION_FAILED'), 'configuration'],
  [protocol('MESSAGE_TOO_LARGE'), 'configuration'],
  [clientError('KafkaJSSASLAuthenticationError'), 'configuration'],
  [protocol('SOMETHING_NEW'), 'unknown'],
  [new TypeError('a bug'), 'unknown'],
])('%s stays', (error, code) => {
  const classified = classifyKafka(error, 'test');
  expect(classified).toBeInstanceOf(FatalError);
  expect(classified.code).toBe(code);
});

test('the text of an error decides nothing', () => {
  expect(classifyKafka(new Error('REBALANCE_IN_PROGRESS'), 'test').code).toBe('unknown');
  expect(isRebalance(new Error('REBALANCE_IN_PROGRESS'))).toBe(false);
});
