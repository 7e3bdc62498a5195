import fc from 'fast-check';
import type { QualityPoint } from '../api/types.js';
import { bandOf, domainOf, linear, lineOf, runsOf, ticksOf } from './scales.js';

const point = (day: number, value: number | null): QualityPoint => ({
  from: `2026-03-0${day}T00:00:00.000Z`,
  to: `2026-03-0${day + 1}T00:00:00.000Z`,
  status: value === null ? 'insufficient_labels' : 'ok',
  estimate: { value, low: value === null ? null : value - 0.1, high: value === null ? null : value + 0.1 },
  n: 100,
  effective: 80,
  contents: 1000,
  labels: 100,
});

describe('the scale of a chart', () => {
  it('has round ticks from 0 to beyond the highest value, a handful at most', () => {
    expect(ticksOf(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticksOf(0.5, 1)).toEqual([0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(ticksOf(0, 0.013)).toEqual([0, 0.005, 0.01, 0.015]);
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1, noNaN: true }), (most) => {
        const ticks = ticksOf(0, most);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * (1 - 1e-9));
        expect(ticks.length).toBeLessThanOrEqual(7);
      }),
    );
  });

  it('ends at 1 for shares that are promised, begins at a half where all of them are above, and fits what is rare', () => {
    const scarce = [point(1, 0.02), point(2, null)];
    expect(domainOf(scarce, false)).toEqual({ least: 0, most: 1 });
    expect(domainOf([point(1, 0.9), point(2, 0.7)], false)).toEqual({ least: 0.5, most: 1 });
    expect(domainOf([], false)).toEqual({ least: 0, most: 1 });
    const { least, most } = domainOf(scarce, true);
    expect(least).toBe(0);
    expect(most).toBeCloseTo(0.12);
  });
});

describe('the line of a chart', () => {
  const x = linear(Date.parse('2026-03-01T12:00:00Z'), Date.parse('2026-03-04T12:00:00Z'), 0, 300);
  const y = linear(0, 1, 100, 0);

  it('has a gap where there are not labels enough: nothing is drawn between', () => {
    const runs = runsOf([point(1, 0.5), point(2, null), point(3, 0.6), point(4, 0.7)], x, y);
    expect(runs.map((run) => run.map(({ index }) => index))).toEqual([[0], [2, 3]]);
    expect(runs.map(lineOf)).toEqual(['M0 50', 'M200 40L300 30']);
    expect(bandOf(runs[1] ?? [])).toBe('M200 30L300 20L300 40L200 50Z');
  });

  it('is nowhere when nothing is known', () => {
    expect(runsOf([point(1, null)], x, y)).toEqual([]);
  });
});
