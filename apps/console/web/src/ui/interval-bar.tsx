import type { Estimate } from '../api/types.js';

/** An estimate between 0 and 1 with its interval, to be seen at a glance; the figures stand beside it. */
export function IntervalBar({ estimate: { value, low, high } }: { readonly estimate: Estimate }) {
  if (value === null) return null;
  const at = (share: number) => 100 * Math.min(1, Math.max(0, share));
  const from = at(low ?? value);
  return (
    <svg className="interval-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect className="interval-track" y="4" width="100" height="2" />
      <rect className="interval-range" x={from} y="2" width={Math.max(0.5, at(high ?? value) - from)} height="6" />
      <rect className="interval-value" x={Math.max(0, at(value) - 1)} width="2" height="10" />
    </svg>
  );
}
