import type { CategoryVerdict, VerdictIssued } from '#platform/contracts';
import { copyBool, copyFloat64, copyMap, copyNullable } from '../avro-copy.js';
import type { AvroCursor } from '../avro-cursor.js';
import type { RowWriter } from '../row-writer.js';
import { columnsOf, tableOfBytes, writeMap, writeNullableFloat64 } from '../table.js';
import { actions, deciders, modes, roles, verdictKinds } from './symbols.js';

/**
 * Probabilities of verdicts are kept in 1/1024: 7.4 instead of some 24 bytes a row with eight categories. The exact ones are in
 * prediction_scored, and the action beside them is what was decided.
 */
const PROBABILITY_STEPS = 1024;

const issued = columnsOf<VerdictIssued>();

/** Bytes in Avro of a category without thresholds. */
const SMALLEST_CATEGORY = 8;
const copyNullableFloat64 = copyNullable(copyFloat64);

export const verdictIssued = tableOfBytes<VerdictIssued>('verdict_issued', [
  issued.hash('verdict_id', (event) => event.verdictId),
  issued.symbol('kind', verdictKinds, (event) => event.kind),
  issued.string('content_id', (event) => event.contentId),
  issued.int32('revision', (event) => event.revision),
  issued.word('platform', (event) => event.platform),
  issued.word('channel', (event) => event.channel),
  issued.symbol('action', actions, (event) => event.action),
  issued.of(
    'categories',
    `Map(String, Tuple(probability_1024 UInt16, action ${actions.type}, ` +
      'review_threshold Nullable(Float64), block_threshold Nullable(Float64), provisional Bool))',
    (event) => event.categories,
    (out, categories) => {
      writeMap(out, categories, writeCategory);
    },
    copyMap(SMALLEST_CATEGORY, copyCategory),
  ),
  issued.word('deployment_id', (event) => event.deploymentId),
  issued.word('model_id', (event) => event.modelId),
  issued.word('calibration_id', (event) => event.calibrationId),
  issued.word('threshold_set_id', (event) => event.thresholdSetId),
  issued.word('policy_id', (event) => event.policyId),
  issued.int32('policy_version', (event) => event.policyVersion),
  issued.symbol('role', roles, (event) => event.role),
  issued.symbol('mode', modes, (event) => event.mode),
  issued.symbol('decided_by', deciders, (event) => event.decidedBy),
  issued.hash('text_hash', (event) => event.textHash),
  issued.nullableString('cause_id', (event) => event.causeId),
  issued.nullableHash('supersedes', (event) => event.supersedes),
  issued.nullableString('reason', (event) => event.reason),
  issued.word('source_topic', (event) => event.source.topic),
  issued.uint16('source_partition', (event) => event.source.partition),
  issued.uint64('source_offset', (event) => event.source.offset),
  issued.time('submitted_at', (event) => event.submittedAt),
  issued.time('issued_at', (event) => event.issuedAt),
]);

function writeCategory(out: RowWriter, category: CategoryVerdict): void {
  out.uint16(quantised(category.probability));
  actions.write(out, category.action);
  writeNullableFloat64(out, category.reviewThreshold);
  writeNullableFloat64(out, category.blockThreshold);
  out.bool(category.provisional);
}

function copyCategory(out: RowWriter, from: AvroCursor): void {
  out.uint16(quantised(from.float()));
  actions.copy(out, from);
  copyNullableFloat64(out, from);
  copyNullableFloat64(out, from);
  copyBool(out, from);
}

function quantised(probability: number): number {
  return Math.round(probability * PROBABILITY_STEPS);
}
