import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ArtefactError,
  DatasetFolderError,
  DatasetRowError,
  readArtefact,
  readArtefactFolder,
  readDatasetFolder,
  writeArtefactFolder,
  writeDatasetFolder,
  type DatasetEvaluation,
  type DatasetRow,
  type ModelArtefact,
} from '#model';
import { RowBinary, type ClickHouse } from '#platform/clickhouse';
import type { DatasetPublished, TrainingRequested } from '#platform/contracts';
import { dryRunModel, findModelFolder } from '#platform/inference';
import { hashFields } from '#policy';
import type { ArtefactFiles, WorkContext, WorkErrorCode, WorkHandler } from '../work.js';
import { WorkError } from '../work.js';
import { outcomeFile, type ChildJob, type ChildOutcome } from './child-job.js';
import { completedEvent } from './completed-event.js';
import { manifestOf, rowOf } from './dataset-export.js';
import { figuresOfReport } from './evaluation-rows.js';
import type { ExternalTrainer } from './external-trainers.js';
import { withoutQuotes } from './quoted-text.js';
import type { RoleRecipe } from './role-recipe.js';
import { runChild, type ChildEnd, type ChildLimits } from './run-child.js';

export interface ModelWorkDeps {
  readonly clickhouse: Pick<ClickHouse, 'query' | 'insertRows'>;
  /** Null when no data set of this id was published. */
  readonly datasetOf: (datasetId: string) => Promise<DatasetPublished | null>;
  /** By a name that the role has, or from the YAML itself. @throws WorkError */
  readonly recipeOf: (recipe: string) => RoleRecipe;
  readonly trainers: ReadonlyMap<string, ExternalTrainer>;
  readonly modelsDir: string;
  readonly starterModel: string;
  readonly encoder: ChildJob['encoder'];
  /** Functional suites that every model is judged by; null: none. */
  readonly suites: ChildJob['suites'];
  /** Channel whose targets a model's thresholds meet, and whose live model `live` means. */
  readonly channel: string;
  /** Where recipe and trainer say nothing. */
  readonly limits: { readonly minutes: number; readonly memoryMb: number };
  /** How the role's own children are run; without it, beside this file. */
  readonly programs?: Readonly<Record<OwnProgram, readonly string[]>>;
}

type OwnProgram = 'builtin-trainer' | 'prepare-external' | 'seal-external' | 'judge-artefact';

/** Rows that are read at once. */
const PAGE = 5000;
const DRY_RUN_MS = 60_000;
const PART_DIGITS = 16;
const PATH = '/usr/local/bin:/usr/bin:/bin';
const DOCUMENT = 'model.json';

/** What is made on the way to a model, by what it is made from: what an earlier attempt has finished is used again. */
interface Parts {
  /** Folder of the artefact, under its name when it was made and checked. */
  readonly model: string;
  /** File with what the judge found. */
  readonly judgement: string;
}

interface Judgement {
  readonly rows: number;
  readonly reports: readonly DatasetEvaluation[];
}

/**
 * Trains a model: rows of the data set from ClickHouse into a folder, the trainer in a process of its own, the artefact checked and judged in
 * another one, then the store, the evaluation, the event. Nothing that a trainer leaves is believed before the checks.
 */
