/** Every way in which the embedded stack refuses to run. None of them is retried: a person has to change something. */
export type StackErrorCode =
  | 'ALREADY_RUNNING'
  | 'PORT_TAKEN'
  | 'JAVA_MISSING'
  | 'JAVA_TOO_OLD'
  | 'INFRA_MISSING'
  | 'DISK_FULL'
  | 'START_FAILED'
  | 'NOT_EMBEDDED'
  | 'ABORTED';

/** The message says what to do, so that it can be shown as it is. */
export class StackError extends Error {
  readonly code: StackErrorCode;

  constructor(code: StackErrorCode, message: string) {
    super(message);
    this.name = 'StackError';
    this.code = code;
  }
}

/** The system error code (`ENOENT`, `EADDRINUSE`, ...) of something that was thrown. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Whatever was thrown, as text for a person. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : String(error);
