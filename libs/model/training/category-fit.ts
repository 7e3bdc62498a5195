import { fallingOrder, rankingQuality } from '../evaluation/ranking.js';
import { besideDesign, denseDesign } from './design-matrix.js';
import type { DesignMatrix, SparseRows } from './design-matrix.js';
import { fitHead } from './fit-head.js';
import type { ConvergenceSettings } from './fit-head.js';
import { appendColumns, gramOfRows } from './gram.js';
import { spanDesign } from './span-design.js';
import { unrolledDesign } from './unrolled-design.js';

/** Rows of n-grams and, beside them, dense columns, row-major. */
export interface StackedRows {
  readonly ngrams: SparseRows;
  readonly dense: Float64Array;
  readonly denseColumns: number;
}

/** What all categories of a data set share; plain arrays, so that other threads can have them. */
export interface CategorySpace {
  readonly train: StackedRows;
  readonly validation: StackedRows;
  readonly termWeights: Float64Array;
  readonly convergence: ConvergenceSettings;
}

/** How the strength of the penalty is chosen. */
export type StrengthChoice = 'FIRST' | 'VALIDATION' | 'FOLDS';

/** The work on one category. */
export interface CategoryTask {
  readonly category: string;
  /** Over the training rows; NaN is unknown. */
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  /** Over the validation rows; the weights are those of estimates. */
  readonly validationTargets: Float64Array;
  readonly validationWeights: Float64Array;
  readonly choice: StrengthChoice;
  /** Inverse strengths to choose from, the preferred one first. */
  readonly candidates: readonly number[];
  /** Fold of each training row, for FOLDS. */
  readonly innerFolds: Uint8Array;
  /** Foldings of the training rows for logits by models that have not seen them. */
  readonly foldings: readonly Uint8Array[];
  /** Weights over n-grams and dense columns, then the bias; where the search begins. */
  readonly start: Float64Array | null;
}

export interface Candidate {
  readonly c: number;
  /** On rows that the fit has not seen; NaN when there was no choice. */
  readonly averagePrecision: number;
}

export interface CategoryFit {
  /** Weights over n-grams and dense columns, then the bias. */
  readonly point: Float64Array;
  readonly c: number;
  readonly choice: StrengthChoice;
  readonly candidates: readonly Candidate[];
  readonly iterations: number;
  readonly converged: boolean;
  /** Per folding, over the training rows. */
  readonly outOfFold: readonly Float64Array[];
  /** All fits that it took. */
  readonly fits: number;
}

/** Up to so many rows the n x n factorisation costs less than the columns that it saves (model 9.4). */
const mostSpanRows = 1200;

/** Fits of one category over a space. The same bits for the same task, in any order and in any thread. */
export type FitCategory = (task: CategoryTask, onStep?: (fits: number) => void) => CategoryFit;

/** Fits that a task takes. */
export function fitsOf({ choice, candidates, innerFolds, foldings }: CategoryTask): number {
  const choosing = {
    FIRST: 1,
    VALIDATION: candidates.length,
    FOLDS: candidates.length * foldsOf(innerFolds).length + 1,
  };
  return foldings.reduce((sum, folds) => sum + foldsOf(folds).length, choosing[choice]);
}

