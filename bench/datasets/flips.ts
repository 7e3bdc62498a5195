import { suspectLabels, type DatasetRow } from '#model';
import { uniform } from '#policy';

export interface FlipResult {
  readonly rows: number;
  readonly flips: number;
  readonly flagged: number;
  readonly recall: number;
  readonly precision: number;
  /** Among the first n suspected, n flips. */
  readonly topPrecision: number;
  readonly seconds: number;
}

/** Flips a share of the labels of a category by hash and looks for them (labels 2.4). */
export async function findFlips(rows: readonly DatasetRow[], category: string, share: number): Promise<FlipResult> {
  const flipped = new Set<string>();
  const given = rows.flatMap((row): DatasetRow[] => {
    const label = row.labels[category];
    if (label === undefined) return [];
    const isFlipped = uniform('bench', `flip|${row.key}`) < share;
    if (isFlipped) flipped.add(row.key);
    const value = label.value === 1 ? 1 : 0;
    return [{ ...row, labels: { [category]: { value: isFlipped === (value === 1) ? 0 : 1, weight: label.weight } } }];
  });
  const began = performance.now();
  const { flagged, suspected } = await suspectLabels(given, { mostRows: given.length });
  const seconds = (performance.now() - began) / 1000;
  const among = (list: typeof suspected): number => list.filter(({ key }) => flipped.has(key)).length;
  return {
    rows: given.length,
    flips: flipped.size,
    flagged,
    recall: among(suspected) / flipped.size,
    precision: among(suspected) / flagged,
    topPrecision: among(suspected.slice(0, flipped.size)) / flipped.size,
    seconds,
  };
}
