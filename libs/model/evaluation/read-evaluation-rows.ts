import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { textHashOf } from '../dataset/canonical-row.js';
import { readDatasetFolder } from '../dataset/dataset-folder.js';
import type { DatasetRow, RowLabel } from '../dataset/dataset-row.js';
import type { LanguageIdentifier } from '../language/identify.js';
import { groupNearDuplicates } from '../text/near-duplicates.js';
import type { LabelledText } from '../training/labelled-text.js';
import { parseLabelled } from '../training/parse-labelled.js';
import type { LabelledFileOptions } from '../training/parse-labelled.js';

export interface EvaluationRows {
  /** Of the manifest; of a labelled file `file-` and 16 hex digits of its bytes. */
  readonly datasetId: string;
  readonly name: string;
  readonly rows: readonly DatasetRow[];
}

/**
 * Rows of an exported data set (a folder with `dataset.json`) or of a labelled file, `.jsonl` or `.csv`. Throws
 * `DatasetFolderError` or `LabelledFileError`, naming file, line and field.
 */
export function readEvaluationRows(
  data: string,
  options: LabelledFileOptions,
  identify: LanguageIdentifier,
): EvaluationRows {
  if (statSync(data).isDirectory()) {
    const { manifest, rows } = readDatasetFolder(data);
    return { datasetId: manifest.datasetId, name: manifest.name, rows };
  }
  const content = readFileSync(data, 'utf8');
  const texts = parseLabelled(content, data, extname(data) === '.csv' ? 'csv' : 'jsonl', options);
  const name = basename(data, extname(data));
  const hash = createHash('sha256')
    .update(content)
    .update(JSON.stringify(options.mapping ?? {}))
    .digest('hex');
  return { datasetId: `file-${hash.slice(0, 16)}`, name, rows: rowsOfTexts(texts, name, identify) };
}

/** Labelled texts as rows of the test split, grouped by near-duplicates; a share of raters counts as yes above .5. */
export function rowsOfTexts(
  texts: readonly LabelledText[],
  name: string,
  identify: LanguageIdentifier,
): readonly DatasetRow[] {
  const groups = groupNearDuplicates(texts.map(({ text }) => text));
  const sizes = new Map<number, number>();
  for (const root of groups) sizes.set(root, (sizes.get(root) ?? 0) + 1);
  return texts.map(({ text, labels, weight }, i) => {
    const root = groups[i] ?? i;
    return {
      key: keyOf(name, i),
      text,
      textHash: textHashOf(text),
      language: identify(text).language,
      platform: '',
      kind: '',
      split: 'test',
      group: keyOf(name, root),
      groupSize: sizes.get(root) ?? 1,
      labels: Object.fromEntries(
        Object.entries(labels).map(([category, q]): [string, RowLabel] => [
          category,
          { value: q > 0.5 ? 1 : 0, weight: Math.abs(2 * q - 1) },
        ]),
      ),
      weight,
      inclusion: null,
      origin: 'IMPORTED',
      isGold: false,
      source: name,
      author: null,
      labelledAt: null,
    };
  });
}

function keyOf(name: string, i: number): string {
  return `${name}/${i + 1}/1`;
}
