import fs from 'node:fs';
import path from 'node:path';
import {
  codecFor,
  contentKey,
  unframe,
  type Answer,
  type ContentSubmitted,
  type EventOf,
  type LabelRequested,
  type LabelSubmitted,
  type LeasedTask,
  type SamplingClosed,
  type TopicName,
} from '#platform/contracts';
import { createWriter, type Emission } from '#platform/stream';
import { soundContent } from '#platform/testing';
import { freePorts } from '../harness/free-ports.js';
import { startInstallation, type Installation } from '../harness/installation.js';
import { createLabelClient, Refusal, type LabelClient } from '../harness/label-client.js';
import { watchStolenTime } from '../harness/stolen-time.js';
import { createCrowd, judgeCrowd, type Call } from './label-crowd.js';

const SECRET = 'the secret of a test installation';
const TASKS = 100_000;
const PEOPLE = 50;
const WORK_MS = 300_000;
const KILLS_MS = [120_000, 210_000];
/** On average; nobody reads and answers in less. */
const THINK_MS = 1000;
const HOUR_MS = 3_600_000;
const BATCH = 5000;
const MOST_BYTES = 65_536;
const MOST_REBUILD_S = 30;
const MOST_P99_MS = 50;
/** A call is disturbed when the host took more of the processors than this during it, or in the moment before. */
const MOST_STOLEN = 0.05;
const MOMENT_MS = 250;

const say = (line: string) => process.stderr.write(`${line}\n`);

function answersOf({ questions, text }: LeasedTask): Record<string, Answer> {
  const answers: Record<string, Answer> = {};
  for (const { key, under } of questions) {
    if (under !== null && answers[under] !== 'YES') continue;
    answers[key] = under === null && text?.includes(key.split('@')[0] ?? key) === true ? 'YES' : 'NO';
  }
  return answers;
}

