/** Real votes through the whole of it: command line, Kafka, warehouse, label role, exact pass. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createInterface } from 'node:readline';
import { labelJobs, labelJobsOf, labelSalts, measureAgreement, resolveVotes, type Unit, type Vote } from '#flow/label';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import { defaultServices, parseEnvironment, platformConfig, projectRoot } from '#platform/config';
import { allTopics, type LabelResolved } from '#platform/contracts';
import { runJob } from '#platform/jobs';
import { createTopics } from '#platform/kafka';
import { connect, kafkaConnection } from '#platform/role';
import { startStack, type RunningStack } from '#platform/stack';
import { createLogger } from '#platform/telemetry';

const run = promisify(execFile);
const DAY_MS = 86_400_000;
const APPS = ['warehouse', 'label'] as const;
/** A fact is told again when its probability moves by more than .01. */
const TOLD = 0.01;
const EXACT = 1e-9;

type Questions = ReadonlyMap<string, readonly Vote[]>;

interface Report {
  readonly say: (line: string) => void;
  readonly expectThat: (holds: boolean, claim: string) => void;
  /** Where `{question: {item: probability}}` goes, for check_resolution.py. */
  readonly exportTo: string | null;
}

/** Imports the votes while the roles run, and compares what comes out with the same votes resolved in this process. */
export async function runStream(questions: Questions, report: Report): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-bench-votes-'));
  const stack = await startStack({ home, ports: { kafka: 0, registry: 0, clickhouse: 0 } });
  const roles: ChildProcess[] = [];
  try {
    const environment = environmentOf(home, stack);
    const parsed = parseEnvironment(environment);
    const config = platformConfig(parsed, defaultServices(parsed));
    const logger = createLogger({ stage: 'bench', level: 'warn', file: path.join(home, 'bench.log') });
    const clickhouse = createClickHouse(config.clickhouse);
    await createTopics({
      ...kafkaConnection(config, logger),
      topics: allTopics(config.channels),
      partitions: 4,
      replicationFactor: 1,
    });
    await migrate(clickhouse);
    for (const app of APPS) roles.push(await startApp(app, environment, home));
    const file = path.join(home, 'votes.jsonl');
    const people = writeFile(file, questions);
    await prove(questions, people, report, { file, environment, clickhouse, url: stack.clickhouseUrl, home });
    await proveExactly(questions, report, config.clickhouse);
    const connections = connect(config, logger);
    const platform = connections.platformOf('label', (error) => {
      throw error;
    });
    await connections.serde.prepare(['label.resolved']);
    await provePass(questions, report, clickhouse, stack.clickhouseUrl, async (store) => {
      const [pass] = labelJobsOf(platform, () => []);
      if (pass === undefined) throw new Error('the label role has no job');
      await runJob(pass, today(), store, Date.now());
    });
    await proveAgreement(questions, report, clickhouse, stack.clickhouseUrl, async () => {
      const job = labelJobsOf(platform, () => []).find(({ name }) => name === 'label-quality');
      if (job === undefined) throw new Error('the label role has no label-quality');
      await runJob(job, today(), clickhouse, Date.now());
    });
    await connections.broker.close();
    await clickhouse.close();
  } finally {
    for (const role of roles) await end(role);
    await stack.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** A window that the role itself does not run yet: the views show the latest one. */
function today(): { readonly from: number; readonly to: number } {
  const from = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return { from, to: from + DAY_MS };
}

function environmentOf(home: string, stack: RunningStack): Readonly<Record<string, string>> {
  return {
    TIDEGATE_HOME: home,
    KAFKA_BROKERS: stack.kafkaBrokers,
    SCHEMA_REGISTRY_URL: stack.registryUrl,
    CLICKHOUSE_URL: stack.clickhouseUrl,
    KAFKA_PARTITIONS: '4',
    LABEL_PORT: '24082',
  };
}

async function startApp(
  app: string,
  environment: Readonly<Record<string, string>>,
  home: string,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'dist/apps', app, 'main.js')], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(fs.createWriteStream(path.join(home, `${app}.log`)));
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => {
      reject(new Error(`${app} ended before it ran\n${said.slice(-5).join('\n')}`));
    });
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('"role_started"')) resolve();
    });
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** One line for each judgement: who, about what, and the answers to all questions. @returns the people */
function writeFile(file: string, questions: Questions): ReadonlySet<string> {
  const [[, first]] = [...questions] as [[string, readonly Vote[]]];
  const people = new Set<string>();
  const lines = first.map(({ item, labeler }, index) => {
    people.add(labeler);
    const answers = Object.fromEntries(
      [...questions].map(([question, votes]) => [`${question}@1`, votes[index]?.answer ?? 'UNSURE']),
    );
    return JSON.stringify({
      platform: 'bench',
      contentId: item,
      labeler,
      group: 'crowd',
      submittedAt: '2021-01-01T00:00:00Z',
      answers,
    });
  });
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  return people;
}

interface Place {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clickhouse: ClickHouse;
  readonly url: string;
  readonly home: string;
}

