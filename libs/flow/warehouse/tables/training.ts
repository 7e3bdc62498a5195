import type { CategoryFigures, TrainingCompleted, TrainingProgressed, UnmetTarget } from '#platform/contracts';
import type { RowWriter } from '../row-writer.js';
import { columnsOf, table, writeArray, writeMap, writeNullableFloat64, writeString } from '../table.js';
import { writeCalibrator, writeThresholds } from './deployment.js';
import { artefactKinds, calibratorKinds, workStates } from './symbols.js';

const completed = columnsOf<TrainingCompleted>();

export const trainingCompleted = table<TrainingCompleted>('training_completed', [
  completed.string('artefact_id', (event) => event.artefactId),
  completed.symbol('kind', artefactKinds, (event) => event.kind),
  completed.string('request_id', (event) => event.requestId),
  completed.string('model_id', (event) => event.modelId),
  completed.string('model_sha256', (event) => event.modelSha256),
  completed.string('name', (event) => event.name),
  completed.word('family', (event) => event.family),
  completed.nullableString('dataset_id', (event) => event.datasetId),
  completed.string('recipe_id', (event) => event.recipeId),
  completed.nullableString('parent_model_id', (event) => event.parentModelId),
  completed.nullableString('channel', (event) => event.channel),
  completed.nullableString('policy_id', (event) => event.policyId),
  completed.of(
    'policy_version',
    'Nullable(Int32)',
    (event) => event.policyVersion,
    (out, version) => {
      if (out.present(version)) out.int32(version);
    },
  ),
  completed.of(
    'categories',
    'Array(String)',
    (event) => event.categories,
    (out, categories) => {
      writeArray(out, categories, writeString);
    },
  ),
  completed.of(
    'calibrators',
    `Map(String, Tuple(kind ${calibratorKinds.type}, parameters Array(Float64), x Array(Float64), y Array(Float64)))`,
    (event) => event.calibrators,
    (out, calibrators) => {
      writeMap(out, calibrators, writeCalibrator);
    },
  ),
  completed.of(
    'thresholds',
    'Map(String, Tuple(review Nullable(Float64), block Nullable(Float64), provisional Bool))',
    (event) => event.thresholds,
    (out, thresholds) => {
      writeMap(out, thresholds, writeThresholds);
    },
  ),
  completed.of(
    'unmet_targets',
    'Array(Tuple(category String, action String, target Float64, why String, fallback String))',
    (event) => event.unmetTargets,
    (out, targets) => {
      writeArray(out, targets, writeUnmetTarget);
    },
  ),
  completed.of(
    'metrics',
    'Map(String, Tuple(rows Int64, positives Int64, average_precision Nullable(Float64), low Nullable(Float64), ' +
      'high Nullable(Float64), roc_auc Nullable(Float64)))',
    (event) => event.metrics,
    (out, metrics) => {
      writeMap(out, metrics, writeFigures);
    },
  ),
  completed.int64('bytes', (event) => event.bytes),
  completed.string('release', (event) => event.release),
  completed.time('completed_at', (event) => event.completedAt),
]);

const progressed = columnsOf<TrainingProgressed>();

export const trainingProgressed = table<TrainingProgressed>('training_progressed', [
  progressed.string('request_id', (event) => event.requestId),
  progressed.int32('attempt', (event) => event.attempt),
  progressed.int32('sequence', (event) => event.sequence),
  progressed.symbol('state', workStates, (event) => event.state),
  progressed.string('step', (event) => event.step),
  progressed.int64('done', (event) => event.done),
  progressed.int64('total', (event) => event.total),
  progressed.nullableString('detail', (event) => event.detail),
  progressed.nullableString('subject_id', (event) => event.subjectId),
  progressed.time('at', (event) => event.at),
]);

function writeUnmetTarget(out: RowWriter, { category, action, target, why, fallback }: UnmetTarget): void {
  out.string(category);
  out.string(action);
  out.float64(target);
  out.string(why);
  out.string(fallback);
}

function writeFigures(out: RowWriter, figures: CategoryFigures): void {
  out.int64(figures.rows);
  out.int64(figures.positives);
  writeNullableFloat64(out, figures.averagePrecision);
  writeNullableFloat64(out, figures.low);
  writeNullableFloat64(out, figures.high);
  writeNullableFloat64(out, figures.rocAuc);
}