function share(times: readonly number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** From the log of the role: seconds from its first read to its last. */
function rebuilds(installation: Installation): readonly number[] {
  return fs
    .readFileSync(path.join(installation.logs, 'label.log'), 'utf8')
    .split('\n')
    .flatMap((line) =>
      line.includes('label_desk_restored') ? [(JSON.parse(line) as { seconds: number }).seconds] : [],
    );
}

describe('the queue of the label role', () => {
  let installation: Installation;
  let desk: LabelClient;

  async function write(emissions: readonly Emission[]): Promise<void> {
    const writer = createWriter({ ...installation.connections, stage: 'test', release: 'test' });
    for (let from = 0; from < emissions.length; from += BATCH) await writer.write(emissions.slice(from, from + BATCH));
  }

  async function until(isDone: () => Promise<boolean>): Promise<void> {
    while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async function isAnswering(): Promise<boolean> {
    try {
      await desk.progress('u-nobody');
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.status !== 503) throw error;
      return false;
    }
  }

  async function witnessed<N extends TopicName>(topic: N): Promise<readonly EventOf<N>[]> {
    const records = await installation.witness.read([topic]);
    return records.flatMap(({ value }) => {
      const unframed = unframe(value ?? Buffer.alloc(0), MOST_BYTES);
      return unframed.ok ? [codecFor(topic).decode(unframed.frame.body)] : [];
    });
  }

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    installation = await startInstallation({
      roles: ['policy', 'warehouse', 'label'],
      environment: { LABEL_PORT: String(port), INSTALLATION_SECRET: SECRET, KAFKA_SESSION_TIMEOUT_MS: '3000' },
    });
    desk = createLabelClient({ url: `http://127.0.0.1:${port}`, secret: SECRET });
    await installation.connections.serde.prepare([
      'content.submitted',
      'sampling.closed',
      'label.requested',
      'label.submitted',
    ]);
  }, 240_000);

  afterAll(() => installation.close(), 60_000);

  it('holds 100,000 tasks, and gives fifty people each answer once while the role is killed twice', async () => {
    const windowFrom = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    const { revision } = soundContent;
    const numbers = Array.from({ length: TASKS }, (_, n) => n);
    await write(
      numbers.map((n) => {
        const value: ContentSubmitted = {
          ...soundContent,
          platform: 'forum',
          contentId: `c-${n}`,
          text: `c-${n} ${n % 10 === 0 ? 'an attack' : 'a walk'} by the harbour`,
          submittedAt: Date.now(),
        };
        return { topic: 'content.submitted', key: contentKey(value), value };
      }),
    );
    await write(
      numbers.map((n) => {
        const isDraw = n % 5 < 3;
        const value: SamplingClosed = {
          drawId: n.toString(16).padStart(32, '0'),
          origin: isDraw ? 'DRAWN' : 'TRAIN_ONLY',
          planId: null,
          platform: 'forum',
          contentId: `c-${n}`,
          revision,
          channel: 'public',
          windowFrom,
          windowTo: windowFrom + HOUR_MS,
          probability: isDraw ? 0.1 : null,
          capProbability: isDraw ? 1 : null,
          value: isDraw ? null : (n % 97) / 97,
          team: n % 3 === 0 ? 'general' : null,
          kind: 'POST',
          language: ['en', 'de', 'fr', 'und'][n % 4] ?? 'en',
          duplicateKey: '0011223344556677',
          conversationHash: null,
          closedAt: Date.now(),
        };
        return { topic: 'sampling.closed', key: value.drawId, value };
      }),
    );
    await until(isAnswering);
    await until(async () => (await desk.progress('u-nobody')).waiting.standard === TASKS);
    await until(async () => {
      const count = await installation.query('SELECT count() FROM moderation.content_submitted');
      return Number(count) >= TASKS;
    });
    say(`${TASKS} tasks are open`);

    // One answer to each, of a thousand people who are gone, while the role is down.
    const role = installation.role('label');
    await role.end('SIGKILL');
    const tasks = await witnessed('label.requested');
    await write(tasks.map((task, n) => ({ topic: 'label.submitted', key: task.taskId, value: earlier(task, n) })));
    const started = performance.now();
    await role.start();
    await until(isAnswering);
    const startS = (performance.now() - started) / 1000;
    const [, rebuildS = Number.NaN] = rebuilds(installation);
    say(
      `rebuilt ${TASKS} tasks and ${tasks.length} answers in ${rebuildS} s; killed to answering in ${startS.toFixed(1)} s`,
    );

    const crowd = createCrowd({ desk, answersOf, thinkMs: () => -Math.log(1 - Math.random()) * THINK_MS });
    const began = performance.now();
    const people = Array.from({ length: PEOPLE }, (_, n) => crowd.work(`u-${n}`));
    const stolen = watchStolenTime();
    let steady: { readonly leases: readonly Call[]; readonly answers: readonly Call[] } | null = null;
    let steadyStolen = 0;
    for (const at of KILLS_MS) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - (performance.now() - began))));
      if (steady === null) {
        steady = { leases: [...crowd.leases], answers: [...crowd.answers] };
        steadyStolen = stolen.share(began, performance.now());
      }
      const killed = performance.now();
      await role.end('SIGKILL');
      await role.start();
      await until(isAnswering);
      say(`killed, and answering again after ${((performance.now() - killed) / 1000).toFixed(1)} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, WORK_MS - (performance.now() - began))));
    crowd.stop();
    await Promise.all(people);

    stolen.stop();

    const { acknowledged, retries } = crowd;
    const journal = (await witnessed('label.submitted')).filter(({ durationMs }) => durationMs !== null);
    const times = (calls: readonly Call[]) => calls.map(({ ms }) => ms);
    const figures = (calls: readonly Call[]) =>
      `${[0.5, 0.95, 0.99, 1].map((q) => share(times(calls), q).toFixed(1)).join(' / ')} ms of ${calls.length}`;
    const undisturbed = (calls: readonly Call[]) =>
      calls.filter(
        ({ began: from, ms }) => stolen.share(from + ms - Math.max(ms, MOMENT_MS), from + ms) <= MOST_STOLEN,
      );
    say(
      `${acknowledged.length} answers acknowledged by ${PEOPLE} people, ${journal.length} in the journal, ${retries} calls made again`,
    );
    const { leases, answers } = steady ?? crowd;
    const [calmLeases, calmAnswers] = [undisturbed(leases), undisturbed(answers)];
    say(`p50 / p95 / p99 / most until the first kill, ${(100 * steadyStolen).toFixed(1)} % of the processors stolen:`);
    say(`all calls: lease ${figures(leases)}, answer ${figures(answers)}`);
    say(`undisturbed calls: lease ${figures(calmLeases)}, answer ${figures(calmAnswers)}`);
    say(`with kills: lease ${figures(crowd.leases)}, answer ${figures(crowd.answers)}`);
    say(`rebuilds: ${rebuilds(installation).join(', ')} s`);
    expect(judgeCrowd(acknowledged, journal)).toEqual([]);
    expect(Math.max(...rebuilds(installation))).toBeLessThan(MOST_REBUILD_S);
    expect(share(times(calmLeases), 0.99)).toBeLessThan(MOST_P99_MS);
    expect(share(times(calmAnswers), 0.99)).toBeLessThan(MOST_P99_MS);
  }, 1_800_000);
});

function earlier(task: LabelRequested, n: number): LabelSubmitted {
  const { taskId, origin, platform, contentId, revision, windowFrom } = task;
  const id = n.toString(16).padStart(32, '0');
  return {
    submissionId: id,
    leaseId: id,
    attempt: 0,
    ...{ taskId, origin, platform, contentId, revision, windowFrom },
    labelerId: `u-gone-${n % 1000}`,
    labelerRole: 'REVIEWER',
    raterGroup: null,
    purpose: 'FRESH',
    ordinal: Math.floor(n / 1000),
    outcome: 'ANSWERED',
    answers: Object.fromEntries(topLevel.map((question) => [question, 'NO' as const])),
    reason: null,
    decision: null,
    policies: ['default@2'],
    textHash: null,
    leasedAt: Date.now(),
    durationMs: null,
    submittedAt: Date.now(),
  };
}

/** Of the shipped policy. */
const topLevel = [
  ...['sexual@1', 'attack@1', 'violence-promoted@1', 'violence-graphic@1', 'quoted@1'],
  ...['self-harm-intent@1', 'self-harm-promoted@1', 'self-harm-method@1'],
];
