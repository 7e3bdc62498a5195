import fc from 'fast-check';
import { revisionKey, type AnswerRequest, type LabelRequested, type LabelSubmitted } from '#platform/contracts';
import { inOverlap } from '../quality/quality-draws.js';
import { answerRequest, leaseRequest, LEASE_MS, policyOf, salts, taskOf, WINDOW_MS } from './desk.fixture.js';
import { runToEnd } from '../steps.js';
import { createLabelState, type LabelState } from './label-state.js';
import { taskOfAudit } from './open-tasks.js';
import type { SealedLease } from './lease.js';

const NOW = 10_000_000;
const yes = { 'attack@1': 'YES', 'group@1': 'NO', 'threat@1': 'NO' } as const;
const no = { 'attack@1': 'NO', 'threat@1': 'NO' } as const;
const unsure = { 'attack@1': 'UNSURE', 'threat@1': 'NO' } as const;

interface Held extends SealedLease {
  attempt: number;
}

/** The role without its shell: what is durable outlives a restart, what is not does not. */
function world(options: { readonly policies?: Parameters<LabelState['setPolicies']>[0] } = {}) {
  const journal: LabelSubmitted[] = [];
  const table = new Map<string, LabelRequested>();
  const resolved: string[] = [];
  const policies = [...(options.policies ?? [policyOf()])];
  const erased = new Set<string>();
  let now = NOW;
  let state = started();

  function started(): LabelState {
    const made = createLabelState({
      salts,
      leaseMs: LEASE_MS,
      windowMs: WINDOW_MS,
      isErased: (key) => erased.has(key),
    });
    made.setPolicies(policies);
    for (const task of table.values()) made.putTask(task);
    for (const submission of journal) made.fold(submission);
    made.restored();
    return made;
  }

  function write(): ReturnType<LabelState['chores']> {
    const chores = state.chores(now);
    for (const event of chores.resolved) resolved.push(event.resolvedId);
    for (const task of chores.requeued) table.set(task.taskId, task);
    for (const taskId of chores.closed) {
      table.delete(taskId);
      state.dropTask(taskId);
    }
    return chores;
  }

  return {
    journal,
    table,
    get state() {
      return state;
    },
    get now() {
      return now;
    },
    write,
    pass: (ms: number) => {
      now += ms;
    },
    publish: (version: number, more: string) => {
      policies.push(policyOf(version, more));
      state.setPolicies(policies);
    },
    open: (...tasks: readonly LabelRequested[]) => {
      for (const task of tasks) {
        table.set(task.taskId, task);
        state.putTask(task);
      }
    },
    erase: (key: string) => {
      erased.add(key);
      state.erase(key);
    },
    restart: () => {
      state = started();
    },
    fresh: started,
    lease: (
      labelerId: string,
      more: Parameters<typeof leaseRequest>[1] = {},
      holding: readonly SealedLease[] = [],
    ): Held | null => {
      const next = state.nextLease(leaseRequest(labelerId, more), holding, now);
      return next.kind === 'task' ? { ...next.lease, textHash: null, verdict: null, attempt: -1 } : null;
    },
    /** `crash`: the answer is durable, and the process ends before it knows. */
    answer: (held: Held, answer: Partial<AnswerRequest>, isCrash = false) => {
      const { attempt, ...lease } = held;
      const acceptance = state.accept(lease, answerRequest('', { attempt: attempt + 1, ...answer }), now);
      if (acceptance.kind === 'append') {
        journal.push(acceptance.submission);
        held.attempt = acceptance.submission.attempt;
        if (isCrash) state = started();
        else state.fold(acceptance.submission);
      }
      return acceptance;
    },
  };
}

type World = ReturnType<typeof world>;

