// Generated from avro/ by `npm run generate`. Do not edit.
import type {
  ContentAccepted,
  ContentErased,
  ContentReported,
  ContentSubmitted,
  DatasetProgressed,
  DatasetPublished,
  DatasetRequested,
  DeadLetter,
  DeploymentBundled,
  DeploymentChanged,
  DeploymentProgressed,
  DeploymentRequested,
  DriftAlerted,
  LabelRequested,
  LabelResolved,
  LabelSubmitted,
  PolicyPublished,
  PolicyRequested,
  PredictionScored,
  SamplingClosed,
  SamplingDrawn,
  SamplingPlanned,
  TrainingCompleted,
  TrainingProgressed,
  TrainingRequested,
  VerdictIssued,
  VerdictOverridden,
  VerdictRequested,
} from './events.js';
import type { TopicDefinition } from '../topic-definition.js';

/** The event of each topic that has one name. */
export interface EventByTopic {
  readonly 'content.submitted': ContentSubmitted;
  readonly 'content.accepted': ContentAccepted;
  readonly 'content.reported': ContentReported;
  readonly 'content.erased': ContentErased;
  readonly 'prediction.scored': PredictionScored;
  readonly 'verdict.requested': VerdictRequested;
  readonly 'verdict.overridden': VerdictOverridden;
  readonly 'sampling.planned': SamplingPlanned;
  readonly 'sampling.drawn': SamplingDrawn;
  readonly 'sampling.closed': SamplingClosed;
  readonly 'label.requested': LabelRequested;
  readonly 'label.submitted': LabelSubmitted;
  readonly 'label.resolved': LabelResolved;
  readonly 'policy.published': PolicyPublished;
  readonly 'policy.requested': PolicyRequested;
  readonly 'dataset.requested': DatasetRequested;
  readonly 'training.requested': TrainingRequested;
  readonly 'deployment.requested': DeploymentRequested;
  readonly 'dataset.progressed': DatasetProgressed;
  readonly 'training.progressed': TrainingProgressed;
  readonly 'dataset.published': DatasetPublished;
  readonly 'training.completed': TrainingCompleted;
  readonly 'deployment.bundled': DeploymentBundled;
  readonly 'deployment.changed': DeploymentChanged;
  readonly 'deployment.progressed': DeploymentProgressed;
  readonly 'drift.alerted': DriftAlerted;
}

/** Names of topics that there is one of per channel or per app. */
export type FamilyName = `verdict.${string}` | `dead-letter.${string}`;

/** The event of a family of topics. */
export type EventOfFamily<N extends string> = N extends `verdict.${string}` ? VerdictIssued : N extends `dead-letter.${string}` ? DeadLetter : never;

