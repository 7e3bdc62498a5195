import type { Assignment, ModelScore, Obfuscation, PredictionScored } from '#platform/contracts';
import { copyArray, copyFloat32, copyMap, copyNullable, copyString, copyUint32 } from '../avro-copy.js';
import type { AvroCursor } from '../avro-cursor.js';
import type { RowWriter } from '../row-writer.js';
import { columnsOf, tableOfBytes, writeArray, writeMap, writeNullableString } from '../table.js';
import { contentKinds, modes, roles, tiers } from './symbols.js';

const scored = columnsOf<PredictionScored>();

/** Bytes in Avro of a score whose strings and map are empty, and of such an assignment. */
const [SMALLEST_SCORE, SMALLEST_ASSIGNMENT] = [3, 8];
const FLOAT_BYTES = 4;
const copyFloats = copyMap(FLOAT_BYTES, copyFloat32);
const copyNullableString = copyNullable(copyString);

export const predictionScored = tableOfBytes<PredictionScored>('prediction_scored', [
  scored.string('content_id', (event) => event.contentId),
  scored.int32('revision', (event) => event.revision),
  scored.word('platform', (event) => event.platform),
  scored.symbol('kind', contentKinds, (event) => event.kind),
  scored.word('language', (event) => event.language),
  scored.float32('language_confidence', (event) => event.languageConfidence),
  scored.nullableHash('author_hash', (event) => event.authorHash),
  scored.nullableHash('conversation_hash', (event) => event.conversationHash),
  scored.hash('text_hash', (event) => event.textHash),
  scored.uint32('text_length', (event) => event.textLength),
  scored.shortHash('duplicate_key', (event) => event.duplicateKey),
  scored.of(
    'obfuscation',
    'Tuple(zero_width UInt32, bidi UInt32, confusable UInt32, mixed_script UInt32, leet UInt32, ' +
      'spaced_letters UInt32, repeats UInt32, encoded UInt32)',
    (event) => event.obfuscation,
    writeObfuscation,
    copyObfuscation,
  ),
  scored.of(
    'scores',
    `Array(Tuple(model_id String, tier ${tiers.type}, logits Map(String, Float32)))`,
    (event) => event.scores,
    (out, scores) => {
      writeArray(out, scores, writeScore);
    },
    copyArray(SMALLEST_SCORE, copyScore),
  ),
  scored.of(
    'assignments',
    `Array(Tuple(channel String, role ${roles.type}, mode ${modes.type}, ` +
      'deployment_id String, model_id String, calibration_id String, ' +
      'probabilities Map(String, Float32), error Nullable(String)))',
    (event) => event.assignments,
    (out, assignments) => {
      writeArray(out, assignments, writeAssignment);
    },
    copyArray(SMALLEST_ASSIGNMENT, copyAssignment),
  ),
  scored.word('source_topic', (event) => event.source.topic),
  scored.uint16('source_partition', (event) => event.source.partition),
  scored.uint64('source_offset', (event) => event.source.offset),
  scored.time('submitted_at', (event) => event.submittedAt),
  scored.time('scored_at', (event) => event.scoredAt),
]);

function writeObfuscation(out: RowWriter, counters: Obfuscation): void {
  out.uint32(counters.zeroWidth);
  out.uint32(counters.bidi);
  out.uint32(counters.confusable);
  out.uint32(counters.mixedScript);
  out.uint32(counters.leet);
  out.uint32(counters.spacedLetters);
  out.uint32(counters.repeats);
  out.uint32(counters.encoded);
}

function writeFloat32(out: RowWriter, value: number): void {
  out.float32(value);
}

function writeScore(out: RowWriter, score: ModelScore): void {
  out.string(score.modelId);
  tiers.write(out, score.tier);
  writeMap(out, score.logits, writeFloat32);
}

function writeAssignment(out: RowWriter, assignment: Assignment): void {
  out.string(assignment.channel);
  roles.write(out, assignment.role);
  modes.write(out, assignment.mode);
  out.string(assignment.deploymentId);
  out.string(assignment.modelId);
  out.string(assignment.calibrationId);
  writeMap(out, assignment.probabilities, writeFloat32);
  writeNullableString(out, assignment.error);
}

function copyObfuscation(out: RowWriter, from: AvroCursor): void {
  for (let counter = 0; counter < 8; counter++) copyUint32(out, from);
}

function copyScore(out: RowWriter, from: AvroCursor): void {
  copyString(out, from);
  tiers.copy(out, from);
  copyFloats(out, from);
}

function copyAssignment(out: RowWriter, from: AvroCursor): void {
  copyString(out, from);
  roles.copy(out, from);
  modes.copy(out, from);
  copyString(out, from);
  copyString(out, from);
  copyString(out, from);
  copyFloats(out, from);
  copyNullableString(out, from);
}
