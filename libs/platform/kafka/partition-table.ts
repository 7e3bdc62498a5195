import type { StoredRecord, WriteRecord } from '#platform/stream';
import type { LogReader, Place } from './log-reader.js';

const FETCH_WAIT_MS = 100;

interface Age {
  readonly key: string;
  readonly value: Buffer;
  readonly timestamp: number;
}

export interface PartitionTableOptions extends Place {
  /** Milliseconds; entries older than that are forgotten. Infinity for never. */
  readonly retentionMs: number;
  readonly maxKeys: number;
  readonly clock: () => number;
}

/**
 * The latest bytes per key of one partition of a compacted topic. It knows up to which offset it has seen the log, so that after a
 * doubtful commit it reads on from there; applying a record twice is harmless, because it is applied in the order of the log.
 */
export class PartitionTable {
  readonly entries = new Map<string, Buffer>();
  private next: number | null = null;
  /** In order of writing; a key that was written again is found here more than once. */
  private ages: Age[] = [];
  private oldest = 0;

  constructor(private readonly options: PartitionTableOptions) {}

  /** Reads the log from where it stands to the end of this moment. `heartbeat` is called between fetches. */
  async catchUp(reader: LogReader, heartbeat: () => Promise<void>): Promise<void> {
    const { topic, partition } = this.options;
    const place = { topic, partition };
    const [end = 0] = await reader.ends([place]);
    const [start = 0] = await reader.starts([place]);
    // What was deleted in between cannot be told from what stays: begin again.
    if (this.next === null || this.next < start) this.clear();
    let next = this.next ?? start;
    while (next < end) {
      const [fetched] = await reader.fetch([{ topic, partition, offset: next }], FETCH_WAIT_MS);
      if (fetched === undefined) break;
      for (const record of fetched.records) this.apply(record);
      next = fetched.next;
      await heartbeat();
    }
    this.next = next;
    this.forget();
  }

  /** Takes over what one transaction wrote, once it is committed. `end` is the offset behind its last record here. */
  take(records: readonly WriteRecord[], end: number): void {
    const timestamp = this.options.clock();
    for (const { topic, key, value } of records)
      if (topic === this.options.topic) this.set(textOf(key), value, timestamp);
    this.next = end;
    this.forget();
  }

  private clear(): void {
    this.entries.clear();
    this.ages = [];
    this.oldest = 0;
    this.next = null;
  }

  private apply(record: StoredRecord): void {
    this.set(textOf(record.key), record.value, record.timestamp);
  }

  private set(key: string, value: Buffer | null, timestamp: number): void {
    if (value === null) {
      this.entries.delete(key);
      return;
    }
    // A copy: the bytes of a fetch are a view that keeps the whole response alive.
    const copy = Buffer.from(value);
    this.entries.set(key, copy);
    this.ages.push({ key, value: copy, timestamp });
  }

  private forget(): void {
    const { retentionMs, maxKeys, clock } = this.options;
    const horizon = clock() - retentionMs;
    for (; this.oldest < this.ages.length; this.oldest++) {
      const age = this.ages[this.oldest];
      if (age === undefined) break;
      const isCurrent = this.entries.get(age.key) === age.value;
      if (isCurrent && age.timestamp >= horizon && this.entries.size <= maxKeys) break;
      if (isCurrent) this.entries.delete(age.key);
    }
    // Cut off in large pieces, so that each entry is moved at most once on average.
    if (this.oldest > 1_000 && this.oldest * 2 > this.ages.length) {
      this.ages = this.ages.slice(this.oldest);
      this.oldest = 0;
    }
  }
}

function textOf(key: string | Buffer | null): string {
  if (key === null) return '';
  return typeof key === 'string' ? key : key.toString('utf8');
}
