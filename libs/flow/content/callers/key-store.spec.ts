import { parseApiKey } from './api-key.js';
import { callerOf, createKeyStore, type KeyDatabase } from './key-store.js';

/** The latest row of a key counts, as in ClickHouse. */
function memoryDatabase() {
  const keys = new Map<string, Record<string, unknown>>();
  const usage: Record<string, unknown>[] = [];
  const database = {
    query: (name: string) => Promise.resolve(name === 'api-keys' ? [...keys.values()] : usage),
    execute: (name: string, row: Record<string, unknown>) => {
      if (name === 'record-api-key') keys.set(String(row['key_id']), row);
      else usage.push(row);
      return Promise.resolve();
    },
  } as unknown as KeyDatabase;
  return { database, keys, usage };
}

const clock = () => Date.UTC(2026, 2, 4, 10);

describe('the key store', () => {
  it('keeps everything but the secret', async () => {
    const { database, keys } = memoryDatabase();
    const store = createKeyStore({ clickhouse: database, clock });
    const { text } = await store.create({ platform: 'forum', name: 'web', channel: 'public' });
    const secret = parseApiKey(text)?.secret ?? 'none';
    expect(JSON.stringify([...keys.values()])).not.toContain(secret);
    const [key] = await store.list();
    expect(key).toMatchObject({
      platform: 'forum',
      name: 'web',
      channel: 'public',
      storeSynchronous: true,
      revokedAt: null,
    });
  });

  it('revokes a key once', async () => {
    const store = createKeyStore({ clickhouse: memoryDatabase().database, clock });
    const { key } = await store.create({ platform: 'forum', name: 'web', channel: 'public' });
    expect([await store.revoke(key.keyId), await store.revoke(key.keyId), await store.revoke('unknown')]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await store.list())[0]?.revokedAt).toBe(clock());
  });

  it('keeps a missing quota missing', async () => {
    const store = createKeyStore({ clickhouse: memoryDatabase().database, clock });
    await store.create({ platform: 'forum', name: 'web', channel: 'public', dailyQuota: null });
    const [key] = await store.list();
    expect(key && callerOf(key).limits.dailyQuota).toBeNull();
  });

  it.each([
    [{ platform: 'Forum', channel: 'public' }, 'platform: must be'],
    [{ platform: 'forum', channel: 'Public!' }, 'channel: must be'],
    [{ platform: 'forum', channel: 'public', ratePerSecond: 0 }, 'ratePerSecond: must be'],
  ])('refuses %j and names the field', async (wanted, message) => {
    const store = createKeyStore({ clickhouse: memoryDatabase().database, clock });
    await expect(store.create({ name: 'web', ...wanted })).rejects.toThrow(message);
  });

  it('records only what was counted today', async () => {
    const { database, usage } = memoryDatabase();
    const store = createKeyStore({ clickhouse: database, clock });
    await store.recordUsage('run-1', [
      { callerId: 'a', day: '2026-03-04', texts: 3 },
      { callerId: 'a', day: '2026-03-03', texts: 9 },
      { callerId: 'b', day: '2026-03-04', texts: 0 },
    ]);
    expect(usage).toEqual([
      { day: '2026-03-04', process: 'run-1', caller_ids: ['a'], texts: [3], updated_ms: clock() },
    ]);
    await store.recordUsage('run-1', []);
    expect(usage).toHaveLength(1);
  });
});
