import fc from 'fast-check';
import type { AnswerGiven, LabelProgress, LabelTask, LeaseAnswer, LeaseAsked } from '../api/types.js';
import { createQueueSession } from './queue-session.js';

const progress: LabelProgress = {
  today: 0,
  total: 0,
  waiting: { standard: 9, expert: 0, legal: 0 },
  exposures: {},
  standing: 'GOOD',
};
const questions = ['a@1', 'b@1'].map((key) => ({ key, under: null, wording: key, help: null, examples: [] }));
const taskOf = (name: string, more: Partial<LabelTask> = {}): LabelTask => ({
  lease: `lease-${name}`,
  leaseId: name,
  expiresAt: 600_000,
  taskId: `task-${name}`,
  queue: 'STANDARD',
  why: null,
  platform: 'demo',
  kind: 'COMMENT',
  language: 'en',
  text: name,
  textLength: name.length,
  masked: 0,
  context: [],
  questions,
  votes: null,
  verdict: null,
  ...more,
});

/** Fails as a server that is away does. */
class Away extends Error {}
class TooLate extends Error {}

function setUp(tasks: readonly LabelTask[]) {
  const waiting = [...tasks];
  const log: string[] = [];
  const given: AnswerGiven[] = [];
  const time = { now: 0 };
  const server = { fails: [] as Error[], others: 0 };
  const attempt = () => {
    const failure = server.fails.shift();
    if (failure !== undefined) throw failure;
  };
  const session = createQueueSession({
    queue: 'STANDARD',
    api: {
      lease: async ({ holding }: LeaseAsked): Promise<LeaseAnswer> => {
        await Promise.resolve();
        log.push(`lease ${holding.join(' ')}`.trim());
        attempt();
        const task = waiting.shift();
        return task === undefined
          ? { kind: 'empty', others: server.others, avoided: [], progress }
          : { kind: 'task', task, progress };
      },
      answer: async (answer) => {
        await Promise.resolve();
        log.push(`answer ${answer.lease} ${answer.attempt}`);
        attempt();
        given.push(answer);
        return { submissionId: 's', state: 'counted', progress };
      },
      release: (lease) => log.push(`release ${lease}`),
    },
    clock: () => time.now,
    wait: async () => {
      await settled();
    },
    fateOf: (error) => (error instanceof Away ? 'again' : error instanceof TooLate ? 'late' : 'refused'),
  });
  return { session, log, given, time, server, waiting };
}

