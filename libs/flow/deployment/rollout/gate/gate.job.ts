import fs from 'node:fs';
import path from 'node:path';
import { gateChecks, type DatasetRow, type GateCheck, type GateReport } from '#model';
import { RowBinary, type ClickHouse, type Queries } from '#platform/clickhouse';
import type { DeploymentBundled, GateOutcome, PolicyPublished } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import { hashFields } from '#policy';
import type { GateAnswer } from '../gate-answer.js';
import type { Rollout } from '../rollout.js';
import type { RolloutSettings } from '../rollout-settings.js';
import type { GateResult, GateTask } from './gate-task.js';
import { runJudge, type JudgeEnd } from './run-judge.job.js';

export interface GateDeps {
  readonly clickhouse: Pick<ClickHouse, 'query' | 'pieces' | 'insertRows'>;
  /** Below it each decision has a folder while it is made. */
  readonly work: string;
  /** Folder of a model; null: its artefact is gone. */
  readonly folderOf: (modelId: string) => string | null;
  /** Runs the model apart from this process; null when all is well. */
  readonly dryRun: (modelId: string) => Promise<string | null>;
  readonly settings: RolloutSettings['gate'];
  /** Margins, YAML; empty: the defaults. */
  readonly margins: string;
  readonly suites: string | null;
  readonly encoder: GateTask['encoder'];
  readonly release: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How the child is run; without it, beside this file. */
  readonly program?: readonly string[];
}

/** What a decision is about. */
export interface Pair {
  readonly rollout: Rollout;
  readonly champion: DeploymentBundled;
  readonly candidate: DeploymentBundled;
  readonly policy: PolicyPublished;
}

const DIGITS = 16;
/** Rows that are read at once. */
const PAGE = 5000;
const NO_TARGET = { blockPrecision: null, reviewRecall: null };

/**
 * Judges a candidate (evaluation 4.2): its artefact is tried, rows and a stored window of contents are written to a folder of its own, a child
 * compares both models on them, and what it found is stored before anybody relies on it. What an attempt that was killed has finished is used
 * again; texts never outlive an attempt.
 */
export function createGate(deps: GateDeps): (pair: Pair, signal: AbortSignal) => Promise<GateAnswer> {
  return async (pair, signal) => {
    const { rollout, champion, candidate } = pair;
    const [folder, championFolder] = [deps.folderOf(candidate.modelId), deps.folderOf(champion.modelId)];
    const refused = (why: string): GateAnswer => ({ kind: 'refused', candidate: candidate.deploymentId, why });
    if (folder === null) return refused('its artefact is gone');
    if (championFolder === null) return refused(`the artefact of ${champion.modelId}, which is live, is gone`);
    const problem = await deps.dryRun(candidate.modelId);
    if (problem !== null) return refused(`the dry run failed: ${problem}`);

    const part = hashFields(rollout.rolloutId, champion.deploymentId, candidate.deploymentId).slice(0, DIGITS);
    const place = path.join(deps.work, `gate-${part}`);
    const result = path.join(place, 'result.json');
    if (!fs.existsSync(result)) {
      const why = await judgeInChild(deps, pair, { place, result, folders: [championFolder, folder] }, signal);
      if (why !== null) return refused(why);
    }
    const found = JSON.parse(fs.readFileSync(result, 'utf8')) as GateResult;
    await storeResult(deps.clickhouse, rollout, found);
    fs.rmSync(place, { recursive: true, force: true });
    return {
      kind: 'judged',
      champion: champion.deploymentId,
      candidate: candidate.deploymentId,
      outcome: outcomeOf(found.report),
    };
  };
}

