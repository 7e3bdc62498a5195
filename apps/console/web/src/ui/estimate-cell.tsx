import type { Estimate } from '../api/types.js';
import { IntervalBar } from './interval-bar.js';
import { figureOf, rangeOf } from './words.js';

interface EstimateCellProps {
  readonly estimate: Estimate;
  readonly isTight?: boolean;
  /** What else is said of it. */
  readonly more?: string;
}

/** A figure with its interval, as numbers and to be seen at a glance. */
export function EstimateCell({ estimate, isTight = false, more = '' }: EstimateCellProps) {
  return (
    <td className="estimate">
      {estimate.value === null ? (
        <span className="hint">none</span>
      ) : (
        <>
          <span className="number">
            <strong>{figureOf(estimate.value)}</strong> <span className="hint">{rangeOf(estimate)}</span>
          </span>
          {isTight ? null : <IntervalBar estimate={estimate} />}
          {more === '' ? null : <span className="hint block number">{more}</span>}
        </>
      )}
    </td>
  );
}
