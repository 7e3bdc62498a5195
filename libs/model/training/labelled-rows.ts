import { textHashOf } from '../dataset/canonical-row.js';
import type { DatasetRow } from '../dataset/dataset-row.js';
import { groupNearDuplicates } from '../text/near-duplicates.js';
import { withImplied } from './labelled-text.js';
import type { LabelledText } from './labelled-text.js';

/**
 * Labelled texts as rows of a data set, all of them in `train`: a file has no splits, so folds hold out. A share of raters becomes the
 * answer of the majority, as sure as the share is far from a half.
 * @param name of the file, for the keys
 */
export function labelledRows(texts: readonly LabelledText[], name: string): DatasetRow[] {
  const roots = groupNearDuplicates(texts.map(({ text }) => text));
  const keyOf = (i: number): string => `${name}/${String(i + 1).padStart(8, '0')}/1`;
  return texts.map(({ text, labels, weight }, i) => ({
    key: keyOf(i),
    text,
    textHash: textHashOf(text),
    language: 'und',
    platform: name,
    kind: 'OTHER',
    split: 'train',
    group: keyOf(roots[i] ?? i),
    groupSize: 1,
    labels: Object.fromEntries(
      Object.entries(withImplied(labels)).map(([category, share]) => [
        category,
        { value: share > 0.5 ? 1 : 0, weight: Math.abs(2 * share - 1) },
      ]),
    ),
    weight,
    inclusion: null,
    origin: 'IMPORTED',
    isGold: false,
    source: name,
    author: null,
    labelledAt: null,
  }));
}
