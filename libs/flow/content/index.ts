export { createKeyStore, type KeyStore } from './callers/key-store.js';
export { contentRole } from './content.module.js';
