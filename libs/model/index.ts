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
  writeExternalArtefact,
  writeStackedArtefact,
  type ArtefactDescription,
  type EncoderTier,
  type ExternalModel,
  type ModelArtefact,
  type StackedModel,
} from './artefact/model-artefact.js';
export { goesToEncoder, isUncertain, type Cascade, type CascadeBand } from './encoder/cascade.js';
export { fitEmbeddingScale, scaleEmbeddings, type EmbeddingScale } from './encoder/embedding-scale.js';
export {
  addEncoderLogits,
  joinUnion,
  noisyOr,
  unitLength,
  type EncoderHead,
  type UnionHead,
} from './encoder/encoder-head.js';
export { encoderReading } from './encoder/encoder-reading.js';
export { meanPool } from './encoder/mean-pool.js';
export {
  trainEncoderDataset,
  type EncoderName,
  type TrainedEncoderDataset,
  type TrainEncoderInput,
} from './encoder/train-encoder-dataset.js';
export { readArtefactFolder, writeArtefactFolder } from './artefact/artefact-folder.js';
export { type CategoryMetric, type ModelDocument } from './artefact/model-document.js';
export { calibrationSlope, logLossGain, prevalenceGap, type Gap, type Slope } from './calibration/calibration-check.js';
export {
  applyCalibrator,
  identityCalibrator,
  logOdds,
  type Calibrator,
  type CalibrationRow,
} from './calibration/calibrator.js';
export { reviewWithinCapacity, type CapacityThreshold } from './calibration/capacity.js';
export {
  DEFAULT_WORLD,
  simulateCoverage,
  type Coverage,
  type CoverageWorld,
} from './calibration/simulation/coverage.js';
export {
  solveTargets,
  type CategoryGoal,
  type SolvedTargets,
  type ThresholdsInForce,
  type Uncovered,
  type UnmetTarget,
} from './calibration/solve-targets.js';
export { fitCalibrator, type CalibratorRule, type FittedCalibrator } from './calibration/fit-calibrator.js';
export {
  blockPrecisionContradicted,
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
export {
  judgeModel,
  judgePair,
  type JudgedModel,
  type JudgeTask,
  type ThresholdChoice,
} from './evaluation/judge-model.js';
export { parseSuite, SuiteFileError, type SuiteCase } from './evaluation/parse-suite.js';
export type { ComparisonReport } from './evaluation/comparison-report.js';
export { identityTemplates } from './evaluation/identity-templates.js';
export { readSuites } from './evaluation/read-suites.js';
export { readEvaluationRows, type EvaluationRows } from './evaluation/read-evaluation-rows.js';
export { renderComparison } from './evaluation/html/comparison-page.js';
export { renderEvaluation } from './evaluation/html/evaluation-page.js';
export { comparisonTables, evaluationTables, type Table } from './evaluation/report-tables.js';
export { LabelledFileError } from './training/parse-labelled.js';
export { trainModel, type TrainModelOptions } from './training/train-model.js';
export type { TrainingProgress } from './training/training-progress.js';
export { suspectLabels, type SuspectedRows, type SuspectOptions } from './dataset/suspect-labels.js';
export { findLabelErrors, type CategoryLabels, type SuspectedError } from './dataset/label-errors.js';
export type { DatasetRow, RowLabel, RowOrigin, Split } from './dataset/dataset-row.js';
export type { CategoryCounts, DatasetManifest } from './dataset/dataset-manifest.js';
export { createContaminationGuard, type ContaminationGuard } from './text/near-copy-index.js';
export {
  createDuplicateRegistry,
  duplicatePrint,
  DuplicateRegistryError,
  splitOfRoot,
  type DuplicateEntry,
  type DuplicatePrint,
  type DuplicateRegistry,
} from './text/duplicate-registry.js';
export { checkReleaseAbout, type ReleaseAbout } from './release/release-about.js';
export { packBundle, unpackBundle, type BundleFiles } from './release/bundle-archive.js';
export { newReleaseKey, readPrivateKey, readPublicKey } from './release/bundle-signature.js';
export { companionNames, createRelease, verifyRelease } from './release/release-bundle.js';
export { ReleaseError } from './release/release-error.js';
export { DatasetFolderError, readDatasetFolder, writeDatasetFolder } from './dataset/dataset-folder.js';
export { evaluateDataset } from './evaluation/evaluate-dataset.js';
export type { EvaluationReport as DatasetEvaluation } from './evaluation/evaluation-report.js';
export {
  compareRows,
  datasetIdOf,
  DatasetRowError,
  digestRows,
  rowHashOf,
  saltIdOf,
  textHashOf,
} from './dataset/canonical-row.js';
export { createRowCounter, summariseRows, type RowSummary } from './dataset/summarise-rows.js';
export { assessHeldOut, metricsOf } from './training/assess.js';
export { anyCategory } from './training/labelled-text.js';
export {
  defaultModelRecipe,
  ModelRecipeError,
  modelRecipeIdOf,
  parseModelRecipe,
  type ModelRecipe,
} from './training/model-recipe.js';
export { TrainingError, type TrainingErrorCode } from './training/training-error.js';
export { fitInThreads } from './training/category-threads.js';
export { fitDataset, type DatasetHead, type ExtraColumns, type FittedDataset } from './training/fit-dataset.js';
export { trainDataset, type TrainDatasetInput, type TrainedDataset } from './training/train-dataset.js';
export type { PolicyGoals } from './training/assess-dataset.js';
export { alertLevel, ALERT_MEMORY, driftSuggestions, isOpened, suggest, type Movement } from './drift/alert-rule.js';
export { type Distances, type ScoreDistances } from './drift/compare-profiles.js';
export { crossedFlagRate, flagDispersion, type FlagCount } from './drift/flag-rate.js';
export { DEFAULT_DRIFT_RULE, judgeWindow, type DriftRule } from './drift/judge-window.js';
export { estimatePerformance, performanceMetrics, type PerformanceMetric } from './drift/label-free.js';
export { movedFigure, movementOf, type MeasuredFigure } from './drift/moved-performance.js';
export { benjaminiHochberg } from './drift/significance.js';
export { gateChecks, type GateCheck, type GateCheckName } from './gate/gate-check.js';
export type { FlagRate, GateInput, RobustnessFigures, ServingFigures } from './gate/gate-input.js';
export { decisionOf, incidentOf, type GateDecision, type GateIncident } from './gate/gate-incident.js';
export { checkOverride, overrideIdOf, type GateOverride, type OverrideProblem } from './gate/gate-override.js';
export type { GateReport } from './gate/gate-report.js';
export { defaultGateSettings, GateSettingsError, parseGateSettings, type GateSettings } from './gate/gate-settings.js';
export { gateTables } from './gate/gate-tables.js';
export { renderGate } from './gate/html/gate-page.js';
export { GateEvidenceError, judgeGate } from './gate/judge-gate.js';
export {
  emptyVerdictDiff,
  foldVerdicts,
  ReplayError,
  summariseVerdictDiff,
  type ReplayedVerdict,
  type VerdictDiff,
  type VerdictDiffState,
} from './gate/verdict-diff.js';
export { DEFAULT_GUARD_SETTINGS, GuardError, type GuardRule, type GuardSettings } from './sequential/guard-settings.js';
export type { BlockSums, ClusterSums, GuardState } from './sequential/guard-state.js';
export { createGuards, type CanaryDecision, type GuardReading, type Guards } from './sequential/guards.js';
