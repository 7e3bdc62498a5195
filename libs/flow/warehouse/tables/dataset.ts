import type { CategoryCounts, DatasetProgressed, DatasetPublished, ExpectationResult } from '#platform/contracts';
import type { RowWriter } from '../row-writer.js';
import { columnsOf, table, writeArray, writeMap, writeString } from '../table.js';
import { datasetKinds, workStates } from './symbols.js';

const published = columnsOf<DatasetPublished>();

export const datasetPublished = table<DatasetPublished>('dataset_published', [
  published.string('dataset_id', (event) => event.datasetId),
  published.string('name', (event) => event.name),
  published.symbol('kind', datasetKinds, (event) => event.kind),
  published.nullableString('request_id', (event) => event.requestId),
  published.nullableString('policy_id', (event) => event.policyId),
  published.of('policy_version', 'Nullable(Int32)', (event) => event.policyVersion, writeNullableInt32),
  published.of('labels_until', 'Nullable(Int64)', (event) => event.labelsUntil, writeNullableInt64),
  published.of('sources', 'Array(String)', (event) => event.sources, writeStrings),
  published.string('rule', (event) => event.rule),
  published.string('recipe_id', (event) => event.recipeId),
  published.string('recipe', (event) => event.recipe),
  published.string('salt_id', (event) => event.saltId),
  published.int64('rows', (event) => event.rows),
  published.string('digest', (event) => event.digest),
  published.of('splits', 'Map(String, Int64)', (event) => event.splits, writeCounts),
  published.of(
    'categories',
    'Map(String, Tuple(positives Int64, negatives Int64, unknown Int64))',
    (event) => event.categories,
    (out, categories) => {
      writeMap(out, categories, writeCategory);
    },
  ),
  published.of('languages', 'Map(String, Int64)', (event) => event.languages, writeCounts),
  published.of('licences', 'Array(String)', (event) => event.licences, writeStrings),
  published.of(
    'expectations',
    'Array(Tuple(name String, passed Bool, detail String))',
    (event) => event.expectations,
    (out, expectations) => {
      writeArray(out, expectations, writeExpectation);
    },
  ),
  published.nullableString('previous_id', (event) => event.previousId),
  published.time('published_at', (event) => event.publishedAt),
]);

const progressed = columnsOf<DatasetProgressed>();

export const datasetProgressed = table<DatasetProgressed>('dataset_progressed', [
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

function writeNullableInt32(out: RowWriter, value: number | null): void {
  if (out.present(value)) out.int32(value);
}

function writeNullableInt64(out: RowWriter, value: number | null): void {
  if (out.present(value)) out.int64(value);
}

function writeStrings(out: RowWriter, values: readonly string[]): void {
  writeArray(out, values, writeString);
}

function writeCounts(out: RowWriter, counts: Readonly<Record<string, number>>): void {
  writeMap(out, counts, writeInt64);
}

function writeInt64(out: RowWriter, value: number): void {
  out.int64(value);
}

function writeCategory(out: RowWriter, { positives, negatives, unknown }: CategoryCounts): void {
  out.int64(positives);
  out.int64(negatives);
  out.int64(unknown);
}

function writeExpectation(out: RowWriter, { name, passed, detail }: ExpectationResult): void {
  out.string(name);
  out.bool(passed);
  out.string(detail);
}
