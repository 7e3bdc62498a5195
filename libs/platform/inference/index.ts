export { dryRunModel } from './dry-run.js';
export { embedTexts } from './embed-texts.js';
export { EncoderError, encoderFilesIn, openEncoder, type EncoderReading } from './encoder.js';
export { findModelFolder, loadBundledModel } from './model-folder.js';
export { loadModel, type FeatureBatch } from './scorer.js';
export { createTextScorer } from './text-scorer.js';
