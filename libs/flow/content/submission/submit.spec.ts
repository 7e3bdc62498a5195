import fc from 'fast-check';
import type { ContentSubmitted } from '#platform/contracts';
import { RetryableError, type Broker, type PartitionOwner } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde } from '#platform/testing';
import { Problem } from '../http/problem.js';
import { createLocalDesk, type ClaimDesk } from './claim-desk.js';
import { readItems } from './content-request.js';
import { createSubmit, derivedContentId, idempotencyScope, type AcceptedItem, type Submit } from './submit.js';

const clock = () => 1000;
const serde = createStaticSerde();
const caller = { id: 'key:1', platform: 'forum' };

interface Replica {
  readonly owner: PartitionOwner;
  readonly submit: Submit;
}

/** Replicas on one log that forward to each other; `trouble` may break an answer after the work was done. */
async function startReplicas(count: number, trouble: () => boolean = () => false) {
  const log = createMemoryLog({ partitions: 4, clock });
  const brokers: Broker[] = [];
  const desks = new Map<string, ClaimDesk>();
  const replicas: Replica[] = [];
  for (let i = 0; i < count; i++) {
    const broker = createMemoryBroker(log, clock);
    brokers.push(broker);
    const address = `http://replica-${i}`;
    const owner = broker.flow.own({
      app: 'content',
      table: 'content.accepted',
      address,
      onFatal: (error) => {
        throw error;
      },
    });
    const desk = createLocalDesk({ owner, serde, clock, headers: {} });
    const shaky: ClaimDesk = {
      decide: async (partition, claims, trace) => {
        const outcomes = await desk.decide(partition, claims, trace);
        if (trouble()) throw new RetryableError('timeout', 'the acknowledgement was lost');
        return outcomes;
      },
    };
    desks.set(address, shaky);
    replicas.push({
      owner,
      submit: createSubmit({
        owner,
        local: shaky,
        remote: (to) => desks.get(to) ?? { decide: () => Promise.reject(new RetryableError('rebalance', 'gone')) },
        maxWaiting: 1000,
        timeoutMs: 5000,
        handOverMs: 0,
        onBacklog: () => undefined,
      }),
    });
  }
  await Promise.all(replicas.map(({ owner }) => owner.start()));
  return {
    replicas,
    events: async () => {
      const events: ContentSubmitted[] = [];
      await brokers[0]?.journal.tail({
        topics: ['content.submitted'],
        from: 'beginning',
        untilEnd: true,
        signal: new AbortController().signal,
        onRecords: async (records) => {
          for (const decoded of await serde.decode('content.submitted', records))
            if (decoded.ok) events.push(decoded.value);
        },
      });
      return events;
    },
    stop: async () => {
      await Promise.all(replicas.map(({ owner }) => owner.stop()));
      await Promise.all(brokers.map((broker) => broker.close()));
    },
  };
}

const itemsOf = (body: unknown, key?: string) => {
  const scope = key === undefined ? null : idempotencyScope(caller, key);
  const derivedId = scope === null ? null : (index: number) => derivedContentId(scope, index);
  return { items: readItems(body, { platform: 'forum', now: clock(), derivedId }), scope };
};

interface Answer {
  readonly accepted: readonly AcceptedItem[];
  readonly problem: Problem | null;
}

