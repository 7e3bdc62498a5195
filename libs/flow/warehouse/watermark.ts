import type { WorkerHealth } from '#platform/stream';
import type { RowWriter } from './row-writer.js';

/** How far one partition is readable in ClickHouse. */
export interface Watermark {
  readonly topic: string;
  readonly partition: number;
  /** All records below it are readable. */
  readonly nextOffset: number;
  readonly endOffset: number;
  /** All records that were written before it are readable, milliseconds; 0: nothing is known. */
  readonly completeUntil: number;
}

/** What the sink knows of a partition. */
export interface Progress {
  readonly topic: string;
  readonly partition: number;
  /** Next offset that is durable in ClickHouse; null: nothing was read since the partition was assigned. */
  readonly nextOffset: number | null;
  /** End of the partition at the last look. */
  readonly endOffset: number;
  /** Timestamp of the newest durable record, milliseconds. */
  readonly newest: number;
  /** When the partition was assigned, milliseconds. */
  readonly assignedAt: number;
  /** Nothing of it waits in the sink. */
  readonly isDurable: boolean;
}

/**
 * A partition that shows no lag so long after it was assigned has been looked at: a fetch waits half a second at most. Before, no lag
 * may only mean that nobody looked yet.
 */
const LOOKED_AT_AFTER_MS = 5000;

/**
 * The watermark of a partition: up to the newest durable record while it is behind, and up to the last fetch while it is not.
 * Null while nothing can be said.
 */
export function watermarkOf(progress: Progress, health: WorkerHealth): Watermark | null {
  const { topic, partition, nextOffset, endOffset, newest } = progress;
  const assigned = health.assigned.find((place) => place.topic === topic && place.partition === partition);
  const isAtEnd =
    health.state === 'running' &&
    assigned?.lag === 0 &&
    progress.isDurable &&
    health.lastLoopAt - progress.assignedAt >= LOOKED_AT_AFTER_MS;
  if (isAtEnd) {
    // Transaction markers take offsets after the last record.
    const end = Math.max(nextOffset ?? 0, endOffset);
    return { topic, partition, nextOffset: end, endOffset: end, completeUntil: Math.max(newest, health.lastLoopAt) };
  }
  if (nextOffset === null) return null;
  return { topic, partition, nextOffset, endOffset: Math.max(endOffset, nextOffset), completeUntil: newest };
}

export const watermarkTable = {
  name: 'warehouse_watermark',
  columns: ['topic', 'partition', 'next_offset', 'end_offset', 'complete_until', 'written_at'],
  write: (out: RowWriter, watermark: Watermark, now: number): void => {
    out.string(watermark.topic);
    out.uint16(watermark.partition);
    out.uint64(watermark.nextOffset);
    out.uint64(watermark.endOffset);
    out.dateTime(watermark.completeUntil);
    out.dateTime(now);
  },
} as const;