/** Everything that can happen has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('working through a queue', () => {
  it('has the next item in hand without asking the server', async () => {
    const { session, log, given } = setUp([taskOf('1'), taskOf('2'), taskOf('3')]);
    session.start();
    await settled();
    expect(log).toEqual(['lease', 'lease lease-1']);
    session.press('a@1', 'YES');
    expect(session.save()).toBe(true);
    expect(session.view().item?.task.leaseId).toBe('2');
    expect(session.view()).toMatchObject({ saved: 1, said: 'Item 1 saved.' });
    await settled();
    expect(log.slice(2)).toEqual(['answer lease-1 0', 'lease lease-2']);
    expect(given[0]?.answers).toEqual({ 'a@1': 'YES', 'b@1': 'NO' });
  });

  it('sends an answer again until it is taken, in order, and tells that it waits', async () => {
    const { session, given, server } = setUp([taskOf('1'), taskOf('2')]);
    session.start();
    await settled();
    server.fails = [new Away(), new Away()];
    session.save();
    expect(session.view().unsent).toBe(1);
    session.save();
    for (let turn = 0; turn < 5; turn++) await settled();
    expect(given.map(({ lease }) => lease)).toEqual(['lease-1', 'lease-2']);
    expect(session.view()).toMatchObject({ unsent: 0, trouble: null, phase: 'empty' });
  });

  it('says that an answer came too late, and goes on', async () => {
    const { session, given, server } = setUp([taskOf('1'), taskOf('2')]);
    session.start();
    await settled();
    server.fails = [new TooLate()];
    session.save();
    await settled();
    expect(session.view()).toMatchObject({ unsent: 0, trouble: null });
    expect(session.view().said).toMatch(/^Item 1 .*late/);
    session.save();
    await settled();
    expect(given.map(({ lease }) => lease)).toEqual(['lease-2']);
  });

  it('stops at a refusal, and goes on when it is told to', async () => {
    const { session, server } = setUp([taskOf('1')]);
    server.fails = [new Error('forbidden')];
    session.start();
    await settled();
    expect(session.view().phase).toBe('loading');
    expect(session.view().trouble?.message).toBe('forbidden');
    session.start();
    await settled();
    expect(session.view()).toMatchObject({ phase: 'working', trouble: null });
  });

  it('corrects the item before with the next attempt of its lease, and comes back to the one in hand as it was', async () => {
    const { session, given } = setUp([taskOf('1'), taskOf('2')]);
    session.start();
    await settled();
    session.save();
    session.press('b@1', 'UNSURE');
    session.correct();
    expect(session.view()).toMatchObject({ isCorrecting: true, item: { number: 1, attempt: 1 } });
    session.press('a@1', 'YES');
    session.save();
    expect(session.view()).toMatchObject({ isCorrecting: false, item: { number: 2, sheet: { 'b@1': 'UNSURE' } } });
    await settled();
    expect(given.map(({ lease, attempt, answers }) => [lease, attempt, answers['a@1']])).toEqual([
      ['lease-1', 0, 'NO'],
      ['lease-1', 1, 'YES'],
    ]);
  });

  it('leaves a correction as if it had not begun, and never corrects what was skipped', async () => {
    const { session } = setUp([taskOf('1'), taskOf('2'), taskOf('3')]);
    session.start();
    await settled();
    session.save();
    session.correct();
    session.correct();
    expect(session.view()).toMatchObject({ isCorrecting: false, canCorrect: true, item: { number: 2 } });
    session.skip('LANGUAGE');
    expect(session.view().canCorrect).toBe(false);
  });

  it('does not begin an item that has hardly any time left', async () => {
    const { session, log, time } = setUp([taskOf('1'), taskOf('2'), taskOf('3', { expiresAt: 2_000_000 })]);
    session.start();
    await settled();
    time.now = 580_000;
    session.save();
    await settled();
    expect(log).toContain('release lease-2');
    expect(session.view().item?.task.leaseId).toBe('3');
  });

  it('gives back what is in hand when the page is left', async () => {
    const { session, log } = setUp([taskOf('1'), taskOf('2')]);
    session.start();
    await settled();
    session.leave();
    expect(log.slice(2)).toEqual(['release lease-1', 'release lease-2']);
  });

  it('asks for a decision on an appeal, and for nothing about a text that is gone', async () => {
    const verdict = { verdictId: 'v', channel: 'public', action: 'BLOCK', flagged: ['H'], appeal: 'why?' } as const;
    const { session, given } = setUp([taskOf('1', { verdict, why: 'APPEAL' }), taskOf('2', { text: null })]);
    session.start();
    await settled();
    expect(session.save()).toBe(false);
    session.decide('ALLOW');
    expect(session.save()).toBe(true);
    expect(session.save()).toBe(true);
    await settled();
    expect(given.map(({ outcome, action, reason }) => [outcome, action, reason])).toEqual([
      ['ANSWERED', 'ALLOW', null],
      ['SKIPPED', null, 'GONE'],
    ]);
  });

  it('looks again when it is asked to, after the queue was empty', async () => {
    const { session, server, waiting } = setUp([]);
    server.others = 4;
    session.start();
    await settled();
    expect(session.view()).toMatchObject({ phase: 'empty', others: 4 });
    waiting.push(taskOf('1'));
    session.start();
    await settled();
    expect(session.view().phase).toBe('working');
  });

  it('sends one answer of every attempt, whatever is pressed and however often the server fails', async () => {
    const step = fc.constantFrom('save', 'correct', 'skip', 'yes', 'away', 'turn' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { session, given, server } = setUp(Array.from({ length: 30 }, (_, index) => taskOf(String(index))));
        session.start();
        await settled();
        for (const one of steps) {
          if (one === 'save') session.save();
          if (one === 'correct') session.correct();
          if (one === 'skip') session.skip('OTHER');
          if (one === 'yes') session.press('a@1', 'YES');
          if (one === 'away') server.fails.push(new Away());
          if (one === 'turn') await settled();
        }
        for (let turn = 0; turn < 60; turn++) await settled();
        expect(session.view().unsent).toBe(0);
        const names = given.map(({ lease, attempt }) => `${lease} ${attempt}`);
        expect(new Set(names).size).toBe(names.length);
        for (const { lease, attempt } of given) {
          if (attempt > 0) expect(names).toContain(`${lease} ${attempt - 1}`);
        }
      }),
      { numRuns: 50 },
    );
  });
});
