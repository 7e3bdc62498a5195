import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readArtefact } from './model-artefact.js';
import type { ArtefactFiles, ModelArtefact } from './model-artefact.js';

/** Reads and verifies the artefact in `folder`. Throws `ArtefactError`, naming the bad file. */
export function readArtefactFolder(folder: string): ModelArtefact {
  return readArtefact((path) => {
    try {
      return readFileSync(join(folder, path));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  });
}

export function writeArtefactFolder(folder: string, files: ArtefactFiles): void {
  for (const [path, bytes] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
