import { quantile } from '../evaluation/bootstrap.js';
import { poissonWeight } from '../evaluation/bootstrap.js';
import { fallingOrder, rankingQuality } from '../evaluation/ranking.js';
import { hashKey } from './seeded-uniform.js';

/** Out-of-fold logits of one category under several foldings, with its labels (NaN: unknown). */
export interface FoldedScores {
  readonly category: string;
  readonly labels: Float64Array;
  /** One vector of logits per folding. */
  readonly foldings: readonly Float64Array[];
  /** The fold of each row, per folding. */
  readonly folds: readonly Uint8Array[];
}

export interface FoldedQuality {
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  /** Average precision over the pooled out-of-fold rows, mean over the foldings. */
  readonly pooled: number;
  /** Standard deviation of the pooled figure between foldings. */
  readonly deviation: number;
  /** Average precision inside each held-out fold, mean over folds and foldings; folds without positives left out. */
  readonly perFold: number;
  /** 95 % interval of the pooled figure: each draw takes the next folding and Poisson weights per group. */
  readonly low: number;
  readonly high: number;
  readonly wide: boolean;
}

interface Known {
  readonly rows: Int32Array;
  readonly labels: Uint8Array;
  readonly judged: readonly { scores: Float64Array; order: Int32Array }[];
}

function known({ labels, foldings }: FoldedScores): Known {
  const rows = Int32Array.from(labels.keys()).filter((row) => !Number.isNaN(labels[row] ?? Number.NaN));
  return {
    rows,
    labels: Uint8Array.from(rows, (row) => ((labels[row] ?? 0) > 0.5 ? 1 : 0)),
    judged: foldings.map((logits) => {
      const scores = Float64Array.from(rows, (row) => logits[row] ?? 0);
      return { scores, order: fallingOrder(scores) };
    }),
  };
}

const seed = 1;

/** Quality of each category and of `macro`, the mean over the categories that `inMacro` names. */
export function foldedQuality(
  scores: readonly FoldedScores[],
  groups: readonly number[],
  inMacro: (category: string) => boolean,
  draws = 1000,
): { categories: FoldedQuality[]; macro: Omit<FoldedQuality, 'rows' | 'positives'> } {
  const hashes = Uint32Array.from(groups, (group) => hashKey(String(group)));
  const all = scores.map(known);
  const pooled = all.map(({ judged, labels }) =>
    judged.map(({ scores: own, order }) => rankingQuality({ scores: own, labels }, order).averagePrecision),
  );
  const drawn = all.map(() => [] as number[]);
  for (let draw = 0; draw < draws; draw += 1) {
    const weights = Float64Array.from(hashes, (hash) => poissonWeight(seed, draw, hash));
    for (const [c, { rows, labels, judged }] of all.entries()) {
      const one = judged[draw % judged.length];
      if (one === undefined) continue;
      const own = Float64Array.from(rows, (row) => weights[row] ?? 0);
      drawn[c]?.push(rankingQuality({ scores: one.scores, labels }, one.order, own).averagePrecision);
    }
  }
  const categories = scores.map((one, c): FoldedQuality => {
    const positives = all[c]?.labels.reduce((sum, label) => sum + label, 0) ?? 0;
    return {
      category: one.category,
      rows: all[c]?.rows.length ?? 0,
      positives,
      pooled: mean(pooled[c] ?? []),
      deviation: deviation(pooled[c] ?? []),
      perFold: perFold(one),
      ...interval(drawn[c] ?? []),
      wide: positives < 30,
    };
  });
  const counted = scores.flatMap(({ category }, c) => (inMacro(category) ? [c] : []));
  const macroOf = (lists: readonly (readonly number[])[]): number[] =>
    // NaN when a draw lost all positives of a category; the interval leaves such a draw out.
    (lists[counted[0] ?? 0] ?? []).map((_, i) => mean(counted.map((c) => lists[c]?.[i] ?? Number.NaN)));
  const macros = macroOf(pooled);
  return {
    categories,
    macro: {
      category: 'macro',
      pooled: mean(macros),
      deviation: deviation(macros),
      perFold: mean(counted.map((c) => categories[c]?.perFold ?? Number.NaN)),
      ...interval(macroOf(drawn)),
      wide: counted.some((c) => categories[c]?.wide === true),
    },
  };
}

function perFold({ labels, foldings, folds }: FoldedScores): number {
  const found: number[] = [];
  for (const [f, logits] of foldings.entries()) {
    const fold = folds[f] ?? new Uint8Array();
    for (let held = 0; held <= Math.max(...fold); held += 1) {
      const rows = Int32Array.from(labels.keys()).filter(
        (row) => fold[row] === held && !Number.isNaN(labels[row] ?? Number.NaN),
      );
      const { averagePrecision } = rankingQuality({
        scores: Float64Array.from(rows, (row) => logits[row] ?? 0),
        labels: Uint8Array.from(rows, (row) => ((labels[row] ?? 0) > 0.5 ? 1 : 0)),
      });
      if (!Number.isNaN(averagePrecision)) found.push(averagePrecision);
    }
  }
  return mean(found);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function interval(values: readonly number[]): { low: number; high: number } {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
