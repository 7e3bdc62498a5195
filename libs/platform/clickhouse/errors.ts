import { FatalError, RetryableError } from '#platform/stream';

/** Server codes of trouble that passes: too many parts, no memory, read-only, time-outs, a replica or disk that is busy. */
const BUSY: ReadonlySet<number> = new Set([
  159, // TIMEOUT_EXCEEDED
  164, // READONLY
  201, // QUOTA_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  285, // TOO_FEW_LIVE_REPLICAS
  289, // REPLICA_IS_NOT_IN_QUORUM
  319, // UNKNOWN_STATUS_OF_INSERT
  394, // QUERY_WAS_CANCELLED
  473, // DEADLOCK_AVOIDED
  517, // CANNOT_ASSIGN_ALTER
  999, // KEEPER_EXCEPTION
]);

/** The server cannot reach what it needs, or its connections break. */
const UNAVAILABLE: ReadonlySet<number> = new Set([
  210, // NETWORK_ERROR
  279, // ALL_CONNECTION_TRIES_FAILED
]);

/** The database, its users or its schema are not what this release needs. */
const CONFIGURATION: ReadonlySet<number> = new Set([
  16, // NO_SUCH_COLUMN_IN_TABLE
  53, // TYPE_MISMATCH
  60, // UNKNOWN_TABLE
  81, // UNKNOWN_DATABASE
  115, // UNKNOWN_SETTING
  192, // UNKNOWN_USER
  193, // WRONG_PASSWORD
  194, // REQUIRED_PASSWORD
  497, // ACCESS_DENIED
  516, // AUTHENTICATION_FAILED
]);

/** Answers of a proxy or a starting server, which carry no server code. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const PASSING_SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** What the server answered instead of a result. */
export interface ServerAnswer {
  readonly status: number;
  /** Header X-ClickHouse-Exception-Code, or null when another answered. */
  readonly code: number | null;
  /** Text of the answer; it may quote data, so only statements of ours pass it on. */
  readonly text: string;
}

/** @param what names the statement for people: a committed query, a table or a migration */
export function errorOfAnswer(what: string, answer: ServerAnswer): RetryableError | FatalError {
  const { code, status } = answer;
  const message = `${what}: ClickHouse answered ${code === null ? `HTTP ${status}` : `code ${code}`}${detail(answer.text)}`;
  if (code === null) {
    return PASSING_STATUS.has(status)
      ? new RetryableError('clickhouse_unavailable', message)
      : new FatalError('unknown', message);
  }
  if (BUSY.has(code)) return new RetryableError('clickhouse_busy', message);
  if (UNAVAILABLE.has(code)) return new RetryableError('clickhouse_unavailable', message);
  return new FatalError(CONFIGURATION.has(code) ? 'configuration' : 'unknown', message);
}

/** Errors of the connection, by the system's code. */
export function errorOfConnection(what: string, error: unknown, timedOut: boolean): RetryableError | FatalError {
  if (error instanceof RetryableError || error instanceof FatalError) return error;
  if (timedOut) return new RetryableError('timeout', `${what}: ClickHouse did not answer in time`, { cause: error });
  const code = systemCode(error);
  if (code !== null && PASSING_SYSTEM_CODES.has(code)) {
    return new RetryableError('clickhouse_unavailable', `${what}: ClickHouse is not reachable (${code})`, {
      cause: error,
    });
  }
  return new FatalError('unknown', `${what}: ${error instanceof Error ? error.message : 'failed'}`, { cause: error });
}

function systemCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // A name with several addresses fails with one error for each.
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return 'cause' in error ? systemCode(error.cause) : null;
}

const LONGEST_DETAIL = 500;

function detail(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? '' : `: ${line.slice(0, LONGEST_DETAIL)}`;
}
