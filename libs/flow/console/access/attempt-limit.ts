/** Slows down who guesses passwords. */
export interface AttemptLimit {
  /** Milliseconds until the next attempt is heard; 0: now. */
  waitMs(key: string): number;
  failed(key: string): void;
  succeeded(key: string): void;
}

interface Failures {
  readonly count: number;
  readonly heardFrom: number;
  readonly last: number;
}

/**
 * After `free` failures in a row a key waits one second, then twice as long each time up to `longestMs`; failures are forgotten
 * `forgetMs` after the last. An attacker can so delay the owner of a name by `longestMs` and no more.
 */
export function createAttemptLimit(options: {
  readonly clock: () => number;
  readonly free: number;
  readonly longestMs: number;
  readonly forgetMs: number;
  readonly rememberedKeys: number;
}): AttemptLimit {
  const { clock, free, longestMs, forgetMs, rememberedKeys } = options;
  const failures = new Map<string, Failures>();

  function known(key: string): Failures | null {
    const found = failures.get(key);
    if (found === undefined) return null;
    if (clock() - found.last < forgetMs) return found;
    failures.delete(key);
    return null;
  }

  return {
    waitMs: (key) => Math.max(0, (known(key)?.heardFrom ?? 0) - clock()),
    failed: (key) => {
      const count = (known(key)?.count ?? 0) + 1;
      const wait = count < free ? 0 : Math.min(longestMs, 1000 * 2 ** Math.min(30, count - free));
      // The newest failure is the last entry: the oldest one leaves when there are too many.
      failures.delete(key);
      failures.set(key, { count, heardFrom: clock() + wait, last: clock() });
      const [oldest] = failures.keys();
      if (failures.size > rememberedKeys && oldest !== undefined) failures.delete(oldest);
    },
    succeeded: (key) => {
      failures.delete(key);
    },
  };
}
