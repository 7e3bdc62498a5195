import { codecFor, type EventOf, type LabelRequested, type LeaseAnswer, type TopicName } from '#platform/contracts';
import { createWriter, RetryableError, type Broker } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde } from '#platform/testing';
import { openLabelDesk, type LabelDesk } from './desk-runtime.js';
import {
  answerRequest,
  contentOf,
  leaseRequest,
  LEASE_MS,
  policyOf,
  salts,
  SECRET,
  taskOf,
  warehouseOf,
  WINDOW_MS,
} from './desk.fixture.js';
import type { StoredVerdict, TaskWarehouse } from './task-reader.js';

const serde = createStaticSerde();
const NOW = 10_000_000;

/** One installation in memory, with replicas that come and go. */
function installation() {
  const log = createMemoryLog({ partitions: 4 });
  const broker = createMemoryBroker(log);
  const writer = createWriter({ broker, serde, stage: 'label', release: 'test' });
  const desks: LabelDesk[] = [];
  let now = NOW;

  async function read<N extends TopicName>(topic: N): Promise<readonly { key: string; value: EventOf<N> | null }[]> {
    const found: { key: string; value: EventOf<N> | null }[] = [];
    await broker.journal.tail({
      topics: [topic],
      from: 'beginning',
      untilEnd: true,
      signal: new AbortController().signal,
      onRecords: (records) => {
        for (const { key, value } of records) {
          const body = value === null ? null : codecFor(topic).decode(value.subarray(5));
          found.push({ key: key?.toString() ?? '', value: body });
        }
      },
    });
    return found;
  }

  return {
    broker,
    writer,
    read,
    pass: (ms: number) => {
      now += ms;
    },
    open: async (tasks: readonly LabelRequested[]) => {
      await writer.write(tasks.map((value) => ({ topic: 'label.requested', key: value.taskId, value })));
    },
    publish: (version = 1) =>
      writer.write([{ topic: 'policy.published', key: `house@${version}`, value: policyOf(version) }]),
    start: async (options: { warehouse?: TaskWarehouse; isOwner?: () => boolean; broker?: Broker } = {}) => {
      const of = options.broker ?? broker;
      const desk = await openLabelDesk({
        broker: of,
        serde,
        writer: createWriter({ broker: of, serde, stage: 'label', release: 'test' }),
        warehouse: options.warehouse ?? warehouseOf(),
        readSkills: () => Promise.resolve(new Map()),
        isOwner: options.isOwner ?? (() => true),
        secret: SECRET,
        salts,
        leaseMs: LEASE_MS,
        windowMs: WINDOW_MS,
        clock: () => now,
        report: () => undefined,
        measure: () => undefined,
        count: () => undefined,
        onFatal: (error) => {
          throw error;
        },
      });
      desks.push(desk);
      desk.start();
      return desk;
    },
    stop: () => Promise.all(desks.map((desk) => desk.stop())),
  };
}

type Installation = ReturnType<typeof installation>;

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 5));
}

function taskIn(answer: LeaseAnswer) {
  if (answer.kind !== 'task') throw new Error(`a task was expected, not ${answer.kind}`);
  return answer.task;
}

