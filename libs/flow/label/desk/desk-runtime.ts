import {
  revisionKey,
  type AnswerRequest,
  type AnswerResult,
  type LabelProgress,
  type LabelSubmitted,
  type LeaseAnswer,
  type LeasedTask,
  type LeaseRequest,
  type OverrideRequest,
  type PolicyPublished,
} from '#platform/contracts';
import {
  classify,
  FatalError,
  openTable,
  RetryableError,
  type Broker,
  type Emission,
  type Serde,
  type StoredRecord,
  type Writer,
} from '#platform/stream';
import { hashFields, hashJson } from '#policy';
import { DeskProblem } from './desk-problem.js';
import { createGroupCommit } from './group-commit.js';
import type { QuestionSkill } from './item-status.js';
import {
  createLabelState,
  type Chores,
  type Figures,
  type Handout,
  type LabelStateOptions,
  type Person,
} from './label-state.js';
import { createLeaseSeal, submissionIdOf, type SealedLease } from './lease.js';
import { taskIdOf } from './open-tasks.js';
import { appealedVerdict, leasedTask, sealedLease, suitabilityOf, type Sight } from './present-task.js';
import { giveWay, inTurns } from '../in-turns.js';
import { createContentReader, type TaskWarehouse } from './task-reader.js';
import {
  overturnOf,
  overturnOfSubmission,
  verdictRequest,
  verdictRequestRecord,
  type Overturn,
} from './verdict-requests.js';

export interface DeskDeps extends Pick<LabelStateOptions, 'salts' | 'leaseMs' | 'windowMs'> {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly writer: Writer;
  readonly warehouse: TaskWarehouse;
  /** What the last exact pass found. */
  readonly readSkills: () => Promise<ReadonlyMap<string, QuestionSkill>>;
  /** Whether this replica is the one that answers: it owns partition 0 of the journals that open tasks. */
  readonly isOwner: () => boolean;
  readonly secret: Buffer;
  readonly clock: () => number;
  readonly report: (event: DeskEvent) => void;
  readonly measure: (figures: Figures & { readonly isActive: boolean }) => void;
  readonly count: (outcome: LabelSubmitted['outcome'], state: AnswerResult['state']) => void;
  readonly onFatal: (error: Error) => void;
}

/** What the shell logs. */
export type DeskEvent =
  | {
      readonly event: 'label_desk_restored';
      readonly tasks: number;
      readonly submissions: number;
      readonly seconds: number;
    }
  | { readonly event: 'label_desk_active' }
  | { readonly event: 'label_desk_standby' }
  | {
      readonly event: 'label_window_closed';
      readonly windowFrom: number;
      readonly missing: number;
      readonly pending: number;
      readonly skipped: number;
    }
  | { readonly event: 'submission_unreadable'; readonly offset: number; readonly reason: string }
  | { readonly event: 'text_gone'; readonly taskId: string }
  | { readonly event: 'write_delayed'; readonly code: string }
  | { readonly event: 'skills_not_read'; readonly code: string }
  | { readonly event: 'decision_sent_again'; readonly submissionId: string };

/** The one replica that answers, or one that is ready to. Every method throws DeskProblem. */
export interface LabelDesk {
  lease(request: LeaseRequest): Promise<LeaseAnswer>;
  answer(request: AnswerRequest): Promise<AnswerResult>;
  release(word: string): void;
  override(request: OverrideRequest): Promise<{ readonly requestId: string; readonly overturns: boolean }>;
  progress(person: Person): LabelProgress;
  /** Every version of every policy. */
  published(): Iterable<PolicyPublished>;
  start(): void;
  stop(): Promise<void>;
  readonly isActive: boolean;
}

