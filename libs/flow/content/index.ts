export { createKeyStore } from './callers/key-store.js';
export { contentRole } from './content.module.js';
