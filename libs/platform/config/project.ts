import fs from 'node:fs';
import path from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

function findProject(from: string): { readonly root: string; readonly manifest: Manifest } {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (fs.existsSync(file)) {
      const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as Manifest;
      if (manifest.name === 'tidegate') return { root: folder, manifest };
    }
    if (folder === path.dirname(folder)) throw new Error(`no package.json of tidegate above ${from}`);
  }
}

const project = findProject(import.meta.dirname);

/** Folder of the checkout or image: relative paths of the configuration start here. */
export const projectRoot = project.root;
/** Version of the running code, in records and health. */
export const release = project.manifest.version;