export function createModelWork(deps: ModelWorkDeps): WorkHandler {
  return async (request, context) => {
    const recipe = deps.recipeOf(request.recipe);
    const external = trainerOf(deps, recipe);
    const dataset = await datasetFor(deps, request);
    const parent = await parentFor(deps, request, recipe, context);
    const policy = external === null ? await policyFor(deps, dataset) : null;
    const parentModelId = parent?.document.modelId ?? null;
    const earlier = [...context.completed()].find(
      (event) =>
        event.kind === 'MODEL' &&
        event.datasetId === dataset.datasetId &&
        event.recipeId === recipe.recipeId &&
        event.parentModelId === parentModelId &&
        event.release === context.release,
    );
    if (earlier !== undefined && (await isWhole(earlier.artefactId, context))) return earlier;

    const key = hashFields(dataset.datasetId, dataset.digest, recipe.recipeId, parentModelId, context.release).slice(
      0,
      PART_DIGITS,
    );
    const parts: Parts = {
      model: path.join(context.folder, `model-${key}`),
      judgement: path.join(context.folder, `judgement-${key}.json`),
    };
    const job: Omit<ChildJob, 'output'> = {
      dataset: path.join(context.folder, 'dataset'),
      recipe: path.join(context.folder, 'recipe.yaml'),
      recipeId: recipe.recipeId,
      recipeName: recipe.name,
      parent: parent === null ? null : path.join(context.folder, 'parent'),
      judgement: `${parts.judgement}.part`,
      release: context.release,
      policy: policy === null ? null : { goals: policy.goals, uncovered: policy.uncovered },
      suites: deps.suites,
      encoder: deps.encoder,
      at: request.requestedAt,
    };
    try {
      if (!existsSync(parts.model) || !existsSync(parts.judgement)) {
        // Every attempt reads the rows anew: what was erased since the last one must not be trained on, nor lie here.
        await exportRows(deps, dataset, job.dataset, context);
        context.at('after_export');
      }
      if (!existsSync(parts.model)) {
        writeFileSync(job.recipe, recipe.text);
        if (parent !== null && job.parent !== null) writeArtefactFolder(job.parent, parent.files);
        await train(deps, { recipe, external, job, dataset, parent: parent?.document ?? null, parts }, context);
        context.at('after_training');
      }
      if (!existsSync(parts.judgement)) await judge(deps, job, parts, context);
    } finally {
      // Texts lie here no longer than they are needed.
      rmSync(job.dataset, { recursive: true, force: true });
    }

    const artefact = readArtefactFolder(parts.model);
    const { reports } = JSON.parse(readFileSync(parts.judgement, 'utf8')) as Judgement;
    const stored = await putModel(artefact, parts.model, context);
    context.at('after_put');
    await storeReports(deps.clickhouse, reports);
    context.at('after_evaluation');
    return completedEvent({
      request,
      recipe,
      document: stored.document,
      parentModelId,
      policy,
      unmetTargets: outcomeIn(parts.model).unmet,
      reports,
      bytes: stored.bytes,
      release: context.release,
      completedAt: context.clock(),
    });
  };
}

async function datasetFor(deps: ModelWorkDeps, { datasetId }: TrainingRequested): Promise<DatasetPublished> {
  if (datasetId === null) throw new WorkError('request_invalid', 'datasetId: a request for a MODEL names a data set');
  const dataset = await deps.datasetOf(datasetId);
  if (dataset !== null) return dataset;
  throw new WorkError(
    'dataset_missing',
    `datasetId: ${datasetId} was not published; tidegate dataset list shows what was`,
  );
}

function trainerOf(deps: ModelWorkDeps, { trainer, name }: RoleRecipe): ExternalTrainer | null {
  if (trainer === 'builtin') return null;
  const external = deps.trainers.get(trainer);
  if (external !== undefined) return external;
  const known = ['builtin', ...deps.trainers.keys()].join(', ');
  throw new WorkError(
    'recipe_invalid',
    `recipe ${name}, trainer: ${trainer} is not set up here; there are ${known} (TRAINING_TRAINERS names the file)`,
  );
}

/** What was lost or damaged is made again: the same bytes, which the store takes. */
async function isWhole(artefactId: string, { shelf }: WorkContext): Promise<boolean> {
  try {
    return (await shelf.get(artefactId)) !== null;
  } catch (error) {
    if (error instanceof WorkError && error.code === 'store_failed') return false;
    throw error;
  }
}

interface Parent {
  readonly document: ModelArtefact['document'];
  readonly files: ArtefactFiles;
}

async function parentFor(
  deps: ModelWorkDeps,
  request: TrainingRequested,
  recipe: RoleRecipe,
  { shelf }: WorkContext,
): Promise<Parent | null> {
  const asked = request.parentModelId ?? recipe.parent;
  const wanted = asked === 'live' ? await liveModel(deps) : asked;
  if (wanted === null) return null;
  const files = wanted === 'starter' ? null : await shelf.get(wanted);
  if (files !== null) return { files, document: readArtefact((file) => files.get(file)).document };
  const folder =
    wanted === 'starter' ? path.join(deps.modelsDir, deps.starterModel) : findModelFolder([deps.modelsDir], wanted);
  if (folder === null) {
    throw new WorkError('parent_missing', `parentModelId: neither the artefact store nor MODELS_DIR has ${wanted}`);
  }
  return filesOf(folder, readArtefactFolder(folder));
}

