import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import type { TrainingCompleted, TrainingRequested } from '#platform/contracts';
import { runJob } from '#platform/jobs';
import { startStack, type RunningStack } from '#platform/stack';
import type { Emission } from '#platform/stream';
import { WorkError, type WorkContext } from '../work.js';
import type { LabelledDraw } from './calibration-labels.js';
import { calibrationJob, createCalibrationWork, type CalibrationReport } from './calibration.job.js';
import { lookAtChannel } from './look-at-channel.job.js';
import type { Look, LookAt } from './look.js';
import { liveChannel, plantLabels, UNTIL } from './planted-labels.fixture.js';
import { completedCalibration, refreshChannel } from './refresh-channel.js';

const DAY = 86_400_000;
const WINDOW = { from: UNTIL - DAY, to: UNTIL };
const live = liveChannel();
const planted = plantLabels(1200, { slope: 2, offset: -1, rareness: 1201 });
/** Of the queue in Portuguese a third is not answered yet. */
const isPending = ({ language }: LabelledDraw, index: number): boolean => language === 'pt' && index % 3 === 0;
const windowOf = ({ scored_at }: LabelledDraw): number => Math.floor(scored_at / DAY) * DAY;

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-calibration-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: 'calibration' });
  await migrate(clickhouse);
  await plantLive();
  await plantDraws();
  await plantWhatNeverCounts();
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

