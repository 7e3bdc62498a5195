/** A thread that fits categories for `category-threads.ts`. */
import { workerData } from 'node:worker_threads';
import { createCategoryFit } from './category-fit.js';
import { counting, isStopped, nextTask, signs } from './category-threads.js';
import type { ThreadAnswer, ThreadWork } from './category-threads.js';

const { space, tasks, control, port } = workerData as ThreadWork;

function say(answer: ThreadAnswer): void {
  port.postMessage(answer);
  Atomics.add(control, signs, 1);
  Atomics.notify(control, signs);
}

const fit = createCategoryFit(space);
for (let t = Atomics.add(control, nextTask, 1); t < tasks.length; t = Atomics.add(control, nextTask, 1)) {
  const task = tasks[t];
  if (task === undefined) break;
  try {
    const fitted = fit(
      task,
      counting(control, () => {
        if (Atomics.load(control, isStopped) !== 0) throw new Error('stopped');
        Atomics.add(control, signs, 1);
        Atomics.notify(control, signs);
      }),
    );
    say({ index: t, fit: fitted });
  } catch (error) {
    say({ index: t, problem: error instanceof Error ? error.message : 'a training thread failed' });
  }
}
