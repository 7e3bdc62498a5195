import type { Estimate } from '../api/types.js';

interface DifferenceBarProps {
  readonly difference: Estimate;
  /** Half of the scale, the same for all bars of a table. */
  readonly most: number;
}

/** A difference and its interval on both sides of none, to be seen at a glance; the figures stand beside it. */
export function DifferenceBar({ difference: { value, low, high }, most }: DifferenceBarProps) {
  if (value === null) return null;
  const at = (one: number) => 50 + (50 * Math.min(most, Math.max(-most, one))) / most;
  const from = at(low ?? value);
  return (
    <svg className="interval-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect className="interval-track" y="4" width="100" height="2" />
      <rect className="interval-range" x={from} y="2" width={Math.max(0.5, at(high ?? value) - from)} height="6" />
      <rect className="interval-value" x={at(value) - 1} width="2" height="10" />
      <rect className="difference-none" x="49.5" width="1" height="10" />
    </svg>
  );
}