const ANYBODY: LeaseRequest = {
  ...{ labelerId: '', role: 'REVIEWER', teams: [], languages: [], group: null },
  ...{ queue: 'STANDARD', avoid: [], holding: [] },
};
const JOURNAL = 'label.submitted';
/** Between two looks for what is to be done. */
const TURN_MS = 100;
const MEASURE_MS = 30_000;
const SKILLS_MS = 60_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;
/** Items that are passed over in one call because their text is away or not for this person. */
const MOST_TRIES = 20;
/** The warehouse shows a content within seconds. */
const DEFER_MS = 5000;
const MOST_RECORDS = 2000;
/** Decisions about verdicts of so long before a role takes over are looked at again. */
const UNSENT_MS = 900_000;

/** Reads the topics to their ends; from then on follows them. */
export async function openLabelDesk(deps: DeskDeps): Promise<LabelDesk> {
  const { broker, serde, writer, warehouse, clock, report, onFatal } = deps;
  const began = clock();
  const seal = createLeaseSeal(deps.secret);
  const stopping = new AbortController();
  const contents = createContentReader((items) => warehouse.contents(items), clock);
  let position = 0;
  let submissions = 0;
  let isActive = false;
  let knownSkills = '';
  let turn: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let following: Promise<void> = Promise.resolve();
  let measuredAt = 0;
  let skillsReadAt = 0;
  const inFlight = new Map<string, Promise<void>>();
  const people = new Map<string, Person>();
  /** Decisions about verdicts by lease, the last attempt of each, in the order of the journal. */
  const decisions = new Map<string, LabelSubmitted>();

  const fail = (error: unknown): void => {
    onFatal(classify(error));
  };

  const erased = await openTable({
    broker,
    serde,
    topic: 'content.erased',
    onFatal,
    onChange: (key) => {
      state.erase(key);
    },
  });
  const state = createLabelState({ ...deps, isErased: (key) => erased.get(key) !== undefined });
  const policies = await openTable({
    broker,
    serde,
    topic: 'policy.published',
    onFatal,
    onChange: () => {
      state.setPolicies(policies.values());
    },
  });
  state.setPolicies(policies.values());
  const tasks = await openTable({
    broker,
    serde,
    topic: 'label.requested',
    onFatal,
    onChange: (taskId, task) => {
      if (task === undefined) state.dropTask(taskId);
      else state.putTask(task);
    },
  });
  for (const task of tasks.values()) state.putTask(task);
  await readSkills();
  await readJournal('beginning', true);
  state.restored();
  report({
    event: 'label_desk_restored',
    tasks: tasks.size,
    submissions,
    seconds: (clock() - began) / 1000,
  });

  async function readJournal(from: 'beginning' | number, untilEnd: boolean): Promise<void> {
    await broker.journal.tail({
      topics: [JOURNAL],
      from: from === 'beginning' ? from : { [`${JOURNAL}/0`]: from },
      untilEnd,
      signal: stopping.signal,
      onRecords: foldRecords,
    });
  }

  async function foldRecords(records: readonly StoredRecord[]): Promise<void> {
    const decoded = await serde.decode(JOURNAL, records);
    decoded.forEach((result, index) => {
      const offset = records[index]?.offset ?? 0;
      if (offset < position) return;
      position = offset + 1;
      submissions++;
      if (result.ok) {
        state.fold(result.value);
        noteDecision(result.value);
      } else report({ event: 'submission_unreadable', offset, reason: result.reason });
    });
  }

  function noteDecision(submission: LabelSubmitted): void {
    const { leaseId, decision, attempt, submittedAt } = submission;
    if (decision === null || attempt < (decisions.get(leaseId)?.attempt ?? 0)) return;
    decisions.delete(leaseId);
    decisions.set(leaseId, submission);
    for (const [oldest, { submittedAt: at }] of decisions) {
      if (at > submittedAt - UNSENT_MS) break;
      decisions.delete(oldest);
    }
  }

  /** A role that died after the journal and before verdict.requested left decisions that nobody has heard of. */
  async function sendDecisions(): Promise<void> {
    const now = clock();
    for (const submission of decisions.values()) {
      const { decision, submissionId, submittedAt } = submission;
      if (decision === null || submittedAt <= now - UNSENT_MS) continue;
      const verdicts = await warehouse.verdictsOf(submission);
      if (verdicts.some(({ causeId }) => causeId === submissionId)) continue;
      const verdict = verdicts.find(({ verdictId }) => verdictId === decision.verdictId);
      const overturn = verdict === undefined ? null : overturnOfSubmission(submission, verdict);
      if (overturn === null) continue;
      await ask(overturn);
      report({ event: 'decision_sent_again', submissionId });
    }
    decisions.clear();
  }

  async function follow(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await readJournal(position, false);
      } catch (error) {
        const classified = classify(error);
        if (classified instanceof FatalError) throw classified;
        report({ event: 'write_delayed', code: classified.code });
        await wait(failures);
      }
    }
  }

  async function wait(failures: number): Promise<void> {
    const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  async function readSkills(): Promise<void> {
    skillsReadAt = clock();
    try {
      const found = await deps.readSkills();
      const inShort = hashJson(
        [...found].map(([question, { parameters, isTrainable }]) => [
          ...[question, isTrainable, parameters.prevalence],
          ...[parameters.pooled, parameters.labelers.size],
        ]),
      );
      if (inShort === knownSkills) return;
      knownSkills = inShort;
      state.setSkills(found);
    } catch (error) {
      const classified = classify(error);
      if (classified instanceof FatalError) throw classified;
      report({ event: 'skills_not_read', code: classified.code });
    }
  }

  const append = createGroupCommit((values: readonly LabelSubmitted[]) =>
    writer.write(values.map((value) => ({ topic: JOURNAL, key: value.taskId, value }))),
  );

  async function activate(): Promise<void> {
    // What the one before wrote last: everything up to the end of this moment.
    await readJournal(position, true);
    state.takeOver();
    await patiently(sendDecisions);
    // Everybody comes at once when it is there again.
    contents.expect(state.likely(ANYBODY, clock()));
    isActive = deps.isOwner();
    if (isActive) report({ event: 'label_desk_active' });
  }

  async function look(): Promise<void> {
    const isOwner = deps.isOwner();
    if (isActive && !isOwner) {
      isActive = false;
      report({ event: 'label_desk_standby' });
    }
    if (!isActive && isOwner) await activate();
    const now = clock();
    if (now - skillsReadAt >= SKILLS_MS) await readSkills();
    if (now - measuredAt >= MEASURE_MS) {
      measuredAt = now;
      deps.measure({ ...(await inTurns(state.figures(now))), isActive });
    }
    for (let isMore = true; isMore && isActive && !stopping.signal.aborted;) {
      const chores = state.chores(clock());
      await write(chores);
      ({ isMore } = chores);
      // Requests go first.
      if (isMore) await giveWay();
    }
  }

  /** Resolved facts before tombstones: a task that is gone has told everything. */
  async function write({ requeued, closed, resolved, windows }: Chores): Promise<void> {
    const records: Emission[] = [
      ...resolved.map((value) => ({ topic: 'label.resolved' as const, key: revisionKey(value), value })),
      ...requeued.map((value) => ({ topic: 'label.requested' as const, key: value.taskId, value })),
      ...closed.map((key) => ({ topic: 'label.requested' as const, key, value: null })),
    ];
    for (let from = 0; from < records.length; from += MOST_RECORDS) {
      await patiently(() => writer.write(records.slice(from, from + MOST_RECORDS)));
    }
    for (const { windowFrom, strata } of windows) {
      const sum = (of: (stratum: (typeof strata)[number]) => number) => strata.reduce((total, it) => total + of(it), 0);
      report({
        event: 'label_window_closed',
        windowFrom,
        missing: sum(({ missing }) => missing.length),
        pending: sum(({ pending }) => pending),
        skipped: sum(({ skipped }) => skipped),
      });
    }
  }

  async function patiently(work: () => Promise<void>): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await work();
        return;
      } catch (error) {
        const classified = classify(error);
        if (classified instanceof FatalError) throw classified;
        report({ event: 'write_delayed', code: classified.code });
        await wait(failures);
      }
    }
  }

  function requireActive(): void {
    if (!isActive || !deps.isOwner()) throw new DeskProblem('not_active', 'another replica of the label role answers');
  }

  /** Trouble that passes is told as what it means to the caller: ask again. */
  async function orAway<T>(work: Promise<T>, what: string): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const classified = classify(error);
      if (classified instanceof RetryableError)
        throw new DeskProblem('unavailable', `${what} is away`, { cause: error });
      throw classified;
    }
  }

  async function lease(request: LeaseRequest): Promise<LeaseAnswer> {
    requireActive();
    people.set(request.labelerId, request);
    const holding = request.holding.map((word) => seal.open(word)).filter((held) => held !== null);
    for (let tries = 0; ; tries++) {
      const next = state.nextLease(request, holding, clock());
      switch (next.kind) {
        case 'refused':
          throw new DeskProblem(next.problem, next.detail);
        case 'stopped':
          return { kind: 'stopped', questions: [...next.questions], progress: state.progress(request, clock()) };
        case 'empty':
          return { kind: 'empty', others: next.others, progress: state.progress(request, clock()) };
        case 'task': {
          const task = await present(request, next).catch((error: unknown) => {
            state.release(next.lease.leaseId);
            throw error;
          });
          if (task !== null) {
            contents.expect(state.likely(request, clock()));
            return { kind: 'task', task, progress: state.progress(request, clock()) };
          }
          if (tries >= MOST_TRIES) return { kind: 'empty', others: 1, progress: state.progress(request, clock()) };
        }
      }
    }
  }

  /** What a person sees of an item; null when it is not for this person, or not for now: then it was given back. */
  async function present(request: LeaseRequest, handout: Handout): Promise<LeasedTask | null> {
    const { lease: taken, why, task } = handout;
    const item = revisionKey(taken);
    const content = await orAway(contents.read(taken), 'the warehouse');
    if (task?.language === 'und' && content?.language != null) state.learnLanguage(item, content.language);
    const suitability = suitabilityOf(request, handout, content, clock());
    if (suitability.kind !== 'show') state.release(taken.leaseId);
    switch (suitability.kind) {
      case 'later':
        state.defer(item, clock() + DEFER_MS);
        return null;
      case 'gone':
        report({ event: 'text_gone', taskId: taken.taskId });
        state.lose(item);
        return null;
      case 'foreign':
        state.learnLanguage(item, suitability.language);
        return null;
      case 'avoided':
        state.avoid(item, request.labelerId, suitability.categories);
        return null;
      case 'show': {
        const [context, appealed] = await orAway(
          Promise.all([
            content?.conversationHash == null ? [] : warehouse.context(content),
            why === 'APPEAL' && task !== null ? appealOf(task) : null,
          ]),
          'the warehouse',
        );
        const sight = { content, context, appealed };
        return leasedTask(handout, sight, seal.seal(sealedLease(handout, sight)));
      }
    }
  }

  async function appealOf(task: NonNullable<Handout['task']>): Promise<Sight['appealed']> {
    const [verdicts, reason] = await Promise.all([warehouse.verdictsOf(task), warehouse.appeal(task, task.causeId)]);
    const verdict = appealedVerdict(task, verdicts);
    return verdict === null ? null : { verdict, reason };
  }

  async function answer(request: AnswerRequest): Promise<AnswerResult> {
    requireActive();
    const lease = seal.open(request.lease);
    if (lease === null) throw new DeskProblem('lease_unknown', 'lease: this installation has not given it');
    const submissionId = submissionIdOf(lease.leaseId, request.attempt);
    const result = await settle(lease, request, submissionId);
    deps.count(request.outcome, result);
    const overturn = overturnOf(lease, request);
    if (overturn !== null) await orAway(ask(overturn), 'the broker');
    return { submissionId, state: result, progress: state.progress(personOf(lease), clock()) };
  }

  /** Who answers says it by the lease alone; what they read they said when they asked for it. */
  function personOf({ labelerId, queue, group }: SealedLease): Person {
    const role = queue === 'STANDARD' ? 'REVIEWER' : 'EXPERT';
    return people.get(labelerId) ?? { labelerId, role, teams: [], languages: [], group };
  }

  /** Resolves when the answer is durable and folded. */
  async function settle(
    lease: SealedLease,
    request: AnswerRequest,
    submissionId: string,
  ): Promise<AnswerResult['state']> {
    const other = inFlight.get(submissionId);
    if (other !== undefined) {
      await orAway(other, 'the broker');
      return 'repeated';
    }
    const acceptance = state.accept(lease, request, clock());
    switch (acceptance.kind) {
      case 'refused':
        throw new DeskProblem(acceptance.problem, acceptance.detail);
      case 'repeated':
        return 'repeated';
      case 'append': {
        const { submission } = acceptance;
        const done = append(submission).then(
          () => {
            state.fold(submission);
          },
          (error: unknown) => {
            state.abandon(submission);
            throw error;
          },
        );
        inFlight.set(submissionId, done);
        try {
          await orAway(done, 'the broker');
        } finally {
          inFlight.delete(submissionId);
        }
        return acceptance.state;
      }
    }
  }

  async function ask(overturn: Overturn): Promise<string> {
    const value = verdictRequest(overturn, clock());
    const bytes = serde.encode('verdict.requested', value);
    await broker.flow.publish([verdictRequestRecord(value, overturn.partition, bytes)]);
    return value.requestId;
  }

  async function override(request: OverrideRequest): Promise<{ requestId: string; overturns: boolean }> {
    requireActive();
    const { labelerId, role, group, verdictId, action, reason } = request;
    if (role !== 'EXPERT') throw new DeskProblem('not_yours', 'role: only experts decide about verdicts');
    const verdict = await orAway(warehouse.verdict(verdictId), 'the warehouse');
    if (verdict === null) throw new DeskProblem('no_such_verdict', 'verdictId: the warehouse has no such verdict');
    const { platform, contentId, revision, channel, textHash, partition } = verdict;
    const overturns = action !== verdict.action;
    const now = clock();
    const causeId = hashFields('override', verdictId, labelerId, action, reason);
    const leaseId = hashFields('override lease', causeId);
    const submission: LabelSubmitted = {
      submissionId: submissionIdOf(leaseId, 0),
      leaseId,
      attempt: 0,
      taskId: taskIdOf('OTHER', causeId),
      origin: 'OTHER',
      ...{ platform, contentId, revision, labelerId },
      labelerRole: 'EXPERT',
      raterGroup: group,
      purpose: 'FRESH',
      ordinal: 0,
      outcome: 'ANSWERED',
      answers: {},
      reason: null,
      decision: { channel, verdictId, action, overturns },
      policies: [],
      textHash,
      windowFrom: null,
      leasedAt: null,
      durationMs: null,
      submittedAt: now,
    };
    await orAway(append(submission), 'the broker');
    if (!overturns) return { requestId: submission.submissionId, overturns };
    const overturn = { platform, contentId, revision, channel, action, textHash, partition, reason };
    const cause = { causeId: submission.submissionId, supersedes: verdictId };
    const requestId = await orAway(ask({ ...overturn, ...cause }), 'the broker');
    return { requestId, overturns };
  }

  return {
    lease,
    answer,
    release: (word) => {
      requireActive();
      const lease = seal.open(word);
      if (lease === null) throw new DeskProblem('lease_unknown', 'lease: this installation has not given it');
      state.release(lease.leaseId);
    },
    override,
    progress: (person) => {
      requireActive();
      people.set(person.labelerId, person);
      return state.progress(person, clock());
    },
    published: () => policies.values(),
    start: () => {
      following = follow().catch(fail);
      timer = setInterval(() => {
        turn ??= look()
          .catch(fail)
          .finally(() => {
            turn = null;
          });
      }, TURN_MS);
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      isActive = false;
      stopping.abort();
      await turn;
      await following;
      await Promise.allSettled(inFlight.values());
      await Promise.all([erased.close(), policies.close(), tasks.close()]);
    },
    get isActive() {
      return isActive;
    },
  };
}
