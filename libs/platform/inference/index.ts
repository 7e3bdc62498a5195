export { dryRunModel, type DryRunLimits, type DryRunResult } from './dry-run.js';
export { findModelFolder, loadBundledModel } from './model-folder.js';
export {
  defaultModelLimits,
  guardModel,
  ModelRefusedError,
  type ModelLimits,
  type ModelRefusal,
} from './model-guard.js';
export { loadModel, type FeatureBatch, type Scorer } from './scorer.js';
export { createTextScorer, type TextScore, type TextScorer } from './text-scorer.js';
