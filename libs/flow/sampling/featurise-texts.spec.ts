import fc from 'fast-check';
import { featuriseTexts } from './featurise-texts.js';

it('gives every text that has a feature a row of length 1, and the same row to the same text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 8 }), (texts) => {
      const rows = featuriseTexts([...texts, ...texts]);
      expect(rows).toHaveLength(2 * texts.length);
      rows.forEach(({ ids, values }, at) => {
        const square = Array.from(values).reduce((sum, value) => sum + value * value, 0);
        if (ids.length > 0) expect(square).toBeCloseTo(1, 5);
        expect(Array.from(values)).toEqual(Array.from(rows[(at + texts.length) % rows.length]?.values ?? []));
      });
    }),
    { numRuns: 15 },
  );
});
