import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createCategoryFit, fitsOf } from './category-fit.js';
import type { CategoryFit, CategorySpace, CategoryTask, StackedRows } from './category-fit.js';
import type { FitCategories } from './fit-dataset.js';

/** What a thread is started with. */
export interface ThreadWork {
  readonly space: CategorySpace;
  readonly tasks: readonly CategoryTask[];
  /** Next task; not 0: stop; signs of life; fits that are done. */
  readonly control: Int32Array;
  readonly port: MessagePort;
}

export type ThreadAnswer =
  { readonly index: number; readonly fit: CategoryFit } | { readonly index: number; readonly problem: string };

export const nextTask = 0;
export const isStopped = 1;
export const signs = 2;
export const fitsDone = 3;
const cells = 4;

/** A pass over the rows takes seconds at most; who says nothing for so long has died. */
const silenceMs = 120_000;

/**
 * Fits in this thread and in `threads` others, whichever is free taking the next category. A category's fit is the same bits wherever
 * it runs, so threads change the time alone. The caller's thread is busy or waits all the while.
 */
export function fitInThreads(threads: number): FitCategories {
  return (space, tasks, onProgress) => {
    const control = new Int32Array(new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT));
    const beside = Math.max(0, Math.min(threads, tasks.length - 1));
    // A copy, which nobody needs who is alone.
    const shared = beside === 0 ? space : shareSpace(space);
    const script = fileURLToPath(new URL(`./category-thread.main${extname(import.meta.url)}`, import.meta.url));
    const others = Array.from({ length: beside }, () => {
      const { port1, port2 } = new MessageChannel();
      const work: ThreadWork = { space: shared, tasks, control, port: port2 };
      return { port: port1, worker: new Worker(script, { workerData: work, transferList: [port2] }) };
    });
    const fits: (CategoryFit | undefined)[] = tasks.map(() => undefined);
    const total = tasks.reduce((sum, task) => sum + fitsOf(task), 0);
    let ready = 0;
    const collect = (): void => {
      for (const { port } of others) {
        for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
          const answer = got.message as ThreadAnswer;
          if ('problem' in answer) throw new Error(answer.problem);
          fits[answer.index] = answer.fit;
          ready += 1;
        }
      }
    };
    try {
      const fit = createCategoryFit(shared);
      for (let t = Atomics.add(control, nextTask, 1); t < tasks.length; t = Atomics.add(control, nextTask, 1)) {
        const task = tasks[t];
        if (task === undefined) break;
        fits[t] = fit(
          task,
          counting(control, () => {
            collect();
            onProgress('heads', Atomics.load(control, fitsDone), total);
          }),
        );
        ready += 1;
      }
      for (;;) {
        // Read first: an answer that comes after the look has changed it, and the wait ends at once.
        const seen = Atomics.load(control, signs);
        collect();
        if (ready >= tasks.length) break;
        onProgress('heads', Atomics.load(control, fitsDone), total);
        if (Atomics.wait(control, signs, seen, silenceMs) === 'timed-out') throw new Error('a training thread died');
      }
    } finally {
      Atomics.store(control, isStopped, 1);
      for (const { port, worker } of others) {
        port.close();
        void worker.terminate();
      }
    }
    return fits.filter((one) => one !== undefined);
  };
}

/** Adds the fits of a task to those of all threads as they are done. */
export function counting(control: Int32Array, onStep: () => void): (fits: number) => void {
  let counted = 0;
  return (fits) => {
    Atomics.add(control, fitsDone, fits - counted);
    counted = fits;
    onStep();
  };
}

function shareSpace(space: CategorySpace): CategorySpace {
  return {
    train: shareRows(space.train),
    validation: shareRows(space.validation),
    termWeights: shareFloats(space.termWeights),
    convergence: space.convergence,
  };
}

function shareRows({ ngrams, dense, denseColumns }: StackedRows): StackedRows {
  const { rows, columns, starts, ids } = ngrams;
  return {
    ngrams: { rows, columns, starts: shareInts(starts), ids: shareInts(ids) },
    dense: shareFloats(dense),
    denseColumns,
  };
}

function shareInts(values: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

function shareFloats(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