/** @returns why the candidate is refused; null: the result is there */
async function judgeInChild(
  deps: GateDeps,
  { rollout, champion, candidate, policy }: Pair,
  {
    place,
    result,
    folders,
  }: { readonly place: string; readonly result: string; readonly folders: readonly [string, string] },
  signal: AbortSignal,
): Promise<string | null> {
  fs.rmSync(place, { recursive: true, force: true });
  fs.mkdirSync(place, { recursive: true });
  const files = { rows: path.join(place, 'rows.jsonl'), contents: path.join(place, 'contents.jsonl') };
  try {
    const dataset = await datasetFor(deps, candidate.modelId);
    if (dataset !== null) await writeRows(deps, dataset.datasetId, files.rows, signal);
    const replayId = await writeContents(deps, files.contents);
    const targets = policy.channels[rollout.channel]?.targets ?? {};
    const task: GateTask = {
      channel: rollout.channel,
      kind: candidate.modelId === champion.modelId ? 'CALIBRATION' : 'MODEL',
      champion: partsOf(champion, folders[0]),
      candidate: partsOf(candidate, folders[1]),
      rows: dataset === null ? null : files.rows,
      datasetId: dataset?.datasetId ?? null,
      isOwnDataset: dataset?.isOwn ?? false,
      contents: files.contents,
      replayId,
      suites: deps.suites,
      goals: Object.fromEntries(
        policy.categories.map((category) => {
          const { blockPrecision, reviewRecall } = targets[category] ?? NO_TARGET;
          return [category, { blockPrecision, reviewRecall }];
        }),
      ),
      overrides: overridesOf(rollout),
      margins: deps.margins,
      encoder: deps.encoder,
      release: deps.release,
      decidedAt: deps.clock(),
      result,
    };
    const file = path.join(place, 'task.json');
    fs.writeFileSync(file, JSON.stringify(task));
    const { minutes, memoryMb } = deps.settings;
    const ended = await runJudge(file, { seconds: 60 * minutes, memoryMb }, signal, deps.program);
    return problemOf(ended, deps.settings);
  } finally {
    // Texts lie here no longer than they are needed.
    for (const file of Object.values(files)) fs.rmSync(file, { force: true });
  }
}

function problemOf(ended: JudgeEnd, { minutes, memoryMb }: GateDeps['settings']): string | null {
  switch (ended.kind) {
    case 'done':
      return null;
    case 'aborted':
      throw new RetryableError('rebalance', 'the gate was stopped');
    case 'over_limit':
      return ended.limit === 'time'
        ? `it was not judged within ${minutes} minutes`
        : `judging it took more than ${memoryMb} MB of memory`;
    case 'crashed':
      return `judging it ended with exit ${ended.exit}: ${lastLine(ended.lastWords)}`;
  }
}

/** Of what a process wrote to its standard error the line that names the error; stack and source stay where they are. */
function lastLine(words: string): string {
  const named = words.split('\n').find((line) => /^\w*Error\b/.test(line));
  return (named ?? 'it said nothing').slice(0, 300);
}

async function datasetFor(
  { clickhouse }: GateDeps,
  modelId: string,
): Promise<{ readonly datasetId: string; readonly isOwn: boolean } | null> {
  const models = await clickhouse.query('training-models', { artefact_id: modelId, most: 1 });
  const own = models.find(({ artefact_id: id }) => id === modelId)?.dataset_id ?? null;
  if (own !== null) return { datasetId: own, isOwn: true };
  // A model that came from elsewhere is compared on what people have labelled here last.
  const [newest] = await clickhouse.query('gate-newest-dataset', {});
  return newest === undefined ? null : { datasetId: newest.dataset_id, isOwn: false };
}

async function writeRows(
  { clickhouse }: GateDeps,
  datasetId: string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const out = fs.openSync(file, 'w');
  try {
    for (let from = 0; ; from += PAGE) {
      signal.throwIfAborted();
      const rows = await clickhouse.query('dataset-stored', { dataset_id: datasetId, from, to: from + PAGE });
      if (rows.length === 0) return;
      fs.writeSync(out, rows.map((row) => `${JSON.stringify(rowOf(row))}\n`).join(''));
    }
  } finally {
    fs.closeSync(out);
  }
}

function rowOf(stored: Queries['dataset-stored']['row']): DatasetRow {
  return {
    ...{ key: stored.row_key, text: stored.text, textHash: stored.text_hash, language: stored.language },
    ...{ platform: stored.platform, kind: stored.kind, split: stored.split, group: stored.group_key },
    ...{ groupSize: stored.group_size, weight: stored.weight, inclusion: stored.inclusion, isGold: stored.is_gold },
    origin: stored.origin as DatasetRow['origin'],
    source: stored.source,
    author: stored.author_hash === '' ? null : stored.author_hash,
    labelledAt: stored.labelled_at,
    labels: Object.fromEntries(
      Object.entries(stored.labels).map(([category, [value, weight]]) => [category, { value, weight }]),
    ),
  };
}

