import type { TopicName } from '#platform/contracts';
import type { StoredRecord, WriteRecord } from './record.js';

/**
 * The three topic classes are the only three ways to read and write:
 * `flow` exactly once by transactions, `journal` at least once, `table` the latest value per key.
 * Implementations: `libs/platform/kafka` and the in-memory broker of `libs/platform/testing`; one conformance suite proves both.
 * All names are without prefix; all bytes are Confluent-framed Avro that {@link Serde} made.
 */
export interface Broker {
  readonly flow: FlowDoor;
  readonly journal: JournalDoor;
  readonly table: TableDoor;
  /**
   * Makes the caller the only one that writes for an app by this door: whoever was it before can write nothing more, however late it tries.
   * Resolves when it is decided what the predecessor has written, so that a table read from then on is complete.
   */
  takeOver(options: { readonly app: string }): Promise<SoleWriter>;
  /** Partition that the Java-compatible partitioner (murmur2) gives to a key of a flow. */
  partitionFor(topic: TopicName, key: string): Promise<number>;
  /** Disconnects what is shared. Workers are stopped before, by their owners. */
  close(): Promise<void>;
}

/** The only one that may write journals and tables of an app, until somebody else takes over. */
export interface SoleWriter {
  /**
   * All or nothing. After any error the writer is of no more use: its owner closes it, and whoever takes over reads what is there.
   * @throws FatalError code `fenced` when somebody else has taken over; nothing was written then.
   */
  write(records: readonly WriteRecord[]): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

export interface FlowDoor {
  /** Consumes flow topics of one app, each chunk in one transaction with all that it writes and its next offset. */
  consume(options: FlowConsumeOptions): Worker;
  /** Owns the partitions of a co-partitioned table without consuming a flow: for the gateway, which decides on requests. */
  own(options: OwnOptions): PartitionOwner;
  /** What a platform does: plain idempotent writes from outside. Resolves after acks=all. */
  publish(records: readonly WriteRecord[]): Promise<void>;
}

export interface JournalDoor {
  /** Reads any topics at least once under a group: offsets are committed after `process` resolved. */
  read(options: JournalReadOptions): Worker;
  /** Idempotent producer, acks=all; resolves when all are durable. */
  append(records: readonly WriteRecord[]): Promise<void>;
  /** Reads topics without a group from given positions, for people and streams to browsers; stops by `signal`. */
  tail(options: TailOptions): Promise<void>;
}

export interface TableDoor {
  /** Reads the table to its end, then follows it. Resolves when the end of the moment of the call was reached. */
  open(options: TableOpenOptions): Promise<TableFollower>;
  put(records: readonly WriteRecord[]): Promise<void>;
}

/** A part of one partition of one topic, in order, that is decided and written as one. */
export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /**
   * Small text that the previous chunk of this topic and partition left with its offset (Kafka offset metadata), so that a
   * running value such as the last `scoredAt` is exactly as old as the offset. Null at the beginning.
   */
  readonly carried: string | null;
  /** Co-partitioned tables of this partition, restored before the first chunk: last committed bytes by key. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
  /** Call between retries and after long work, so that the group does not take the member for dead. */
  heartbeat(): Promise<void>;
}

export interface ChunkWrites {
  /** Flow and co-partitioned records carry the chunk's partition; journals and tables never occur here. */
  readonly records: readonly WriteRecord[];
  readonly carry: string | null;
}

export interface FlowConsumeOptions {
  /** Name of the app: consumer group and transactional ids derive from it. */
  readonly app: string;
  readonly topics: readonly TopicName[];
  /** Co-partitioned tables that this app writes and that are restored before a partition is processed. */
  readonly tables: readonly TopicName[];
  /** At most this many records in a transaction. */
  readonly maxChunk: number;
  /** Nobody waits for what it writes: fewer and larger fetches and transactions, about a second later. */
  readonly isPatient?: boolean;
  readonly process: (chunk: Chunk) => Promise<ChunkWrites>;
  /** Called once when the worker gives up (fatal error, stalled): the role must exit. */
  readonly onFatal: (error: Error) => void;
}

