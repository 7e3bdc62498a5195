import { randomUUID } from 'node:crypto';
import { FileStorage, type StorageAdapter, UnableToReadFile } from '@flystorage/file-storage';
import { ArtefactStoreError } from './artefact-store-error.js';
import {
  checkId,
  decodeManifest,
  encodeManifest,
  manifestOf,
  manifestPath,
  sha256Of,
  type Manifest,
} from './manifest.js';

/** Files of an artefact, by path. */
export type StoredFiles = ReadonlyMap<string, Uint8Array>;

export interface StoredArtefact {
  readonly artefactId: string;
  /** All files together. */
  readonly bytes: number;
  readonly files: Manifest['files'];
}

/** Where models, calibrations and their documents lie. Every error is an {@link ArtefactStoreError}. */
export interface ArtefactStore {
  /**
   * Puts all files or nothing; resolves when readers find them. The same files again change nothing, and put back what was lost or damaged.
   * @throws ArtefactStoreError `already_other` when the id stands for other files
   */
  put(artefactId: string, files: StoredFiles): Promise<void>;
  /** All files, each checked against the manifest; null: there is no such artefact. */
  get(artefactId: string): Promise<StoredFiles | null>;
  /** What is there, by id. */
  list(): Promise<readonly StoredArtefact[]>;
  /** Removes an artefact; one that is not there is no error. */
  remove(artefactId: string): Promise<void>;
  /**
   * Removes what puts that did not end left behind.
   * @param before milliseconds since the epoch: what was begun later may still be under way
   * @returns how many
   */
  sweep(before: number): Promise<number>;
}

/** Files are written here and moved, so that nobody ever reads the half of one. */
const INCOMING = '.incoming';

