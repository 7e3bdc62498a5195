import type { Scale } from './scales.js';

interface CurvePoint {
  readonly precision: number;
  readonly recall: number;
}

/**
 * A precision-recall curve as steps: average precision sums the precision at each recall that is reached, so a straight line between
 * two points would promise more than was measured. @param points from the strictest threshold on
 */
export function stepsOf(points: readonly CurvePoint[], x: Scale, y: Scale): string {
  const [first] = points;
  if (first === undefined) return '';
  const start = `M${round(x(0))} ${round(y(first.precision))}`;
  let before = 0;
  const steps = points.map(({ precision, recall }) => {
    const rise = `L${round(x(before))} ${round(y(precision))}L${round(x(recall))} ${round(y(precision))}`;
    before = recall;
    return rise;
  });
  return [start, ...steps].join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
