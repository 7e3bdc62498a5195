import fc from 'fast-check';
import { type LinearModel, scoreLinearModel } from '../artefact/linear-model.js';
import { createLinearScorer } from './linear-scorer.js';

describe('linear scorer', () => {
  it.each([1, 3, 7, 8, 9, 16, 17])('gives the logits of the model to the last bit, for %d categories', (columns) => {
    const buckets = 64;
    fc.assert(
      fc.property(
        fc.int8Array({ minLength: buckets * columns, maxLength: buckets * columns }),
        fc.uint8Array({ minLength: buckets, maxLength: buckets, max: 15 }),
        fc.uniqueArray(fc.integer({ min: 0, max: buckets - 1 }), { maxLength: buckets }),
        fc.integer({ min: 0, max: 4 }),
        (table, terms, ids, offset) => {
          const model: LinearModel = {
            buckets,
            categories: Array.from({ length: columns }, (_, c) => `c${c}`),
            terms: Uint8Array.from(terms),
            table: Int8Array.from(table, (entry) => Math.max(-127, entry)),
            scales: Float32Array.from({ length: columns }, (_, c) => 0.01 / (c + 1)),
            biases: Float32Array.from({ length: columns }, (_, c) => c - 3.1),
          };
          const expected = new Float32Array(columns);
          scoreLinearModel(model, Int32Array.from(ids), ids.length, expected);
          const logits = new Float32Array(offset + columns);
          const score = createLinearScorer(model);
          score(Int32Array.from(ids), ids.length, logits, offset);
          expect(logits.slice(offset)).toEqual(expected);
          score(Int32Array.from(ids), ids.length, logits, offset);
          expect(logits.slice(offset)).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});
