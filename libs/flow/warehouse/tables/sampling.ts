import type {
  InclusionParts,
  PlanBucket,
  PlanCategory,
  PlanStratum,
  SamplingClosed,
  SamplingDrawn,
  SamplingPlanned,
  TeamShare,
} from '#platform/contracts';
import type { RowWriter } from '../row-writer.js';
import {
  columnsOf,
  table,
  writeArray,
  writeMap,
  writeNullableFloat64,
  writeNullableString,
  writeString,
} from '../table.js';
import { contentKinds, drawOrigins } from './symbols.js';

const planned = columnsOf<SamplingPlanned>();

export const samplingPlanned = table<SamplingPlanned>('sampling_planned', [
  planned.string('plan_id', (event) => event.planId),
  planned.shortHash('salt_id', (event) => event.saltId),
  planned.word('channel', (event) => event.channel),
  planned.time('window_from', (event) => event.windowFrom),
  planned.time('window_to', (event) => event.windowTo),
  planned.time('observed_from', (event) => event.observedFrom),
  planned.time('observed_to', (event) => event.observedTo),
  planned.float64('uniform_share', (event) => event.uniformShare),
  planned.float64('threshold_share', (event) => event.thresholdShare),
  planned.of(
    'strata',
    'Array(Tuple(languages Array(String), teams Array(Tuple(team String, share Float64)), budget Float64, ' +
      'train_only_budget Float64, contents UInt64, uniform_rate Float64, multiplier Float64, ' +
      'categories Array(Tuple(category String, scored_by Nullable(String), threshold Nullable(Float64), share Float64, ' +
      'above Float64, uncertainty Float64, threshold_weight Float64, uncertainty_weight Float64)), ' +
      'buckets Map(String, Tuple(contents UInt64, factor Float64)), other_factor Float64))',
    (event) => event.strata,
    (out, strata) => {
      writeArray(out, strata, writeStratum);
    },
  ),
  planned.time('planned_at', (event) => event.plannedAt),
]);

function writeStratum(out: RowWriter, stratum: PlanStratum): void {
  writeArray(out, stratum.languages, writeString);
  writeArray(out, stratum.teams, writeTeam);
  out.float64(stratum.budget);
  out.float64(stratum.trainOnlyBudget);
  out.uint64(stratum.contents);
  out.float64(stratum.uniformRate);
  out.float64(stratum.multiplier);
  writeArray(out, stratum.categories, writeCategory);
  writeMap(out, stratum.buckets, writeBucket);
  out.float64(stratum.otherFactor);
}

function writeTeam(out: RowWriter, { team, share }: TeamShare): void {
  out.string(team);
  out.float64(share);
}

function writeCategory(out: RowWriter, category: PlanCategory): void {
  out.string(category.category);
  writeNullableString(out, category.scoredBy);
  writeNullableFloat64(out, category.threshold);
  out.float64(category.share);
  out.float64(category.above);
  out.float64(category.uncertainty);
  out.float64(category.thresholdWeight);
  out.float64(category.uncertaintyWeight);
}

function writeBucket(out: RowWriter, { contents, factor }: PlanBucket): void {
  out.uint64(contents);
  out.float64(factor);
}

const drawn = columnsOf<SamplingDrawn>();

export const samplingDrawn = table<SamplingDrawn>('sampling_drawn', [
  drawn.hash('draw_id', (event) => event.drawId),
  drawn.nullableWord('plan_id', (event) => event.planId),
  drawn.shortHash('salt_id', (event) => event.saltId),
  drawn.word('platform', (event) => event.platform),
  drawn.string('content_id', (event) => event.contentId),
  drawn.int32('revision', (event) => event.revision),
  drawn.word('channel', (event) => event.channel),
  drawn.time('window_from', (event) => event.windowFrom),
  drawn.time('window_to', (event) => event.windowTo),
  drawn.nullableWord('team', (event) => event.team),
  drawn.float64('u', (event) => event.u),
  drawn.float64('probability', (event) => event.probability),
  drawn.of(
    'parts',
    'Tuple(uniform Float64, threshold Float64, uncertainty Float64, metadata_factor Float64)',
    (event) => event.parts,
    writeParts,
  ),
  drawn.of(
    'scores',
    'Map(String, Float32)',
    (event) => event.scores,
    (out, scores) => {
      writeMap(out, scores, writeFloat32);
    },
  ),
  drawn.word('deployment_id', (event) => event.deploymentId),
  drawn.word('model_id', (event) => event.modelId),
  drawn.word('calibration_id', (event) => event.calibrationId),
  drawn.symbol('kind', contentKinds, (event) => event.kind),
  drawn.word('language', (event) => event.language),
  drawn.hash('text_hash', (event) => event.textHash),
  drawn.shortHash('duplicate_key', (event) => event.duplicateKey),
  drawn.nullableHash('conversation_hash', (event) => event.conversationHash),
  drawn.word('source_topic', (event) => event.source.topic),
  drawn.uint16('source_partition', (event) => event.source.partition),
  drawn.uint64('source_offset', (event) => event.source.offset),
  drawn.time('scored_at', (event) => event.scoredAt),
  drawn.time('drawn_at', (event) => event.drawnAt),
]);

function writeParts(out: RowWriter, parts: InclusionParts): void {
  out.float64(parts.uniform);
  out.float64(parts.threshold);
  out.float64(parts.uncertainty);
  out.float64(parts.metadataFactor);
}

function writeFloat32(out: RowWriter, value: number): void {
  out.float32(value);
}

const closed = columnsOf<SamplingClosed>();

export const samplingClosed = table<SamplingClosed>('sampling_closed', [
  closed.hash('draw_id', (event) => event.drawId),
  closed.symbol('origin', drawOrigins, (event) => event.origin),
  closed.nullableWord('plan_id', (event) => event.planId),
  closed.word('platform', (event) => event.platform),
  closed.string('content_id', (event) => event.contentId),
  closed.int32('revision', (event) => event.revision),
  closed.word('channel', (event) => event.channel),
  closed.time('window_from', (event) => event.windowFrom),
  closed.time('window_to', (event) => event.windowTo),
  closed.nullableFloat64('probability', (event) => event.probability),
  closed.nullableFloat64('cap_probability', (event) => event.capProbability),
  closed.nullableFloat64('value', (event) => event.value),
  closed.nullableWord('team', (event) => event.team),
  closed.symbol('kind', contentKinds, (event) => event.kind),
  closed.word('language', (event) => event.language),
  closed.shortHash('duplicate_key', (event) => event.duplicateKey),
  closed.nullableHash('conversation_hash', (event) => event.conversationHash),
  closed.time('closed_at', (event) => event.closedAt),
]);
