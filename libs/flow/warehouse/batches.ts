import type { WriteRecord } from '#platform/stream';
import type { RowBuffer } from './row-writer.js';

export interface BatchLimits {
  /** A batch of so many rows or bytes is inserted at once. */
  readonly fullRows: number;
  readonly fullBytes: number;
  /** A smaller one when its oldest row has waited so long, milliseconds. */
  readonly maxAgeMs: number;
  /**
   * One that has so many rows by then waits until it is full or `busyAgeMs` old: an insert costs the engine some 10 ms whatever its
   * size, as much as 1,000 rows, and many partitions insert side by side.
   */
  readonly busyRows: number;
  readonly busyAgeMs: number;
  /** No more records are taken while so many bytes wait, over all partitions: what does not fit stays in Kafka. */
  readonly maxWaitingBytes: number;
}

/** What was handed over and how far: rows of one partition, and the offset from which the next batch goes on. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly buffer: RowBuffer;
  rows: number;
  /** First and next-after-last offset that this batch covers, skipped records included. */
  readonly firstOffset: number;
  nextOffset: number;
  /** Timestamp of its last record, milliseconds. */
  newest: number;
  /** Dead letters that must be durable before the offset is. */
  readonly letters: WriteRecord[];
  /** When its first record was taken. */
  readonly openedAt: number;
}

/**
 * Which rows wait, and what is to be inserted next. Never mixes partitions; at most one batch of a partition is out at a time, so
 * offsets are committed in order. Pure state: time is an argument.
 */
export interface Batches {
  /** The batch that takes the next records of a partition; opens one if there is none. */
  open(topic: string, partition: number, offset: number, now: number): Batch;
  /** Takes back a batch that waits and covers no record: it was opened for nothing. */
  discard(batch: Batch): void;
  /** Whether a partition may take more: neither its batch nor the memory is full. */
  hasRoom(topic: string, partition: number): boolean;
  /** Takes out the batch that has waited longest of those that are due and whose partition has none out. */
  next(now: number, drain?: boolean): Batch | null;
  /** The batch that was out is durable, or no longer wanted: its buffer may be used again. */
  finish(batch: Batch): void;
  /** The partition was assigned anew and is delivered again from its committed offset: forgets what waits. */
  forget(topic: string, partition: number): void;
  /** False once the partition was forgotten since the batch was opened: its offsets must not be committed. */
  isWanted(batch: Batch): boolean;
  isEmpty(): boolean;
  /** Nothing of the partition waits or is out. */
  isDurable(topic: string, partition: number): boolean;
  waitingBytes(): number;
}

/** Buffers that outgrew this are left to the garbage collector, so that one burst does not stay in memory. */
const KEPT_BUFFER_BYTES = 4 * 1024 * 1024;

export function createBatches(limits: BatchLimits, createBuffer: () => RowBuffer): Batches {
  const waiting = new Map<string, Batch>();
  const out = new Map<string, Batch>();
  const wanted = new WeakSet<Batch>();
  const free: RowBuffer[] = [];
  const id = (place: { readonly topic: string; readonly partition: number }) => `${place.topic}/${place.partition}`;
  const bytesOf = (batches: Map<string, Batch>) => {
    let sum = 0;
    for (const batch of batches.values()) sum += batch.buffer.length;
    return sum;
  };
  const waitingBytes = () => bytesOf(waiting) + bytesOf(out);
  const ageOf = (batch: Batch) => (batch.rows < limits.busyRows ? limits.maxAgeMs : limits.busyAgeMs);
  const isFull = (batch: Batch) => batch.rows >= limits.fullRows || batch.buffer.length >= limits.fullBytes;

  return {
    open(topic, partition, offset, now) {
      const known = waiting.get(id({ topic, partition }));
      if (known !== undefined) return known;
      const buffer = free.pop() ?? createBuffer();
      const batch: Batch = {
        topic,
        partition,
        buffer,
        rows: 0,
        firstOffset: offset,
        nextOffset: offset,
        newest: 0,
        letters: [],
        openedAt: now,
      };
      waiting.set(id(batch), batch);
      wanted.add(batch);
      return batch;
    },

    discard(batch) {
      if (batch.nextOffset > batch.firstOffset || waiting.get(id(batch)) !== batch) return;
      waiting.delete(id(batch));
      wanted.delete(batch);
      batch.buffer.rewind(0);
      free.push(batch.buffer);
    },

    hasRoom(topic, partition) {
      const batch = waiting.get(id({ topic, partition }));
      return (batch === undefined || !isFull(batch)) && waitingBytes() < limits.maxWaitingBytes;
    },

    next(now, drain = false) {
      const isPressed = drain || waitingBytes() >= limits.maxWaitingBytes;
      let oldest: Batch | null = null;
      for (const [place, batch] of waiting) {
        if (out.has(place)) continue;
        if (!isPressed && !isFull(batch) && now - batch.openedAt < ageOf(batch)) continue;
        if (oldest === null || batch.openedAt < oldest.openedAt) oldest = batch;
      }
      if (oldest === null) return null;
      waiting.delete(id(oldest));
      out.set(id(oldest), oldest);
      return oldest;
    },

    finish(batch) {
      if (out.get(id(batch)) === batch) out.delete(id(batch));
      wanted.delete(batch);
      if (batch.buffer.length <= KEPT_BUFFER_BYTES) {
        batch.buffer.rewind(0);
        free.push(batch.buffer);
      }
    },

    forget(topic, partition) {
      const place = id({ topic, partition });
      const batch = waiting.get(place);
      waiting.delete(place);
      if (batch !== undefined) wanted.delete(batch);
      const sent = out.get(place);
      if (sent !== undefined) wanted.delete(sent);
    },

    isWanted: (batch) => wanted.has(batch),
    isEmpty: () => waiting.size === 0 && out.size === 0,
    isDurable: (topic, partition) => !waiting.has(id({ topic, partition })) && !out.has(id({ topic, partition })),
    waitingBytes,
  };
}
