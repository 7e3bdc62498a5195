export { verdictRole } from './verdict.module.js';