export const topicDefinitions = [
  {
    "topic": "content.submitted",
    "class": "flow",
    "copartitioned": true,
    "per": "installation",
    "key": "platform/contentId",
    "retentionMs": 604800000,
    "maxBytes": 262144,
    "schema": "content/submitted",
    "writers": [
      "content",
      "platforms"
    ],
    "readers": [
      "prediction",
      "warehouse"
    ],
    "doc": "One revision of one text that a platform published."
  },
  {
    "topic": "content.accepted",
    "class": "table",
    "copartitioned": true,
    "per": "installation",
    "key": "platform/contentId/revision",
    "retentionMs": 86400000,
    "maxBytes": 4096,
    "schema": "content/accepted",
    "writers": [
      "content"
    ],
    "readers": [
      "content"
    ],
    "doc": "The gateway's memory of what it accepted, for idempotency."
  },
  {
    "topic": "content.reported",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "platform/contentId",
    "retentionMs": 7776000000,
    "maxBytes": 16384,
    "schema": "content/reported",
    "writers": [
      "content"
    ],
    "readers": [
      "label",
      "warehouse"
    ],
    "doc": "Reports, appeals and suggested scores; self-selected."
  },
  {
    "topic": "content.erased",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "platform/contentId",
    "retentionMs": -1,
    "maxBytes": 4096,
    "schema": "content/erased",
    "writers": [
      "content"
    ],
    "readers": [
      "prediction",
      "label",
      "dataset",
      "warehouse"
    ],
    "doc": "Contents whose text must go from everywhere."
  },
  {
    "topic": "prediction.scored",
    "class": "flow",
    "copartitioned": true,
    "per": "installation",
    "key": "platform/contentId",
    "retentionMs": 604800000,
    "maxBytes": 65536,
    "schema": "prediction/scored",
    "writers": [
      "prediction"
    ],
    "readers": [
      "verdict",
      "sampling",
      "warehouse"
    ],
    "doc": "What the models say of one revision."
  },
  {
    "topic": "verdict.requested",
    "class": "flow",
    "copartitioned": true,
    "per": "installation",
    "key": "platform/contentId",
    "retentionMs": 2592000000,
    "maxBytes": 16384,
    "schema": "verdict/requested",
    "writers": [
      "label",
      "policy",
      "deployment",
      "cli"
    ],
    "readers": [
      "verdict"
    ],
    "doc": "Requests for another verdict: appeals, overrides, reversals, re-scores."
  },
  {
    "topic": "verdict",
    "class": "flow",
    "copartitioned": true,
    "per": "channel",
    "key": "platform/contentId",
    "retentionMs": 2592000000,
    "maxBytes": 65536,
    "schema": "verdict/issued",
    "writers": [
      "verdict"
    ],
    "readers": [
      "platforms",
      "content",
      "console",
      "warehouse"
    ],
    "doc": "The verdicts of one channel."
  },
  {
    "topic": "verdict.overridden",
    "class": "table",
    "copartitioned": true,
    "per": "installation",
    "key": "platform/contentId/revision/channel",
    "retentionMs": -1,
    "maxBytes": 4096,
    "schema": "verdict/overridden",
    "writers": [
      "verdict"
    ],
    "readers": [
      "verdict",
      "console"
    ],
    "doc": "Human decisions that outlive re-scores."
  },
  {
    "topic": "sampling.planned",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "planId",
    "retentionMs": -1,
    "maxBytes": 262144,
    "schema": "sampling/planned",
    "writers": [
      "sampling"
    ],
    "readers": [
      "sampling",
      "warehouse"
    ],
    "doc": "The sampling plan of one window."
  },
  {
    "topic": "sampling.drawn",
    "class": "flow",
    "copartitioned": true,
    "per": "installation",
    "key": "platform/contentId",
    "retentionMs": 2592000000,
    "maxBytes": 16384,
    "schema": "sampling/drawn",
    "writers": [
      "sampling"
    ],
    "readers": [
      "warehouse"
    ],
    "doc": "Content drawn for people, with its inclusion probability."
  },
  {
    "topic": "sampling.closed",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "drawId",
    "retentionMs": 31536000000,
    "maxBytes": 1048576,
    "schema": "sampling/closed",
    "writers": [
      "sampling"
    ],
    "readers": [
      "label",
      "warehouse"
    ],
    "doc": "Final inclusion probabilities of a closed window."
  },
  {
    "topic": "label.requested",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "taskId",
    "retentionMs": -1,
    "maxBytes": 65536,
    "schema": "label/requested",
    "writers": [
      "label"
    ],
    "readers": [
      "label"
    ],
    "doc": "Open tasks; a tombstone closes one."
  },
  {
    "topic": "label.submitted",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "taskId",
    "retentionMs": 63072000000,
    "maxBytes": 65536,
    "schema": "label/submitted",
    "writers": [
      "label",
      "cli"
    ],
    "readers": [
      "label",
      "warehouse"
    ],
    "doc": "One person's answers."
  },
  {
    "topic": "label.resolved",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "platform/contentId/revision",
    "retentionMs": 63072000000,
    "maxBytes": 65536,
    "schema": "label/resolved",
    "writers": [
      "label"
    ],
    "readers": [
      "label",
      "dataset",
      "warehouse"
    ],
    "doc": "Facts resolved over people, and categories derived from them."
  },
  {
    "topic": "policy.published",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "policyId@version",
    "retentionMs": -1,
    "maxBytes": 1048576,
    "schema": "policy/published",
    "writers": [
      "policy"
    ],
    "readers": [
      "label",
      "dataset",
      "deployment",
      "warehouse"
    ],
    "doc": "Every version of every policy."
  },
  {
    "topic": "policy.requested",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "requestId",
    "retentionMs": 7776000000,
    "maxBytes": 1048576,
    "schema": "policy/requested",
    "writers": [
      "policy",
      "cli",
      "console"
    ],
    "readers": [
      "policy"
    ],
    "doc": "Requests to publish a policy."
  },
  {
    "topic": "dataset.requested",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "requestId",
    "retentionMs": 7776000000,
    "maxBytes": 65536,
    "schema": "dataset/requested",
    "writers": [
      "dataset",
      "cli",
      "console"
    ],
    "readers": [
      "dataset"
    ],
    "doc": "Requests to build a data set."
  },
  {
    "topic": "training.requested",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "requestId",
    "retentionMs": 7776000000,
    "maxBytes": 65536,
    "schema": "training/requested",
    "writers": [
      "training",
      "cli",
      "console"
    ],
    "readers": [
      "training"
    ],
    "doc": "Requests to train."
  },
  {
    "topic": "deployment.requested",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "requestId",
    "retentionMs": 7776000000,
    "maxBytes": 65536,
    "schema": "deployment/requested",
    "writers": [
      "deployment",
      "cli",
      "console"
    ],
    "readers": [
      "deployment"
    ],
    "doc": "Requests to change what runs in a channel."
  },
  {
    "topic": "dataset.progressed",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "requestId",
    "retentionMs": 2592000000,
    "maxBytes": 65536,
    "schema": "dataset/progressed",
    "writers": [
      "dataset"
    ],
    "readers": [
      "dataset",
      "cli",
      "console",
      "warehouse"
    ],
    "doc": "How far the work on requested data sets is."
  },
  {
    "topic": "training.progressed",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "requestId",
    "retentionMs": 2592000000,
    "maxBytes": 65536,
    "schema": "training/progressed",
    "writers": [
      "training"
    ],
    "readers": [
      "training",
      "cli",
      "console",
      "warehouse"
    ],
    "doc": "How far the work on requested models and calibrations is."
  },
  {
    "topic": "dataset.published",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "datasetId",
    "retentionMs": -1,
    "maxBytes": 1048576,
    "schema": "dataset/published",
    "writers": [
      "dataset",
      "cli"
    ],
    "readers": [
      "training",
      "warehouse"
    ],
    "doc": "Frozen training sets."
  },
  {
    "topic": "training.completed",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "artefactId",
    "retentionMs": -1,
    "maxBytes": 1048576,
    "schema": "training/completed",
    "writers": [
      "training"
    ],
    "readers": [
      "deployment",
      "warehouse"
    ],
    "doc": "Trained models and calibrations."
  },
  {
    "topic": "deployment.bundled",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "deploymentId",
    "retentionMs": -1,
    "maxBytes": 1048576,
    "schema": "deployment/bundled",
    "writers": [
      "deployment"
    ],
    "readers": [
      "content",
      "prediction",
      "verdict",
      "warehouse"
    ],
    "doc": "Immutable bundles of model, calibrators, thresholds and policy."
  },
  {
    "topic": "deployment.changed",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "channel",
    "retentionMs": -1,
    "maxBytes": 65536,
    "schema": "deployment/changed",
    "writers": [
      "deployment"
    ],
    "readers": [
      "content",
      "prediction",
      "warehouse"
    ],
    "doc": "What runs in each channel."
  },
  {
    "topic": "deployment.progressed",
    "class": "table",
    "copartitioned": false,
    "per": "installation",
    "key": "rolloutId",
    "retentionMs": -1,
    "maxBytes": 65536,
    "schema": "deployment/progressed",
    "writers": [
      "deployment"
    ],
    "readers": [
      "deployment",
      "cli",
      "console",
      "warehouse"
    ],
    "doc": "Where each roll-out stands, step by step."
  },
  {
    "topic": "drift.alerted",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "alertId",
    "retentionMs": 7776000000,
    "maxBytes": 65536,
    "schema": "drift/alerted",
    "writers": [
      "warehouse"
    ],
    "readers": [
      "training",
      "console",
      "warehouse"
    ],
    "doc": "Drift alerts, with what they suggest."
  },
  {
    "topic": "redteam.found",
    "class": "journal",
    "copartitioned": false,
    "per": "installation",
    "key": "findingId",
    "retentionMs": 31536000000,
    "maxBytes": 65536,
    "schema": null,
    "writers": [
      "redteam"
    ],
    "readers": [
      "label",
      "dataset",
      "warehouse"
    ],
    "doc": "Attacks that worked."
  },
  {
    "topic": "dead-letter",
    "class": "flow",
    "copartitioned": true,
    "per": "app",
    "key": "original key",
    "retentionMs": 2592000000,
    "maxBytes": 2097152,
    "schema": "dead-letter/rejected",
    "writers": [
      "prediction",
      "verdict",
      "sampling",
      "label",
      "policy",
      "dataset",
      "training",
      "deployment",
      "warehouse",
      "content"
    ],
    "readers": [
      "cli",
      "console",
      "warehouse"
    ],
    "doc": "Records that could not be processed, as they were."
  }
] as const satisfies readonly TopicDefinition[];
