import fc from 'fast-check';
import { compactRows } from './compact-rows.js';
import { besideDesign, denseDesign, sparseDesign } from './design-matrix.js';
import type { DesignMatrix, SparseRows } from './design-matrix.js';
import { fitHead } from './fit-head.js';
import { fitLogistic } from './fit-logistic.js';
import { seededUniform } from './seeded-uniform.js';
import { unrolledDesign } from './unrolled-design.js';

const count = 60;

/** Features with frequencies as of words: few in every row, most in one. */
const perRow = Array.from({ length: count }, (_, r) =>
  [...new Set(Array.from({ length: 13 }, (_feature, k) => Math.floor(200 * seededUniform(3, k, r) ** 3)))].sort(
    (a, b) => a - b,
  ),
);
const rows: SparseRows = {
  rows: count,
  columns: 200,
  starts: Int32Array.from([0, ...perRow.map((_, r) => perRow.slice(0, r + 1).flat().length)]),
  ids: Int32Array.from(perRow.flat()),
};
const terms = Float64Array.from({ length: 200 }, (_, j) => 1 + (j % 15));
const targets = Float64Array.from({ length: count }, (_, r) =>
  r % 7 === 0 ? NaN : seededUniform(3, 91, r) < 0.3 ? 1 : 0,
);
const weights = Float64Array.from({ length: count }, (_, r) => (r % 11 === 0 ? 0 : 0.5 + (r % 3)));
const tight = { maxIterations: 500, tolerance: 1e-7 };

describe('a head', () => {
  it('has the optimum of plain logistic regression', () => {
    const plain = fitLogistic(sparseDesign(rows, terms), targets, { c: 4, ...tight }, weights);
    const { point, converged } = fitHead(unrolledDesign(rows, terms), { targets, weights, c: 4 }, tight);
    expect(converged).toBe(true);
    expect(point[200]).toBeCloseTo(plain.bias, 4);
    for (const [j, weight] of plain.weights.entries()) expect(point[j]).toBeCloseTo(weight, 4);
  });

  it('has it from wherever the search begins', () => {
    const design = unrolledDesign(rows, terms);
    const { point } = fitHead(design, { targets, weights, c: 4 }, tight);
    const start = Float64Array.from({ length: 201 }, (_, j) => seededUniform(1, 2, j) - 0.5);
    const other = fitHead(design, { targets, weights, c: 4, start }, tight);
    for (const [j, weight] of point.entries()) expect(other.point[j]).toBeCloseTo(weight, 4);
    expect(
      fitHead(design, { targets, weights, c: 4, start: point }, { ...tight, tolerance: 1e-6 }).iterations,
    ).toBeLessThan(3);
  });

  it('is nothing without a row', () => {
    const { point } = fitHead(unrolledDesign(rows, terms), { targets: targets.map(() => NaN), weights, c: 4 }, tight);
    expect(point.every((weight) => weight === 0)).toBe(true);
  });
});

describe('designs of the same rows', () => {
  const wanted = Uint8Array.from({ length: count }, (_, r) => (r % 5 === 0 ? 0 : 1));
  const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 201, maxLength: 201 });

  function same(a: DesignMatrix, b: DesignMatrix, values: readonly number[]): void {
    const given = Float64Array.from(values);
    const perDesign = [a, b].map((design) => {
      const forth = new Float64Array(count);
      const back = new Float64Array(design.columns);
      const squares = new Float64Array(design.columns);
      design.multiply(given, wanted, forth);
      design.addTransposed(given.subarray(0, count), wanted, back);
      design.addSquares(given.subarray(0, count), wanted, squares);
      return [...forth, ...back, ...squares];
    });
    for (const [i, value] of (perDesign[0] ?? []).entries()) expect(perDesign[1]?.[i]).toBeCloseTo(value, 9);
  }

  it('agree however their sums are ordered', () => {
    fc.assert(
      fc.property(vector, (values) => {
        same(sparseDesign(rows, terms), unrolledDesign(rows, terms), values);
      }),
      { numRuns: 20 },
    );
  });

  it('agree side by side and in one', () => {
    const whole = Float64Array.from({ length: count * 5 }, (_, i) => seededUniform(8, 1, i));
    const part = (from: number, to: number): Float64Array =>
      Float64Array.from(whole).filter((_, i) => i % 5 >= from && i % 5 < to);
    fc.assert(
      fc.property(vector, (values) => {
        const pair = besideDesign(denseDesign(part(0, 2), count, 2), denseDesign(part(2, 5), count, 3));
        same(denseDesign(whole, count, 5), pair, values);
      }),
      { numRuns: 20 },
    );
  });

  it('agree when the features are renumbered by frequency', () => {
    const { rows: compact, buckets } = compactRows(rows);
    const frequencies = [...buckets].map((bucket) => rows.ids.filter((id) => id === bucket).length);
    expect(frequencies).toEqual([...frequencies].sort((a, b) => b - a));
    const design = unrolledDesign(
      compact,
      Float64Array.from(buckets, (bucket) => terms[bucket] ?? 0),
    );
    const given = Float64Array.from({ length: 200 }, (_, j) => seededUniform(2, 5, j));
    const [plain, renumbered] = [new Float64Array(count), new Float64Array(count)];
    sparseDesign(rows, terms).multiply(given, wanted, plain);
    design.multiply(
      Float64Array.from(buckets, (bucket) => given[bucket] ?? 0),
      wanted,
      renumbered,
    );
    for (const [r, value] of plain.entries()) expect(renumbered[r]).toBeCloseTo(value, 9);
  });
});
