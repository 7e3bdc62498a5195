import type { FatalError, RetryableError } from '#platform/stream';
import type { ChannelRefresh } from './refresh-channel.js';

/** What is looked at: the labels of one channel's live model in windows that had ended. */
export interface Look {
  readonly channel: string;
  /** Channel whose scores draw. */
  readonly reference: string;
  /** Milliseconds. */
  readonly until: number;
  /** Somebody asked: refit although nothing else calls for it. */
  readonly isAsked: boolean;
}

/**
 * Null: nothing is live in the channel, or no policy names it.
 * @param onCategory before each category; what it throws ends the look
 */
export type LookAt = (look: Look, onCategory: (done: number, total: number) => void) => Promise<ChannelRefresh | null>;

/** Where ClickHouse is, as the thread reaches it by itself. */
export interface LookDatabase {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** What the thread of a look is given when it starts. */
export interface LookWork {
  readonly look: Look;
  readonly clickhouse: LookDatabase;
}

/** How a look ended. Errors do not cross threads as what they are. */
type LookEnd =
  | { readonly end: 'found'; readonly refresh: ChannelRefresh | null }
  | { readonly end: 'retry'; readonly code: RetryableError['code']; readonly detail: string }
  | { readonly end: 'fatal'; readonly code: FatalError['code']; readonly detail: string };

export type FromLook = { readonly done: number; readonly total: number } | LookEnd;
