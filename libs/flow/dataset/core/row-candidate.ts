import type { DatasetRow, DuplicateEntry } from '#model';

/** A row before one of its group was chosen, with what the choice needs. */
export interface RowCandidate {
  readonly row: DatasetRow;
  readonly entry: DuplicateEntry;
  /** Rows of one unit become one: its group, or of a source that keeps pairs its exact copies. */
  readonly unit: string;
  /** Of a source that keeps pairs. */
  readonly isPair: boolean;
  /** An expert settled its labels, before gold was frozen or since. */
  readonly isExpert: boolean;
}

/** Why a labelled item or an imported row is not in the data set. */
export type LeftOutReason =
  /** No text, neither where it was published nor in an earlier data set. */
  | 'TEXT_GONE'
  | 'EMPTY_TEXT'
  /** The registry has no entry for this text. */
  | 'NOT_REGISTERED'
  | 'NOT_SETTLED'
  | 'ORIGIN'
  | 'TOO_OLD'
  | 'LANGUAGE'
  /** No category is known, or none with weight enough. */
  | 'NO_LABEL'
  /** Another member of its near-duplicate group stands for it. */
  | 'COPY'
  /** A training text that may be a copy of one that models are judged by. */
  | 'CONTAMINATED'
  /** A drawn row of the validation split that is not fresh any more. */
  | 'ROLLED_OUT';