/** Everybody whom there is asks for work until there is none. */
function finish(its: World): void {
  its.pass(10 * LEASE_MS);
  for (let n = 0; n < 40; n++) {
    for (const queue of ['STANDARD', 'EXPERT', 'LEGAL'] as const) {
      for (;;) {
        const held = its.lease(`u-last-${n}`, { queue, role: queue === 'STANDARD' ? 'REVIEWER' : 'EXPERT' });
        if (held === null) break;
        its.answer(held, { answers: no });
      }
      its.write();
    }
  }
}

const answers = fc.constantFrom<Partial<AnswerRequest>>(
  { answers: no },
  { answers: no },
  { answers: yes },
  { answers: unsure },
  { outcome: 'SKIPPED', answers: {}, reason: 'LANGUAGE' },
  { outcome: 'ESCALATED', answers: {}, reason: 'MINOR' },
  { outcome: 'ESCALATED', answers: {}, reason: 'DOUBT' },
);
const person = fc.integer({ min: 0, max: 5 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('lease' as const), person, isExpert: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat(20),
      answer: answers,
      isCrash: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('correct' as const), which: fc.nat(20), answer: answers }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(10, LEASE_MS / 2, 2 * LEASE_MS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      n: fc.nat(6),
      origin: fc.constantFrom('DRAWN' as const, 'TRAIN_ONLY' as const, 'REPORTED' as const, 'APPEALED' as const),
    }),
  },
);