async function prove(questions: Questions, people: ReadonlySet<string>, report: Report, place: Place): Promise<void> {
  const { say, expectThat } = report;
  const judgements = [...questions.values()][0]?.length ?? 0;
  const items = new Set([...questions.values()][0]?.map(({ item }) => item)).size;
  const importOnce = async (): Promise<{
    readonly submissions: number;
    readonly votes: number;
    readonly labelers: number;
  }> => {
    const cli = path.join(projectRoot, 'dist/apps/cli/main.js');
    const args = [cli, 'label', 'import', place.file, '--format', 'jsonl', '--json'];
    const { stdout } = await run(process.execPath, args, { env: { PATH: process.env['PATH'], ...place.environment } });
    return JSON.parse(stdout) as { submissions: number; votes: number; labelers: number };
  };
  const started = performance.now();
  const imported = await importOnce();
  const importSeconds = (performance.now() - started) / 1000;
  expectThat(imported.submissions === judgements, `every judgement is imported, ${judgements}`);
  expectThat(imported.labelers === people.size, `${people.size} people`);
  const stored = await until(place.url, `SELECT count() FROM label_submitted FINAL`, judgements);
  const storedSeconds = (performance.now() - started) / 1000;
  const resolved = await until(
    place.url,
    `SELECT uniqExact(content_id) FROM label_resolved WHERE kind = 'RESOLVED'`,
    items,
  );
  const resolvedSeconds = (performance.now() - started) / 1000;
  expectThat(stored === judgements, `nothing is lost on the way to the warehouse: ${stored} of ${judgements}`);
  expectThat(resolved === items, `the label role resolves every item: ${resolved} of ${items}`);
  const [offsets] = await select<{ submitted: string }>(
    place.url,
    'SELECT max(record_offset) + 1 AS submitted FROM label_submitted',
  );
  await importOnce();
  const again = Number(offsets?.submitted ?? 0) + judgements;
  await until(place.url, 'SELECT max(record_offset) + 1 FROM label_submitted', again);
  const [after] = await select<{ rows: string; votes: string; people: string }>(
    place.url,
    'SELECT (SELECT count() FROM label_submitted FINAL) AS rows, (SELECT count() FROM label_votes) AS votes, (SELECT uniqExact(labeler_id) FROM label_votes) AS people',
  );
  expectThat(Number(after?.rows) === judgements, `importing twice changes nothing: ${after?.rows ?? ''} submissions`);
  expectThat(
    Number(after?.votes) === imported.votes,
    `every answer is a vote: ${after?.votes ?? ''} of ${imported.votes}`,
  );
  expectThat(Number(after?.people) === people.size, `and everybody is there: ${after?.people ?? ''}`);
  say(
    `stream: ${imported.submissions} submissions with ${imported.votes} answers of ${people.size} people about ${items} items; ` +
      `imported in ${importSeconds.toFixed(1)} s (${Math.round(judgements / importSeconds)} a second), in the warehouse after ` +
      `${storedSeconds.toFixed(1)} s, resolved by the label role after ${resolvedSeconds.toFixed(1)} s (${Math.round(judgements / resolvedSeconds)} a second)`,
  );
}

/** The exact pass over a copy of the stored answers, where nothing was said before: all that it finds is said. */
async function proveExactly(
  questions: Questions,
  { say, expectThat, exportTo }: Report,
  options: Parameters<typeof createClickHouse>[0],
): Promise<void> {
  const copy = createClickHouse({ ...options, database: 'copy' });
  try {
    await migrate(copy);
    await copy.command('copy', `INSERT INTO label_submitted SELECT * FROM ${options.database}.label_submitted`);
    const events: LabelResolved[] = [];
    const [pass] = labelJobs({
      write: (emissions) => Promise.resolve(void events.push(...emissions.map(({ value }) => value as LabelResolved))),
      policies: () => [],
      salts: labelSalts(Buffer.from('a secret of the benchmark')),
      channel: 'public',
      auditTasks: 0,
    });
    if (pass === undefined) throw new Error('the label role has no job');
    await runJob(pass, today(), copy, Date.now());
    const exported: Record<string, Record<string, number>> = {};
    let worst = 0;
    for (const [question, votes] of questions) {
      const { probabilities } = resolveVotes(votes);
      const found = new Map(
        events.flatMap(({ contentId, facts }): [string, number][] => [
          [contentId, facts[`${question}@1`]?.probability ?? Number.NaN],
        ]),
      );
      expectThat(found.size === probabilities.size, `every item of ${question} is resolved, ${found.size}`);
      for (const [item, q] of probabilities) worst = Math.max(worst, Math.abs(q - (found.get(item) ?? Infinity)));
      exported[question] = Object.fromEntries(found);
    }
    expectThat(worst < EXACT, `all facts are those of the independent computation: ${worst}`);
    if (exportTo !== null) fs.writeFileSync(exportTo, JSON.stringify(exported));
    say(`pass: ${events.length} items resolved alone; largest difference of a fact ${worst.toExponential(1)}`);
  } finally {
    await copy.close();
  }
}

