import { fitLogistic } from '../fit-logistic.js';
import { appendColumns } from '../gram.js';
import type { SparseRows } from '../design-matrix.js';
import { rowScales } from '../design-matrix.js';
import { spanDesign } from '../span-design.js';
import type { Gram, SpanDesign } from '../span-design.js';
import type { LinearColumn } from './linear-columns.js';

/** How much a head sees of the dense columns beside the n-grams, and its penalty. */
export interface HeadSettings {
  readonly c: number;
  readonly publicScale: number;
  readonly vectorScale: number;
}

export interface StackInputs {
  readonly rows: SparseRows;
  readonly termWeights: Float64Array;
  readonly gram: Gram;
  readonly publicColumns: readonly LinearColumn[];
  readonly vectorColumns: readonly LinearColumn[];
}

/** Targets by category; NaN is unknown. */
export type Targets = Readonly<Record<string, Float64Array>>;

export interface Stack {
  /** Logits of each held-out row under the model of the other folds. */
  outOfFold(category: string, target: Float64Array, folds: Uint8Array): Float64Array;
  /** Weights over n-grams (in units of tf-idf) and bias of a head trained on all rows, the columns folded in. */
  collapse(category: string, target: Float64Array): { weights: Float64Array; bias: number };
}

/**
 * Heads over [n-grams ; scaled columns] of few rows, solved in the span of the rows (model 9.4). Settings may differ by
 * category; equal settings share one factorisation.
 */
export function createStack(inputs: StackInputs, settingsOf: (category: string) => HeadSettings): Stack {
  const spans = new Map<string, SpanDesign>();
  const spanOf = ({ publicScale, vectorScale }: HeadSettings): SpanDesign => {
    const key = `${publicScale} ${vectorScale}`;
    const known = spans.get(key);
    if (known !== undefined) return known;
    const values = (columns: readonly LinearColumn[]): Float64Array[] => columns.map((column) => column.values);
    const withPublic = appendColumns(inputs.gram, values(inputs.publicColumns), publicScale);
    const span = spanDesign(appendColumns(withPublic, values(inputs.vectorColumns), vectorScale));
    spans.set(key, span);
    return span;
  };
  const fit = (category: string, target: Float64Array): ReturnType<typeof fitLogistic> => {
    const settings = settingsOf(category);
    return fitLogistic(spanOf(settings).design, target, { c: settings.c, maxIterations: 200, tolerance: 1e-3 });
  };
  return {
    outOfFold(category, target, folds) {
      const { design } = spanOf(settingsOf(category));
      const logits = new Float64Array(inputs.rows.rows);
      for (let fold = 0; fold <= Math.max(...folds); fold += 1) {
        const { weights, bias } = fit(
          category,
          target.map((label, row) => (folds[row] === fold ? Number.NaN : label)),
        );
        const held = Uint8Array.from(folds, (own) => (own === fold ? 1 : 0));
        const products = new Float64Array(inputs.rows.rows);
        design.multiply(weights, held, products);
        for (const [row, own] of folds.entries()) if (own === fold) logits[row] = (products[row] ?? 0) + bias;
      }
      return logits;
    },
    collapse(category, target) {
      const settings = settingsOf(category);
      const { weights: spanWeights, bias } = fit(category, target);
      const multipliers = spanOf(settings).toRowMultipliers(spanWeights);
      const weights = combineRows(inputs.rows, inputs.termWeights, multipliers);
      let total = bias;
      for (const [scale, columns] of [
        [settings.publicScale, inputs.publicColumns],
        [settings.vectorScale, inputs.vectorColumns],
      ] as const) {
        for (const column of columns) {
          let coefficient = 0;
          for (const [row, multiplier] of multipliers.entries()) coefficient += multiplier * (column.values[row] ?? 0);
          total += column.addTo(weights, coefficient * scale * scale);
        }
      }
      return { weights, bias: total };
    },
  };
}

/** `sum_r multipliers[r] * row r` over L2-normalised tf-idf rows. */
function combineRows(rows: SparseRows, termWeights: Float64Array, multipliers: Float64Array): Float64Array {
  const scales = rowScales(rows, termWeights);
  const weights = new Float64Array(rows.columns);
  for (let r = 0; r < rows.rows; r += 1) {
    const share = (multipliers[r] ?? 0) * (scales[r] ?? 0);
    const end = rows.starts[r + 1] ?? 0;
    for (let at = rows.starts[r] ?? 0; at < end; at += 1) {
      const id = rows.ids[at] ?? 0;
      weights[id] = (weights[id] ?? 0) + share * (termWeights[id] ?? 0);
    }
  }
  return weights;
}
