import type { Kafka } from 'kafkajs';
import type { LogReader } from './log-reader.js';
import type { Names } from './names.js';
import type { KafkaSettings } from './options.js';
import { PartitionTable } from './partition-table.js';
import { openTransactionWriter, type Transaction, type TransactionWriter } from './transaction-writer.js';

export interface PartitionWriterOptions {
  readonly kafka: Kafka;
  readonly settings: KafkaSettings;
  readonly names: Names;
  readonly app: string;
  readonly partition: number;
  /** Co-partitioned tables with the time that their entries count, without prefix. */
  readonly tables: readonly { readonly topic: string; readonly retentionMs: number; readonly maxKeys: number }[];
}

/** The transactional producer of one partition of an app, with the tables that only it writes. */
export class PartitionWriter {
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
  private readonly tables: ReadonlyMap<string, PartitionTable>;
  private writer: TransactionWriter | null = null;

  constructor(private readonly options: PartitionWriterOptions) {
    const { partition, settings } = options;
    this.tables = new Map(
      options.tables.map((table) => [table.topic, new PartitionTable({ ...table, partition, clock: settings.clock })]),
    );
    this.entries = new Map([...this.tables].map(([topic, table]) => [topic, table.entries]));
  }

  get isOpen(): boolean {
    return this.writer !== null;
  }

  /**
   * InitProducerId first: it fences whoever owned the partition and finishes its transaction. Only then do the committed offset and
   * the end of the tables hold (streaming 2).
   */
  async open(reader: LogReader, heartbeat: () => Promise<void>): Promise<void> {
    const { kafka, settings, names, app, partition } = this.options;
    await this.abandon();
    this.writer = await openTransactionWriter({
      kafka,
      names,
      transactionalId: names.transactionalId(app, partition),
      transactionTimeoutMs: settings.transactionTimeoutMs,
      requestTimeoutMs: settings.requestTimeoutMs,
      faultPoint: settings.faultPoint,
      heartbeat,
    });
    try {
      for (const [topic, table] of this.tables) {
        const started = performance.now();
        await table.catchUp(reader, heartbeat);
        settings.observe.onRestore?.(app, topic, table.entries.size, (performance.now() - started) / 1_000);
      }
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  /** After an error the partition must be opened again: what the cluster holds then is what counts. */
  async commit(transaction: Transaction): Promise<void> {
    const { settings, app, partition } = this.options;
    if (this.writer === null) throw new Error(`${app}/${partition} is not open`);
    const started = performance.now();
    const ends = await this.writer.commit(transaction);
    for (const [topic, table] of this.tables) {
      const end = ends.get(`${topic}/${partition}`);
      if (end !== undefined) table.take(transaction.records, end);
    }
    settings.observe.onTransaction?.(app, transaction.records.length, (performance.now() - started) / 1_000);
  }

  async abandon(): Promise<void> {
    const writer = this.writer;
    this.writer = null;
    await writer?.abandon();
  }
}