async function liveModel({ clickhouse, channel }: ModelWorkDeps): Promise<string> {
  const [live] = await clickhouse.query('calibration-live', { channel });
  if (live !== undefined) return live.model_id;
  throw new WorkError('parent_missing', `parent: nothing is live in ${channel}; name another one in the recipe`);
}

interface PolicyTargets {
  readonly policyId: string;
  readonly version: number;
  readonly goals: NonNullable<ChildJob['policy']>['goals'];
  readonly uncovered: 'ALLOW' | 'REVIEW';
}

/** What the policy of the data set asks in the channel; null: it has none, or asks nothing there. */
async function policyFor(
  { clickhouse, channel }: ModelWorkDeps,
  { policyId, policyVersion }: DatasetPublished,
): Promise<PolicyTargets | null> {
  if (policyId === null || policyVersion === null) return null;
  const [row] = await clickhouse.query('training-targets', {
    policy_id: policyId,
    version: policyVersion,
    channel,
  });
  if (row === undefined) return null;
  const goals = Object.fromEntries(
    Object.entries(row.targets).map(
      ([category, [blockPrecision, reviewRecall, provisionalBlock, provisionalReview]]) => [
        category,
        { blockPrecision, reviewRecall, provisionalBlock, provisionalReview },
      ],
    ),
  );
  return { policyId, version: policyVersion, goals, uncovered: row.uncovered };
}

function outcomeIn(folder: string): ChildOutcome {
  const file = path.join(folder, outcomeFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ChildOutcome) : { unmet: [] };
}

function filesOf(folder: string, { document }: ModelArtefact): Parent & { readonly bytes: number } {
  const paths = [...document.files, ...document.documents].map((file) => file.path);
  const files = new Map<string, Uint8Array>(
    [...paths, DOCUMENT].map((file) => [file, readFileSync(path.join(folder, file))]),
  );
  const bytes = [...files.values()].reduce((sum, file) => sum + file.byteLength, 0);
  return { document, files, bytes };
}

async function exportRows(
  { clickhouse }: ModelWorkDeps,
  dataset: DatasetPublished,
  folder: string,
  { progress, signal }: WorkContext,
): Promise<void> {
  async function* rows(): AsyncGenerator<DatasetRow> {
    for (let from = 0; from < dataset.rows; from += PAGE) {
      signal.throwIfAborted();
      progress('read the data set', from, dataset.rows);
      const to = from + PAGE;
      for (const row of await clickhouse.query('dataset-stored', { dataset_id: dataset.datasetId, from, to })) {
        yield rowOf(row);
      }
    }
  }
  rmSync(folder, { recursive: true, force: true });
  try {
    await writeDatasetFolder(folder, manifestOf(dataset), rows());
  } catch (error) {
    if (!isAboutRows(error)) throw error;
    throw new WorkError(
      'dataset_changed',
      `${dataset.datasetId} is not what was published: ${error.message}; tidegate dataset verify ${dataset.datasetId} names the rows`,
    );
  }
}

function isAboutRows(error: unknown): error is Error {
  return error instanceof DatasetFolderError || error instanceof DatasetRowError;
}

interface Training {
  readonly recipe: RoleRecipe;
  readonly external: ExternalTrainer | null;
  readonly job: Omit<ChildJob, 'output'>;
  readonly dataset: DatasetPublished;
  readonly parent: ModelArtefact['document'] | null;
  readonly parts: Parts;
}

