import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const at = (...parts) => join(root, ...parts);

/** Everything downloaded that npm does not bring. Outside of the data, so that deleting data keeps it. */
export const infra = process.env.TIDEGATE_INFRA ? resolve(process.env.TIDEGATE_INFRA) : at('.tidegate', 'infra');

const bin = at('node_modules', '.bin');

/** The Node of the install where there is one (Linux), else the one that runs this. */
export const nodeBinary = () => (existsSync(join(bin, 'node')) ? join(bin, 'node') : process.execPath);

/** Child processes find the install's programs, and its Node, first. */
export const childEnvironment = () => ({ ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` });

/** Without the programs of an install that is about to be replaced. */
export const outerEnvironment = () => ({
  ...process.env,
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes(join('node_modules', '.bin')))
    .join(delimiter),
});
