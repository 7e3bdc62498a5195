import { parentPort, workerData } from 'node:worker_threads';
import { createClickHouse } from '#platform/clickhouse';
import { classify, FatalError } from '#platform/stream';
import { lookAtChannel } from './look-at-channel.job.js';
import type { FromLook, LookWork } from './look.js';

/** Labels of thirty days from a busy server. */
const STATEMENT_MS = 300_000;

function post(message: FromLook): void {
  parentPort?.postMessage(message);
}

const work = workerData as LookWork;
const clickhouse = createClickHouse({ ...work.clickhouse, timeoutMs: STATEMENT_MS });
try {
  const refresh = await lookAtChannel(clickhouse, work.look, (done, total) => {
    post({ done, total });
  });
  post({ end: 'found', refresh });
} catch (error) {
  const classified = classify(error);
  const { message: detail } = classified;
  if (classified instanceof FatalError) post({ end: 'fatal', code: classified.code, detail });
  else post({ end: 'retry', code: classified.code, detail });
} finally {
  await clickhouse.close();
}
