import type {
  Calibrator,
  CategoryTarget,
  ChannelPolicy,
  DeploymentBundled,
  DeploymentChanged,
  DeploymentProgressed,
  GuardFigure,
  PolicyPublished,
  Thresholds,
} from '#platform/contracts';
import type { RowWriter } from '../row-writer.js';
import { columnsOf, table, writeArray, writeMap, writeNullableFloat64, writeString } from '../table.js';
import { calibratorKinds, modes, rolloutStates, uncoveredActions } from './symbols.js';

const published = columnsOf<PolicyPublished>();

export const policyPublished = table<PolicyPublished>('policy_published', [
  published.word('policy_id', (event) => event.policyId),
  published.int32('version', (event) => event.version),
  published.string('title', (event) => event.title),
  published.string('owner', (event) => event.owner),
  published.string('changelog', (event) => event.changelog),
  published.of('categories', 'Array(String)', (event) => event.categories, writeStrings),
  published.of(
    'channels',
    `Map(String, Tuple(uncovered ${uncoveredActions.type}, targets Map(String, ` +
      'Tuple(block_precision Nullable(Float64), review_recall Nullable(Float64), ' +
      'provisional_block Nullable(Float64), provisional_review Nullable(Float64)))))',
    (event) => event.channels,
    (out, channels) => {
      writeMap(out, channels, writeChannel);
    },
  ),
  published.string('document', (event) => event.document),
  published.hash('document_hash', (event) => event.documentHash),
  published.time('published_at', (event) => event.publishedAt),
]);

function writeChannel(out: RowWriter, channel: ChannelPolicy): void {
  uncoveredActions.write(out, channel.uncovered);
  writeMap(out, channel.targets, writeTarget);
}

function writeTarget(out: RowWriter, target: CategoryTarget): void {
  writeNullableFloat64(out, target.blockPrecision);
  writeNullableFloat64(out, target.reviewRecall);
  writeNullableFloat64(out, target.provisionalBlock);
  writeNullableFloat64(out, target.provisionalReview);
}

const bundled = columnsOf<DeploymentBundled>();

export const deploymentBundled = table<DeploymentBundled>('deployment_bundled', [
  bundled.string('deployment_id', (event) => event.deploymentId),
  bundled.word('channel', (event) => event.channel),
  bundled.word('model_id', (event) => event.modelId),
  bundled.string('model_sha256', (event) => event.modelSha256),
  bundled.word('calibration_id', (event) => event.calibrationId),
  bundled.word('threshold_set_id', (event) => event.thresholdSetId),
  bundled.word('policy_id', (event) => event.policyId),
  bundled.int32('policy_version', (event) => event.policyVersion),
  bundled.of(
    'calibrators',
    `Map(String, Tuple(kind ${calibratorKinds.type}, parameters Array(Float64), x Array(Float64), y Array(Float64)))`,
    (event) => event.calibrators,
    (out, calibrators) => {
      writeMap(out, calibrators, writeCalibrator);
    },
  ),
  bundled.of(
    'thresholds',
    'Map(String, Tuple(review Nullable(Float64), block Nullable(Float64), provisional Bool))',
    (event) => event.thresholds,
    (out, thresholds) => {
      writeMap(out, thresholds, writeThresholds);
    },
  ),
  bundled.symbol('uncovered', uncoveredActions, (event) => event.uncovered),
  bundled.of('uncovered_categories', 'Array(String)', (event) => event.uncoveredCategories, writeStrings),
  bundled.time('bundled_at', (event) => event.bundledAt),
]);

export function writeCalibrator(out: RowWriter, calibrator: Calibrator): void {
  calibratorKinds.write(out, calibrator.kind);
  writeArray(out, calibrator.parameters, writeFloat64);
  writeArray(out, calibrator.x, writeFloat64);
  writeArray(out, calibrator.y, writeFloat64);
}

