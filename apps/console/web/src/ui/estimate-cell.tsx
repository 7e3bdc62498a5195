import type { Estimate } from '../api/types.js';
import { IntervalBar } from './interval-bar.js';
import { figureOf, rangeOf } from './words.js';

interface EstimatedProps {
  readonly estimate: Estimate;
  readonly isTight?: boolean;
  /** What else is said of it. */
  readonly more?: string;
}

/** A figure with its interval, as numbers and to be seen at a glance; for a cell of the look `estimate`. */
export function Estimated({ estimate, isTight = false, more = '' }: EstimatedProps) {
  if (estimate.value === null) return <span className="hint">none</span>;
  return (
    <>
      <span className="number">
        <strong>{figureOf(estimate.value)}</strong> <span className="hint">{rangeOf(estimate)}</span>
      </span>
      {isTight ? null : <IntervalBar estimate={estimate} />}
      {more === '' ? null : <span className="hint block number">{more}</span>}
    </>
  );
}

/** The cell of a table that is written by hand. */
export function EstimateCell(props: EstimatedProps) {
  return (
    <td className="estimate">
      <Estimated {...props} />
    </td>
  );
}
