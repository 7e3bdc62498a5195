import { normalUpperTail } from './significance.js';
import type { PerformanceMetric } from './label-free.js';
import type { Movement } from './alert-rule.js';

/** A figure and its standard error; null: not known. */
export interface MeasuredFigure {
  readonly value: number | null;
  readonly error: number | null;
}

export interface FigureMovement {
  readonly movement: Movement;
  /** Two-sided; 1 where it is not known. */
  readonly p: number;
}

/** Precision, recall and F1 move by so much at least, prevalence by a quarter of itself: less is no reason to act. */
const LEAST_DIFFERENCE = 0.05;
const LEAST_RATIO = 1.25;

/** Whether a figure of a window differs from that of its reference, which is of other contents. */
export function movedFigure(
  metric: PerformanceMetric,
  reference: MeasuredFigure,
  current: MeasuredFigure,
  significance = 0.001,
): FigureMovement {
  if (reference.value === null || reference.error === null || current.value === null || current.error === null) {
    return { movement: 'UNKNOWN', p: 1 };
  }
  const difference = current.value - reference.value;
  const error = Math.hypot(reference.error, current.error);
  const p = error > 0 ? Math.min(1, 2 * normalUpperTail(Math.abs(difference) / error)) : difference === 0 ? 1 : 0;
  const ratio = current.value / reference.value;
  const matters =
    metric === 'prevalence'
      ? ratio >= LEAST_RATIO || ratio <= 1 / LEAST_RATIO
      : Math.abs(difference) >= LEAST_DIFFERENCE;
  return { movement: matters && p <= significance ? 'MOVED' : 'STABLE', p };
}

/** Of several figures: moved when one did, unknown when none is known. */
export function movementOf(movements: readonly Movement[]): Movement {
  if (movements.includes('MOVED')) return 'MOVED';
  return movements.includes('STABLE') ? 'STABLE' : 'UNKNOWN';
}
