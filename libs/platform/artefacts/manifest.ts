import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ArtefactStoreError } from './artefact-store-error.js';

/** Relative, with `/`, no part that is hidden or leads out of the folder. */
const safePath = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
/** A letter or two for the kind, and a hash: `m-`, `c-`, `ds-`. */
const safeId = /^[a-z]{1,4}-[0-9a-f]{8,64}$/;

export const manifestPath = 'manifest.json';

const manifestSchema = z.strictObject({
  format: z.literal(1),
  artefactId: z.string().regex(safeId),
  /** By path. */
  files: z.array(
    z.strictObject({
      path: z.string().regex(safePath),
      bytes: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/** What an artefact consists of. It is written last: what has no manifest is not there. */
export type Manifest = z.infer<typeof manifestSchema>;

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws ArtefactStoreError `id_invalid` */
export function checkId(artefactId: string): void {
  if (safeId.test(artefactId)) return;
  throw new ArtefactStoreError(
    'id_invalid',
    `"${artefactId}" is no id of an artefact: m- or c- and hexadecimal digits`,
  );
}

/**
 * Of these files, in the order of their paths: equal files give an equal manifest.
 * @throws ArtefactStoreError `path_invalid`
 */
export function manifestOf(artefactId: string, files: ReadonlyMap<string, Uint8Array>): Manifest {
  const entries = [...files].map(([path, bytes]) => {
    if (!safePath.test(path) || path === manifestPath) {
      throw new ArtefactStoreError('path_invalid', `${artefactId}: "${path}" cannot be the path of a file`);
    }
    return { path, bytes: bytes.byteLength, sha256: sha256Of(bytes) };
  });
  return { format: 1, artefactId, files: entries.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
}

/** @throws ArtefactStoreError `manifest_invalid` */
export function decodeManifest(artefactId: string, bytes: Uint8Array): Manifest {
  const manifest = manifestSchema.safeParse(parseJson(bytes)).data;
  if (manifest?.artefactId === artefactId) return manifest;
  throw new ArtefactStoreError(
    'manifest_invalid',
    `${artefactId}/${manifestPath} is not what this release writes: restore it from a copy, or remove the folder and train again`,
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
