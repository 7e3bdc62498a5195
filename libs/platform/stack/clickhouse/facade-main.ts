import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';
import { createFacade } from './facade.js';
import { ENGINE_CONFIG } from './engine-config.js';
import { openSpool } from './spool.js';
import type { FacadeSettings } from './facade-settings.js';

const log = (entry: Readonly<Record<string, unknown>>): void => {
  console.log(JSON.stringify({ time: new Date().toISOString(), ...entry }));
};

const [settingsFile] = process.argv.slice(2);
if (settingsFile === undefined) throw new Error('usage: facade-main.js SETTINGS_FILE');
const { host, port, data, users } = JSON.parse(readFileSync(settingsFile, 'utf8')) as FacadeSettings;

const folder = join(data, 'clickhouse');
mkdirSync(folder, { recursive: true });
const engineConfig = `${settingsFile}.xml`;
writeFileSync(engineConfig, ENGINE_CONFIG);
// Both are needed: the first for users and grants, the second so that no configuration of the machine is read.
const openSession = (): Session =>
  new Session(folder, { connectionArgs: [`--users_config=${engineConfig}`, `--config-file=${engineConfig}`] });

const probe = openSession();
const version = (await probe.queryAsync('SELECT version()', { format: 'TabSeparated' })).text().trim();
const facade = createFacade({
  openSession,
  spool: openSpool(join(data, 'clickhouse-spool')),
  users,
  version: `${version} (embedded)`,
  log,
});
probe.close();

facade.server.on('error', (error) => {
  log({ event: 'listen_failed', error: error.message });
  process.exit(1);
});
facade.server.listen(port, host, () => {
  log({ event: 'ready', host, port, version });
});

const stop = (): void => {
  log({ event: 'stopping' });
  void facade.close().then(() => {
    log({ event: 'stopped' });
    process.exit(0);
  });
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
