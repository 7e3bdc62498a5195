// A process of its own: judges a candidate by the gate, with artefacts that nobody relies on yet. Started by gate.job.ts.
import { createReadStream, readFileSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  createFeaturiser,
  defaultGateSettings,
  emptyVerdictDiff,
  foldVerdicts,
  gateChecks,
  identityTemplates,
  judgeGate,
  judgePair,
  linearModelOf,
  parseGateSettings,
  readArtefactFolder,
  readSuites,
  scoreLinearModel,
  summariseVerdictDiff,
  type ComparisonReport,
  type DatasetRow,
  type GateOverride,
  type GateSettings,
  type JudgedModel,
  type ReplayedVerdict,
  type ServingFigures,
} from '#model';
import { createTextScorer } from '#platform/inference';
import { calibrate, decideVerdict, uniform } from '#policy';
import { gateTaskSchema, type GateResult, type GateTask, type ReplayedContent } from './gate-task.js';

const BATCH = 256;
const BOOTSTRAP = { draws: 1000, seed: 1 };
/** Texts whose scores are computed a second time, without ONNX Runtime, and texts that are timed one by one. */
const FIXED_TEXTS = 1000;
const TIMED_TEXTS = 400;
const STDOUT = 1;

type Bundle = GateTask['champion'];
type Scorer = Awaited<ReturnType<typeof createTextScorer>>;

const task = gateTaskSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
let saidAt = 0;

function say(step: string, done: number, total: number): void {
  const now = performance.now();
  if (now - saidAt < 500) return;
  saidAt = now;
  writeSync(STDOUT, `${JSON.stringify({ step, done, total })}\n`);
}

/** Who is encoded is drawn without the secret: a decision is the same everywhere. */
function open({ folder }: Bundle): Promise<Scorer> {
  return createTextScorer(folder, { routing: { encoder: task.encoder, draw: uniform, rate: null } });
}

/** As the channel would judge by it: calibrators and thresholds are those of the bundle. */
function judged(scorer: Scorer, bundle: Bundle): JudgedModel {
  return {
    document: {
      ...scorer.document,
      calibrators: bundle.calibrators,
      thresholds: { ...scorer.document.thresholds, solved: bundle.thresholds, provisional: {} },
    },
    score: async (texts, ids, onProgress) => {
      const logits = Object.fromEntries(scorer.categories.map((name) => [name, new Float64Array(texts.length)]));
      for (let from = 0; from < texts.length; from += BATCH) {
        const scores = await scorer.score(texts.slice(from, from + BATCH), ids.slice(from, from + BATCH));
        for (const [at, score] of scores.entries()) {
          for (const [category, column] of Object.entries(logits)) {
            column[from + at] = score.logits[category] ?? Number.NaN;
          }
        }
        onProgress(Math.min(texts.length, from + BATCH));
      }
      return logits;
    },
  };
}

async function* linesOf<T>(file: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line !== '') yield JSON.parse(line) as T;
  }
}

interface Rows {
  readonly gold: readonly DatasetRow[];
  readonly audit: readonly DatasetRow[];
  readonly training: readonly { readonly key: string; readonly text: string }[];
}

async function readRows(): Promise<Rows> {
  const gold: DatasetRow[] = [];
  const audit: DatasetRow[] = [];
  const training: { readonly key: string; readonly text: string }[] = [];
  if (task.rows !== null) {
    for await (const row of linesOf<DatasetRow>(task.rows)) {
      if (row.split === 'train') training.push({ key: row.key, text: row.text });
      else if (row.isGold) gold.push(row);
      if (row.split === 'test' && row.inclusion !== null) audit.push(row);
    }
  }
  return { gold, audit, training };
}

async function compare(
  champion: JudgedModel,
  candidate: JudgedModel,
  rows: readonly DatasetRow[],
  name: 'gold' | 'audit',
  training: Rows['training'],
): Promise<ComparisonReport | null> {
  if (!rows.some(({ text }) => text !== '')) return null;
  return judgePair(champion, candidate, {
    rows,
    datasetId: task.datasetId ?? '',
    split: 'all',
    population: name === 'audit' ? 'drawn' : 'all',
    thresholds: 'solved',
    cases: task.suites === null ? [] : readSuites(task.suites),
    training: task.isOwnDataset ? training : null,
    evaluatedAt: task.decidedAt,
    settings: BOOTSTRAP,
    onProgress: (step, done, total) => {
      say(`${name}: ${step}`, done, total);
    },
  });
}