async function train(deps: ModelWorkDeps, training: Training, context: WorkContext): Promise<void> {
  const { recipe, external, job, dataset, parent, parts } = training;
  const output = path.join(context.folder, `output-${context.attempt}`);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const limits: ChildLimits = {
    seconds: 60 * (recipe.limits.minutes ?? external?.minutes ?? deps.limits.minutes),
    memoryMb: recipe.limits.memoryMb ?? external?.memoryMb ?? deps.limits.memoryMb,
  };
  let isUnderWay = false;
  const step = (command: readonly [string, ...string[]], environment: Readonly<Record<string, string>>) =>
    runChild({
      command,
      environment: environmentFor(context.folder, environment),
      folder: context.folder,
      limits,
      signal: context.signal,
      onProgress: (name, done, total) => {
        context.progress(`train: ${name}`, done, total);
        if (!isUnderWay) context.at('during_training');
        isUnderWay = true;
      },
    });
  const own = async (program: OwnProgram): Promise<void> => {
    const ended = await step(ownProgram(deps, program, limits, writeJob({ ...job, output }, context)), {});
    refuseUnlessDone(ended, `trainer ${recipe.trainer}`, limits, job.dataset, context.signal);
  };
  let made = output;
  if (external === null) await own('builtin-trainer');
  else {
    await own('prepare-external');
    context.progress(`train: ${recipe.trainer}`, 0, 0);
    const ended = await step(commandOf(external, { ...job, output }), external.environment);
    refuseUnlessDone(ended, `trainer ${recipe.trainer}`, limits, job.dataset, context.signal);
    await own('seal-external');
    made = path.join(output, 'sealed');
  }
  await checkArtefact(made, { dataset, parent, limits, encoderFolder: deps.encoder.folder });
  renameSync(made, parts.model);
}

/** Verified, guarded and run once apart from this process, before anybody relies on it. */
async function checkArtefact(
  folder: string,
  {
    dataset,
    parent,
    limits,
    encoderFolder,
  }: Pick<Training, 'dataset' | 'parent'> & { readonly limits: ChildLimits; readonly encoderFolder: string },
): Promise<void> {
  let artefact: ModelArtefact;
  try {
    artefact = readArtefactFolder(folder);
  } catch (error) {
    if (error instanceof ArtefactError) throw new WorkError('artefact_refused', `the trainer left ${error.message}`);
    throw error;
  }
  const known = new Set([...Object.keys(dataset.categories), ...(parent?.categories ?? []), 'ANY']);
  const unknown = artefact.document.categories.filter((category) => !known.has(category));
  if (unknown.length > 0) {
    throw new WorkError(
      'artefact_refused',
      `the trainer left model.json: categories: ${unknown.join(', ')} are no categories of ${dataset.datasetId}`,
    );
  }
  const result = await dryRunModel(folder, { timeoutMs: DRY_RUN_MS, memoryMb: limits.memoryMb, encoderFolder });
  if (!result.ok) {
    throw new WorkError(
      'artefact_refused',
      `the trainer left a model whose dry run failed: ${result.reason}, ${result.detail}`,
    );
  }
}

async function judge(
  deps: ModelWorkDeps,
  job: Omit<ChildJob, 'output'>,
  parts: Parts,
  context: WorkContext,
): Promise<void> {
  const limits: ChildLimits = { seconds: 60 * deps.limits.minutes, memoryMb: deps.limits.memoryMb };
  const ended = await runChild({
    command: ownProgram(deps, 'judge-artefact', limits, writeJob({ ...job, output: parts.model }, context)),
    environment: environmentFor(context.folder, {}),
    folder: context.folder,
    limits,
    signal: context.signal,
    onProgress: (step, done, total) => {
      context.progress(`evaluate: ${step}`, done, total);
    },
  });
  refuseUnlessDone(ended, 'evaluation', limits, job.dataset, context.signal);
  renameSync(job.judgement, parts.judgement);
}

function ownProgram(
  deps: ModelWorkDeps,
  program: OwnProgram,
  { memoryMb }: ChildLimits,
  jobFile: string,
): readonly [string, ...string[]] {
  const script = fileURLToPath(new URL(`./${program}.main${path.extname(import.meta.url)}`, import.meta.url));
  return [process.execPath, `--max-old-space-size=${memoryMb}`, ...(deps.programs?.[program] ?? [script]), jobFile];
}

/** The contract of external trainers (docs/training.md). */
function commandOf(
  { command: [program, ...parameters] }: ExternalTrainer,
  { dataset, recipe, output, parent }: ChildJob,
): readonly [string, ...string[]] {
  const folders = ['--dataset', dataset, '--recipe', recipe, '--output', output];
  return [program, ...parameters, ...folders, ...(parent === null ? [] : ['--parent', parent])];
}

function environmentFor(folder: string, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8', ...more };
}

