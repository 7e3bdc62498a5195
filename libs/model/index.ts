export {
  createFeatureBuffer,
  createFeaturiser,
  type FeatureBuffer,
  type Features,
  type Featuriser,
} from './features/featuriser.js';
export { scoreLinear, roundLogit, type LinearTable } from './features/score-linear.js';
export {
  DEFAULT_FEATURISER_SETTINGS,
  FeaturiserSettingsError,
  type FeaturiserSettings,
  type FeatureView,
} from './features/settings.js';
export { createLinearScorer, type LinearScorer } from './features/linear-scorer.js';
export { inverseDocumentFrequency, weigh } from './features/weigh.js';
export { createLanguageIdentifier, type IdentifiedLanguage, type LanguageIdentifier } from './language/identify.js';
export { createObfuscationCounters, normalise, OBFUSCATIONS, type ObfuscationCounters } from './text/normalise.js';
export { exactKey, fingerprint } from './text/fingerprint.js';
export { duplicateKey } from './text/min-hash.js';
export {
  maskPersonalData,
  type MaskedText,
  type PersonalDataKind,
  type PersonalDataMask,
} from './text/mask-personal-data.js';
export { groupNearDuplicates } from './text/near-duplicates.js';
export {
  decodeOnnx,
  encodeOnnx,
  onnxAttributeType,
  onnxType,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from './artefact/onnx-format.js';
export { exportLinearOnnx, onnxContract } from './artefact/onnx-linear.js';
export { scoreLinearModel, type LinearModel } from './artefact/linear-model.js';
export {
  ArtefactError,
  linearModelOf,
  readArtefact,
  writeArtefact,
  type ArtefactDescription,
  type ModelArtefact,
} from './artefact/model-artefact.js';
export { readArtefactFolder, writeArtefactFolder } from './artefact/artefact-folder.js';
export { type CategoryMetric, type ModelDocument } from './artefact/model-document.js';
export { applyCalibrator, identityCalibrator, type Calibrator, type CalibrationRow } from './calibration/calibrator.js';
export { fitCalibrator, type CalibratorRule, type FittedCalibrator } from './calibration/fit-calibrator.js';
export {
  joinThresholds,
  solveBlockThreshold,
  solveReviewThreshold,
  thresholdsFromCosts,
  type ActionCosts,
  type BlockThreshold,
  type CategoryThresholds,
  type ScoredLabel,
} from './calibration/thresholds.js';
export { mcNemarExact } from './evaluation/mcnemar.js';
export { evaluateModel, type EvaluateModelOptions, type EvaluationReport } from './evaluation/evaluate-model.js';
export { defaultTrainingRecipe, type TrainingProgress, type TrainingRecipe } from './training/fit-model.js';
export { LabelledFileError } from './training/parse-labelled.js';
export { trainModel, type TrainModelOptions } from './training/train-model.js';
