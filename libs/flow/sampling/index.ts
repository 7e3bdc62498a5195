export { planRecord } from './plan-record.js';
export { samplingJobs } from './sampling-jobs.module.js';
export { samplingRole } from './sampling.module.js';
export { drawContent, type SamplingItem } from './draw-content.js';
export { labellingProbabilities, qualityFrom, qualityTotals, type MetricEstimate } from './estimate-quality.js';
export { knownProbability, type EstimationRow } from './estimation-rows.js';
export { largestParts } from './largest-parts.js';
export { DEFAULT_PLAN_SHARES, makePlan, type PlanSettings } from './make-plan.js';
export { stratumParameters } from './plan-parameters.js';
export { stratumOf, type SamplingPlan } from './sampling-plan.js';
export type { LargestParts } from './solve-rates.js';
export { mostUncertain, pickByGradients, type SparseRow } from './train-only.js';
export { aggregateWindow, type BucketAggregate } from './window-aggregates.js';
export { planFor, probabilitiesOf } from './simulation/default-plan.js';
export { PLANTED_CATEGORIES, plantPopulation, type Population } from './simulation/population.js';
export {
  simulatePlans,
  simulateProcess,
  truthOf,
  type SimulatedMetric,
  type SimulatedPlan,
} from './simulation/simulate.js';
