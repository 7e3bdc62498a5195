import { randomBytes } from 'node:crypto';
import { formatApiKey, hashSecret, makeApiKey } from './api-key.js';
import { createKeyRing } from './key-ring.js';
import type { StoredKey } from './key-store.js';

const LEAST_REFRESH_MS = 1000;

function storedKey(rest: Partial<StoredKey> = {}): { readonly text: string; readonly key: StoredKey } {
  const made = makeApiKey(randomBytes);
  const key: StoredKey = {
    keyId: made.id,
    secretHash: hashSecret(made.secret),
    platform: 'forum',
    name: 'web',
    channel: 'public',
    ratePerSecond: 1,
    burst: 1,
    dailyQuota: null,
    storeSynchronous: true,
    createdAt: 0,
    revokedAt: null,
    ...rest,
  };
  return { text: formatApiKey(made), key };
}

function setUp(initial: readonly StoredKey[]) {
  const state = { keys: [...initial], isAway: false, now: 0, loads: 0 };
  const failures: unknown[] = [];
  const ring = createKeyRing({
    load: () => {
      state.loads++;
      return state.isAway ? Promise.reject(new Error('away')) : Promise.resolve([...state.keys]);
    },
    clock: () => state.now,
    leastRefreshMs: LEAST_REFRESH_MS,
    onFailure: (error) => failures.push(error),
  });
  return { ring, state, failures };
}

describe('the key ring', () => {
  it('knows a key by its id and secret', async () => {
    const { text, key } = storedKey();
    const { ring } = setUp([key]);
    await expect(ring.callerOf(text)).resolves.toMatchObject({ id: `key:${key.keyId}`, platform: 'forum' });
    const forged = `${text.slice(0, -2)}${text.endsWith('AA') ? 'BB' : 'AA'}`;
    await expect(ring.callerOf(forged)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('serves from memory while the warehouse is away', async () => {
    const { text, key } = storedKey();
    const { ring, state, failures } = setUp([key]);
    await ring.refresh();
    state.isAway = true;
    await ring.refresh();
    await expect(ring.callerOf(text)).resolves.toMatchObject({ platform: 'forum' });
    expect(failures).toHaveLength(1);
  });

  it('says that it cannot know when it never read the keys', async () => {
    const { text, key } = storedKey();
    const { ring, state } = setUp([key]);
    state.isAway = true;
    await expect(ring.callerOf(text)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('refuses a revoked key after the next refresh', async () => {
    const { text, key } = storedKey();
    const { ring, state } = setUp([key]);
    await ring.refresh();
    state.keys = [{ ...key, revokedAt: 5 }];
    await ring.refresh();
    await expect(ring.callerOf(text)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('finds a key that was just made, but is not driven to look more than once a second', async () => {
    const { ring, state } = setUp([]);
    await ring.refresh();
    const { text, key } = storedKey();
    state.keys = [key];
    const strangers = Array.from({ length: 20 }, () => storedKey().text);
    state.now = LEAST_REFRESH_MS;
    // Calls that arrive together wait for the same look: once the second one was told that the key is unknown.
    const together = await Promise.all([ring.callerOf(text), ring.callerOf(text)]);
    expect(together.map(({ platform }) => platform)).toEqual(['forum', 'forum']);
    await Promise.allSettled(strangers.map((stranger) => ring.callerOf(stranger)));
    expect(state.loads).toBe(2);
  });
});