async function insert(table: string, rows: readonly object[]): Promise<void> {
  const query = encodeURIComponent(`INSERT INTO ${table} FORMAT JSONEachRow`);
  const answer = await fetch(`${stack.clickhouseUrl}/?database=${clickhouse.database}&query=${query}`, {
    method: 'POST',
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function plantLive(): Promise<void> {
  const targets = Object.fromEntries(
    Object.entries(live.targets).map(([category, target]) => [
      category,
      {
        block_precision: target.blockPrecision,
        review_recall: target.reviewRecall,
        provisional_block: target.provisionalBlock,
        provisional_review: target.provisionalReview,
      },
    ]),
  );
  await insert('policy_published', [
    { policy_id: 'default', version: 2, categories: ['H', 'V'], channels: { public: { uncovered: 'ALLOW', targets } } },
  ]);
  const bundle = {
    channel: 'public',
    model_id: live.modelId,
    model_sha256: live.modelSha256,
    calibration_id: 'c-live',
    policy_id: 'default',
    policy_version: 2,
    calibrators: live.calibrators,
    thresholds: live.thresholds,
    uncovered: 'ALLOW',
  };
  await insert('deployment_bundled', [
    { ...bundle, deployment_id: 'd-live', bundled_at: 1000 },
    { ...bundle, deployment_id: 'd-before', model_id: 'm-before', bundled_at: 500 },
  ]);
  await insert('deployment_changed', [
    { channel: 'public', sequence: 1, live: 'd-before' },
    { channel: 'public', sequence: 2, live: 'd-live' },
  ]);
}

const idOf = (index: number): string => String(index).padStart(16, 'x');

function drawn(draw: LabelledDraw, index: number, rest: object = {}): object {
  return {
    draw_id: idOf(index),
    origin: 'DRAWN',
    platform: draw.platform,
    content_id: draw.content_id,
    revision: draw.revision,
    channel: 'public',
    window_from: windowOf(draw),
    window_to: windowOf(draw) + DAY,
    probability: draw.probability,
    language: draw.language,
    duplicate_key: '\u0000'.repeat(8),
    record_offset: index,
    ...rest,
  };
}

function scored(draw: LabelledDraw, index: number, modelId = live.modelId): object {
  const [H = 0, V = 0] = draw.logits;
  return {
    platform: draw.platform,
    content_id: draw.content_id,
    revision: draw.revision,
    kind: 'POST',
    language: draw.language,
    // The shadow's logits are nobody's business here.
    scores: [
      { model_id: 'm-shadow', tier: 'NGRAM', logits: { H: 9, V: 9 } },
      { model_id: modelId, tier: 'NGRAM', logits: { H, V } },
    ],
    source_offset: index,
    scored_at: draw.scored_at,
    record_offset: index,
  };
}

function derived(draw: LabelledDraw, index: number, answers = draw.answers, rest: object = {}): object {
  const [H = 0, V = 0] = answers;
  const value = (answer: number) => ({ value: answer === 1 ? 'YES' : 'NO', weight: 1, decided_by: [] });
  return {
    resolved_id: idOf(index),
    kind: 'DERIVED',
    platform: draw.platform,
    content_id: draw.content_id,
    revision: draw.revision,
    policy_id: 'default',
    policy_version: 2,
    categories: { H: value(H), V: value(V) },
    is_settled: true,
    record_offset: index,
    ...rest,
  };
}

async function plantDraws(): Promise<void> {
  await insert(
    'sampling_closed',
    planted.map((draw, i) => drawn(draw, i)),
  );
  await insert(
    'prediction_scored',
    planted.map((draw, i) => scored(draw, i)),
  );
  const answered = planted.map((draw, i) => ({ draw, i })).filter(({ draw, i }) => !isPending(draw, i));
  await insert('label_resolved', [
    // What was said first is not what holds.
    ...answered.map(({ draw, i }) => derived(draw, i, [1, 1], { resolved_id: idOf(10_000 + i) })),
    ...answered.map(({ draw, i }) => derived(draw, 5000 + i)),
  ]);
}

/** A content that is like the first planted one. */
function another(contentId: string): LabelledDraw {
  const [first] = planted;
  if (first === undefined) throw new Error('nothing is planted');
  return { ...first, content_id: contentId };
}

async function plantWhatNeverCounts(): Promise<void> {
  const picked = another('picked');
  const long = { ...another('long ago'), scored_at: UNTIL - 40 * DAY };
  const waiting = another('waiting');
  const foreign = another('foreign');
  const unknown = another('unknown');
  const at = 20_000;
  await insert('sampling_closed', [
    drawn(picked, at, { origin: 'TRAIN_ONLY', probability: null }),
    drawn(long, at + 1),
    // In parts of the queue of their own, so that they change the weight of nobody.
    drawn(waiting, at + 2, { team: 'elsewhere' }),
    drawn(foreign, at + 3, { team: 'abroad' }),
    drawn(unknown, at + 4, { team: 'nowhere' }),
    drawn(another('again'), at + 5, { team: 'later' }),
  ]);
  await insert('prediction_scored', [
    ...[picked, long, waiting, unknown].map((draw, i) => scored(draw, at + i)),
    scored(foreign, at + 9, 'm-before'),
    // Scored again after its window, perhaps by a model that has learned from its label.
    scored({ ...another('again'), scored_at: UNTIL - DAY }, at + 10),
    ...planted.slice(0, 3).map((draw, i) => scored({ ...draw, logits: [9, 9], scored_at: UNTIL - DAY }, at + 11 + i)),
  ]);
  await insert('label_resolved', [
    ...[picked, long, foreign, another('again')].map((draw, i) => derived(draw, at + 10 + i, [1, 1])),
    derived(waiting, at + 3, [1, 1], { policy_version: 1 }),
    derived(unknown, at + 4, [1, 1], { is_settled: false }),
  ]);
}

/** The planted labels as the query has to give them. */
function expectedDraws(): readonly LabelledDraw[] {
  const parts = new Map<string, { all: number; answered: number }>();
  const partOf = (draw: LabelledDraw): string => `${windowOf(draw)}/${draw.language}`;
  for (const [i, draw] of planted.entries()) {
    const part = parts.get(partOf(draw)) ?? { all: 0, answered: 0 };
    part.all += 1;
    if (!isPending(draw, i)) part.answered += 1;
    parts.set(partOf(draw), part);
  }
  return planted.flatMap((draw, i) => {
    if (isPending(draw, i)) return [];
    const { all, answered } = parts.get(partOf(draw)) ?? { all: 1, answered: 1 };
    return [{ ...draw, labelling: [answered / all, answered / all] }];
  });
}

function expected(request: TrainingRequested): TrainingCompleted {
  const refresh = refreshChannel(live, expectedDraws(), { isAsked: false }, () => undefined);
  return completedCalibration(refresh, { requestId: request.requestId, release: 'test', completedAt: 7 });
}

const context: WorkContext = {
  attempt: 1,
  folder: '',
  progress: () => undefined,
  signal: new AbortController().signal,
  clock: () => 7,
  release: 'test',
  shelf: { put: () => Promise.reject(new Error('a calibration has no files')), get: () => Promise.resolve(null) },
  completed: () => [],
  at: () => undefined,
};

/** In this thread: the tests run sources. */
const lookAt: LookAt = (look, onCategory) => lookAtChannel(clickhouse, look, onCategory);

async function runOnce(): Promise<{ readonly requests: TrainingRequested[]; readonly reports: CalibrationReport[] }> {
  const requests: TrainingRequested[] = [];
  const reports: CalibrationReport[] = [];
  const job = calibrationJob({
    write: (emissions: readonly Emission[]) => {
      for (const one of emissions) {
        if (one.topic === 'training.requested' && one.value !== null) requests.push(one.value);
      }
      return Promise.resolve();
    },
    channels: ['public', 'internal'],
    reference: 'public',
    everyMs: DAY,
    lookAt,
    report: (report) => reports.push(report),
  });
  await runJob(job, WINDOW, clickhouse, 1);
  return { requests, reports };
}

async function asked(): Promise<TrainingRequested> {
  const [request] = (await runOnce()).requests;
  if (request === undefined) throw new Error('nothing was asked');
  return request;
}

/** A look as the role takes it: from a process whose own thread does nothing but count its turns. */
const program = `
const { lookInThread } = await import(process.argv[2] + '/look-in-thread.ts');
const [database, look] = process.argv.slice(3).map((text) => JSON.parse(text));
let turns = 0;
const timer = setInterval(() => { turns += 1; }, 1);
const steps = [];
const lookAt = lookInThread(database);
const refresh = await lookAt(look, (done, total) => steps.push([done, total, turns]));
const turnsOfFits = turns - steps[0][2];
const failed = async (...wanted) => {
  try { return await lookInThread(wanted[0])(look, wanted[1]); } catch (error) { return error.name + ' ' + error.message; }
};
const stopped = await failed(database, () => { throw new Error('stopped'); });
const away = await failed({ ...database, url: 'http://127.0.0.1:9' }, () => undefined);
clearInterval(timer);
process.stdout.write(JSON.stringify({ refresh, steps: steps.map(([done, total]) => [done, total]), turnsOfFits, stopped, away }));
`;

interface Told {
  readonly refresh: unknown;
  readonly steps: readonly unknown[];
  readonly turnsOfFits: number;
  readonly stopped: string;
  readonly away: string;
}

async function lookFromOutside(look: Look): Promise<Told> {
  const file = path.join(home, 'look.mjs');
  fs.writeFileSync(file, program);
  const hooks = pathToFileURL(
    path.join(import.meta.dirname, '../../../platform/kafka/testing/run-typescript.mjs'),
  ).href;
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--import', hooks];
  const database = { url: stack.clickhouseUrl, user: 'default', password: '', database: clickhouse.database };
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[...flags, file, pathToFileURL(import.meta.dirname).href],
    ...[JSON.stringify(database), JSON.stringify(look)],
  ]);
  return JSON.parse(stdout) as Told;
}

describe('calibration on ClickHouse', () => {
  const work = () => createCalibrationWork({ lookAt, reference: 'public' });

  it('reads the labelled draws of the live model with their weights, and nothing that has no probability', async () => {
    const rows = await clickhouse.query('calibration-labels', {
      from: UNTIL - 30 * DAY,
      to: UNTIL,
      reference: 'public',
      model_id: live.modelId,
      policy_id: 'default',
      policy_version: 2,
      categories: ['H', 'V'],
    });
    expect(rows).toEqual(expectedDraws());
  });

  it('asks once for a calibration that is due, however often it looks, and for none where nothing is live', async () => {
    const { requests, reports } = await runOnce();
    expect(requests).toMatchObject([{ kind: 'CALIBRATION', channel: 'public', cause: 'SCHEDULE', requestedAt: UNTIL }]);
    expect(reports).toMatchObject([
      { channel: 'public', isDue: true, categories: [{ category: 'H' }, { category: 'V' }] },
    ]);
    expect((await runOnce()).requests).toEqual(requests);
  });

  it('solves the thresholds that the pure function solves, and says what is not met', async () => {
    const request = await asked();
    const completed = await work()(request, context);
    expect(completed).toEqual(expected(request));
    expect(completed.thresholds['H']).toMatchObject({ provisional: false });
    expect(completed.unmetTargets).toEqual([
      {
        category: 'V',
        action: 'REVIEW',
        target: 0.9,
        why: expect.stringMatching(/^\d positives; 9 are needed$/) as string,
        fallback: 'provisional 0.2',
      },
    ]);
  });

  it('finds in a thread what it finds in this one, while the thread of the role goes on', async () => {
    const look: Look = { channel: 'public', reference: 'public', until: UNTIL, isAsked: false };
    const here = await lookAt(look, () => undefined);
    const { refresh, steps, turnsOfFits, stopped, away } = await lookFromOutside(look);
    expect(refresh).toEqual(JSON.parse(JSON.stringify(here)));
    expect(steps).toEqual([
      [0, 2],
      [1, 2],
    ]);
    // Held up by the fits it has one or two.
    expect(turnsOfFits).toBeGreaterThan(5);
    expect(stopped).toBe('Error stopped');
    expect(away).toMatch(/^RetryableError /);
  }, 60_000);

  it('refuses a model that is not live, and a channel in which nothing is', async () => {
    const request = await asked();
    await expect(work()({ ...request, parentModelId: 'm-other' }, context)).rejects.toMatchObject({
      code: 'parent_missing',
    });
    await expect(work()({ ...request, channel: 'internal' }, context)).rejects.toBeInstanceOf(WorkError);
  });

  it('says how many labels there are when nothing would change', async () => {
    const early = { ...(await asked()), requestedAt: UNTIL - 60 * DAY };
    await expect(work()(early, context)).rejects.toThrow(/nothing would change in public \(H: 0 labels, 0 positives/);
  });
});
