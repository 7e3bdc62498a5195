import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetRow } from '#model';
import { labelledRows } from '../../libs/model/training/labelled-rows.js';
import { buildCorpus } from '../../libs/model/training/starter/corpus.js';
import type { PublicRow } from '../../libs/model/training/starter/public-sources.js';
import { parseInDomain, publicSources } from '../../libs/model/training/starter/public-sources.js';

/** The public texts as rows of data sets. */
export interface PublicData {
  /** English, without near-copies of the others. */
  readonly general: readonly DatasetRow[];
  /** What each of them comes from, in the same order. */
  readonly sources: readonly string[];
  /** The labelled in-domain texts of openai_moderation. */
  readonly inDomain: readonly DatasetRow[];
}

const inDomainFile = 'openai_moderation/dev.jsonl';

/** Read in place; null where a file is absent. */
export function readPublicData(folder: string): PublicData | null {
  const used = publicSources.filter(({ language }) => language === 'en');
  const files = [inDomainFile, ...used.flatMap((source) => source.files)];
  if (files.some((file) => !existsSync(join(folder, file)))) return null;
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const rows = used.flatMap((source): PublicRow[] => source.parse(source.files.map(read)));
  const corpus = buildCorpus(parseInDomain(read(inDomainFile)), rows);
  return {
    general: labelledRows(corpus.publicRows, 'public'),
    sources: corpus.publicRows.map(({ source }) => source),
    inDomain: labelledRows(corpus.inDomain, 'in-domain'),
  };
}
