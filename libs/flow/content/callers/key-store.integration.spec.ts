import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import { startStack, type RunningStack } from '#platform/stack';
import { createKeyStore } from './key-store.js';

const NOW = Date.UTC(2026, 2, 4, 10);

describe('keys in ClickHouse', () => {
  let home: string;
  let stack: RunningStack;
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-keys-'));
    stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
    clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: 'keys' });
    await migrate(clickhouse);
  }, 60_000);
  afterAll(async () => {
    await clickhouse.close();
    await stack.stop();
    fs.rmSync(home, { recursive: true, force: true });
  });

  it('come back as they were made, and a revocation replaces the row', async () => {
    const time = { now: NOW };
    const store = createKeyStore({ clickhouse, clock: () => time.now });
    const first = await store.create({
      platform: 'forum',
      name: "the forum's key",
      channel: 'public',
      ratePerSecond: 2.5,
    });
    time.now += 5;
    const second = await store.create({
      platform: 'blog',
      name: 'blog',
      channel: 'internal',
      dailyQuota: null,
      storeSynchronous: false,
    });
    expect(await store.list()).toEqual([first.key, second.key]);
    time.now += 5;
    expect(await store.revoke(first.key.keyId)).toBe(true);
    expect(await store.list()).toEqual([{ ...first.key, revokedAt: time.now }, second.key]);
  });

  it('count texts over processes, the latest count of each', async () => {
    // Counts of long ago are dropped, so this is a day of now.
    const time = { now: Date.now() };
    const store = createKeyStore({ clickhouse, clock: () => time.now });
    const day = new Date(time.now).toISOString().slice(0, 10);
    await store.recordUsage('run-1', [{ callerId: 'key:a', day, texts: 3 }]);
    time.now += 5;
    await store.recordUsage('run-1', [{ callerId: 'key:a', day, texts: 7 }]);
    await store.recordUsage('run-2', [
      { callerId: 'key:a', day, texts: 10 },
      { callerId: "oidc:forum:o'neil", day, texts: 1 },
    ]);
    const elsewhere = await store.usageElsewhere('run-3');
    expect(new Map(elsewhere.map(({ callerId, texts }) => [callerId, texts]))).toEqual(
      new Map([
        ['key:a', 17],
        ["oidc:forum:o'neil", 1],
      ]),
    );
    expect(await store.usageElsewhere('run-2')).toEqual([{ callerId: 'key:a', day, texts: 7 }]);
  });
});
