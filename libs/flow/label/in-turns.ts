import { runInTurns, type Steps } from './steps.js';

/** Resolves when requests that wait had their turn. */
export async function giveWay(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Runs steps between the requests of this process. */
export function inTurns<T>(steps: Steps<T>): Promise<T> {
  return runInTurns(steps, performance.now.bind(performance), giveWay);
}
