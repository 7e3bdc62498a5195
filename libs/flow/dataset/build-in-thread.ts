import { Worker } from 'node:worker_threads';
import type { DatasetPublished } from '#platform/contracts';
import { FatalError, RetryableError } from '#platform/stream';
import { BuildRefused } from './build-error.js';
import type { BuildVoice } from './build-runtime.js';
import type { FromThread, ThreadCall, ThreadEnd, ThreadWork } from './thread-protocol.js';

export interface ThreadDeps {
  readonly voice: BuildVoice;
  readonly publish: (dataset: DatasetPublished) => Promise<void>;
  /** For fault tests. */
  readonly at: (point: string) => void;
  /** Most of its heap, MB. */
  readonly memoryMb: number;
}

/**
 * Builds in a thread and does for it what only the role can.
 * @returns id of the data set
 * @throws BuildRefused also when it needs more memory than it may have
 */
export async function buildInThread(work: ThreadWork, deps: ThreadDeps): Promise<string> {
  const thread = new Worker(new URL('./build-thread.job.js', import.meta.url), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: deps.memoryMb },
  });
  try {
    return datasetOf(
      await new Promise<ThreadEnd>((resolve, reject) => {
        thread.on('message', (message: FromThread) => {
          if ('ended' in message) resolve(message.ended);
          else {
            answer(message.call, deps).then(() => {
              thread.postMessage('done');
            }, reject);
          }
        });
        thread.on('error', (error: Error & { readonly code?: string }) => {
          if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
            reject(
              new BuildRefused(
                `needs more than ${deps.memoryMb} MB; raise DATASET_MEMORY_MB, or let the recipe take fewer labels or sources`,
              ),
            );
          } else reject(error);
        });
        thread.on('exit', () => {
          reject(new FatalError('unknown', 'the thread of a build ended without a word'));
        });
      }),
    );
  } finally {
    await thread.terminate();
  }
}

async function answer(call: ThreadCall, { voice, publish, at }: ThreadDeps): Promise<void> {
  switch (call.what) {
    case 'settleCut':
      await voice.settleCut(call.until);
      return;
    case 'tell':
      await voice.tell(call.step, call.done, call.total, call.datasetId ?? undefined);
      return;
    case 'publish':
      await publish(call.dataset);
      return;
    case 'at':
      at(call.point);
  }
}

function datasetOf(ended: ThreadEnd): string {
  switch (ended.end) {
    case 'built':
      return ended.datasetId;
    case 'refused':
      throw new BuildRefused(ended.detail);
    case 'retry':
      throw new RetryableError(ended.code, ended.detail);
    case 'fatal':
      throw new FatalError(ended.code, ended.detail);
  }
}
