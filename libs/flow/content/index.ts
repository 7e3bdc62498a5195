export { createKeyStore, type KeyStore, type NewKey, type StoredKey } from './callers/key-store.js';
export { contentRole } from './content.module.js';