/** @returns id of the window: the same contents are the same replay */
async function writeContents({ clickhouse, settings, clock }: GateDeps, file: string): Promise<string> {
  const until = clock();
  const since = until - settings.replayWindow;
  const out = fs.openSync(file, 'w');
  let id = hashFields('replay');
  try {
    for await (const rows of clickhouse.pieces('gate-contents', { since, until, most: settings.replayItems })) {
      for (const { content_key: key, ...rest } of rows) {
        fs.writeSync(out, `${JSON.stringify({ key, ...rest })}\n`);
        id = hashFields(id, key);
      }
    }
  } finally {
    fs.closeSync(out);
  }
  return `replay-${id.slice(0, DIGITS)}`;
}

function partsOf(bundle: DeploymentBundled, folder: string): GateTask['champion'] {
  const { deploymentId, modelId, policyId, policyVersion, calibrators, thresholds, uncovered, uncoveredCategories } =
    bundle;
  return {
    ...{ deploymentId, modelId, policyId, policyVersion, uncovered, folder },
    uncoveredCategories: [...uncoveredCategories],
    thresholds: { ...thresholds },
    calibrators: Object.fromEntries(
      Object.entries(calibrators).map(([category, { kind, parameters, x, y }]) => [
        category,
        { kind, parameters: [...parameters], x: [...x], y: [...y] },
      ]),
    ),
  };
}

function overridesOf({ channel, modelId, override }: Rollout): GateTask['overrides'] {
  if (override === null) return [];
  const { checks, expiresAt, reason, by } = override;
  const covers = checks.map((name) => {
    const [check = '', category = null] = name.split('/');
    return { check, category };
  });
  return [{ channel, modelId, reason, by, expiresAt, covers }];
}

function outcomeOf({ gateId, passed, checks }: GateReport): GateOutcome {
  const named = (holds: (row: GateCheck) => boolean): string[] =>
    gateChecks.filter((check) => checks.some((row) => row.check === check && holds(row)));
  return {
    reportId: gateId,
    passed,
    failed: named(({ blocks }) => blocks),
    overridden: named(({ overrideId }) => overrideId !== null),
  };
}

const REPORT = [
  ...['report_id', 'rollout_id', 'channel', 'model_id', 'champion_model_id', 'dataset_id', 'outcome', 'report'],
  'decided_at',
];
const CHECK = [
  ...['report_id', 'rollout_id', 'channel', 'model_id', 'place', 'check', 'measure', 'evidence', 'category', 'subject'],
  ...['rule', 'bound', 'figure', 'low', 'high', 'limit', 'champion', 'challenger', 'finding', 'why', 'blocks'],
  ...['override_id', 'decided_at'],
];

/** Stored again it is the same: rows are named by the decision, and so is the batch. */
async function storeResult(
  clickhouse: Pick<ClickHouse, 'insertRows'>,
  { rolloutId, channel }: Rollout,
  result: GateResult,
): Promise<void> {
  const { gateId, challenger, champion, datasetId, outcome, decidedAt, checks } = result.report;
  const rows = new RowBinary();
  for (const [place, check] of checks.entries()) {
    for (const text of [gateId, rolloutId, channel, challenger.modelId]) rows.string(text);
    rows.uint32(place);
    for (const text of [check.check, check.measure, check.on, check.category ?? '', check.subject ?? ''])
      rows.string(text);
    rows.string(check.rule);
    rows.string(check.bound ?? '');
    for (const value of [check.figure, check.low, check.high, check.limit, check.champion, check.challenger]) {
      if (rows.present(value)) rows.float64(value);
    }
    rows.string(check.finding);
    rows.string(check.why);
    rows.bool(check.blocks);
    rows.string(check.overrideId ?? '');
    rows.dateTime(decidedAt);
  }
  const token = `${gateId}/${rolloutId}`;
  await clickhouse.insertRows('gate_stored_checks', rows.take(), { columns: CHECK, token });
  const document = new RowBinary();
  for (const text of [gateId, rolloutId, channel, challenger.modelId, champion.modelId]) document.string(text);
  if (document.present(datasetId)) document.string(datasetId);
  document.string(outcome);
  document.string(JSON.stringify(result));
  document.dateTime(decidedAt);
  await clickhouse.insertRows('gate_stored_reports', document.take(), { columns: REPORT, token });
}
