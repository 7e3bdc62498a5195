import type { DerivedLabel, LabelResolved, LabelSubmitted, ResolvedFact } from '#platform/contracts';
import type { RowWriter } from '../row-writer.js';
import {
  columnsOf,
  table,
  writeArray,
  writeMap,
  writeNullableFloat64,
  writeString,
  type Column,
  type Symbols,
} from '../table.js';
import {
  actions,
  answers,
  factValues,
  labelerRoles,
  labelOrigins,
  resolutionKinds,
  taskOutcomes,
  taskPurposes,
  taskReasons,
} from './symbols.js';

const submitted = columnsOf<LabelSubmitted>();

export const labelSubmitted = table<LabelSubmitted>('label_submitted', [
  submitted.hash('submission_id', (event) => event.submissionId),
  submitted.hash('lease_id', (event) => event.leaseId),
  submitted.int32('attempt', (event) => event.attempt),
  submitted.hash('task_id', (event) => event.taskId),
  submitted.symbol('origin', labelOrigins, (event) => event.origin),
  submitted.word('platform', (event) => event.platform),
  submitted.string('content_id', (event) => event.contentId),
  submitted.int32('revision', (event) => event.revision),
  submitted.word('labeler_id', (event) => event.labelerId),
  submitted.symbol('labeler_role', labelerRoles, (event) => event.labelerRole),
  submitted.nullableWord('rater_group', (event) => event.raterGroup),
  submitted.symbol('purpose', taskPurposes, (event) => event.purpose),
  submitted.int32('ordinal', (event) => event.ordinal),
  submitted.symbol('outcome', taskOutcomes, (event) => event.outcome),
  submitted.of(
    'answers',
    `Map(String, ${answers.type})`,
    (event) => event.answers,
    (out, map) => {
      writeMap(out, map, answers.write);
    },
  ),
  nullableSymbol('reason', taskReasons, (event) => event.reason),
  submitted.nullableWord('decision_channel', (event) => event.decision?.channel ?? null),
  submitted.nullableHash('decision_verdict_id', (event) => event.decision?.verdictId ?? null),
  nullableSymbol('decision_action', actions, (event) => event.decision?.action ?? null),
  nullable('decision_overturns', 'Bool', (event) => event.decision?.overturns ?? null, writeBool),
  submitted.of('policies', 'Array(String)', (event) => event.policies, writeStrings),
  submitted.nullableHash('text_hash', (event) => event.textHash),
  nullable('window_from', "DateTime64(3, 'UTC')", (event) => event.windowFrom, writeTime),
  nullable('leased_at', "DateTime64(3, 'UTC')", (event) => event.leasedAt, writeTime),
  nullable('duration_ms', 'Int32', (event) => event.durationMs, writeInt32),
  submitted.time('submitted_at', (event) => event.submittedAt),
]);

function nullable<T>(
  name: string,
  type: string,
  read: (event: LabelSubmitted) => T | null,
  write: (out: RowWriter, value: T) => void,
): Column<LabelSubmitted> {
  return submitted.of(name, `Nullable(${type})`, read, (out, value) => {
    if (out.present(value)) write(out, value);
  });
}

function nullableSymbol<S extends string>(
  name: string,
  symbols: Symbols<S>,
  read: (event: LabelSubmitted) => S | null,
): Column<LabelSubmitted> {
  return nullable(name, symbols.type, read, symbols.write);
}

const resolved = columnsOf<LabelResolved>();

export const labelResolved = table<LabelResolved>('label_resolved', [
  resolved.hash('resolved_id', (event) => event.resolvedId),
  resolved.symbol('kind', resolutionKinds, (event) => event.kind),
  resolved.word('platform', (event) => event.platform),
  resolved.string('content_id', (event) => event.contentId),
  resolved.int32('revision', (event) => event.revision),
  resolved.of(
    'facts',
    `Map(String, Tuple(fact ${factValues.type}, probability Nullable(Float64), votes Int32, unsure Int32, ` +
      'is_expert Bool, is_trainable Bool))',
    (event) => event.facts,
    (out, facts) => {
      writeMap(out, facts, writeFact);
    },
  ),
  resolved.word('rule', (event) => event.rule),
  resolved.nullableWord('pass_id', (event) => event.passId),
  resolved.nullableHash('from_resolved_id', (event) => event.fromResolvedId),
  resolved.nullableWord('policy_id', (event) => event.policyId),
  resolved.of(
    'policy_version',
    'Nullable(Int32)',
    (event) => event.policyVersion,
    (out, version) => {
      if (out.present(version)) out.int32(version);
    },
  ),
  resolved.of(
    'categories',
    `Map(String, Tuple(value ${factValues.type}, weight Float64, decided_by Array(String)))`,
    (event) => event.categories,
    (out, categories) => {
      writeMap(out, categories, writeLabel);
    },
  ),
  resolved.of('is_settled', 'Bool', (event) => event.isSettled, writeBool),
  resolved.time('resolved_at', (event) => event.resolvedAt),
]);

function writeFact(out: RowWriter, { fact, probability, votes, unsure, isExpert, isTrainable }: ResolvedFact): void {
  factValues.write(out, fact);
  writeNullableFloat64(out, probability);
  out.int32(votes);
  out.int32(unsure);
  out.bool(isExpert);
  out.bool(isTrainable);
}

function writeLabel(out: RowWriter, { value, weight, decidedBy }: DerivedLabel): void {
  factValues.write(out, value);
  out.float64(weight);
  writeStrings(out, decidedBy);
}

function writeStrings(out: RowWriter, values: readonly string[]): void {
  writeArray(out, values, writeString);
}

function writeBool(out: RowWriter, value: boolean): void {
  out.bool(value);
}

function writeInt32(out: RowWriter, value: number): void {
  out.int32(value);
}

function writeTime(out: RowWriter, value: number): void {
  out.dateTime(value);
}
