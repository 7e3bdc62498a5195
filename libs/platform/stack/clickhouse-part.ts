import { mkdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FacadeSettings } from './clickhouse/facade-settings.js';
import type { ClickHouseUser } from './clickhouse/request.js';
import type { PartPlan } from './part-process.js';
import { LOOPBACK } from './ports.js';
import { nodeFlags } from './run-from-source.js';

export const clickhouseUrl = (port: number): string => `http://${LOOPBACK}:${port}`;

/** Anybody on this machine, as a fresh ClickHouse has it. */
const OPEN_USER: ClickHouseUser = { name: 'default', password: '', role: 'admin' };

const isReady = async (url: string, user: ClickHouseUser): Promise<boolean> => {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: 'SELECT 1',
      headers: { 'x-clickhouse-user': user.name, 'x-clickhouse-key': user.password },
      signal: AbortSignal.timeout(2_000),
    });
    return (await answer.text()).trim() === '1';
  } catch {
    return false;
  }
};

export interface ClickHouseOptions {
  readonly home: string;
  readonly port: number;
  readonly users: readonly ClickHouseUser[];
  readonly readyWithinMs: number;
}

export const planClickHouse = ({ home, port, users, readyWithinMs }: ClickHouseOptions): PartPlan => {
  const run = join(home, 'run');
  const data = join(home, 'data');
  mkdirSync(run, { recursive: true });
  mkdirSync(data, { recursive: true });
  const all = users.some(({ name }) => name === OPEN_USER.name) ? users : [OPEN_USER, ...users];
  const settings: FacadeSettings = { host: LOOPBACK, port, data, users: all };
  const settingsFile = join(run, 'clickhouse.json');
  writeFileSync(settingsFile, JSON.stringify(settings), { mode: 0o600 });
  const extension = extname(import.meta.url);
  const main = fileURLToPath(new URL(`./clickhouse/facade-main${extension}`, import.meta.url));
  return {
    name: 'ClickHouse',
    command: process.execPath,
    args: [...nodeFlags(import.meta.url), main, settingsFile],
    // One libuv thread per statement that runs, and some for files and compression.
    environment: { UV_THREADPOOL_SIZE: '24', TZ: 'UTC' },
    logFile: join(home, 'logs', 'clickhouse.log'),
    pidFile: join(run, 'clickhouse.pid'),
    isReady: () => isReady(clickhouseUrl(port), all[0] ?? OPEN_USER),
    readyWithinMs,
    stopWithinMs: 15_000,
  };
};
