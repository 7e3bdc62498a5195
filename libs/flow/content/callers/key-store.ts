import { randomBytes as machineRandom } from 'node:crypto';
import { dayOf, type Usage } from './admission.js';
import { formatApiKey, hashSecret, makeApiKey } from './api-key.js';
import { defaultLimits, type Caller, type CallerLimits } from './caller.js';

/** A row of `api_keys`. */
interface KeyRow {
  readonly key_id: string;
  readonly secret_hash: string;
  readonly platform: string;
  readonly name: string;
  readonly channel: string;
  readonly rate_per_second: number;
  readonly burst: number;
  /** 0: no quota. */
  readonly daily_quota: number;
  readonly store_synchronous: boolean;
  readonly created_ms: number;
  /** 0: not revoked. */
  readonly revoked_ms: number;
}

/** The committed queries and statements of ClickHouse that the store uses. */
export interface KeyDatabase {
  query(name: 'api-keys', parameters: Readonly<Record<string, never>>): Promise<readonly KeyRow[]>;
  query(
    name: 'api-key-usage',
    parameters: { readonly day: string; readonly process: string },
  ): Promise<readonly { readonly caller_id: string; readonly texts: number }[]>;
  execute(name: 'record-api-key', parameters: KeyRow & { readonly updated_ms: number }): Promise<void>;
  execute(
    name: 'record-api-key-usage',
    parameters: {
      readonly day: string;
      readonly process: string;
      readonly caller_ids: readonly string[];
      readonly texts: readonly number[];
      readonly updated_ms: number;
    },
  ): Promise<void>;
}

/** A key as it is kept: everything but the secret. */
export interface StoredKey extends CallerLimits {
  readonly keyId: string;
  readonly secretHash: string;
  readonly platform: string;
  readonly name: string;
  readonly channel: string;
  readonly storeSynchronous: boolean;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

export interface NewKey extends Partial<CallerLimits> {
  readonly platform: string;
  readonly name: string;
  readonly channel: string;
  readonly storeSynchronous?: boolean;
}

/** API keys in ClickHouse: made, listed and revoked from the command line, read by the gateway. */
export interface KeyStore {
  /** The text of the key is returned once and kept nowhere. @throws Error that names the field which is not allowed */
  create(key: NewKey): Promise<{ readonly text: string; readonly key: StoredKey }>;
  /** All keys, revoked ones too, oldest first. */
  list(): Promise<readonly StoredKey[]>;
  /** False when there is no such key or it is revoked already. */
  revoke(keyId: string): Promise<boolean>;
  /** Adds what one process counted today, so that quotas hold over replicas and restarts. */
  recordUsage(process: string, usage: readonly Usage[]): Promise<void>;
  /** What all other processes counted today. */
  usageElsewhere(process: string): Promise<readonly Usage[]>;
}

const PLATFORM = /^[a-z0-9._-]{1,64}$/;
const CHANNEL = /^[a-z][a-z0-9-]{0,31}$/;
const LONGEST_NAME = 100;
const DAILY_QUOTA = 1_000_000;

export function createKeyStore(options: {
  readonly clickhouse: KeyDatabase;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly randomBytes?: (size: number) => Buffer;
}): KeyStore {
  const { clickhouse, clock, randomBytes = machineRandom } = options;

  async function list(): Promise<readonly StoredKey[]> {
    return (await clickhouse.query('api-keys', {})).map(readKey);
  }

  return {
    create: async (wanted) => {
      const made = makeApiKey(randomBytes);
      const key: StoredKey = {
        keyId: made.id,
        secretHash: hashSecret(made.secret),
        platform: allowed('platform', wanted.platform, PLATFORM, '1 to 64 of a-z, 0-9, dot, underscore and hyphen'),
        name: wanted.name.slice(0, LONGEST_NAME),
        channel: allowed('channel', wanted.channel, CHANNEL, 'the name of a channel'),
        ratePerSecond: positive('ratePerSecond', wanted.ratePerSecond ?? defaultLimits.ratePerSecond),
        burst: positive('burst', wanted.burst ?? defaultLimits.burst),
        dailyQuota:
          wanted.dailyQuota === null ? null : Math.ceil(positive('dailyQuota', wanted.dailyQuota ?? DAILY_QUOTA)),
        storeSynchronous: wanted.storeSynchronous ?? true,
        createdAt: clock(),
        revokedAt: null,
      };
      await clickhouse.execute('record-api-key', writeKey(key, clock()));
      return { text: formatApiKey(made), key };
    },
    list,
    revoke: async (keyId) => {
      const key = (await list()).find((stored) => stored.keyId === keyId);
      if (key?.revokedAt !== null) return false;
      await clickhouse.execute('record-api-key', writeKey({ ...key, revokedAt: clock() }, clock()));
      return true;
    },
    recordUsage: async (process, usage) => {
      const day = dayOf(clock());
      const counted = usage.filter((entry) => entry.day === day && entry.texts > 0);
      if (counted.length === 0) return;
      await clickhouse.execute('record-api-key-usage', {
        day,
        process,
        caller_ids: counted.map(({ callerId }) => callerId),
        texts: counted.map(({ texts }) => texts),
        updated_ms: clock(),
      });
    },
    usageElsewhere: async (process) => {
      const day = dayOf(clock());
      const rows = await clickhouse.query('api-key-usage', { day, process });
      return rows.map(({ caller_id, texts }) => ({ callerId: caller_id, day, texts }));
    },
  };
}

/** The caller that a key stands for. */
export function callerOf(key: StoredKey): Caller {
  const { ratePerSecond, burst, dailyQuota } = key;
  return {
    id: `key:${key.keyId}`,
    name: key.name,
    platform: key.platform,
    channel: key.channel,
    limits: { ratePerSecond, burst, dailyQuota },
    storesSynchronous: key.storeSynchronous,
  };
}

function readKey(row: KeyRow): StoredKey {
  return {
    keyId: row.key_id,
    secretHash: row.secret_hash,
    platform: row.platform,
    name: row.name,
    channel: row.channel,
    ratePerSecond: row.rate_per_second,
    burst: row.burst,
    dailyQuota: row.daily_quota === 0 ? null : row.daily_quota,
    storeSynchronous: row.store_synchronous,
    createdAt: row.created_ms,
    revokedAt: row.revoked_ms === 0 ? null : row.revoked_ms,
  };
}

function writeKey(key: StoredKey, updatedAt: number): KeyRow & { readonly updated_ms: number } {
  return {
    key_id: key.keyId,
    secret_hash: key.secretHash,
    platform: key.platform,
    name: key.name,
    channel: key.channel,
    rate_per_second: key.ratePerSecond,
    burst: key.burst,
    daily_quota: key.dailyQuota ?? 0,
    store_synchronous: key.storeSynchronous,
    created_ms: key.createdAt,
    revoked_ms: key.revokedAt ?? 0,
    updated_ms: updatedAt,
  };
}

function allowed(field: string, value: string, format: RegExp, must: string): string {
  if (!format.test(value)) throw new Error(`${field}: must be ${must}`);
  return value;
}

function positive(field: string, value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`${field}: must be a number above 0`);
  return value;
}
