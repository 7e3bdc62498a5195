import {
  compareRows,
  datasetIdOf,
  summariseRows,
  type DatasetManifest,
  type DatasetRow,
  type DuplicateRegistry,
} from '#model';
import { mappingIdOf, type ImportMapping } from './mapping.js';
import type { ImportedText } from './read-import.js';

/**
 * Rows of an imported data set, by key: every text goes through the registry in the order of the file, so that it has its group and split for ever. Copies
 * stay: a build that takes the import chooses one of them.
 */
export function importRows(
  texts: readonly ImportedText[],
  mapping: ImportMapping,
  registry: DuplicateRegistry,
): DatasetRow[] {
  for (const { key, text } of texts) registry.add({ key, text });
  const { name, kind } = mapping;
  return texts
    .map(({ key, text, textHash, language, author, labels }): DatasetRow => ({
      key,
      text,
      textHash,
      language,
      platform: name,
      kind,
      split: registry.splitOf(key) ?? 'none',
      group: registry.rootOf(key) ?? key,
      groupSize: registry.sizeOf(key),
      labels,
      weight: 1,
      inclusion: null,
      origin: 'IMPORTED',
      isGold: false,
      source: name,
      author,
      labelledAt: null,
    }))
    .sort(compareRows);
}

/** What an imported data set says of itself. The same files and mapping under the same salt are the same data set, if the registry was. */
export function importManifest(mapping: ImportMapping, rows: readonly DatasetRow[], saltId: string): DatasetManifest {
  const summary = summariseRows(rows);
  const recipeId = mappingIdOf(mapping);
  const identity = {
    labelsUntil: null,
    policyId: null,
    policyVersion: null,
    rule: 'mapping',
    recipeId,
    saltId,
    digest: summary.digest,
  };
  return {
    datasetId: datasetIdOf(identity),
    name: mapping.name,
    kind: 'IMPORTED',
    sources: [],
    recipe: JSON.stringify(mapping),
    licences: [mapping.licence],
    previousId: null,
    ...identity,
    ...summary,
  };
}
