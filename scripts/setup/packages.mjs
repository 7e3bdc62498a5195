import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { at, childEnvironment, nodeBinary, outerEnvironment } from './places.mjs';
import { runCommand } from './run-command.mjs';
import { timed } from './say.mjs';

const packagesIn = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
};

const patchStamp = at('node_modules', '.cache', 'tidegate', 'patches');

const patches = () => {
  const hash = createHash('sha256');
  if (!existsSync(at('patches'))) return '';
  for (const name of readdirSync(at('patches')).sort()) hash.update(name).update(readFileSync(at('patches', name)));
  return hash.digest('hex');
};

/**
 * Compares what npm installed (it writes that list last, so an install that was broken off does not count) with the lock file. By
 * content: the times of a checkout say nothing. An optional package may be absent, for another platform, but not be another version.
 */
export const needsInstall = () => {
  const locked = packagesIn(at('package-lock.json')) ?? {};
  const installed = packagesIn(at('node_modules', '.package-lock.json'));
  if (installed === undefined) return true;
  return Object.entries(locked).some(([path, wanted]) => {
    if (path === '') return false;
    const found = installed[path];
    if (found === undefined) return !wanted.optional && !wanted.devOptional && !wanted.peer;
    return found.version !== wanted.version || found.integrity !== wanted.integrity;
  });
};

export const needsPatches = () =>
  patches() !== '' && (!existsSync(patchStamp) || readFileSync(patchStamp, 'utf8') !== patches());

export const install = () =>
  timed('installing packages (npm ci, about a minute the first time)', () =>
    runCommand('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: at(),
      env: outerEnvironment(),
      missing: 'npm was not found: install Node.js 20 or newer together with npm',
    }),
  );

export const applyPatches = async () => {
  await runCommand(nodeBinary(), [at('node_modules', 'patch-package', 'index.js')], {
    cwd: at(),
    env: childEnvironment(),
  });
  mkdirSync(dirname(patchStamp), { recursive: true });
  writeFileSync(patchStamp, patches());
};
