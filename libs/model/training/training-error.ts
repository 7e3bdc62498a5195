export type TrainingErrorCode =
  'TOO_FEW_ROWS' | 'NOTHING_TO_TRAIN' | 'SPLITS_TOUCH' | 'COLUMNS_DO_NOT_FIT' | 'PARENT_MISSING' | 'PARENT_FEATURISER';

/** A data set, recipe and parent that make no model; the message says what to change. */
export class TrainingError extends Error {
  constructor(
    readonly code: TrainingErrorCode,
    detail: string,
  ) {
    super(detail);
    this.name = 'TrainingError';
  }
}
