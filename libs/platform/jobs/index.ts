export { eraseText } from './erase-text.js';
export type { Job } from './job.js';
export { catchUp, createJobScheduler, runJob } from './scheduler.js';
export { startWhenMigrated } from './start-when-migrated.js';
export { verdictRollup } from './verdict-rollup.js';