/** The exact pass where the label role and its own jobs have spoken: only what moved is said. */
async function provePass(
  questions: Questions,
  { say, expectThat }: Report,
  clickhouse: ClickHouse,
  url: string,
  pass: (store: ClickHouse) => Promise<void>,
): Promise<void> {
  // The role's own jobs began with the first votes; theirs come first.
  await until(url, `SELECT uniqExact(job) FROM job_runs WHERE job IN ('label-resolve', 'label-quality')`, 2);
  const started = performance.now();
  await pass(clickhouse);
  const seconds = (performance.now() - started) / 1000;
  const skills = await clickhouse.query('label-skills', {});
  let [worst, told] = [0, 0];
  for (const [question, votes] of questions) {
    const exact = resolveVotes(votes);
    const key = `${question}@1`;
    const pooled = skills.find((row) => row.question === key && row.labeler_id === '');
    worst = Math.max(worst, Math.abs((pooled?.prevalence ?? NaN) - exact.parameters.prevalence));
    const facts = await until(
      url,
      `SELECT count() FROM label_facts WHERE question_key = '${key}'`,
      exact.probabilities.size,
    );
    expectThat(facts === exact.probabilities.size, `every item has a fact for ${question}`);
    // What the pass said has to reach the warehouse first.
    const rows = await settled(url, key, exact.probabilities);
    for (const [item, probability] of rows) {
      told = Math.max(told, Math.abs(probability - (exact.probabilities.get(item) ?? NaN)));
    }
  }
  expectThat(worst < EXACT, `the parameters of the pass are those of the independent computation: ${worst}`);
  expectThat(told <= TOLD, `no fact is farther from the exact one than what is not told: ${told}`);
  say(
    `pass: 4 questions in ${seconds.toFixed(1)} s; largest difference of a parameter ${worst.toExponential(1)}, ` +
      `of a fact ${told.toExponential(1)} (at most ${TOLD} is not told)`,
  );
}

/** Facts of one question once all of them are as near to the exact ones as they will be. */
async function settled(
  url: string,
  key: string,
  exact: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  for (let look = 0; ; look++) {
    const rows = await select<{ content_id: string; probability: number }>(
      url,
      `SELECT content_id, probability FROM label_facts WHERE question_key = '${key}'`,
    );
    const facts = new Map(rows.map((row) => [row.content_id, row.probability]));
    const isNear = [...facts].every(([item, q]) => Math.abs(q - (exact.get(item) ?? NaN)) <= TOLD);
    if (isNear || look === 60) return facts;
    await sleep(500);
  }
}

async function proveAgreement(
  questions: Questions,
  { say, expectThat }: Report,
  clickhouse: ClickHouse,
  url: string,
  measure: () => Promise<void>,
): Promise<void> {
  const started = performance.now();
  await measure();
  const seconds = (performance.now() - started) / 1000;
  for (const [question, votes] of questions) {
    const units = new Map<string, Map<string, string>>();
    for (const { item, labeler, answer } of votes) {
      const unit = units.get(item) ?? new Map<string, string>();
      // A second word of the same person is no second voice.
      if (!unit.has(labeler)) unit.set(labeler, answer);
      units.set(item, unit);
    }
    const own = measureAgreement(
      [...units.values()].map((unit): Unit => [...unit.values()]),
      { draws: 0 },
    );
    const [row] = await select<{ alpha: number; positive_agreement: number; items: string }>(
      url,
      `SELECT alpha, positive_agreement, items FROM label_agreement WHERE question = '${question}@1'`,
    );
    const difference = Math.abs((row?.alpha ?? NaN) - own.alpha);
    expectThat(
      difference < EXACT,
      `alpha of ${question} in the view is the independent one: ${row?.alpha ?? ''} and ${own.alpha}`,
    );
    expectThat(Number(row?.items) === own.items, `over the same items: ${row?.items ?? ''} and ${own.items}`);
    say(
      `agreement: ${question} alpha ${row?.alpha.toFixed(4) ?? ''}, positive agreement ${row?.positive_agreement.toFixed(4) ?? ''}`,
    );
  }
  const [labelers] = await clickhouse.query('label-labelers', {}).then((rows) => [rows.length]);
  say(`quality: ${seconds.toFixed(1)} s, ${labelers ?? 0} rows of people by question`);
}

async function select<T>(url: string, sql: string): Promise<readonly T[]> {
  const answer = await fetch(`${url}/?database=moderation`, { method: 'POST', body: `${sql} FORMAT JSONEachRow` });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

const PATIENCE_MS = 180_000;

/** Asks until a count is reached or nothing more is expected to come. @returns the last answer */
async function until(url: string, sql: string, wanted: number): Promise<number> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const [row] = await select<Record<string, string | number>>(url, sql);
    const count = Number(Object.values(row ?? {})[0]);
    if (count >= wanted || Date.now() > deadline) return count;
    await sleep(200);
  }
}
