import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseSuite } from './parse-suite.js';
import type { SuiteCase } from './parse-suite.js';

/** Cases of a functional suite, or of every `.jsonl` file of a folder, by name. Throws `SuiteFileError`. */
export function readSuites(place: string): SuiteCase[] {
  const files = statSync(place).isDirectory()
    ? readdirSync(place)
        .filter((file) => file.endsWith('.jsonl'))
        .sort()
        .map((file) => join(place, file))
    : [place];
  return files.flatMap((file) => parseSuite(readFileSync(file, 'utf8'), file));
}
