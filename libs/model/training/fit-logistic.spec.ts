import fc from 'fast-check';
import { denseDesign, sparseDesign } from './design-matrix.js';
import type { SparseRows } from './design-matrix.js';
import { fitLogistic } from './fit-logistic.js';
import { appendColumns, gramOfRows } from './gram.js';
import { minimise } from './minimise.js';
import { seededUniform } from './seeded-uniform.js';
import { spanDesign } from './span-design.js';

const settings = { c: 4, maxIterations: 300, tolerance: 1e-9 };

function randomRows(rows: number, columns: number, perRow: number): SparseRows {
  const starts = Int32Array.from({ length: rows + 1 }, (_, r) => r * perRow);
  // Distinct within a row: features are binary.
  const stride = Math.floor(columns / perRow);
  const ids = Int32Array.from(
    { length: rows * perRow },
    (_, k) => (k % perRow) * stride + Math.floor(stride * seededUniform(3, 0, k)),
  );
  return { rows, columns, starts, ids };
}

const rows = randomRows(60, 200, 12);
const terms = Float64Array.from({ length: 200 }, (_, j) => 1 + (j % 15));
const labels = Float64Array.from({ length: 60 }, (_, r) => (seededUniform(3, 1, r) < 0.3 ? 1 : 0));

describe('L-BFGS', () => {
  it('finds the bottom of a badly scaled bowl', () => {
    const { point, converged } = minimise(
      ([x = 0, y = 0], gradient) => {
        gradient[0] = 2000 * (x - 3);
        gradient[1] = 2 * (y + 1);
        return 1000 * (x - 3) ** 2 + (y + 1) ** 2;
      },
      new Float64Array(2),
      { maxIterations: 100, tolerance: 1e-10 },
    );
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(3, 8);
    expect(point[1]).toBeCloseTo(-1, 6);
  });
});

describe('logistic regression', () => {
  it('has a zero gradient where it stops', () => {
    const design = denseDesign(Float64Array.of(1, 0, 0, 1, 1, 1, 2, -1), 4, 2);
    const targets = Float64Array.of(1, 0, 1, 0);
    const { weights, bias, converged } = fitLogistic(design, targets, settings);
    expect(converged).toBe(true);
    const [a = 0, b = 0] = weights;
    const residual = (x: number, y: number, label: number): number =>
      1 / (1 + Math.exp(-(a * x + b * y + bias))) - label;
    const r = [residual(1, 0, 1), residual(0, 1, 0), residual(1, 1, 1), residual(2, -1, 0)] as const;
    expect(r[0] + r[2] + 2 * r[3] + a / 4).toBeCloseTo(0, 6);
    expect(r[1] + r[2] - r[3] + b / 4).toBeCloseTo(0, 6);
    expect(r[0] + r[1] + r[2] + r[3]).toBeCloseTo(0, 6);
  });

  it('leaves the bias free: the mean probability equals the mean label', () => {
    const design = sparseDesign(rows, terms);
    const { weights, bias } = fitLogistic(design, labels, settings);
    const logits = new Float64Array(60);
    design.multiply(weights, new Uint8Array(60).fill(1), logits);
    const mean = logits.reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit - bias)), 0) / 60;
    expect(mean).toBeCloseTo(labels.reduce((sum, label) => sum + label, 0) / 60, 5);
  });

  it('masks unknown labels: dropping the rows gives the same model', () => {
    const masked = labels.map((label, r) => (r < 30 ? label : Number.NaN));
    const fewer: SparseRows = { ...rows, rows: 30, starts: rows.starts.slice(0, 31) };
    const one = fitLogistic(sparseDesign(rows, terms), masked, settings);
    const other = fitLogistic(sparseDesign(fewer, terms), labels.slice(0, 30), settings);
    expect(one.bias).toBe(other.bias);
    expect(one.weights).toEqual(other.weights);
  });

  it('takes a soft target for a mixture of a positive and a negative', () => {
    const design = denseDesign(Float64Array.of(1, 1, -1), 3, 1);
    const mixed = fitLogistic(design, Float64Array.of(1, 0, 0), settings, Float64Array.of(0.7, 0.3, 1));
    const soft = fitLogistic(design, Float64Array.of(0.7, Number.NaN, 0), settings);
    expect(soft.weights[0]).toBeCloseTo(mixed.weights[0] ?? Number.NaN, 5);
    expect(soft.bias).toBeCloseTo(mixed.bias, 5);
  });

  it('stays finite for a category without positives and for one without rows', () => {
    const none = fitLogistic(sparseDesign(rows, terms), new Float64Array(60), settings);
    expect(Number.isFinite(none.bias)).toBe(true);
    const empty = fitLogistic(sparseDesign(rows, terms), new Float64Array(60).fill(Number.NaN), settings);
    expect(empty.bias).toBe(0);
  });

  it('gives the same bits again', () => {
    const once = fitLogistic(sparseDesign(rows, terms), labels, settings);
    expect(fitLogistic(sparseDesign(rows, terms), labels, settings)).toEqual(once);
  });
});

describe('training in the span of the rows', () => {
  it('gives the logits of training over the features', () => {
    const primal = sparseDesign(rows, terms);
    const all = new Uint8Array(60).fill(1);
    const direct = fitLogistic(primal, labels, settings);
    const { design } = spanDesign(gramOfRows(rows, terms));
    const spanned = fitLogistic(design, labels, settings);
    const a = new Float64Array(60);
    const b = new Float64Array(60);
    primal.multiply(direct.weights, all, a);
    design.multiply(spanned.weights, all, b);
    for (const [r, logit] of a.entries()) expect(b[r]).toBeCloseTo(logit, 4);
  });

  it('names row multipliers that rebuild the weights in feature space', () => {
    const primal = sparseDesign(rows, terms);
    const { design, toRowMultipliers } = spanDesign(gramOfRows(rows, terms));
    const { weights } = fitLogistic(design, labels, settings);
    const rebuilt = new Float64Array(200);
    primal.addTransposed(toRowMultipliers(weights), new Uint8Array(60).fill(1), rebuilt);
    const direct = fitLogistic(primal, labels, settings);
    for (const [j, weight] of rebuilt.entries()) expect(weight).toBeCloseTo(direct.weights[j] ?? Number.NaN, 4);
  });

  it('sees appended columns as further features', () => {
    const column = Float64Array.from({ length: 60 }, (_, r) => seededUniform(3, 2, r) - 0.5);
    const gram = appendColumns(gramOfRows(rows, terms), [column], 2);
    const plain = gramOfRows(rows, terms);
    fc.assert(
      fc.property(fc.nat(59), fc.nat(59), (i, j) => {
        const extra = 4 * (column[i] ?? 0) * (column[j] ?? 0);
        expect(gram.values[i * 60 + j]).toBeCloseTo((plain.values[i * 60 + j] ?? 0) + extra, 12);
      }),
    );
  });
});