export function createArtefactStore(adapter: StorageAdapter, newToken: () => string = randomUUID): ArtefactStore {
  const storage = new FileStorage(adapter);

  async function readIfThere(path: string): Promise<Uint8Array | null> {
    try {
      return await storage.readToUint8Array(path);
    } catch (error) {
      if (error instanceof UnableToReadFile && error.wasFileNotFound) return null;
      throw failed(`${path} cannot be read`, error);
    }
  }

  async function manifestIfThere(artefactId: string): Promise<Manifest | null> {
    const bytes = await readIfThere(`${artefactId}/${manifestPath}`);
    return bytes === null ? null : decodeManifest(artefactId, bytes);
  }

  /** Files that are not as the manifest says. */
  async function damaged({ artefactId, files }: Manifest): Promise<Manifest['files']> {
    const found: Manifest['files'] = [];
    for (const entry of files) {
      const bytes = await readIfThere(`${artefactId}/${entry.path}`);
      if (bytes === null || sha256Of(bytes) !== entry.sha256) found.push(entry);
    }
    return found;
  }

  async function namesIn(folder: string): Promise<readonly { readonly name: string; readonly path: string }[]> {
    if (folder !== '' && !(await storage.directoryExists(folder))) return [];
    const entries = await storage.list(folder).toArray(false);
    return entries
      .filter(({ isDirectory }) => isDirectory)
      .map(({ path }) => ({ path, name: path.split('/').findLast((part) => part !== '') ?? '' }));
  }

  /** When the first file of a folder was written; null: it has none. */
  async function begunAt(folder: string): Promise<number | null> {
    let oldest: number | null = null;
    for await (const entry of storage.list(folder, { deep: true })) {
      if (!entry.isFile) continue;
      const at = entry.lastModifiedMs ?? (await storage.lastModified(entry.path));
      oldest = oldest === null ? at : Math.min(oldest, at);
    }
    return oldest;
  }

  async function isThere(): Promise<boolean> {
    return storage.directoryExists('');
  }

  const store: ArtefactStore = {
    async put(artefactId, files) {
      checkId(artefactId);
      const manifest = manifestOf(artefactId, files);
      const bytes = encodeManifest(manifest);
      const there = await manifestIfThere(artefactId);
      if (there !== null && sha256Of(encodeManifest(there)) !== sha256Of(bytes)) {
        throw new ArtefactStoreError(
          'already_other',
          `${artefactId} is in the store with other files: ${differing(there, manifest)}`,
        );
      }
      const wanted = there === null ? manifest.files : await damaged(manifest);
      if (there !== null && wanted.length === 0) return;
      const incoming = `${INCOMING}/${artefactId}-${newToken()}`;
      for (const { path } of wanted) {
        await storage.write(`${incoming}/${path}`, Buffer.from(files.get(path) ?? []));
        await storage.moveFile(`${incoming}/${path}`, `${artefactId}/${path}`);
      }
      await storage.write(`${incoming}/${manifestPath}`, Buffer.from(bytes));
      await storage.moveFile(`${incoming}/${manifestPath}`, `${artefactId}/${manifestPath}`);
      await storage.deleteDirectory(incoming);
    },

    async get(artefactId) {
      checkId(artefactId);
      const manifest = await manifestIfThere(artefactId);
      if (manifest === null) return null;
      const files = new Map<string, Uint8Array>();
      for (const entry of manifest.files) {
        const bytes = await readIfThere(`${artefactId}/${entry.path}`);
        if (bytes === null) {
          throw new ArtefactStoreError(
            'file_missing',
            `${artefactId}/${entry.path} is missing: restore it from a copy`,
          );
        }
        if (bytes.byteLength !== entry.bytes || sha256Of(bytes) !== entry.sha256) {
          throw new ArtefactStoreError(
            'file_changed',
            `${artefactId}/${entry.path} differs from the SHA-256 in ${manifestPath}: restore it from a copy`,
          );
        }
        files.set(entry.path, bytes);
      }
      return files;
    },

    async list() {
      if (!(await isThere())) return [];
      const found: StoredArtefact[] = [];
      for (const { name } of await namesIn('')) {
        const manifest = isId(name) ? await manifestIfThere(name) : null;
        if (manifest === null) continue;
        const { artefactId, files } = manifest;
        found.push({ artefactId, files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) });
      }
      return found.sort((a, b) => (a.artefactId < b.artefactId ? -1 : 1));
    },

    async remove(artefactId) {
      checkId(artefactId);
      await storage.deleteFile(`${artefactId}/${manifestPath}`);
      await storage.deleteDirectory(artefactId);
    },

    async sweep(before) {
      if (!(await isThere())) return 0;
      const unfinished: string[] = (await namesIn(INCOMING)).map(({ name }) => `${INCOMING}/${name}`);
      for (const { name } of await namesIn('')) {
        if (isId(name) && !(await storage.fileExists(`${name}/${manifestPath}`))) unfinished.push(name);
      }
      let removed = 0;
      for (const folder of unfinished) {
        const at = await begunAt(folder);
        if (at !== null && at >= before) continue;
        await storage.deleteDirectory(folder);
        removed++;
      }
      return removed;
    },
  };
  return classifying(store);
}

function isId(name: string): boolean {
  try {
    checkId(name);
    return true;
  } catch {
    return false;
  }
}

function differing(there: Manifest, wanted: Manifest): string {
  const known = new Map(there.files.map(({ path, sha256 }) => [path, sha256]));
  const paths = wanted.files.filter(({ path, sha256 }) => known.get(path) !== sha256).map(({ path }) => path);
  const gone = there.files.map(({ path }) => path).filter((path) => !wanted.files.some((one) => one.path === path));
  return [...paths, ...gone].join(', ');
}

function failed(what: string, error: unknown): ArtefactStoreError {
  const why = error instanceof Error ? error.message : 'unknown';
  return new ArtefactStoreError('storage_failed', `${what} (ARTEFACT_STORE): ${why}`, { cause: error });
}

/** What the library throws is a failure of the storage; it is classified at this edge. */
function classifying(store: ArtefactStore): ArtefactStore {
  async function asOurs<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw error instanceof ArtefactStoreError ? error : failed(what, error);
    }
  }
  return {
    put: (id, files) => asOurs(`${id} cannot be put`, store.put(id, files)),
    get: (id) => asOurs(`${id} cannot be read`, store.get(id)),
    list: () => asOurs('the store cannot be listed', store.list()),
    remove: (id) => asOurs(`${id} cannot be removed`, store.remove(id)),
    sweep: (before) => asOurs('the store cannot be swept', store.sweep(before)),
  };
}
