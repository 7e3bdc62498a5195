import type { Job, Window } from './job.js';

/**
 * An event may carry a time before the one at which it reaches Kafka by as much as a transaction may stay open (40 s), and clocks
 * differ: a window is closed so long after the watermark has passed its end.
 */
export const LATENESS_MS = 60_000;

/** The window of a job that holds a moment. */
export function windowAt(windowMs: number, moment: number): Window {
  const from = Math.floor(moment / windowMs) * windowMs;
  return { from, to: from + windowMs };
}

/**
 * The next window that a job has to run, or null while it is not closed. Pure: time comes from the watermark, not from a clock.
 * @param doneUntil end of its last finished window, or null when none is finished
 * @param since time of its first event, milliseconds
 * @param completeUntil all events before it are readable
 */
export function nextWindow(
  job: Pick<Job, 'windowMs' | 'catchUp'>,
  doneUntil: number | null,
  since: number | null,
  completeUntil: number | null,
): Window | null {
  if (completeUntil === null) return null;
  const closedUntil = windowAt(job.windowMs, completeUntil - LATENESS_MS).from;
  const after = doneUntil ?? since;
  if (after === null) return null;
  // Also of what is done: the length of a job's windows may have changed since.
  const begin = windowAt(job.windowMs, after).from;
  const from = job.catchUp === 'latest' ? Math.max(begin, closedUntil - job.windowMs) : begin;
  return from + job.windowMs <= closedUntil ? { from, to: from + job.windowMs } : null;
}
