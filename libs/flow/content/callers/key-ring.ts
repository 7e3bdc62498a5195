import { Problem } from '../http/problem.js';
import { isSecretOf, parseApiKey } from './api-key.js';
import type { Caller } from './caller.js';
import { callerOf, type StoredKey } from './key-store.js';

/** All keys in memory: a call never waits for ClickHouse, and keys work while it is away. */
export interface KeyRing {
  /** @throws Problem `unauthenticated`, or `unavailable` when the keys were never read */
  callerOf(text: string): Promise<Caller>;
  /** Reads the keys again. Keeps the old ones when that fails. */
  refresh(): Promise<void>;
}

export interface KeyRingOptions {
  readonly load: () => Promise<readonly StoredKey[]>;
  /** Milliseconds. */
  readonly clock: () => number;
  /** A key that is not known makes the ring look again, but not more often than this: nobody can make it hammer ClickHouse. */
  readonly leastRefreshMs: number;
  readonly onFailure: (error: unknown) => void;
}

export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { load, clock, leastRefreshMs, onFailure } = options;
  let keys: ReadonlyMap<string, StoredKey> | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  function refresh(): Promise<void> {
    triedAt = clock();
    reading ??= load()
      .then((stored) => {
        keys = new Map(stored.map((key) => [key.keyId, key]));
      }, onFailure)
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  /** Calls that arrive together wait for the same look. */
  async function lookAgain(): Promise<void> {
    if (reading !== null) await reading;
    else if (Math.abs(clock() - triedAt) >= leastRefreshMs) await refresh();
  }

  return {
    refresh,
    callerOf: async (text) => {
      const given = parseApiKey(text);
      if (given === null) throw new Problem('unauthenticated', 'The key is not of the form tg_<id>_<secret>.');
      if (keys?.get(given.id) === undefined) await lookAgain();
      if (keys === null) {
        throw new Problem('unavailable', 'The keys could not be read yet.', { retryAfterSeconds: 1 });
      }
      const key = keys.get(given.id);
      if (key === undefined || !isSecretOf(key.secretHash, given.secret) || key.revokedAt !== null) {
        throw new Problem('unauthenticated', 'The key is unknown or revoked.');
      }
      return callerOf(key);
    },
  };
}
