import { createInterface } from 'node:readline';
import { createKafkaBroker } from '../index.js';
import { APP, copyChunk, IN, type CopyOrders } from './copy.js';

/** Copies as a process of its own, so that it can be killed or stopped at a named point of its n-th transaction. */
const orders = JSON.parse(process.argv[2] ?? '') as CopyOrders;
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const told = createInterface({ input: process.stdin });

let seen = 0;
const broker = createKafkaBroker({
  ...orders.broker,
  release: 'test',
  logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  observe: {
    onFenced: () => {
      say({ said: 'fenced' });
    },
  },
  faultPoint: async (point) => {
    if (point !== orders.point || ++seen !== orders.occurrence) return;
    if (orders.fault === 'kill') process.kill(process.pid, 'SIGKILL');
    // The parent stops this process here; told to go on, it goes on with the transaction that it had begun.
    await new Promise<void>((resolve) => {
      told.once('line', () => {
        resolve();
      });
      say({ said: 'at_point' });
    });
  },
});

const worker = broker.flow.consume({
  app: APP,
  topics: [IN],
  tables: [],
  maxChunk: orders.maxChunk,
  process: (chunk) => Promise.resolve(copyChunk(chunk)),
  onFatal: (error) => {
    say({ said: 'fatal', message: error.message });
    process.exit(1);
  },
});
await worker.start();
say({ said: 'started' });

function nothing(): void {
  // The parent looks at what is in Kafka.
}
