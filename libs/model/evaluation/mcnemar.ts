import { binomialLowerTail } from '../calibration/binomial.js';

/** Exact McNemar p value from the two counts of disagreement: items only A got right, items only B did (evaluation 4.1). */
export function mcNemarExact(onlyFirst: number, onlySecond: number): number {
  const disagreements = onlyFirst + onlySecond;
  if (disagreements === 0) return 1;
  return Math.min(1, 2 * binomialLowerTail(disagreements, Math.min(onlyFirst, onlySecond), 0.5));
}