export function writeThresholds(out: RowWriter, thresholds: Thresholds): void {
  writeNullableFloat64(out, thresholds.review);
  writeNullableFloat64(out, thresholds.block);
  out.bool(thresholds.provisional);
}

const changed = columnsOf<DeploymentChanged>();

export const deploymentChanged = table<DeploymentChanged>('deployment_changed', [
  changed.word('channel', (event) => event.channel),
  changed.int64('sequence', (event) => event.sequence),
  changed.symbol('mode', modes, (event) => event.mode),
  changed.string('live', (event) => event.live),
  changed.nullableString('previous', (event) => event.previous),
  changed.nullableString('canary_deployment_id', (event) => event.canary?.deploymentId ?? null),
  changed.nullableFloat64('canary_share', (event) => event.canary?.share ?? null),
  changed.of('shadows', 'Array(String)', (event) => event.shadows, writeStrings),
  changed.string('reason', (event) => event.reason),
  changed.string('changed_by', (event) => event.changedBy),
  changed.time('changed_at', (event) => event.changedAt),
]);

const progressed = columnsOf<DeploymentProgressed>();

export const deploymentProgressed = table<DeploymentProgressed>('deployment_progressed', [
  progressed.string('rollout_id', (event) => event.rolloutId),
  progressed.word('channel', (event) => event.channel),
  progressed.string('request_id', (event) => event.requestId),
  progressed.word('model_id', (event) => event.modelId),
  progressed.nullableString('artefact_id', (event) => event.artefactId),
  progressed.nullableString('champion', (event) => event.champion),
  progressed.nullableString('candidate', (event) => event.candidate),
  progressed.time('requested_at', (event) => event.requestedAt),
  progressed.int32('sequence', (event) => event.sequence),
  progressed.symbol('state', rolloutStates, (event) => event.state),
  progressed.int32('step', (event) => event.step),
  progressed.of(
    'share',
    'Float64',
    (event) => event.share,
    (out, share) => {
      out.float64(share);
    },
  ),
  progressed.time('since', (event) => event.since),
  progressed.of('override_checks', 'Array(String)', (event) => event.override?.checks ?? [], writeStrings),
  progressed.of(
    'override_expires_at',
    "Nullable(DateTime64(3, 'UTC'))",
    (event) => event.override?.expiresAt ?? null,
    (out, at) => {
      if (out.present(at)) out.dateTime(at);
    },
  ),
  progressed.nullableString('override_reason', (event) => event.override?.reason ?? null),
  progressed.nullableString('override_by', (event) => event.override?.by ?? null),
  progressed.nullableString('gate_report_id', (event) => event.gate?.reportId ?? null),
  progressed.of(
    'gate_passed',
    'Nullable(Bool)',
    (event) => event.gate?.passed ?? null,
    (out, passed) => {
      if (out.present(passed)) out.bool(passed);
    },
  ),
  progressed.of('gate_failed', 'Array(String)', (event) => event.gate?.failed ?? [], writeStrings),
  progressed.of('gate_overridden', 'Array(String)', (event) => event.gate?.overridden ?? [], writeStrings),
  progressed.of(
    'guards',
    'Array(Tuple(guard String, finding String, figure Nullable(Float64), low Nullable(Float64), ' +
      'high Nullable(Float64), margin Nullable(Float64)))',
    (event) => event.guards,
    (out, guards) => {
      writeArray(out, guards, writeGuard);
    },
  ),
  progressed.string('reason', (event) => event.reason),
  progressed.string('by', (event) => event.by),
  progressed.nullableString('cause_id', (event) => event.causeId),
  progressed.time('at', (event) => event.at),
]);

function writeGuard(out: RowWriter, { guard, finding, figure, low, high, margin }: GuardFigure): void {
  out.string(guard);
  out.string(finding);
  for (const value of [figure, low, high, margin]) writeNullableFloat64(out, value);
}

function writeStrings(out: RowWriter, values: readonly string[]): void {
  writeArray(out, values, writeString);
}

function writeFloat64(out: RowWriter, value: number): void {
  out.float64(value);
}
