/** Who calls: found from a key, a token, or the loopback address. */
export interface Caller {
  /** Stable id: scopes idempotency keys, rates and quotas. Never a secret. */
  readonly id: string;
  /** Name for people, as given when the key was made. */
  readonly name: string;
  /** Everything that the caller writes, reads and erases belongs to this platform. */
  readonly platform: string;
  /** Channel whose deployment answers synchronous calls. */
  readonly channel: string;
  readonly limits: CallerLimits;
  /** Whether synchronous calls become content.submitted events, unless a call says `store: false`. */
  readonly storesSynchronous: boolean;
}

export interface CallerLimits {
  /** Texts per second in the long run. */
  readonly ratePerSecond: number;
  /** Texts at once. */
  readonly burst: number;
  /** Texts per UTC day; null: no quota. */
  readonly dailyQuota: number | null;
}

/** What a key gets when nobody says otherwise. */
export const defaultLimits: CallerLimits = { ratePerSecond: 100, burst: 500, dailyQuota: 1_000_000 };

/** Calls from loopback without a key: one machine, one person, no quota. */
export function anonymousCaller(channel: string): Caller {
  return {
    id: 'anonymous',
    name: 'anonymous on loopback',
    platform: 'demo',
    channel,
    limits: { ratePerSecond: 5000, burst: 20_000, dailyQuota: null },
    storesSynchronous: true,
  };
}

/** What decides whether a call without a key may pass as {@link anonymousCaller}. */
export interface Origin {
  readonly remoteAddress: string | undefined;
  readonly host: string | undefined;
  /** A proxy stands between: the remote address is its own, not the caller's. */
  readonly isProxied: boolean;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/**
 * A proxy on the same machine would make the whole world local, and so would a page whose host name was rebound to 127.0.0.1:
 * both are refused.
 */
export function isFromLoopback({ remoteAddress, host, isProxied }: Origin): boolean {
  return (
    !isProxied &&
    remoteAddress !== undefined &&
    LOOPBACK.test(remoteAddress) &&
    host !== undefined &&
    LOOPBACK_HOST.test(host)
  );
}
