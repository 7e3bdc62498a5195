/** Closed list. Adapters classify at their edge, by code or type, never by message text. */
export type RetryableCode =
  | 'broker_unavailable'
  | 'registry_unavailable'
  | 'clickhouse_unavailable'
  | 'clickhouse_busy'
  | 'bundle_not_read'
  | 'rebalance'
  | 'timeout';

export type FatalCode =
  'bug' | 'outcome_count' | 'reject_share' | 'fenced' | 'offset_out_of_range' | 'configuration' | 'stalled' | 'unknown';

/** Trouble that passes: the one step is tried again in place, in order. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  constructor(
    readonly code: RetryableCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Trouble that stays: the role stops with offsets untouched. */
export class FatalError extends Error {
  override readonly name = 'FatalError';
  constructor(
    readonly code: FatalCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Unknown is fatal: an error that nobody classified must not be retried into a loop or dropped. */
export function classify(error: unknown): RetryableError | FatalError {
  if (error instanceof RetryableError || error instanceof FatalError) return error;
  const message = error instanceof Error ? error.message : 'a value that is not an Error was thrown';
  return new FatalError('unknown', `unclassified error: ${message}`, { cause: error });
}
