export { eraseText } from './erase-text.js';
export { catchUp, createJobScheduler, runJob } from './scheduler.js';
export { verdictRollup } from './verdict-rollup.js';
