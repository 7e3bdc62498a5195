import { EventEmitter } from 'node:events';
import type { StoredRecord, WriteRecord } from '#platform/stream';

interface Position {
  readonly offset: number;
  readonly carried: string | null;
}

/** Topics, offsets and groups in memory: what several in-memory brokers share as several Kafka clients share a cluster. */
export class MemoryLog {
  private readonly topics = new Map<string, StoredRecord[][]>();
  private readonly compacted = new Map<string, Map<string, Buffer>>();
  private readonly committed = new Map<string, Position>();
  private readonly members = new Map<string, symbol[]>();
  private readonly terms = new Map<string, number>();
  private readonly changes = new EventEmitter();

  constructor(
    readonly flowPartitions: number,
    private readonly clock: () => number,
    private readonly isCopartitioned: (topic: string) => boolean,
  ) {
    this.changes.setMaxListeners(0);
  }

  partitionsOf(topic: string): number {
    return this.isCopartitioned(topic) ? this.flowPartitions : 1;
  }

  end(topic: string, partition: number): number {
    return this.records(topic, partition).length;
  }

  read(topic: string, partition: number, from: number, most: number): readonly StoredRecord[] {
    return this.records(topic, partition).slice(from, from + most);
  }

  /** All or nothing, as a transaction: records, and the next offset of what caused them. */
  append(records: readonly (WriteRecord & { readonly partition: number })[], commit?: () => void): void {
    for (const { topic, partition, key, value, headers } of records) {
      const log = this.records(topic, partition);
      const bytes = typeof key === 'string' ? Buffer.from(key, 'utf8') : key;
      log.push({
        topic,
        partition,
        offset: log.length,
        key: bytes,
        value,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, header]) => [
            name,
            typeof header === 'string' ? Buffer.from(header) : header,
          ]),
        ),
        timestamp: this.clock(),
      });
      const table = this.table(topic, partition);
      const name = bytes?.toString('utf8') ?? '';
      if (value === null) table.delete(name);
      else table.set(name, value);
    }
    commit?.();
    this.changes.emit('change');
  }

  /** The latest bytes per key of a partition. */
  table(topic: string, partition: number): Map<string, Buffer> {
    const id = `${topic}/${partition}`;
    let table = this.compacted.get(id);
    if (table === undefined) this.compacted.set(id, (table = new Map<string, Buffer>()));
    return table;
  }

  position(group: string, topic: string, partition: number): Position {
    return this.committed.get(`${group}/${topic}/${partition}`) ?? { offset: 0, carried: null };
  }

  commit(group: string, topic: string, partition: number, position: Position): void {
    this.committed.set(`${group}/${topic}/${partition}`, position);
  }

  join(group: string, member: symbol): void {
    this.members.set(group, [...(this.members.get(group) ?? []), member]);
    this.changes.emit('change');
  }

  leave(group: string, member: symbol): void {
    this.members.set(
      group,
      (this.members.get(group) ?? []).filter((other) => other !== member),
    );
    this.changes.emit('change');
  }

  /** Partition p of every topic of a group belongs to one member. */
  owner(group: string, partition: number): symbol | undefined {
    const members = this.members.get(group) ?? [];
    return members[partition % members.length];
  }

  /** From now on only the holder of this number is the writer of the app. */
  beginTerm(app: string): number {
    const term = this.termOf(app) + 1;
    this.terms.set(app, term);
    return term;
  }

  termOf(app: string): number {
    return this.terms.get(app) ?? 0;
  }

  /** Resolves at the next append, commit, join or leave, or when the signal aborts. */
  async changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.changes.off('change', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.changes.once('change', done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  private records(topic: string, partition: number): StoredRecord[] {
    let partitions = this.topics.get(topic);
    if (partitions === undefined) {
      partitions = Array.from({ length: this.partitionsOf(topic) }, () => []);
      this.topics.set(topic, partitions);
    }
    const records = partitions[partition];
    if (records === undefined)
      throw new RangeError(`${topic} has ${partitions.length} partitions, not ${partition + 1}`);
    return records;
  }
}
