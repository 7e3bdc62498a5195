import { stratumInclusion } from './inclusion-probability.js';
import type { PlanStratum, SamplingFacts } from './sampling-plan.js';
import type { LargestParts } from './solve-rates.js';

/** The largest parts of a stratum over contents at hand; `sampling-largest-parts.sql` does it in the warehouse. The stratum has multiplier 1. */
export function largestParts(stratum: PlanStratum, contents: Iterable<SamplingFacts>): LargestParts {
  const values: number[] = [];
  let sum = 0;
  for (const content of contents) {
    const { threshold, uncertainty } = stratumInclusion(stratum, content).parts;
    values.push(threshold + uncertainty);
    sum += threshold + uncertainty;
  }
  return { values: values.sort((left, right) => right - left), sum };
}
