import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FatalError, RetryableError } from '#platform/stream';
import type { FromLook, LookAt, LookDatabase, LookWork } from './look.js';
import type { ChannelRefresh } from './refresh-channel.js';

const script = new URL(`./look-thread.job${extname(import.meta.url)}`, import.meta.url);

/**
 * Each look has a thread of its own, which reads its labels by itself: the fits of a channel take seconds, and requests, the place in the group
 * and the progress of other work go on meanwhile.
 */
export function lookInThread(clickhouse: LookDatabase): LookAt {
  return async (look, onCategory) => {
    const work: LookWork = { look, clickhouse };
    const thread = new Worker(script, { workerData: work });
    try {
      return await new Promise<ChannelRefresh | null>((resolve, reject) => {
        thread.on('message', (message: FromLook) => {
          if ('end' in message) {
            if (message.end === 'found') resolve(message.refresh);
            else reject(errorOf(message));
            return;
          }
          try {
            onCategory(message.done, message.total);
          } catch (error) {
            reject(error instanceof Error ? error : new FatalError('unknown', String(error)));
          }
        });
        thread.on('error', reject);
        thread.on('exit', () => {
          reject(new FatalError('unknown', 'the thread of a calibration ended without a word'));
        });
      });
    } finally {
      await thread.terminate();
    }
  };
}

function errorOf(ended: Extract<FromLook, { readonly end: 'retry' | 'fatal' }>): Error {
  return ended.end === 'retry'
    ? new RetryableError(ended.code, ended.detail)
    : new FatalError(ended.code, ended.detail);
}
