import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fenceKilledBroker, wasKilled } from './kafka-fence.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'tidegate-fence-'));
});
afterEach(() => {
  rmSync(data, { recursive: true });
});

/** A process in the place of the controller: says what is given, then waits to be ended. */
const talker = (line: string): readonly string[] => [
  '-e',
  `console.log(${JSON.stringify(line)}); setInterval(() => {}, 1000)`,
];

describe('a folder', () => {
  it('on which no broker ran was not killed', () => {
    expect(wasKilled(data)).toBe(false);
  });

  it('whose broker stopped in order was not killed', () => {
    mkdirSync(join(data, '__cluster_metadata-0'));
    writeFileSync(join(data, '.kafka_cleanshutdown'), '{}');
    expect(wasKilled(data)).toBe(false);
  });

  it('whose broker left no such mark was', () => {
    mkdirSync(join(data, '__cluster_metadata-0'));
    expect(wasKilled(data)).toBe(true);
  });
});

describe('the controller alone', () => {
  it('is not started after a stop in order', async () => {
    await fenceKilledBroker({ command: '/no/such/command', args: [], data });
  });

  it('is ended as soon as it has fenced the broker', async () => {
    mkdirSync(join(data, '__cluster_metadata-0'));
    const line = '... Fencing broker 1 at epoch 12 because its session has timed out.';
    await fenceKilledBroker({ command: process.execPath, args: talker(line), data });
  });

  it('that ends by itself keeps nobody waiting', async () => {
    mkdirSync(join(data, '__cluster_metadata-0'));
    await fenceKilledBroker({ command: process.execPath, args: ['-e', 'console.log("no")'], data });
  });
});
