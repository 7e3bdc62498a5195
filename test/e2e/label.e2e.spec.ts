import {
  codecFor,
  contentKey,
  unframe,
  type Answer,
  type ContentReported,
  type ContentSubmitted,
  type EventOf,
  type LeasedTask,
  type SamplingClosed,
  type TopicName,
} from '#platform/contracts';
import { createWriter } from '#platform/stream';
import { hashText } from '#policy';
import { soundContent } from '#platform/testing';
import { freePorts } from '../harness/free-ports.js';
import { startInstallation, type Installation } from '../harness/installation.js';
import { createLabelClient, Refusal, type LabelClient } from '../harness/label-client.js';
import { createCrowd, judgeCrowd } from './label-crowd.js';
import type { WitnessedRecord } from '../witness/kafka-witness.js';

const SECRET = 'the secret of a test installation';
const WINDOW_MS = 3_600_000;
const CROWD = 100;
const MOST_BYTES = 65_536;

let installation: Installation;
let desk: LabelClient;

const apps = ['policy', 'deployment', 'prediction', 'verdict', 'warehouse', 'label'] as const;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  installation = await startInstallation({
    roles: apps,
    environment: { LABEL_PORT: String(port), INSTALLATION_SECRET: SECRET },
  });
  desk = createLabelClient({ url: `http://127.0.0.1:${port}`, secret: SECRET });
  const { serde } = installation.connections;
  await serde.prepare(['content.submitted', 'content.reported', 'sampling.closed', 'verdict.public']);
}, 120_000);

afterAll(async () => {
  await installation.close();
}, 60_000);

async function write<N extends 'content.submitted' | 'content.reported' | 'sampling.closed'>(
  topic: N,
  values: readonly { readonly key: string; readonly value: EventOf<N> }[],
): Promise<void> {
  const writer = createWriter({ ...installation.connections, stage: 'test', release: 'test' });
  await writer.write(values.map(({ key, value }) => ({ topic, key, value }) as never));
}

async function publish(
  contents: readonly (Pick<ContentSubmitted, 'contentId' | 'text'> & Partial<ContentSubmitted>)[],
) {
  const values = contents.map((content): ContentSubmitted => ({
    ...soundContent,
    platform: 'forum',
    submittedAt: Date.now(),
    ...content,
  }));
  await write(
    'content.submitted',
    values.map((value) => ({ key: contentKey(value), value })),
  );
}

/** As the sampling role does when a window closes. */
async function draw(contentIds: readonly string[]): Promise<void> {
  const windowFrom = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS;
  const values = contentIds.map((contentId): SamplingClosed => ({
    drawId: hashText(`draw of ${contentId}`),
    origin: 'DRAWN',
    planId: null,
    platform: 'forum',
    contentId,
    revision: soundContent.revision,
    channel: 'public',
    windowFrom,
    windowTo: windowFrom + WINDOW_MS,
    probability: 0.5,
    capProbability: 1,
    value: null,
    team: null,
    kind: 'POST',
    language: 'en',
    duplicateKey: '0011223344556677',
    conversationHash: null,
    closedAt: Date.now(),
  }));
  await write(
    'sampling.closed',
    values.map((value) => ({ key: value.drawId, value })),
  );
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The role restarts, and in its first second may not be the active one: the same call again. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  return until(async () => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof Refusal && error.status !== 503) throw error;
      return null;
    }
  });
}

async function taskFor(
  labelerId: string,
  more: Partial<Parameters<LabelClient['lease']>[0]> = {},
): Promise<LeasedTask> {
  return until(async () => {
    const answer = await patiently(() => desk.lease({ labelerId, ...more }));
    return answer.kind === 'task' ? answer.task : null;
  });
}

/** By the truth that the text tells: planted words, no for the rest; sub-levels only where they are asked. */
function truthful({ questions, text }: Pick<LeasedTask, 'questions' | 'text'>, lies: boolean): Record<string, Answer> {
  const answers: Record<string, Answer> = {};
  for (const { key, under } of questions) {
    if (under !== null && answers[under] !== 'YES') continue;
    const isPlanted = under === null && text?.includes(key.split('@')[0] ?? key) === true;
    answers[key] = isPlanted !== lies ? 'YES' : 'NO';
  }
  return answers;
}

/** Everything in a topic now. */
async function read<N extends TopicName>(topic: N): Promise<readonly EventOf<N>[]> {
  const events: EventOf<N>[] = [];
  const { broker, serde } = installation.connections;
  await broker.journal.tail({
    topics: [topic],
    from: 'beginning',
    untilEnd: true,
    signal: AbortSignal.timeout(30_000),
    onRecords: async (records) => {
      for (const decoded of await serde.decode(topic, records)) if (decoded.ok) events.push(decoded.value);
    },
  });
  return events;
}

/** Everything in a topic, by a client that is not ours. */
async function witnessed<N extends TopicName>(topic: N): Promise<readonly EventOf<N>[]> {
  const records = await installation.witness.read([topic]);
  return records.flatMap((record: WitnessedRecord) => {
    const unframed = unframe(record.value ?? Buffer.alloc(0), MOST_BYTES);
    return unframed.ok ? [codecFor(topic).decode(unframed.frame.body)] : [];
  });
}

