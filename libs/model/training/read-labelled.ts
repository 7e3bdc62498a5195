import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseLabelled } from './parse-labelled.js';
import type { LabelledFileOptions } from './parse-labelled.js';
import type { LabelledText } from './labelled-text.js';

/** Reads a labelled file, `.jsonl` or `.csv`. Throws `LabelledFileError`, naming file, line and field. */
export function readLabelled(file: string, options: LabelledFileOptions = {}): LabelledText[] {
  return parseLabelled(readFileSync(file, 'utf8'), file, extname(file) === '.csv' ? 'csv' : 'jsonl', options);
}
