export { policyRole } from './policy.module.js';
