import fc from 'fast-check';
import { stepsOf } from './curves.js';
import { linear } from './scales.js';

const x = linear(0, 1, 0, 1000);
const y = linear(0, 1, 1000, 0);

describe('a precision-recall curve', () => {
  it('is drawn in steps that hold the average precision', () => {
    const points = [
      { recall: 0.25, precision: 1 },
      { recall: 0.5, precision: 0.5 },
      { recall: 1, precision: 0.4 },
    ];
    const corners = stepsOf(points, x, y)
      .slice(1)
      .split('L')
      .map((corner) => corner.split(' ').map(Number));
    let area = 0;
    corners.forEach(([cx = 0, cy = 0], i) => {
      const [before = 0] = corners[i - 1] ?? [];
      if (i > 0) area += ((cx - before) / 1000) * (1 - cy / 1000);
    });
    // .25 * 1 + .25 * .5 + .5 * .4
    expect(area).toBeCloseTo(0.575, 6);
  });

  it('never goes back, and stays inside its square', () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.record({ precision: rate, recall: rate }), { minLength: 1, maxLength: 20 }), (any) => {
        const points = any.sort((a, b) => a.recall - b.recall);
        const corners = stepsOf(points, x, y).slice(1).split('L');
        let before = 0;
        for (const corner of corners) {
          const [cx = Number.NaN, cy = Number.NaN] = corner.split(' ').map(Number);
          expect(cx).toBeGreaterThanOrEqual(before);
          expect(cy).toBeGreaterThanOrEqual(0);
          expect(cy).toBeLessThanOrEqual(1000);
          before = cx;
        }
      }),
    );
  });

  it('of no points is nothing', () => {
    expect(stepsOf([], x, y)).toBe('');
  });
});