describe('the desk of the label role', () => {
  let its: Installation;

  beforeEach(() => {
    its = installation();
  });
  afterEach(() => its.stop());

  async function active(options?: Parameters<Installation['start']>[0]): Promise<LabelDesk> {
    const desk = await its.start(options);
    await until(() => desk.isActive);
    return desk;
  }

  it('hands an item to two people, resolves what they say, and closes its task', async () => {
    await its.publish();
    await its.open([taskOf(1)]);
    const desk = await active();
    const tasks = [];
    for (const person of ['u-1', 'u-2']) {
      const task = taskIn(await desk.lease(leaseRequest(person)));
      tasks.push(task);
      expect(await desk.answer(answerRequest(task.lease))).toMatchObject({ state: 'counted' });
    }
    expect(tasks[0]).toMatchObject({
      taskId: 'task-1',
      queue: 'STANDARD',
      why: null,
      votes: null,
      verdict: null,
      text: 'the text of post-1, by [MAIL]',
      masked: 1,
    });
    await until(async () => (await its.read('label.requested')).some(({ value }) => value === null));
    const resolved = await its.read('label.resolved');
    expect(resolved.at(-1)?.value).toMatchObject({ kind: 'DERIVED', isSettled: true, policyId: 'house' });
    expect(resolved.at(-2)?.value).toMatchObject({
      kind: 'RESOLVED',
      isSettled: true,
      facts: { 'attack@1': { fact: 'NO', votes: 2 }, 'group@1': { fact: 'NO' }, 'threat@1': { fact: 'NO' } },
    });
    expect(await desk.lease(leaseRequest('u-3'))).toMatchObject({ kind: 'empty', others: 0 });
  });

  it('takes an answer under a lease of the process before it, once', async () => {
    await its.publish();
    await its.open([taskOf(1)]);
    const before = await active();
    const { lease } = taskIn(await before.lease(leaseRequest('u-1')));
    await before.stop();
    const after = await active();
    const [first, second] = await Promise.all([after.answer(answerRequest(lease)), after.answer(answerRequest(lease))]);
    expect([first.state, second.state]).toEqual(['counted', 'repeated']);
    expect(await after.answer(answerRequest(lease))).toMatchObject({ state: 'repeated' });
    expect(await its.read('label.submitted')).toHaveLength(1);
  });

  it('answers not_active while another replica owns the journals, and takes over with all that it wrote', async () => {
    await its.publish();
    await its.open([taskOf(1)]);
    let owner = 0;
    const [first, second] = [
      await its.start({ isOwner: () => owner === 0 }),
      await its.start({ isOwner: () => owner === 1 }),
    ];
    await until(() => first.isActive);
    await expect(second.lease(leaseRequest('u-1'))).rejects.toMatchObject({ code: 'not_active', status: 503 });
    const { lease } = taskIn(await first.lease(leaseRequest('u-1')));
    await first.answer(answerRequest(lease));
    owner = 1;
    await until(() => second.isActive);
    await expect(first.lease(leaseRequest('u-1'))).rejects.toMatchObject({ code: 'not_active' });
    expect(await second.answer(answerRequest(lease))).toMatchObject({ state: 'repeated' });
    expect(await second.lease(leaseRequest('u-1'))).toMatchObject({ kind: 'empty', others: 1 });
  });

  it('gives no one an item of a category that they avoid, or in a language that they do not read', async () => {
    await its.publish();
    await its.open([
      taskOf(1),
      taskOf(2, { language: 'de' }),
      taskOf(3, { language: 'und', origin: 'REPORTED', windowFrom: null }),
    ]);
    const desk = await active({
      warehouse: warehouseOf({
        contents: (items) =>
          Promise.resolve(
            items.map(({ contentId }) =>
              contentOf(contentId, {
                language: contentId === 'post-3' ? 'fr' : 'en',
                probabilities: { V: contentId === 'post-1' ? 0.9 : 0.1, HR: 0.05 },
              }),
            ),
          ),
      }),
    });
    const english = leaseRequest('u-1', { languages: ['en-GB'] });
    expect(await desk.lease({ ...english, avoid: ['V'] })).toMatchObject({ kind: 'empty' });
    expect(taskIn(await desk.lease(english)).taskId).toBe('task-1');
    expect(taskIn(await desk.lease(leaseRequest('u-2', { languages: ['fr'] }))).taskId).toBe('task-3');
  });

  it('closes the tasks of a content whose text is gone or erased', async () => {
    await its.publish();
    await its.open([taskOf(1), taskOf(2)]);
    const desk = await active({
      warehouse: warehouseOf({
        contents: (items) => Promise.resolve(items.map(({ contentId }) => contentOf(contentId, { text: '' }))),
      }),
    });
    expect(await desk.lease(leaseRequest('u-1'))).toMatchObject({ kind: 'empty' });
    await its.open([taskOf(3)]);
    const value = { contentId: 'post-3', platform: 'forum', requestedBy: null, erasedAt: NOW };
    await its.writer.write([{ topic: 'content.erased', key: 'forum/post-3', value }]);
    const tombstones = async () => (await its.read('label.requested')).filter((it) => it.value === null);
    await until(async () => (await tombstones()).length === 3);
    expect((await tombstones()).map(({ key }) => key).sort()).toEqual(['task-1', 'task-2', 'task-3']);
  });

  it('asks for another verdict when an expert overturns one, where that verdict stands', async () => {
    await its.publish();
    await its.open([
      taskOf(1, { origin: 'APPEALED', queue: 'EXPERT', windowFrom: null, windowTo: null, verdictId: 'a'.repeat(32) }),
    ]);
    const verdict: StoredVerdict = {
      ...{ platform: 'forum', contentId: 'post-1', revision: 1, channel: 'public', textHash: '0'.repeat(32) },
      ...{ verdictId: 'a'.repeat(32), action: 'BLOCK', flagged: ['HR'], isCurrent: true, causeId: null, partition: 3 },
    };
    const desk = await active({
      warehouse: warehouseOf({
        verdictsOf: () => Promise.resolve([verdict]),
        verdict: () => Promise.resolve(verdict),
        appeal: () => Promise.resolve('It was a joke; write to me@example.org'),
      }),
    });
    const expert = leaseRequest('u-9', { role: 'EXPERT', queue: 'EXPERT' });
    await expect(desk.lease({ ...expert, role: 'REVIEWER' })).rejects.toMatchObject({ code: 'not_yours' });
    const task = taskIn(await desk.lease(expert));
    expect(task).toMatchObject({
      why: 'APPEAL',
      verdict: { action: 'BLOCK', flagged: ['HR'], appeal: 'It was a joke; write to [MAIL]' },
    });
    await expect(desk.answer(answerRequest(task.lease))).rejects.toMatchObject({ code: 'invalid_request' });
    const { submissionId } = await desk.answer(answerRequest(task.lease, { action: 'ALLOW' }));
    const [asked] = await its.read('verdict.requested');
    expect(asked?.value).toMatchObject({
      kind: 'OVERRIDE',
      action: 'ALLOW',
      causeId: submissionId,
      supersedes: verdict.verdictId,
    });
    const other = { labelerId: 'u-8', role: 'EXPERT' as const, teams: [], languages: [], group: null };
    expect(await desk.override({ ...other, verdictId: verdict.verdictId, action: 'BLOCK', reason: 'x' })).toMatchObject(
      {
        overturns: false,
      },
    );
  });

  it('asks for the verdict of a decision that its predecessor wrote down and died over, and only for that', async () => {
    await its.publish();
    const appealed = { origin: 'APPEALED', queue: 'EXPERT', windowFrom: null, windowTo: null } as const;
    await its.open([taskOf(1, { ...appealed, verdictId: 'a'.repeat(32) })]);
    const verdict: StoredVerdict = {
      ...{ platform: 'forum', contentId: 'post-1', revision: 1, channel: 'public', textHash: '0'.repeat(32) },
      ...{ verdictId: 'a'.repeat(32), action: 'BLOCK', flagged: [], isCurrent: true, causeId: null, partition: 3 },
    };
    const warehouse = warehouseOf({ verdictsOf: () => Promise.resolve([verdict]) });
    const publish = () => Promise.reject(new RetryableError('broker_unavailable', 'gone'));
    const dying = { ...its.broker, flow: { ...its.broker.flow, publish } };
    const first = await active({ broker: dying, warehouse });
    const task = taskIn(await first.lease(leaseRequest('u-9', { role: 'EXPERT', queue: 'EXPERT' })));
    await expect(first.answer(answerRequest(task.lease, { action: 'ALLOW' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await first.stop();
    const [decided] = await its.read('label.submitted');
    const causeId = decided?.value?.submissionId ?? '';

    const answered = { ...verdict, verdictId: 'b'.repeat(32), causeId };
    const late = await active({ warehouse: warehouseOf({ verdictsOf: () => Promise.resolve([verdict, answered]) }) });
    expect(await its.read('verdict.requested')).toEqual([]);
    await late.stop();

    await active({ warehouse });
    const asked = await its.read('verdict.requested');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.value).toMatchObject({
      kind: 'OVERRIDE',
      action: 'ALLOW',
      causeId,
      supersedes: verdict.verdictId,
    });
  });
});
