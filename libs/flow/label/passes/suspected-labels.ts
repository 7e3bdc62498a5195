import { revisionKey } from '#platform/contracts';
import { findLabelErrors } from '#model';
import { drawErrorAudit } from '../quality/error-audit.js';
import type { LabelItem } from '../resolution/label-item.js';
import type { Categories } from './expert-items.js';

/** What people made of an item, beside what a model had said of it before. */
export interface ScoredLabels {
  readonly item: LabelItem;
  /** Without the answers of experts. */
  readonly labels: Categories;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface SuspectedLabel {
  readonly item: LabelItem;
  readonly score: number;
  readonly flags: readonly {
    readonly category: string;
    readonly kind: 'MISS' | 'FALSE_LABEL';
    readonly probability: number;
  }[];
  /** Of the hundred that an expert should look at: OPEN until one did. */
  readonly audit: 'NOT_DRAWN' | 'OPEN' | 'RIGHT' | 'WRONG';
}

/**
 * Labels that look wrong (labels 2.4), most suspicious first, and the audit of a hundred of them, which says whether all are relabelled
 * (sampling 0). A drawn item counts as wrong when an expert decided a flagged category otherwise.
 */
export function suspectLabels(
  rows: readonly ScoredLabels[],
  categories: readonly string[],
  expertOf: (item: string) => Categories | undefined,
  salt: string,
): readonly SuspectedLabel[] {
  const found = findLabelErrors(
    categories.map((category) => ({
      category,
      labels: Float64Array.from(rows, ({ labels, probabilities }) =>
        probabilities[category] === undefined ? Number.NaN : numberOf(labels[category]),
      ),
      probabilities: Float64Array.from(rows, ({ probabilities }) => probabilities[category] ?? Number.NaN),
    })),
  );
  const keys = new Map(found.map(({ row }) => [row, keyOf(rows, row)]));
  const drawn = new Set(drawErrorAudit([...keys.values()], salt));
  return found.flatMap(({ row, score, flags }): readonly SuspectedLabel[] => {
    const scored = rows[row];
    const key = keys.get(row) ?? '';
    if (scored === undefined) return [];
    return [
      {
        item: scored.item,
        score,
        flags: flags.map((flag) => ({ ...flag, probability: scored.probabilities[flag.category] ?? Number.NaN })),
        audit: drawn.has(key) ? judged(scored, flags, expertOf(key)) : 'NOT_DRAWN',
      },
    ];
  });
}

function keyOf(rows: readonly ScoredLabels[], row: number): string {
  const scored = rows[row];
  return scored === undefined ? '' : revisionKey(scored.item);
}

function numberOf(value: string | undefined): number {
  if (value === 'yes') return 1;
  return value === 'no' ? 0 : Number.NaN;
}

function judged(
  { labels }: ScoredLabels,
  flags: readonly { readonly category: string }[],
  expert: Categories | undefined,
): SuspectedLabel['audit'] {
  if (expert === undefined) return 'OPEN';
  const decided = flags.filter(({ category }) => expert[category] === 'yes' || expert[category] === 'no');
  if (decided.some(({ category }) => expert[category] !== labels[category])) return 'WRONG';
  return decided.length === flags.length ? 'RIGHT' : 'OPEN';
}