describe('the state of the label role', () => {
  it('loses, doubles and crosses nothing, whatever people do and whenever it is restarted', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
        const its = world();
        its.open(taskOf(1), taskOf(2), taskOf(3, { origin: 'TRAIN_ONLY', value: 0.4 }));
        let held: Held[] = [];
        const acknowledged: LabelSubmitted[] = [];
        /** By this process. */
        const current = new Map<string, Held>();
        const at = (which: number) => held[which % Math.max(1, held.length)];
        for (const it of steps) {
          switch (it.kind) {
            case 'lease': {
              const labelerId = `u-${it.person}`;
              const queue = it.isExpert ? 'EXPERT' : 'STANDARD';
              // A page that shows an item asks for the next one beside it.
              const holding = [...current.values()].filter((lease) => lease.labelerId === labelerId).slice(-2);
              const lease = its.lease(labelerId, { queue, role: it.isExpert ? 'EXPERT' : 'REVIEWER' }, holding);
              for (const [leaseId, other] of current) {
                const isOver = other.expiresAt <= its.now;
                if (isOver || (other.labelerId === labelerId && !holding.includes(other))) current.delete(leaseId);
              }
              if (lease === null) break;
              if (lease.purpose === 'FRESH') {
                const item = revisionKey(lease);
                const others = [...current.values()].filter(
                  (other) => revisionKey(other) === item && other.queue === queue,
                );
                const said = its.journal.filter((submission) => revisionKey(submission) === item);
                expect(others.every((other) => other.labelerId !== labelerId)).toBe(true);
                expect(said.every((submission) => submission.labelerId !== labelerId)).toBe(true);
                const most = it.isExpert ? 1 : inOverlap(item, salts) ? 3 : 2;
                expect(others.length).toBeLessThan(most);
              }
              held = [...held, lease];
              current.set(lease.leaseId, lease);
              break;
            }
            case 'answer': {
              const lease = at(it.which);
              if (lease === undefined || lease.attempt >= 0) break;
              const acceptance = its.answer(lease, it.answer, it.isCrash);
              current.delete(lease.leaseId);
              if (acceptance.kind === 'append') acknowledged.push(acceptance.submission);
              if (it.isCrash) current.clear();
              break;
            }
            case 'correct': {
              const lease = at(it.which);
              if (lease === undefined || lease.attempt < 0) break;
              const acceptance = its.answer(lease, it.answer);
              if (acceptance.kind === 'append') acknowledged.push(acceptance.submission);
              break;
            }
            case 'repeat': {
              const lease = at(it.which);
              if (lease === undefined || lease.attempt < 0) break;
              const { attempt, ...rest } = lease;
              expect(its.state.accept(rest, answerRequest('', { attempt }), its.now).kind).toBe('repeated');
              break;
            }
            case 'release': {
              const lease = at(it.which);
              if (lease === undefined) break;
              its.state.release(lease.leaseId);
              current.delete(lease.leaseId);
              break;
            }
            case 'pass':
              its.pass(it.ms);
              break;
            case 'restart':
              its.restart();
              current.clear();
              break;
            case 'open':
              its.open(
                taskOf(it.n, {
                  taskId: `${it.origin}-${it.n}`,
                  origin: it.origin,
                  queue: it.origin === 'APPEALED' ? 'EXPERT' : 'STANDARD',
                  windowFrom: it.origin === 'DRAWN' ? 0 : null,
                  value: it.origin === 'TRAIN_ONLY' ? 0.5 : null,
                }),
              );
          }
          its.write();
          its.pass(1);
        }
        const ids = its.journal.map(({ submissionId }) => submissionId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(acknowledged.every((said) => its.journal.includes(said))).toBe(true);
        // One person, one lease an item, unless it is shown again on purpose.
        const leasesByPair = new Map<string, Set<string>>();
        for (const submission of its.journal.filter(({ purpose }) => purpose === 'FRESH')) {
          const pair = `${submission.labelerId} ${revisionKey(submission)}`;
          leasesByPair.set(pair, (leasesByPair.get(pair) ?? new Set()).add(submission.leaseId));
        }
        for (const leaseIds of leasesByPair.values()) expect(leaseIds.size).toBe(1);
        // Whoever folds the same knows the same.
        const again = its.fresh();
        its.pass(10 * LEASE_MS);
        its.state.chores(its.now);
        expect(runToEnd(again.figures(its.now)).open).toEqual(runToEnd(its.state.figures(its.now)).open);
        for (let n = 0; n <= 5; n++) {
          const who = leaseRequest(`u-${n}`, { role: 'EXPERT' });
          expect(again.progress(who, its.now)).toEqual(its.state.progress(who, its.now));
        }
        finish(its);
        expect([...its.table.keys()]).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('gives draws by hash within their windows, the oldest window first, and train-only items by value', () => {
    const its = world();
    const draws = Array.from({ length: 30 }, (_, n) => taskOf(n, { windowFrom: (n % 3) * 3_600_000 }));
    const picks = Array.from({ length: 10 }, (_, n) =>
      taskOf(`pick-${n}`, { origin: 'TRAIN_ONLY', windowFrom: null, value: n / 10 }),
    );
    its.open(...draws, ...picks);
    const given: SealedLease[] = [];
    for (;;) {
      const lease = its.lease('u-1', {}, given);
      if (lease === null) break;
      given.push(lease);
    }
    expect(given).toHaveLength(40);
    const windows = given.filter(({ origin }) => origin === 'DRAWN').map(({ windowFrom }) => windowFrom ?? 0);
    expect(windows).toEqual([...windows].sort((a, b) => a - b));
    const values = given.filter(({ origin }) => origin === 'TRAIN_ONLY').map(({ taskId }) => taskId);
    expect(values).toEqual([...values].sort().reverse());
    // Both kinds are mixed, as the budget is.
    expect(given.slice(0, 20).map(({ origin }) => origin)).toContain('TRAIN_ONLY');
    expect(given.slice(0, 20).map(({ origin }) => origin)).toContain('DRAWN');
  });

  it('closes what nobody touched when the time for a window is over, and keeps what is under way', () => {
    const its = world();
    its.open(taskOf(1), taskOf(2), taskOf(3), taskOf(4, { origin: 'TRAIN_ONLY', windowFrom: null, value: 1 }));
    const first = its.lease('u-1');
    if (first === null) throw new Error('there is work');
    its.answer(first, { answers: no });
    its.write();
    its.pass(WINDOW_MS + 3_600_000);
    const { closed, windows } = its.write();
    expect(closed).toHaveLength(first.origin === 'DRAWN' ? 2 : 3);
    expect(windows[0]?.strata[0]).toMatchObject({ pending: first.origin === 'DRAWN' ? 1 : 0 });
    expect(its.table.has('task-4')).toBe(true);
  });

  it('asks three people, then an expert, when two disagree', () => {
    const its = world();
    const item = Array.from({ length: 50 }, (_, n) => taskOf(n)).find((task) => !inOverlap(revisionKey(task), salts));
    if (item === undefined) throw new Error('nine of ten items are outside of the overlap sample');
    its.open(item);
    for (const [who, said] of [
      ['u-1', no],
      ['u-2', yes],
      ['u-3', unsure],
    ] as const) {
      const held = its.lease(who);
      if (held === null) throw new Error(`${who} is asked`);
      its.answer(held, { answers: said });
    }
    expect(its.lease('u-4')).toBeNull();
    const [requeued] = its.write().requeued;
    expect(requeued).toMatchObject({ taskId: item.taskId, queue: 'EXPERT' });
    const next = its.state.nextLease(leaseRequest('u-9', { role: 'EXPERT', queue: 'EXPERT' }), [], its.now);
    expect(next).toMatchObject({ kind: 'task', why: 'UNSURE', votes: { 'attack@1': { YES: 1, NO: 1, UNSURE: 1 } } });
  });

  it('asks an expert about an audited item after everybody who is to answer blind, and shows no votes', () => {
    const its = world();
    const item = Array.from({ length: 50 }, (_, n) => taskOf(n)).find((task) => !inOverlap(revisionKey(task), salts));
    if (item === undefined) throw new Error('nine of ten items are outside of the overlap sample');
    const expert = { role: 'EXPERT', queue: 'EXPERT' } as const;
    its.open(item);
    const blind = its.lease('u-1');
    if (blind === null) throw new Error('there is work');
    its.answer(blind, { answers: no });
    its.open(taskOfAudit(item, its.now));
    expect(its.lease('u-9', expert)).toBeNull();
    const second = its.lease('u-2');
    if (second === null) throw new Error('the second answer is due');
    its.answer(second, { answers: no });
    its.write();
    const next = its.state.nextLease(leaseRequest('u-9', expert), [], its.now);
    expect(next).toMatchObject({ kind: 'task', why: 'AUDIT', votes: null });
    if (next.kind !== 'task') return;
    its.answer({ ...next.lease, textHash: null, verdict: null, attempt: -1 }, { answers: yes });
    its.write();
    expect(its.table.size).toBe(0);
    // A run that had not seen the answer asks again: nobody is.
    its.open(taskOfAudit(item, its.now));
    its.write();
    expect(its.table.size).toBe(0);
  });

  it('sends to an expert what three people pass on, and to the legal queue what concerns minors, at once', () => {
    const its = world();
    its.open(taskOf(1));
    for (const who of ['u-1', 'u-2', 'u-3']) {
      const held = its.lease(who);
      if (held === null) throw new Error(`${who} is asked`);
      its.answer(held, { outcome: 'SKIPPED', answers: {}, reason: 'UNREADABLE' });
    }
    expect(runToEnd(its.state.figures(its.now)).open).toEqual({ STANDARD: 0, EXPERT: 1, LEGAL: 0 });
    its.open(taskOf(2));
    const [one, two] = [its.lease('u-1'), its.lease('u-2')];
    if (one === null || two === null) throw new Error('two are asked at once');
    its.answer(one, { outcome: 'ESCALATED', answers: {}, reason: 'MINOR' });
    expect(its.lease('u-9', { role: 'EXPERT', queue: 'LEGAL' })).not.toBeNull();
  });

  it('asks again about open items when a policy brings a question, but nobody twice', () => {
    const its = world();
    its.open(taskOf(1));
    const first = its.lease('u-1');
    if (first === null) throw new Error('there is work');
    its.answer(first, { answers: no });
    its.publish(2, '  - { id: spam, version: 1, wording: Is it spam? }\n');
    expect(its.lease('u-1')).toBeNull();
    const second = its.lease('u-2');
    if (second === null) throw new Error('there is work');
    expect(its.answer(second, { answers: no })).toMatchObject({
      kind: 'refused',
      detail: 'answers: spam@1 is not answered',
    });
    its.answer(second, { answers: { ...no, 'spam@1': 'NO' } });
    expect(runToEnd(its.state.figures(its.now)).open.STANDARD).toBe(1);
  });

  it('counts an answer that comes after its lease when the item still waits, and keeps it when it does not', () => {
    const its = world();
    its.open(taskOf(1));
    const slow = its.lease('u-1');
    if (slow === null) throw new Error('there is work');
    its.pass(2 * LEASE_MS);
    for (const who of ['u-2', 'u-3', 'u-4']) {
      const held = its.lease(who);
      if (held !== null) its.answer(held, { answers: no });
    }
    its.write();
    expect(its.table.size).toBe(0);
    expect(its.answer(slow, { answers: yes })).toMatchObject({ kind: 'append', state: 'late' });
    its.write();
    expect(its.table.size).toBe(0);
    its.open(taskOf(2));
    const slower = its.lease('u-5');
    if (slower === null) throw new Error('there is work');
    its.pass(10 * LEASE_MS);
    expect(its.answer(slower, { answers: yes })).toMatchObject({ kind: 'refused', problem: 'lease_expired' });
  });

  it('stops a person whose answers on gold cannot be believed, and tells which questions', () => {
    const its = world();
    const count = 600;
    its.open(
      ...Array.from({ length: count }, (_, n) =>
        taskOf(`gold-${n}`, { origin: 'IMPORTED', queue: 'EXPERT', windowFrom: null }),
      ),
    );
    for (let n = 0; n < count; n++) {
      const held = its.lease('u-expert', { role: 'EXPERT', queue: 'EXPERT' });
      if (held === null) throw new Error('there is work');
      its.answer(held, { answers: n % 2 === 0 ? yes : no });
    }
    its.write();
    its.open(...Array.from({ length: 2000 }, (_, n) => taskOf(n)));
    for (let n = 0; n < 2000; n++) {
      const next = its.state.nextLease(leaseRequest('u-lazy'), [], its.now);
      if (next.kind === 'stopped') {
        expect(next.questions).toEqual(['attack@1']);
        return;
      }
      if (next.kind !== 'task') throw new Error(`work was expected, not ${next.kind}`);
      const held = { ...next.lease, textHash: null, verdict: null, attempt: -1 };
      its.answer(held, { answers: no });
    }
    throw new Error('nobody was stopped');
  });

  it('gives an appeal to another expert than the one who had settled the item', () => {
    const its = world();
    its.open(taskOf(1));
    const doubt = its.lease('u-1');
    if (doubt === null) throw new Error('there is work');
    its.answer(doubt, { outcome: 'ESCALATED', answers: {}, reason: 'DOUBT' });
    const expert = { role: 'EXPERT', queue: 'EXPERT' } as const;
    const settling = its.lease('u-8', expert);
    if (settling === null) throw new Error('there is work for an expert');
    its.answer(settling, { answers: yes });
    its.write();
    expect(its.table.size).toBe(0);
    its.open(taskOf(1, { taskId: 'appeal', origin: 'APPEALED', queue: 'EXPERT', windowFrom: null }));
    expect(its.lease('u-8', expert)).toBeNull();
    expect(its.lease('u-9', expert)).toMatchObject({ taskId: 'appeal' });
  });

  it('closes the tasks of an erased content', () => {
    const its = world();
    its.open(taskOf(1), taskOf(2));
    its.erase('forum/post-1');
    expect(its.write().closed).toEqual(['task-1']);
  });
});
