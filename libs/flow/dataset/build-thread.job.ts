import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createClickHouse } from '#platform/clickhouse';
import { classify, FatalError } from '#platform/stream';
import { buildDataset } from './build-dataset.js';
import { BuildRefused } from './build-error.js';
import { createDatasetStore } from './dataset-store.job.js';
import type { FromThread, ThreadCall, ThreadEnd, ThreadWork } from './thread-protocol.js';

/** A statement of a build reads a hundred thousand texts. */
const STATEMENT_MS = 300_000;
const PAUSE_MS = 500;

/** One build in a thread of its own: hashing and counting a hundred thousand texts would hold up everything else of the process. */
async function run(work: ThreadWork): Promise<ThreadEnd> {
  const clickhouse = createClickHouse({ ...work.clickhouse, timeoutMs: STATEMENT_MS });
  try {
    const datasetId = await buildDataset(
      work.request,
      {
        cut: work.cut,
        settleCut: (until) => ask({ what: 'settleCut', until }),
        tell: (step, done, total, id) => ask({ what: 'tell', step, done, total, datasetId: id ?? null }),
      },
      {
        store: createDatasetStore(clickhouse, `${work.request.requestId}-${Date.now()}`),
        salt: work.salt,
        clock: Date.now,
        giveWay: async () => {
          await nextTurn();
        },
        at: (point) => ask({ what: 'at', point }),
        recipeNamed: (name) => work.recipes.get(name),
        recipeNames: () => [...work.recipes.keys()],
        versionOf: (policyId) => work.versions.get(policyId),
        published: () => work.published,
        publish: (dataset) => ask({ what: 'publish', dataset }),
        pause: () => sleep(PAUSE_MS),
      },
    );
    return { end: 'built', datasetId };
  } catch (error) {
    if (error instanceof BuildRefused) return { end: 'refused', detail: error.message };
    const classified = classify(error);
    const { message: detail } = classified;
    return classified instanceof FatalError
      ? { end: 'fatal', code: classified.code, detail }
      : { end: 'retry', code: classified.code, detail };
  } finally {
    await clickhouse.close();
  }
}

const role = parentPort;
if (role === null) throw new Error('build-thread runs in a thread of the dataset role');

function post(message: FromThread): void {
  role?.postMessage(message);
}

/** Waits until the role has done it; one call at a time. A role that stops ends the thread instead of answering. */
async function ask(call: ThreadCall): Promise<void> {
  await new Promise<void>((resolve) => {
    role?.once('message', () => {
      resolve();
    });
    post({ call });
  });
}

post({ ended: await run(workerData as ThreadWork) });
