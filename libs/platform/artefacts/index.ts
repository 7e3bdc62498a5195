export { ArtefactStoreError } from './artefact-store-error.js';
export type { ArtefactStore } from './artefact-store.js';
export { openArtefactStore } from './open-artefact-store.js';