describe('people label what was drawn', () => {
  it('two disagree, an expert decides after the third, and an appeal overturns the verdict for good', async () => {
    const said = { contentId: 'c-1', text: 'c-1 an attack on somebody@example.org', conversationId: 'k' };
    const earlier = { contentId: 'c-0', text: 'write to other@example.org', conversationId: 'k' };
    await publish([{ ...earlier, submittedAt: Date.now() - 60_000 }, said]);
    await draw(['c-1']);
    await until(async () => {
      const count = await installation.query(
        `SELECT least((SELECT count() FROM moderation.verdicts), (SELECT count() FROM moderation.content))`,
      );
      return Number(count) >= 2 ? true : null;
    });
    const shown = await taskFor('u-1');
    expect(shown).toMatchObject({ text: 'c-1 an attack on [MAIL]', masked: 1, queue: 'STANDARD', votes: null });
    expect(shown.context).toMatchObject([{ position: -1, text: 'write to [MAIL]' }]);
    await desk.answer({ lease: shown.lease, answers: truthful(shown, false) });
    const second = await taskFor('u-2');
    await desk.answer({ lease: second.lease, answers: truthful(second, true) });
    const third = await taskFor('u-3');
    await desk.answer({ lease: third.lease, outcome: 'ESCALATED', reason: 'DOUBT' });
    const expert = await taskFor('u-8', { role: 'EXPERT', queue: 'EXPERT' });
    expect(expert).toMatchObject({ taskId: shown.taskId, why: 'ESCALATED', votes: { 'attack@1': { YES: 1, NO: 1 } } });
    await desk.answer({ lease: expert.lease, answers: truthful(expert, false) });
    const resolved = await until(async () => {
      const events = await read('label.resolved');
      return events.findLast(({ kind, isSettled }) => kind === 'RESOLVED' && isSettled) ?? null;
    });
    expect(resolved.facts['attack@1']).toMatchObject({ fact: 'YES', isExpert: true, votes: 3 });

    const appeal: ContentReported = {
      reportId: 'appeal-1',
      contentId: 'c-1',
      revision: soundContent.revision,
      platform: 'forum',
      kind: 'APPEAL',
      channel: 'public',
      verdictId: null,
      category: null,
      scores: {},
      reporterHash: null,
      reason: 'I am sorry',
      reportedAt: Date.now(),
    };
    await write('content.reported', [{ key: 'forum/c-1', value: appeal }]);
    const appealed = await taskFor('u-9', { role: 'EXPERT', queue: 'EXPERT' });
    const before = appealed.verdict;
    if (before === null) throw new Error('the appeal shows no verdict');
    const action = before.action === 'REVIEW' ? 'BLOCK' : 'REVIEW';
    const { submissionId } = await desk.answer({ lease: appealed.lease, answers: truthful(appealed, false), action });
    const verdicts = () => read('verdict.public');
    const overturned = await until(
      async () => (await verdicts()).find(({ causeId }) => causeId === submissionId) ?? null,
    );
    expect(overturned).toMatchObject({ action, decidedBy: 'PERSON', supersedes: before.verdictId });
    await publish([said]);
    const again = await until(async () => {
      const found = (await verdicts()).filter(({ contentId }) => contentId === 'c-1');
      return found.length > 2 ? (found.at(-1) ?? null) : null;
    });
    expect(again).toMatchObject({ action, decidedBy: 'PERSON' });

    const other = (await verdicts()).find(({ contentId }) => contentId === 'c-0');
    if (other === undefined) throw new Error('c-0 has no verdict');
    const expertOf = { labelerId: 'u-9', role: 'EXPERT' as const, teams: [], languages: [], group: null };
    const decision = { ...expertOf, verdictId: other.verdictId, reason: 'a test', action: 'BLOCK' as const };
    expect(await patiently(() => desk.override(decision))).toMatchObject({ overturns: true });
    await until(
      async () =>
        (await verdicts()).find(({ supersedes, reason }) => supersedes === other.verdictId && reason === 'a test') ??
        null,
    );
  }, 120_000);

  it('loses, doubles and crosses no answer of eight people while the role is killed twice', async () => {
    const ids = Array.from({ length: CROWD }, (_, n) => `crowd-${n}`);
    const isAttack = (n: number) => n % 3 === 0;
    await publish(
      ids.map((contentId, n) => ({ contentId, text: `${contentId} ${isAttack(n) ? 'an attack' : 'a walk'}` })),
    );
    await draw(ids);
    await until(async () => {
      const count = await installation.query(`SELECT count() FROM moderation.content WHERE content_id LIKE 'crowd-%'`);
      return Number(count) === CROWD ? true : null;
    });
    const crowd = createCrowd({ desk, answersOf: (task) => truthful(task, false), thinkMs: () => 0 });
    const role = installation.role('label');
    const people = Array.from({ length: 8 }, (_, n) => crowd.work(`u-crowd-${n}`));
    for (const share of [0.2, 0.5]) {
      await until(() => Promise.resolve(crowd.acknowledged.length >= share * 2 * CROWD ? true : null));
      await role.end('SIGKILL');
      await role.start();
    }
    await Promise.all(people);
    const journal = await witnessed('label.submitted');
    expect(judgeCrowd(crowd.acknowledged, journal)).toEqual([]);
    expect(crowd.acknowledged.length).toBeGreaterThanOrEqual(2 * CROWD);

    const settled = await until(async () => {
      const events = (await read('label.resolved')).filter(
        ({ kind, isSettled, contentId }) => kind === 'RESOLVED' && isSettled && contentId.startsWith('crowd-'),
      );
      return new Set(events.map(({ contentId }) => contentId)).size === CROWD ? events : null;
    });
    for (const { contentId, facts } of settled) {
      const n = Number(contentId.slice('crowd-'.length));
      expect([contentId, facts['attack@1']?.fact]).toEqual([contentId, isAttack(n) ? 'YES' : 'NO']);
    }
  }, 120_000);
});
