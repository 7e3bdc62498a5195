import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fenceKilledBroker, isFenced, wasKilled } from './kafka-fence.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'tidegate-fence-'));
});
afterEach(() => {
  rmSync(data, { recursive: true });
});

/** A change of the broker's registration as Kafka 4.3 writes it: its fields have tags, tag 0 is 1 to fence and -1 to unfence. */
const change = (epoch: number, ...tagged: readonly number[]): Buffer => {
  const record = Buffer.alloc(15);
  record.set([1, 0x11, 0, 0, 0, 0, 1]);
  record.writeBigInt64BE(BigInt(epoch), 7);
  return Buffer.concat([Buffer.from('before'), record, Buffer.from(tagged), Buffer.from('after')]);
};
const fenced = (epoch: number) => change(epoch, 1, 0, 1, 0x01);
const unfenced = (epoch: number) => change(epoch, 1, 0, 1, 0xff);
const folders = (epoch: number) => change(epoch, 1, 3, 1, 1);

const metadata = () => join(data, '__cluster_metadata-0');
const segment = (name: string, ...records: readonly Buffer[]) => {
  mkdirSync(metadata(), { recursive: true });
  writeFileSync(join(metadata(), name), Buffer.concat(records));
};
const FIRST = '00000000000000000000.log';

/** A process in the place of the controller. */
const controller = (script: string) => ({ command: process.execPath, args: ['-e', script], data });

describe('a folder', () => {
  it('on which no broker ran was not killed', () => {
    expect(wasKilled(data)).toBe(false);
  });

  it('whose broker stopped in order was not killed', () => {
    mkdirSync(metadata());
    writeFileSync(join(data, '.kafka_cleanshutdown'), '{}');
    expect(wasKilled(data)).toBe(false);
  });

  it('whose broker left no such mark was', () => {
    mkdirSync(metadata());
    expect(wasKilled(data)).toBe(true);
  });
});

describe('the metadata log', () => {
  it('says last what holds', () => {
    segment(FIRST, unfenced(11), fenced(11), unfenced(357), folders(357));
    expect(isFenced(data)).toBe(false);
    segment(FIRST, unfenced(11), fenced(11), unfenced(357), folders(357), fenced(357));
    expect(isFenced(data)).toBe(true);
  });

  it('is read back over its segments', () => {
    segment(FIRST, unfenced(11), fenced(11));
    segment('00000000000000002222.log', folders(357));
    expect(isFenced(data)).toBe(true);
  });

  it('of a broker that never ran says nothing', () => {
    segment(FIRST, folders(11));
    expect(isFenced(data)).toBeNull();
  });
});

describe('the controller alone', () => {
  const nobody = { command: '/no/such/command', args: [] };

  it('is not started after a stop in order', async () => {
    await fenceKilledBroker({ ...nobody, data });
  });

  it('is not started for a broker that was killed before it was let in again', async () => {
    segment(FIRST, unfenced(11), fenced(11));
    await fenceKilledBroker({ ...nobody, data });
  });

  it('is not believed before the record is in the log', async () => {
    segment(FIRST, unfenced(12));
    const file = JSON.stringify(join(metadata(), FIRST));
    const record = JSON.stringify(fenced(12).toString('hex'));
    await fenceKilledBroker(
      controller(`
        console.log('... Fencing broker 1 at epoch 12 because its session has timed out.');
        setTimeout(() => require('fs').appendFileSync(${file}, Buffer.from(${record}, 'hex')), 300);
        setInterval(() => {}, 1000);`),
    );
    expect(isFenced(data)).toBe(true);
  });

  it('that ends by itself keeps nobody waiting', async () => {
    segment(FIRST, unfenced(12));
    await fenceKilledBroker(controller('process.exit(0)'));
  });

  it('ends with the start that it is part of', async () => {
    segment(FIRST, unfenced(12));
    const start = new AbortController();
    const fencing = fenceKilledBroker({ ...controller('setInterval(() => {}, 1000)'), signal: start.signal });
    start.abort();
    await fencing;
    expect(isFenced(data)).toBe(false);
  });
});
