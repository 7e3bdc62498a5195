import fs from 'node:fs';
import { findModelFolder } from '#platform/inference';
import { UsageError } from '../usage-error.js';

/**
 * Folder of an artefact that somebody named: the folder itself, or the id of a model in one of these places.
 * @throws UsageError that names the option
 */
export function modelFolder(option: string, named: string | undefined, places: () => readonly string[]): string {
  if (named === undefined) throw new UsageError(`${option} <folder or id> is needed`);
  if (fs.existsSync(named)) return named;
  if (!/^m-[0-9a-f]{16}$/.test(named)) {
    throw new UsageError(`${option} ${named}: there is no such folder, and it is no id of a model (m-...)`);
  }
  const folder = findModelFolder(places(), named);
  if (folder !== null) return folder;
  throw new UsageError(`${option} ${named}: neither ${places().join(' nor ')} has a model of this id`);
}
