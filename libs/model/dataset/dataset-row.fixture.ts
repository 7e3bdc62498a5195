import fc from 'fast-check';
import { textHashOf } from './canonical-row.js';
import type { DatasetRow } from './dataset-row.js';

/** A row with the fields that a test speaks of. */
export function aRow(fields: Partial<DatasetRow>): DatasetRow {
  const text = fields.text ?? 'a text';
  const key = fields.key ?? 'forum/p1/1';
  return {
    key,
    text,
    textHash: textHashOf(text),
    language: 'en',
    platform: 'forum',
    kind: 'POST',
    split: 'train',
    group: key,
    groupSize: 1,
    labels: { H: { value: 1, weight: 1 } },
    weight: 1,
    inclusion: 0.25,
    origin: 'DRAWN',
    isGold: false,
    source: 'labels',
    author: null,
    labelledAt: 1_700_000_000_000,
    ...fields,
  };
}

const label = fc.record({ value: fc.constantFrom<0 | 1>(0, 1), weight: fc.constantFrom(0, 0.5, 1) });

/** Any row, from few values, so that two of them are often equal. */
export const anyRow = fc
  .record({
    key: fc.constantFrom('a', 'b'),
    text: fc.constantFrom('', 'x', '\ud83d\ude00"\n'),
    split: fc.constantFrom('train' as const, 'none' as const),
    labels: fc.dictionary(fc.constantFrom('H', 'V'), label, { noNullPrototype: true }),
    weight: fc.constantFrom(1, 1.5849625007211563),
    inclusion: fc.constantFrom(null, 0.1),
    author: fc.constantFrom(null, '0'.repeat(32)),
    labelledAt: fc.constantFrom(null, 0),
    isGold: fc.boolean(),
  })
  .map((fields) => aRow(fields));
