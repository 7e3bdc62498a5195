/** flow: co-partitioned, exactly once. journal: one partition, at least once. table: latest value per key, compacted. */
export type TopicClass = 'flow' | 'journal' | 'table';

/** One entry of avro/topics.yaml. */
export interface TopicDefinition {
  readonly topic: string;
  readonly class: TopicClass;
  /** Partition p belongs to partition p of every flow topic. */
  readonly copartitioned: boolean;
  /** Whether there is one topic, one per verdict channel, or one per app. */
  readonly per: 'installation' | 'channel' | 'app';
  readonly key: string;
  /** Milliseconds, -1 for ever. */
  readonly retentionMs: number;
  readonly maxBytes: number;
  /** File below avro/, or null while the stage that brings it is not there. */
  readonly schema: string | null;
  readonly writers: readonly string[];
  readonly readers: readonly string[];
  readonly doc: string;
}
