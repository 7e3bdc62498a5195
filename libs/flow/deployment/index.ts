export { deploymentRole } from './deployment.module.js';
