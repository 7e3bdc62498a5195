import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';

/** Where the public data lies when this machine has it; never a part of the project. */
export const dataFolder = path.resolve(projectRoot, '../shared/data');

interface Line {
  readonly text?: string;
  readonly prompt?: string;
}

const SOURCES = ['openai_moderation/dev.jsonl', 'vicomtech/sentences.jsonl'];

/**
 * Real texts, read in place; where the data is not there, made ones, and it says so.
 * @returns exactly `count` texts, the same ones each time
 */
export function realTexts(count: number): readonly string[] {
  const files = SOURCES.map((source) => path.join(dataFolder, source)).filter((file) => fs.existsSync(file));
  if (files.length === 0)
    process.stderr.write(`${dataFolder} is not there: made texts are used instead of real ones\n`);
  const read = files
    .flatMap((file) => fs.readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .map((line) => line.text ?? line.prompt ?? '')
    .filter((text) => text !== '' && text.isWellFormed());
  const texts = read.length > 0 ? read : ['the tide comes in', 'the gate is shut', 'nobody is at the harbour'];
  return Array.from({ length: count }, (_, n) => texts[n % texts.length] ?? '');
}
