import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalStorageAdapter } from '@flystorage/local-fs';
import { ArtefactStoreError } from './artefact-store-error.js';
import { createArtefactStore, type ArtefactStore } from './artefact-store.js';

/**
 * The store at an address: a folder, as a path or as `file://`. It is made when something is put.
 * @throws ArtefactStoreError `address_unknown`
 */
export function openArtefactStore(address: string): ArtefactStore {
  return createArtefactStore(new LocalStorageAdapter(folderOf(address)));
}

function folderOf(address: string): string {
  if (address.startsWith('file://')) return fileURLToPath(address);
  // A letter alone is a drive.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1];
  if (scheme === undefined) return path.resolve(address);
  throw new ArtefactStoreError(
    'address_unknown',
    `ARTEFACT_STORE: ${scheme}: is not known; give a folder, as a path or as file:///path`,
  );
}