/** The same contents through both bundles, as the stream would decide about them. */
async function replay(champion: Scorer, candidate: Scorer) {
  let state = emptyVerdictDiff();
  let batch: ReplayedContent[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const [before, after] = [
      await verdictsOf(champion, task.champion, batch),
      await verdictsOf(candidate, task.candidate, batch),
    ];
    state = foldVerdicts(state, before, after);
    done += batch.length;
    say('replay', done, 0);
    batch = [];
  };
  for await (const content of linesOf<ReplayedContent>(task.contents)) {
    batch.push(content);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return summariseVerdictDiff(state);
}

async function verdictsOf(
  scorer: Scorer,
  bundle: Bundle,
  contents: readonly ReplayedContent[],
): Promise<readonly ReplayedVerdict[]> {
  const scores = await scorer.score(
    contents.map(({ text }) => text),
    contents.map(({ key }) => key),
  );
  return contents.map(({ key, platform, language, kind }, at) => {
    const logits = scores[at]?.logits ?? {};
    const probabilities = calibrate(bundle, logits);
    const decision = decideVerdict({ bundle, probabilities, mode: 'NORMAL', override: null });
    return {
      ...{ key, channel: task.channel, platform, language, kind, logits, action: decision.action },
      categories: Object.fromEntries(
        Object.entries(decision.categories).map(([category, { action }]) => [category, action]),
      ),
      failed: Object.values(logits).some((logit) => !Number.isFinite(logit)),
    };
  });
}

function fixedTexts(): readonly string[] {
  const cases = task.suites === null ? [] : readSuites(task.suites);
  const own = [...identityTemplates().map(({ text }) => text), ...cases.map(({ text }) => text)];
  // Joined to longer ones where the shipped ones are too few.
  for (let at = 0; own.length < FIXED_TEXTS; at++) own.push(`${own[at] ?? ''} ${own[2 * at + 1] ?? ''}`);
  return own;
}

/** Our own arithmetic over the tables of the artefact against model.onnx in ONNX Runtime; null for families that have no such tables. */
async function parityOf(
  scorer: Scorer,
  { folder }: Bundle,
  texts: readonly string[],
): Promise<ServingFigures['parity']> {
  const artefact = readArtefactFolder(folder);
  if (artefact.document.family !== 'HASHED_LINEAR') return null;
  const model = linearModelOf(artefact);
  const featuriser = createFeaturiser(artefact.document.featuriser);
  const own = new Float32Array(model.categories.length);
  const scores = await scorer.score(texts);
  let maxDifference = 0;
  texts.forEach((text, at) => {
    const { ids, count } = featuriser.features(text);
    scoreLinearModel(model, ids, count, own);
    model.categories.forEach((category, column) => {
      const difference = Math.abs((own[column] ?? Number.NaN) - (scores[at]?.logits[category] ?? Number.NaN));
      // A score that is no number never compares.
      maxDifference = difference <= maxDifference ? maxDifference : difference;
    });
  });
  // Logits travel rounded to 2^-12, half of which is no difference of the runtimes.
  return { maxDifference: Math.max(0, maxDifference - 2 ** -13), texts: texts.length };
}

/** One text after the other through both in turn, so that what the machine does meanwhile falls on both alike. */
async function p99Ratio(champion: Scorer, candidate: Scorer, texts: readonly string[]): Promise<number | null> {
  const times = { champion: [] as number[], candidate: [] as number[] };
  for (const text of texts.slice(0, TIMED_TEXTS)) {
    for (const [name, scorer] of [
      ['champion', champion],
      ['candidate', candidate],
    ] as const) {
      const began = performance.now();
      await scorer.score([text], ['timed/1/1']);
      times[name].push(performance.now() - began);
    }
  }
  const [before, after] = [p99(times.champion), p99(times.candidate)];
  return before > 0 ? after / before : null;
}

function p99(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(values.length * 0.99))] ?? 0;
}

/** The artefact gives the same scores whenever it is loaded: a second session must agree with the first to the bit. */
async function repeatsItself(scorer: Scorer, texts: readonly string[]): Promise<boolean> {
  const again = await open(task.candidate);
  try {
    const [one, other] = [await scorer.score(texts), await again.score(texts)];
    return one.every(({ logits }, at) =>
      Object.entries(logits).every(([category, logit]) => other[at]?.logits[category] === logit),
    );
  } finally {
    await again.close();
  }
}

function bytesOf({ folder }: Bundle): number {
  const { files, documents } = readArtefactFolder(folder).document;
  return [...files, ...documents].reduce((sum, file) => sum + statSync(path.join(folder, file.path)).size, 0);
}

function settingsOf(): GateSettings {
  return task.margins === '' ? defaultGateSettings() : parseGateSettings(task.margins, 'DEPLOYMENT_GATE');
}

function overrides(): readonly GateOverride[] {
  return task.overrides.map(({ covers, ...rest }) => ({
    ...rest,
    covers: covers.flatMap(({ check, category }) => {
      const known = gateChecks.find((name) => name === check);
      return known === undefined ? [] : [{ check: known, category }];
    }),
  }));
}

const champion = await open(task.champion);
const candidate = await open(task.candidate);
const { gold, audit, training } = await readRows();
const [before, after] = [judged(champion, task.champion), judged(candidate, task.candidate)];
const goldReport = await compare(before, after, gold, 'gold', training);
const auditReport = await compare(before, after, audit, 'audit', training);
const diff = await replay(champion, candidate);
const texts = fixedTexts();
say('serving', 0, 0);
const serving: ServingFigures = {
  p99Ratio: await p99Ratio(champion, candidate, texts),
  bytes: bytesOf(task.candidate),
  parity: await parityOf(candidate, task.candidate, texts),
  goldenScores: await repeatsItself(candidate, texts.slice(0, BATCH)),
};
const nameOf = (scorer: Scorer) => ({ modelId: scorer.document.modelId, name: scorer.document.name });
const report = judgeGate({
  kind: task.kind,
  champion: nameOf(champion),
  challenger: nameOf(candidate),
  channel: task.channel,
  policy: { policyId: task.candidate.policyId, version: task.candidate.policyVersion },
  gold: goldReport,
  audit: auditReport,
  goals: task.goals,
  operatingPoints: task.candidate.thresholds,
  flagRates: null,
  replay: { replayId: task.replayId, diff },
  serving,
  robustness: null,
  overrides: overrides(),
  settings: settingsOf(),
  datasetId: task.isOwnDataset ? task.datasetId : null,
  trainingSeed: null,
  release: task.release,
  codeSha: task.release,
  decidedAt: task.decidedAt,
});
const result: GateResult = { report, gold: goldReport, audit: auditReport, replay: diff };
writeFileSync(`${task.result}.part`, JSON.stringify(result));
renameSync(`${task.result}.part`, task.result);
await champion.close();
await candidate.close();
