import { FatalError, RetryableError } from '#platform/stream';

interface KafkaLikeError extends Error {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly retriable?: unknown;
}

const FENCED: ReadonlySet<string> = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);
const REBALANCE: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);
const UNAVAILABLE_NAMES: ReadonlySet<string> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSLockTimeout',
]);
/** A new producer id or a new look at the cluster ends them; the client takes some of them for final. */
const REBUILD: ReadonlySet<string> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'TRANSACTION_ABORTABLE',
  'TRANSACTION_COORDINATOR_FENCED',
  'CONCURRENT_TRANSACTIONS',
  'BROKER_NOT_AVAILABLE',
]);
/** Codes of Kafka 4 that the client has no name for. */
const NAMES_BY_CODE: ReadonlyMap<number, string> = new Map([
  [56, 'KAFKA_STORAGE_ERROR'],
  [59, 'UNKNOWN_PRODUCER_ID'],
  [90, 'PRODUCER_FENCED'],
  [120, 'TRANSACTION_ABORTABLE'],
]);
const CONFIGURATION: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'UNSUPPORTED_VERSION',
  'INVALID_TRANSACTION_TIMEOUT',
  'INVALID_SESSION_TIMEOUT',
  'INVALID_TOPIC_EXCEPTION',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_GROUP_ID',
]);

/** The protocol's name of an error, looked for behind the client's wrappers. */
export function protocolError(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { type, code } = at as KafkaLikeError;
    if (typeof code === 'number') {
      const name = NAMES_BY_CODE.get(code);
      if (name !== undefined) return name;
    }
    if (typeof type === 'string') return type;
    if (at.name === 'KafkaJSOffsetOutOfRange') return 'OFFSET_OUT_OF_RANGE';
  }
  return null;
}

/** Another producer of the same transactional id has taken over. */
export function isFenced(error: unknown): boolean {
  return FENCED.has(protocolError(error) ?? '');
}

/** The group is to be joined again; the client does that when it sees the error itself. */
export function isRebalance(error: unknown): boolean {
  return REBALANCE.has(protocolError(error) ?? '');
}

/** By type and code, never by text; unknown is fatal (streaming 3). */
export function classifyKafka(error: unknown, doing: string): RetryableError | FatalError {
  if (error instanceof RetryableError || error instanceof FatalError) return error;
  const cause = { cause: error };
  const type = protocolError(error);
  if (type !== null) {
    const message = `${doing}: Kafka answered ${type}`;
    if (REBALANCE.has(type)) return new RetryableError('rebalance', message, cause);
    if (FENCED.has(type)) return new FatalError('fenced', message, cause);
    if (type === 'OFFSET_OUT_OF_RANGE') return new FatalError('offset_out_of_range', message, cause);
    if (CONFIGURATION.has(type)) return new FatalError('configuration', message, cause);
    if (REBUILD.has(type) || isMarkedRetriable(error)) return new RetryableError('broker_unavailable', message, cause);
    return new FatalError('unknown', message, cause);
  }
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at.name === 'KafkaJSRequestTimeoutError') {
      return new RetryableError('timeout', `${doing}: no answer in time`, cause);
    }
    if (UNAVAILABLE_NAMES.has(at.name))
      return new RetryableError('broker_unavailable', `${doing}: ${at.message}`, cause);
    if (at.name === 'KafkaJSSASLAuthenticationError') {
      return new FatalError('configuration', `${doing}: authentication failed`, cause);
    }
  }
  const message = error instanceof Error ? error.message : 'a value that is not an Error was thrown';
  return new FatalError('unknown', `${doing}: ${message}`, cause);
}

function isMarkedRetriable(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { type, retriable } = at as KafkaLikeError;
    if (typeof type === 'string') return retriable === true;
  }
  return false;
}
