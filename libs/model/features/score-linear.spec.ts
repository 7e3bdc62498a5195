import fc from 'fast-check';
import { roundLogit, scoreLinear } from './score-linear.js';
import { inverseDocumentFrequency, weigh } from './weigh.js';

describe('weigh', () => {
  it('gives idf weights of Euclidean length 1', () => {
    const out = new Float32Array(3);
    weigh(Int32Array.of(2, 0, 9), 2, Float32Array.of(4, 9, 3), out);
    expect([...out]).toEqual([Math.fround(0.6), Math.fround(0.8), 0]);
  });

  it('leaves a text without features or with idf 0 at 0', () => {
    const out = new Float32Array(1);
    weigh(Int32Array.of(0), 0, Float32Array.of(2), out);
    weigh(Int32Array.of(0), 1, Float32Array.of(0), out);
    expect([...out]).toEqual([0]);
  });

  it('takes idf from document frequencies: a feature of every document weighs 1', () => {
    const idf = inverseDocumentFrequency(Int32Array.of(9, 0, 4), 9);
    expect([...idf]).toEqual([1, Math.fround(Math.log(10) + 1), Math.fround(Math.log(2) + 1)]);
  });
});

describe('linear score', () => {
  it.each([1, 4, 8, 9, 16, 19])('is the bias and the scaled sum of weights, for %d outputs', (outputs) => {
    const buckets = 32;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -128, max: 127 }), { minLength: buckets * outputs, maxLength: buckets * outputs }),
        fc.uniqueArray(fc.integer({ min: 0, max: buckets - 1 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 5 }),
        (rows, ids, offset) => {
          const weights = Float32Array.from(ids, (id) => 1 / (id + 2));
          const scales = Float32Array.from({ length: outputs }, (_, k) => 0.01 * (k + 1));
          const biases = Float32Array.from({ length: outputs }, (_, k) => k - 3);
          const logits = new Float64Array(offset + outputs).fill(7);
          const table = { outputs, weights: Int8Array.from(rows), scales, biases };
          scoreLinear(table, Int32Array.from(ids), weights, ids.length, logits, offset);
          for (let k = 0; k < outputs; k++) {
            const sum = ids.reduce((total, id, i) => total + (weights[i] ?? 0) * (rows[id * outputs + k] ?? 0), 0);
            expect(logits[offset + k]).toBe((biases[k] ?? 0) + (scales[k] ?? 0) * sum);
          }
          expect(logits.slice(0, offset).every((value) => value === 7)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('rounded logit', () => {
  it('is a multiple of 2^-12 at most half a step away, and stays', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (logit) => {
        const rounded = roundLogit(logit);
        expect(Number.isInteger(rounded * 4096)).toBe(true);
        expect(Math.abs(rounded - logit)).toBeLessThanOrEqual(2 ** -13);
        expect(roundLogit(rounded)).toBe(rounded);
      }),
    );
  });

  it('is never negative zero', () => {
    expect(Object.is(roundLogit(-1e-9), 0)).toBe(true);
  });
});
