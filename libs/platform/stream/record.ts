/** Where a record stands. Topic names here carry no prefix: the broker adapter adds and removes it. */
export interface Coordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export type RecordHeaders = Readonly<Record<string, Buffer>>;

/** A record as the broker keeps it. */
export interface StoredRecord extends Coordinates {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  /** Milliseconds. */
  readonly timestamp: number;
}

/** A record to write. Without a partition the Java-compatible partitioner places it by key. */
export interface WriteRecord {
  readonly topic: string;
  readonly partition?: number;
  readonly key: string | Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string | Buffer>>;
}

/** A decoded record, as a step sees it. */
export interface Message<T> extends Coordinates {
  readonly key: string;
  readonly value: T;
  readonly headers: RecordHeaders;
  /** Milliseconds. */
  readonly timestamp: number;
}