export interface JournalReadOptions {
  readonly app: string;
  readonly topics: readonly TopicName[];
  /**
   * Called with records of one topic-partition, in order. Resolves to 'all' when everything handed over is durable: the offset
   * after the last record is committed. A reader that buffers resolves to 'later' and calls {@link JournalBatch.commit} itself.
   */
  readonly process: (batch: JournalBatch) => Promise<DurableUpTo>;
  /** Called when partitions were (re)assigned: whatever is buffered and not durable is delivered again. */
  readonly onAssigned?: (partitions: readonly { readonly topic: string; readonly partition: number }[]) => void;
  readonly onFatal: (error: Error) => void;
}

export type DurableUpTo = 'all' | 'later';

export interface JournalBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /** Offset after the last record that exists in the partition at the time of the fetch: the lag is `highWatermark - next`. */
  readonly highWatermark: number;
  heartbeat(): Promise<void>;
  /** Commits `nextOffset` of this topic-partition once it is durable; ignored when the partition went to another member since. */
  commit(nextOffset: number): Promise<void>;
}

export interface TailOptions {
  readonly topics: readonly TopicName[];
  /** 'beginning', 'end', or next offset by `topic/partition`; partitions not named start at the end. */
  readonly from: 'beginning' | 'end' | Readonly<Record<string, number>>;
  /** Told once, before the first record, where the tail starts: next offset by `topic/partition`. */
  readonly onStart?: (positions: Readonly<Record<string, number>>) => void;
  readonly onRecords: (records: readonly StoredRecord[]) => Promise<void> | void;
  /** Stops after having reached the ends of the moment of the call. */
  readonly untilEnd: boolean;
  readonly signal: AbortSignal;
}

export interface TableOpenOptions {
  readonly topic: TopicName;
  /** Called for each record in order, also while reading to the end; null value: the key is gone. */
  readonly onRecord: (record: StoredRecord) => void;
  readonly onFatal: (error: Error) => void;
}

export interface TableFollower {
  /** Records behind the end at the last look. */
  lag(): number;
  close(): Promise<void>;
}

/** A running consumer. */
export interface Worker {
  start(): Promise<void>;
  /** Stops fetching, finishes or aborts the chunk in hand, leaves the group, disconnects. */
  stop(): Promise<void>;
  health(): WorkerHealth;
}

export interface WorkerHealth {
  readonly state: 'starting' | 'running' | 'rebalancing' | 'stopped' | 'failed';
  readonly assigned: readonly { readonly topic: string; readonly partition: number; readonly lag: number }[];
  /** Milliseconds since the epoch; 0: never. `loop` is the last sign of life, also when idle. */
  readonly lastLoopAt: number;
  readonly lastCommitAt: number;
}

export interface OwnOptions {
  readonly app: string;
  readonly table: TopicName;
  /** Told to the other members, so that they can forward: for example `http://10.0.0.3:8080`. */
  readonly address: string;
  readonly onFatal: (error: Error) => void;
}

/** Ownership of the partitions of a co-partitioned table, shared over the members of a group. */
export interface PartitionOwner extends Worker {
  /** Who decides for this partition now; null while a rebalance is under way. */
  ownerOf(partition: number): { readonly self: true } | { readonly self: false; readonly address: string } | null;
  partitionFor(key: string): number;
  /**
   * Runs `decide` with the table of the partition and writes what it returns in one transaction (the table's own records are
   * part of it, and applied to the in-memory copy after the commit). Calls for a partition are batched into shared
   * transactions, in order; each promise settles after the commit.
   * @throws RetryableError code `rebalance` when the partition is not owned (any more); nothing was written then.
   */
  transact<R>(partition: number, decide: (table: ReadonlyMap<string, Buffer>) => OwnedWrites<R>): Promise<R>;
}

export interface OwnedWrites<R> {
  readonly records: readonly WriteRecord[];
  readonly result: R;
}
