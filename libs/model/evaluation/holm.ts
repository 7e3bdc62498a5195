/**
 * Holm's adjusted p values, in the order given: reject those at or below the level, and the chance of any false
 * rejection among all tests stays at that level.
 */
export function holmAdjusted(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((left, right) => (p[left] ?? 1) - (p[right] ?? 1));
  const adjusted = new Array<number>(p.length).fill(1);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * (p[i] ?? 1)));
    adjusted[i] = largest;
  }
  return adjusted;
}
