/** Closed list of what can be wrong with a release bundle. */
type ReleaseErrorCode =
  | 'ABOUT_INVALID'
  | 'ARCHIVE_INVALID'
  | 'SUMS_INVALID'
  | 'FILE_MISSING'
  | 'FILE_CHANGED'
  | 'FILE_UNLISTED'
  | 'KEY_INVALID'
  | 'KEY_OTHER'
  | 'SIGNATURE_WRONG'
  | 'MODEL_INVALID';

/** Names the file that is wrong and says what to do. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';

  constructor(
    readonly code: ReleaseErrorCode,
    readonly file: string,
    detail: string,
  ) {
    super(`${file}: ${detail}`);
  }
}