async function post(replica: Replica | undefined, body: unknown, key?: string): Promise<Answer> {
  if (replica === undefined) throw new Error('no such replica');
  const { items, scope } = itemsOf(body, key);
  try {
    return { accepted: await replica.submit(items, scope, null), problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { accepted: (error.members['accepted'] ?? []) as readonly AcceptedItem[], problem: error };
  }
}

describe('publishing', () => {
  it('makes one event of any interleaving of concurrent retries, at any replica, and all answers agree', async () => {
    const call = fc.record({
      replica: fc.nat(1),
      ids: fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd/e'), text: fc.constantFrom('x', 'y') }), {
        minLength: 1,
        maxLength: 4,
      }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 12 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.scheduler(),
        async (calls, losses, scheduler) => {
          const lost = losses.values();
          const cluster = await startReplicas(2, () => lost.next().value ?? false);
          try {
            const send = scheduler.scheduleFunction((it: (typeof calls)[number]) =>
              post(cluster.replicas[it.replica], { items: it.ids.map(({ id, text }) => ({ contentId: id, text })) }),
            );
            const answers = Promise.all(calls.map(send));
            await scheduler.waitFor(answers);
            const events = await cluster.events();
            const textOf = new Map(events.map(({ contentId, text }) => [contentId, text]));
            expect(textOf.size).toBe(events.length);
            const fresh = new Map<string, number>();
            (await answers).forEach(({ accepted, problem }, at) => {
              for (const { contentId, duplicate } of accepted) {
                expect(textOf.has(contentId)).toBe(true);
                if (!duplicate) fresh.set(contentId, (fresh.get(contentId) ?? 0) + 1);
              }
              for (const { pointer, detail } of problem?.errors ?? []) {
                if (!detail.startsWith('This contentId')) continue;
                const index = Number(pointer.split('/')[2]);
                const item = calls[at]?.ids[index];
                expect(textOf.get(item?.id ?? '')).not.toBe(item?.text);
              }
              expect(accepted.length + (problem?.errors.length ?? 0)).toBe(calls[at]?.ids.length);
            });
            for (const count of fresh.values()) expect(count).toBe(1);
          } finally {
            await cluster.stop();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('remembers what it accepted after a restart', async () => {
    const cluster = await startReplicas(2);
    const [first, second] = cluster.replicas;
    await post(first, { contentId: 'a', text: 'x' });
    await first?.owner.stop();
    await expect(post(second, { contentId: 'a', text: 'x' })).resolves.toEqual({
      accepted: [{ contentId: 'a', revision: 1, duplicate: true }],
      problem: null,
    });
    expect(await cluster.events()).toHaveLength(1);
    await second?.owner.stop();
  });

  it('decides each item of a batch alone and hides no conflict', async () => {
    const cluster = await startReplicas(1);
    const [replica] = cluster.replicas;
    await post(replica, { contentId: 'a', text: 'x' });
    const { accepted, problem } = await post(replica, {
      items: [
        { contentId: 'a', text: 'another' },
        { contentId: 'b', text: 'x' },
        { contentId: 'a', revision: 2, text: 'another' },
      ],
    });
    expect([problem?.status, problem?.errors.map(({ pointer }) => pointer)]).toEqual([409, ['/items/0/contentId']]);
    expect(accepted).toEqual([
      { contentId: 'b', revision: 1, duplicate: false },
      { contentId: 'a', revision: 2, duplicate: false },
    ]);
    await cluster.stop();
  });

  it('answers 503 with Retry-After when an acknowledgement is lost, and the retry finds a duplicate', async () => {
    let isLost = true;
    const cluster = await startReplicas(1, () => isLost);
    const [replica] = cluster.replicas;
    const { problem } = await post(replica, { contentId: 'a', text: 'x' });
    expect([problem?.status, problem?.retryAfterSeconds]).toEqual([503, 1]);
    isLost = false;
    const retried = await post(replica, { contentId: 'a', text: 'x' });
    expect(retried.accepted).toEqual([{ contentId: 'a', revision: 1, duplicate: true }]);
    await cluster.stop();
  });

  it('answers 503 while a partition has no owner, and writes nothing', async () => {
    const cluster = await startReplicas(1);
    const [replica] = cluster.replicas;
    await replica?.owner.stop();
    const { problem } = await post(replica, { contentId: 'a', text: 'x' });
    expect(problem?.status).toBe(503);
    expect(await cluster.events()).toEqual([]);
  });

  it('waits for the new owner of a partition that changes hands', async () => {
    const cluster = await startReplicas(1);
    const [replica] = cluster.replicas;
    if (replica === undefined) throw new Error('no replica');
    const { owner } = replica;
    let looks = 0;
    const submit = createSubmit({
      owner: {
        partitionFor: (key) => owner.partitionFor(key),
        ownerOf: (partition) => (++looks < 3 ? null : owner.ownerOf(partition)),
      },
      local: createLocalDesk({ owner, serde, clock, headers: {} }),
      remote: () => {
        throw new Error('nobody else');
      },
      maxWaiting: 2,
      timeoutMs: 5000,
      handOverMs: 4000,
      onBacklog: () => undefined,
    });
    const { items } = itemsOf({ contentId: 'a', text: 'x' });
    await expect(submit(items, null, null)).resolves.toEqual([{ contentId: 'a', revision: 1, duplicate: false }]);
    expect(looks).toBe(3);
    await cluster.stop();
  });

  it('turns calls away while too many contents wait, also those whose callers gave up', async () => {
    const cluster = await startReplicas(1);
    const [replica] = cluster.replicas;
    if (replica === undefined) throw new Error('no replica');
    let release: () => void = () => undefined;
    const brokerIsBack = new Promise<void>((resolve) => {
      release = resolve;
    });
    let backlogs = 0;
    const submit = createSubmit({
      owner: replica.owner,
      local: {
        decide: async (_, claims) => {
          await brokerIsBack;
          return claims.map(() => 'new');
        },
      },
      remote: () => {
        throw new Error('nobody else');
      },
      maxWaiting: 2,
      timeoutMs: 5,
      handOverMs: 0,
      onBacklog: () => backlogs++,
    });
    const { items } = itemsOf({
      items: [
        { contentId: 'a', text: '' },
        { contentId: 'b', text: '' },
      ],
    });
    await expect(submit(items, null, null)).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    await expect(submit(items.slice(0, 1), null, null)).rejects.toMatchObject({ code: 'overloaded', status: 503 });
    expect(backlogs).toBe(1);
    release();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(submit(items, null, null)).resolves.toHaveLength(2);
    await cluster.stop();
  });
});

describe('an Idempotency-Key', () => {
  it('stands in for the id and makes one event of repeated calls', async () => {
    const cluster = await startReplicas(2);
    const body = { items: [{ text: 'x' }, { text: 'x' }] };
    const answers = await Promise.all([post(cluster.replicas[0], body, 'k-1'), post(cluster.replicas[1], body, 'k-1')]);
    const ids = answers.map(({ accepted }) => accepted.map(({ contentId }) => contentId));
    expect(ids[0]).toEqual(ids[1]);
    expect(await cluster.events()).toHaveLength(2);
    await cluster.stop();
  });

  it('cannot stand for two contents', async () => {
    const cluster = await startReplicas(1);
    const [replica] = cluster.replicas;
    await post(replica, { contentId: 'a', text: 'x' }, 'k-1');
    const other = await post(replica, { contentId: 'b', text: 'x' }, 'k-1');
    const same = await post(replica, { contentId: 'a', text: 'x' }, 'k-1');
    expect([other.problem?.status, same.accepted]).toEqual([409, [{ contentId: 'a', revision: 1, duplicate: true }]]);
    expect((await cluster.events()).map(({ contentId }) => contentId)).toEqual(['a']);
    await cluster.stop();
  });

  it('of one caller means nothing to another', () => {
    const [one, other] = [caller, { ...caller, id: 'key:2' }].map((who) => idempotencyScope(who, 'k-1').scope);
    expect(one).not.toBe(other);
  });
});
