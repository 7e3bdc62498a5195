import type { ClickHouse } from '#platform/clickhouse';

/** A closed stretch of event time, [from, to), milliseconds since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface JobContext {
  readonly clickhouse: ClickHouse;
  /** When this run began, milliseconds; names what it writes. */
  readonly runAt: number;
  /** Long work calls it between its steps, so that the role is not taken for stuck. */
  readonly alive?: () => void;
}

/**
 * Work on closed windows (design 4). `run` may be called again for the same window, after a crash, by hand or by another scheduler at
 * the same time: what it writes must then be the same or replace what it wrote.
 */
export interface Job {
  readonly name: string;
  /** Windows are multiples of it since 1970, UTC. */
  readonly windowMs: number;
  /** Topics that it needs: a window is closed when the warehouse shows all of them up to its end. */
  readonly topics: readonly string[];
  /** `every`: missed windows are caught up in order. `latest`: one run answers for all that were missed. */
  readonly catchUp: 'every' | 'latest';
  /** Time of the first event, milliseconds; null: nothing to do yet. */
  readonly since: (clickhouse: ClickHouse) => Promise<number | null>;
  /**
   * Whether all is there that the watermark of the topics does not promise. False: this window waits, and those after it. A run by hand
   * does not ask.
   */
  readonly isReady?: (window: Window, context: JobContext) => Promise<boolean>;
  readonly run: (window: Window, context: JobContext) => Promise<void>;
}
