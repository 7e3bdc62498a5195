/**
 * Work that is cut into short steps. A role runs it between the requests of people who wait; everybody else runs it through.
 */
export type Steps<T> = Generator<void, T, void>;

export function runToEnd<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** A step of a pass takes well under a millisecond; so long it may keep others waiting. */
const TURN_MS = 5;

/** Runs the steps, giving way every few milliseconds. @param giveWay resolves when others had their turn */
export async function runInTurns<T>(steps: Steps<T>, clock: () => number, giveWay: () => Promise<void>): Promise<T> {
  let since = clock();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (clock() - since < TURN_MS) continue;
    await giveWay();
    since = clock();
  }
}
