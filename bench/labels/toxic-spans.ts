import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vote } from '#flow/label';
import { readTable } from './delimited.js';

/** Alpha of labels 2.2 by question. */
export const goldenAlphas: Readonly<Record<string, number>> = {
  toxic: 0.109,
  insult: 0.182,
  identity: 0.084,
  threat: 0.073,
};

const spanTypes: Readonly<Record<string, string>> = {
  insult: 'Insult',
  identity: 'Identity based Attack',
  threat: 'Threat',
};

/**
 * The real votes as answers to four questions: somebody who does not tick "not toxic" finds a comment toxic, and who marks a span of a type says
 * yes to that type. Null when the files are not there.
 */
export function readToxicSpans(data: string): ReadonlyMap<string, readonly Vote[]> | null {
  const folder = join(data, 'toxic_spans');
  if (!existsSync(join(folder, 'annotations.csv'))) return null;
  const annotations = readTable(readFileSync(join(folder, 'annotations.csv'), 'utf8'));
  const typesOf = new Map<string, Set<string>>();
  for (const { annotation = '', type = '' } of readTable(readFileSync(join(folder, 'spans.csv'), 'utf8'))) {
    const known = typesOf.get(annotation);
    if (known === undefined) typesOf.set(annotation, new Set([type]));
    else known.add(type);
  }
  return new Map(
    Object.keys(goldenAlphas).map((question) => {
      const spanType = spanTypes[question];
      const votes = annotations.map((row): Vote => {
        const yes =
          spanType === undefined
            ? row['not toxic'] !== 'True'
            : typesOf.get(row['annotation'] ?? '')?.has(spanType) === true;
        return { item: row['comment_id'] ?? '', labeler: row['worker'] ?? '', answer: yes ? 'YES' : 'NO' };
      });
      return [question, votes];
    }),
  );
}