function writeJob(job: ChildJob, { folder }: WorkContext): string {
  const file = path.join(folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  return file;
}

const knownCodes: readonly WorkErrorCode[] = [
  'recipe_invalid',
  'dataset_changed',
  'labels_insufficient',
  'parent_missing',
  'artefact_refused',
];

function refuseUnlessDone(
  ended: ChildEnd,
  what: string,
  limits: ChildLimits,
  dataset: string,
  signal: AbortSignal,
): void {
  if (ended.kind === 'done') return;
  if (ended.kind === 'aborted') {
    signal.throwIfAborted();
    throw new WorkError('trainer_failed', `${what} was stopped`);
  }
  const lines = withoutQuotes(ended.lastLines, textsOf(dataset));
  const log = lines.length === 0 ? '' : `; its last lines: ${lines.join(' | ')}`;
  if (ended.kind === 'over_limit') {
    const limit =
      ended.limit === 'time'
        ? `took longer than ${limits.seconds / 60} minutes: raise limits.minutes of the recipe`
        : `used more than ${limits.memoryMb} MB: raise limits.memoryMb of the recipe`;
    throw new WorkError('trainer_over_limit', `${what} ${limit}, or ask for a smaller data set${log}`);
  }
  const { problem } = ended;
  if (problem !== null) {
    throw new WorkError(knownCodes.find((code) => code === problem.code) ?? 'trainer_failed', problem.message);
  }
  throw new WorkError('trainer_failed', `${what} ended with exit ${ended.exit}; correct it and ask again${log}`);
}

function textsOf(dataset: string): readonly string[] {
  return existsSync(dataset) ? readDatasetFolder(dataset).rows.map(({ text }) => text) : [];
}

/** Of several trainings with the same weights the first stays: its id stands for its files for ever. */
async function putModel(
  artefact: ModelArtefact,
  folder: string,
  { shelf }: WorkContext,
): Promise<{ readonly document: ModelArtefact['document']; readonly bytes: number }> {
  const { document, files, bytes } = filesOf(folder, artefact);
  if ((await shelf.put(document.modelId, files)) === 'put') return { document, bytes };
  const there = (await shelf.get(document.modelId)) ?? files;
  const first = readArtefact((file) => there.get(file)).document;
  return { document: first, bytes: [...there.values()].reduce((sum, file) => sum + file.byteLength, 0) };
}

const FIGURES = [
  ...['evaluation_id', 'model_id', 'dataset_id', 'split', 'slice_by', 'slice_value', 'category', 'rows', 'positives'],
  ...['prevalence', 'average_precision', 'low', 'high', 'wide', 'roc_auc', 'evaluated_at'],
];
const REPORTS = ['evaluation_id', 'model_id', 'dataset_id', 'split', 'compared_with', 'report', 'evaluated_at'];

async function storeReports(
  clickhouse: Pick<ClickHouse, 'insertRows'>,
  reports: readonly DatasetEvaluation[],
): Promise<void> {
  for (const report of reports) {
    const { evaluationId, model, datasetId, split, evaluatedAt } = report;
    const rows = new RowBinary();
    for (const figures of figuresOfReport(report)) {
      for (const text of [evaluationId, model.modelId, datasetId, split]) rows.string(text);
      for (const text of [figures.sliceBy, figures.sliceValue, figures.category]) rows.string(text);
      rows.uint64(figures.rows);
      rows.uint64(figures.positives);
      for (const value of [figures.prevalence, figures.averagePrecision, figures.low, figures.high]) {
        if (rows.present(value)) rows.float64(value);
      }
      rows.bool(figures.wide);
      if (rows.present(figures.rocAuc)) rows.float64(figures.rocAuc);
      rows.dateTime(evaluatedAt);
    }
    await clickhouse.insertRows('evaluation_figures', rows.take(), { columns: FIGURES, token: evaluationId });
    const document = new RowBinary();
    for (const text of [evaluationId, model.modelId, datasetId, split, '', JSON.stringify(report)])
      document.string(text);
    document.dateTime(evaluatedAt);
    await clickhouse.insertRows('evaluation_stored_reports', document.take(), {
      columns: REPORTS,
      token: evaluationId,
    });
  }
}