/** Prepares what the categories share. */
export function createCategoryFit(space: CategorySpace): FitCategory {
  const { train, termWeights, convergence } = space;
  const columns = stackedDesign(train, termWeights);
  const span = train.ngrams.rows <= mostSpanRows ? spanOf(train, termWeights) : null;
  const design = span?.design ?? columns;
  const held = stackedDesign(space.validation, termWeights);
  const everyHeld = new Uint8Array(held.rows).fill(1);

  /** From the coordinates of the fit to those of the columns. */
  const toColumns = (point: Float64Array): Float64Array => {
    if (span === null) return point;
    const weights = new Float64Array(columns.columns + 1);
    const multipliers = span.toRowMultipliers(point.subarray(0, design.columns));
    columns.addTransposed(multipliers, new Uint8Array(columns.rows).fill(1), weights);
    weights[columns.columns] = point[design.columns] ?? 0;
    return weights;
  };

  return (task, onStep = () => undefined) => {
    let fits = 0;
    const fit = (targets: Float64Array, c: number, start: Float64Array | null): ReturnType<typeof fitHead> => {
      const begin = span === null ? (start ?? undefined) : undefined;
      const fitted = fitHead(design, { targets, weights: task.weights, c, start: begin }, convergence, () => {
        onStep(fits);
      });
      fits += 1;
      onStep(fits);
      return fitted;
    };
    const logitsOf = (rows: DesignMatrix, point: Float64Array, wanted: Uint8Array, into: Float64Array): void => {
      const products = new Float64Array(rows.rows);
      rows.multiply(point.subarray(0, rows.columns), wanted, products);
      const bias = point[rows.columns] ?? 0;
      for (const [r, one] of wanted.entries()) if (one === 1) into[r] = (products[r] ?? 0) + bias;
    };

    let chosen: ReturnType<typeof fitHead> | null = null;
    let c = task.candidates[0] ?? 1;
    let candidates: Candidate[] = [{ c, averagePrecision: Number.NaN }];
    // From the strongest penalty to the weakest: each fit begins at its neighbour.
    const path = [...task.candidates.entries()].sort(([, a], [, b]) => a - b);
    const everyTrained = new Float64Array(design.rows).fill(1);
    if (task.choice === 'VALIDATION') {
      let last = task.start;
      const tried = path.map(([index, candidate]) => {
        const fitted = fit(task.targets, candidate, last);
        last = fitted.point;
        const logits = new Float64Array(held.rows);
        logitsOf(held, toColumns(fitted.point), everyHeld, logits);
        const quality = averagePrecision(logits, task.validationTargets, task.validationWeights);
        return { index, fitted, candidate: { c: candidate, averagePrecision: quality } };
      });
      tried.sort((a, b) => a.index - b.index);
      candidates = tried.map(({ candidate }) => candidate);
      chosen = tried[bestOf(candidates)]?.fitted ?? null;
      c = candidates[bestOf(candidates)]?.c ?? c;
    }
    if (task.choice === 'FOLDS') {
      const logits = task.candidates.map(() => new Float64Array(design.rows));
      for (const fold of foldsOf(task.innerFolds)) {
        const { hidden, wanted } = without(task.targets, task.innerFolds, fold);
        let last = task.start;
        for (const [index, candidate] of path) {
          const fitted = fit(hidden, candidate, last);
          last = fitted.point;
          logitsOf(design, fitted.point, wanted, logits[index] ?? new Float64Array());
        }
      }
      candidates = task.candidates.map((candidate, i) => ({
        c: candidate,
        averagePrecision: averagePrecision(logits[i] ?? new Float64Array(), task.targets, everyTrained),
      }));
      c = candidates[bestOf(candidates)]?.c ?? c;
    }
    const final = chosen ?? fit(task.targets, c, task.start);
    const outOfFold = task.foldings.map((folds) => {
      const logits = new Float64Array(design.rows);
      for (const fold of foldsOf(folds)) {
        const { hidden, wanted } = without(task.targets, folds, fold);
        logitsOf(design, fit(hidden, c, final.point).point, wanted, logits);
      }
      return logits;
    });
    return {
      point: toColumns(final.point),
      c,
      choice: task.choice,
      candidates,
      iterations: final.iterations,
      converged: final.converged,
      outOfFold,
      fits,
    };
  };
}

/** The n-grams, and the dense columns where there are any. */
export function stackedDesign({ ngrams, dense, denseColumns }: StackedRows, termWeights: Float64Array): DesignMatrix {
  const sparse = unrolledDesign(ngrams, termWeights);
  return denseColumns === 0 ? sparse : besideDesign(sparse, denseDesign(dense, ngrams.rows, denseColumns));
}

function spanOf(
  { ngrams, dense, denseColumns }: StackedRows,
  termWeights: Float64Array,
): ReturnType<typeof spanDesign> {
  const columns = Array.from({ length: denseColumns }, (_, j) =>
    Float64Array.from({ length: ngrams.rows }, (_row, r) => dense[r * denseColumns + j] ?? 0),
  );
  return spanDesign(appendColumns(gramOfRows(ngrams, termWeights), columns, 1));
}

/** The best; of equals the preferred one. */
function bestOf(candidates: readonly Candidate[]): number {
  let best = 0;
  for (const [i, { averagePrecision: quality }] of candidates.entries()) {
    if (quality > (candidates[best]?.averagePrecision ?? Number.NaN)) best = i;
  }
  return best;
}

function foldsOf(folds: Uint8Array): number[] {
  return [...new Set(folds)].sort((a, b) => a - b);
}

function without(
  targets: Float64Array,
  folds: Uint8Array,
  fold: number,
): { readonly hidden: Float64Array; readonly wanted: Uint8Array } {
  return {
    hidden: targets.map((target, r) => (folds[r] === fold ? Number.NaN : target)),
    wanted: Uint8Array.from(folds, (own) => (own === fold ? 1 : 0)),
  };
}

/** Over the rows with a known label and a weight. */
function averagePrecision(logits: Float64Array, targets: Float64Array, weights: Float64Array): number {
  const known = Int32Array.from(targets.keys()).filter(
    (r) => !Number.isNaN(targets[r] ?? Number.NaN) && (weights[r] ?? 0) > 0,
  );
  const judged = {
    scores: Float64Array.from(known, (r) => logits[r] ?? 0),
    labels: Uint8Array.from(known, (r) => ((targets[r] ?? 0) > 0.5 ? 1 : 0)),
  };
  const own = Float64Array.from(known, (r) => weights[r] ?? 0);
  return rankingQuality(judged, fallingOrder(judged.scores), own).averagePrecision;
}
