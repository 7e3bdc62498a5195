import type {
  Action,
  Answer,
  ArtefactKind,
  CalibratorKind,
  ContentKind,
  DatasetKind,
  Decider,
  DriftKind,
  DriftLevel,
  DriftMovement,
  DriftSuggestion,
  DrawOrigin,
  FactValue,
  LabelerRole,
  LabelOrigin,
  Mode,
  ReportKind,
  ResolutionKind,
  Role,
  RolloutState,
  TaskOutcome,
  TaskPurpose,
  TaskReason,
  Tier,
  Uncovered,
  VerdictKind,
  WorkState,
} from '#platform/contracts';
import { symbols } from '../table.js';

export const contentKinds = symbols<ContentKind>({
  POST: 1,
  COMMENT: 2,
  MESSAGE: 3,
  PROFILE: 4,
  PROMPT: 5,
  COMPLETION: 6,
  OTHER: 7,
});
export const reportKinds = symbols<ReportKind>({ REPORT: 1, APPEAL: 2, SUGGESTION: 3 });
export const tiers = symbols<Tier>({ NGRAM: 1, ENCODER: 2 });
export const roles = symbols<Role>({ LIVE: 1, CANARY: 2, SHADOW: 3 });
export const modes = symbols<Mode>({ NORMAL: 1, REVIEW_ALL: 2, ALLOW_ALL: 3 });
export const verdictKinds = symbols<VerdictKind>({ ISSUED: 1, SUPERSEDED: 2, RETRACTED: 3 });
export const actions = symbols<Action>({ ALLOW: 1, REVIEW: 2, BLOCK: 3 });
export const deciders = symbols<Decider>({ MODEL: 1, MODE: 2, UNCOVERED: 3, PERSON: 4 });
export const uncoveredActions = symbols<Uncovered>({ ALLOW: 1, REVIEW: 2 });
export const calibratorKinds = symbols<CalibratorKind>({ PLATT: 1, BETA: 2, ISOTONIC: 3, IDENTITY: 4 });
export const drawOrigins = symbols<DrawOrigin>({ DRAWN: 1, TRAIN_ONLY: 2 });
export const labelOrigins = symbols<LabelOrigin>({
  DRAWN: 1,
  TRAIN_ONLY: 2,
  REPORTED: 3,
  APPEALED: 4,
  IMPORTED: 5,
  RED_TEAM: 6,
  OTHER: 7,
});
export const labelerRoles = symbols<LabelerRole>({ REVIEWER: 1, EXPERT: 2 });
export const taskPurposes = symbols<TaskPurpose>({ FRESH: 1, GOLD: 2, REPEAT: 3 });
export const taskOutcomes = symbols<TaskOutcome>({ ANSWERED: 1, SKIPPED: 2, ESCALATED: 3 });
export const taskReasons = symbols<TaskReason>({
  LANGUAGE: 1,
  UPSETTING: 2,
  UNREADABLE: 3,
  GONE: 4,
  MINOR: 5,
  LEGAL: 6,
  DOUBT: 7,
  OTHER: 8,
});
export const answers = symbols<Answer>({ YES: 1, NO: 2, UNSURE: 3 });
export const resolutionKinds = symbols<ResolutionKind>({ RESOLVED: 1, DERIVED: 2 });
export const factValues = symbols<FactValue>({ YES: 1, NO: 2, UNKNOWN: 3 });
export const datasetKinds = symbols<DatasetKind>({ BUILT: 1, IMPORTED: 2 });
export const workStates = symbols<WorkState>({ STARTED: 1, RUNNING: 2, COMPLETED: 3, FAILED: 4 });
export const artefactKinds = symbols<ArtefactKind>({ MODEL: 1, CALIBRATION: 2 });
export const driftKinds = symbols<DriftKind>({ TRAFFIC: 1, PERFORMANCE: 2, OTHER: 3 });
export const driftLevels = symbols<DriftLevel>({ PAGE: 1, TICKET: 2 });
export const driftSuggestions = symbols<DriftSuggestion>({ RETRAIN: 1, RECALIBRATE: 2, LOOK_AT_POLICY: 3, BENIGN: 4 });
export const driftMovements = symbols<DriftMovement>({ MOVED: 1, STABLE: 2, UNKNOWN: 3 });
export const rolloutStates = symbols<RolloutState>({
  GATING: 1,
  REJECTED: 2,
  SHADOW: 3,
  CANARY: 4,
  LIVE: 5,
  ROLLED_BACK: 6,
  CANCELLED: 7,
  REFUSED: 8,
});
