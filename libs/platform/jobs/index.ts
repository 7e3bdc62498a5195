export { eraseText } from './erase-text.js';
export type { Job, JobContext, Window } from './job.js';
export { catchUp, createJobScheduler, runJob, type JobSchedulerOptions } from './scheduler.js';
export { verdictRollup } from './verdict-rollup.js';
export { nextWindow, windowAt } from './windows.js';
