import type { ArtefactKind, TrainingCompleted, TrainingRequested } from '#platform/contracts';

/** Files of an artefact by path, as `#model` writes and reads them. */
export type ArtefactFiles = ReadonlyMap<string, Uint8Array>;

/** What the work needs of the artefact store. */
export interface ArtefactShelf {
  /**
   * Puts all or nothing; the same id with the same bytes again changes nothing. `other`: the id stands for other bytes already, which stay.
   * @throws WorkError `store_failed`
   */
  put(artefactId: string, files: ArtefactFiles): Promise<'put' | 'other'>;
  /**
   * Verified files, or null when there is no such artefact.
   * @throws WorkError `store_failed`
   */
  get(artefactId: string): Promise<ArtefactFiles | null>;
}

/** What one attempt at a request may use. */
export interface WorkContext {
  /** Counts the starts of the work, from 1. */
  readonly attempt: number;
  /** Of this request alone. What an attempt left there is there for the next one; it goes when the request has ended. */
  readonly folder: string;
  /** Says how far it is; may be called often, what is too often is left out. A step is a few words, never content. */
  readonly progress: (step: string, done: number, total: number) => void;
  /** Aborted when the role stops or loses the request: leave what the next attempt can use, and reject. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly release: string;
  readonly shelf: ArtefactShelf;
  /** Everything that was completed, as far as the role has read. */
  readonly completed: () => Iterable<TrainingCompleted>;
  /** For fault tests: the process dies here when the plan names the point. */
  readonly at: (point: WorkPoint) => void;
}

/** Named moments at which fault tests kill the role. */
export type WorkPoint =
  | 'after_started'
  | 'after_export'
  | 'during_training'
  | 'after_training'
  | 'after_put'
  | 'after_evaluation'
  | 'after_completed';

/**
 * Does what a request wants and resolves to the event when everything that the event names is durable: files in the store,
 * rows in ClickHouse. The event itself is written by the caller, last. Done again, it gives the same ids.
 * @throws WorkError for what whoever asked can do something about; RetryableError for what passes; both are handled by the caller
 */
export type WorkHandler = (request: TrainingRequested, context: WorkContext) => Promise<TrainingCompleted>;

export type WorkHandlers = Readonly<Record<ArtefactKind, WorkHandler>>;

/** Closed list. Each ends the request with FAILED; none blocks the next one. */
export type WorkErrorCode =
  | 'request_invalid'
  | 'recipe_invalid'
  | 'dataset_missing'
  | 'dataset_changed'
  | 'labels_insufficient'
  | 'parent_missing'
  | 'trainer_failed'
  | 'trainer_over_limit'
  | 'artefact_refused'
  | 'store_failed'
  | 'attempts_exhausted'
  | 'unexpected';

/** Why a request failed and what to do about it. The message is shown to people: names field, file and line, never content. */
export class WorkError extends Error {
  override readonly name = 'WorkError';
  constructor(
    readonly code: WorkErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
