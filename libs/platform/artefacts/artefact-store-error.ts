/** Closed list. None of them passes by itself. */
export type ArtefactStoreErrorCode =
  | 'address_unknown'
  | 'id_invalid'
  | 'path_invalid'
  | 'already_other'
  | 'file_missing'
  | 'file_changed'
  | 'manifest_invalid'
  | 'storage_failed';

/** Names the artefact and the file, and says what to do. */
export class ArtefactStoreError extends Error {
  override readonly name = 'ArtefactStoreError';
  constructor(
    readonly code: ArtefactStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
