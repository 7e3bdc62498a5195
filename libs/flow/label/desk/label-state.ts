import {
  contentKey,
  revisionKey,
  type AnswerRequest,
  type LabelDeskProblem,
  type LabelProgress,
  type LabelRequested,
  type LabelResolved,
  type LabelSubmitted,
  type LeaseRequest,
  type PolicyPublished,
  type TaskQueue,
} from '#platform/contracts';
import { hashFields, type PolicyQuestion } from '#policy';
import { scheduleTask, turnOf, type LabelSalts } from '../quality/quality-draws.js';
import { laneOf } from './queue-order.js';
import { derivedEvents } from '../resolution/derived-events.js';
import { withImpliedAnswers } from '../resolution/implied-answers.js';
import { resolvedEvent } from '../resolution/resolved-event.js';
import type { Answer } from '../resolution/vote.js';
import { problemOfAnswer } from './check-answer.js';
import { createGoldShelf } from './gold-shelf.js';
import { createItemBoard, type EndedWindow, type Entry } from './item-board.js';
import { factsOf, type QuestionSkill, type Said, type Why } from './item-status.js';
import { newLabeler, note, standingOf, todayOf, type Labeler } from './labeler-book.js';
import { createLeaseBook } from './lease-book.js';
import { isExpertWork, leaseIdOf, submissionIdOf, type Lease, type SealedLease } from './lease.js';
import { createPolicyShelf } from './policy-shelf.js';
import { primaryLanguage, type Lane } from './task-queues.js';
import type { Steps } from '../steps.js';

/** A revision, by its name. */
type ItemName = Pick<Entry, 'platform' | 'contentId' | 'revision'>;

export type Person = Pick<LeaseRequest, 'labelerId' | 'role' | 'teams' | 'languages' | 'group'>;

/** What somebody is given, before its text is read. */
export interface Handout {
  readonly lease: Lease;
  readonly why: Why | null;
  readonly questions: readonly PolicyQuestion[];
  readonly task: LabelRequested | null;
  /** How people answered before, by question; only for experts, who audit without it. */
  readonly votes: Readonly<Record<string, Record<Answer, number>>> | null;
}

interface Refused {
  readonly kind: 'refused';
  readonly problem: LabelDeskProblem;
  readonly detail: string;
}

export type NextLease =
  | ({ readonly kind: 'task' } & Handout)
  | { readonly kind: 'empty'; readonly others: number }
  | { readonly kind: 'stopped'; readonly questions: readonly string[] }
  | Refused;

export type Acceptance =
  | { readonly kind: 'append'; readonly submission: LabelSubmitted; readonly state: 'counted' | 'late' }
  | { readonly kind: 'repeated'; readonly submissionId: string }
  | Refused;

/** What follows for the topics. */
export interface Chores {
  /** Tasks that are written again, in another queue. */
  readonly requeued: readonly LabelRequested[];
  /** Tasks that end: taskIds. */
  readonly closed: readonly string[];
  readonly resolved: readonly LabelResolved[];
  /** Whether there is more to tell: people do not wait while everything is. */
  readonly isMore: boolean;
  /** Windows whose time for labelling has ended. */
  readonly windows: readonly EndedWindow[];
}

export interface LabelStateOptions {
  readonly salts: LabelSalts;
  /** Milliseconds. */
  readonly leaseMs: number;
  /** From the end of a sampling window to the end of its labelling, milliseconds. */
  readonly windowMs: number;
  /** Whether a content is erased, by its key. */
  readonly isErased: (contentKey: string) => boolean;
}

/**
 * Everything that the label role knows, as a fold of its topics: no clock, no network, no chance. Whoever folds the same submissions
 * knows the same, in whatever moment it was started.
 */
export interface LabelState {
  /** A record of label.requested. */
  putTask(task: LabelRequested): void;
  /** Its tombstone. */
  dropTask(taskId: string): void;
  /** A record of label.submitted. False: it is known. */
  fold(submission: LabelSubmitted): boolean;
  /** All that was published; the latest versions are in force. */
  setPolicies(published: Iterable<PolicyPublished>): void;
  /** What the last exact pass found, by question@version. */
  setSkills(skills: ReadonlyMap<string, QuestionSkill>): void;
  erase(contentKey: string): void;
  /** The topics were read to their ends: from now on there are queues. */
  restored(): void;
  /** What this person gets now. The lease is taken at once; `release` gives it back. */
  nextLease(request: LeaseRequest, holding: readonly SealedLease[], now: number): NextLease;
  /** The fresh items that this person may be given next, by lane, as far as anybody can say. */
  likely(request: LeaseRequest, now: number): readonly (readonly ItemName[])[];
  /** Whether an answer is taken. `append` is to be made durable and folded, or given up by `abandon`. */
  accept(lease: SealedLease, request: AnswerRequest, now: number): Acceptance;
  abandon(submission: LabelSubmitted): void;
  /** The item goes back to its queue. */
  release(leaseId: string): void;
  /** The person shall not get the item for now: it probably belongs to these categories. */
  avoid(item: string, labelerId: string, categories: readonly string[]): void;
  /** Nobody gets the item before this time. */
  defer(item: string, until: number): void;
  /** There is no text of it any more. */
  lose(item: string): void;
  /** What its text says of it, where its task does not know. */
  learnLanguage(item: string, language: string): void;
  progress(person: Person, now: number): LabelProgress;
  /** What is to be written; only the active replica asks, and writes all of it before it asks again. */
  chores(now: number): Chores;
  /** This replica tells and closes from now on, also what the one before left undone. */
  takeOver(): void;
  figures(now: number): Steps<Figures>;
}

export interface Figures {
  readonly open: Readonly<Record<TaskQueue, number>>;
  readonly leases: number;
  /** Milliseconds since the oldest open task was requested; 0 without any. */
  readonly oldestMs: number;
}

/** After its end a lease is taken for so many times its length: who was slow has still worked. */
const LATE_LEASES = 4;
/** Of each lane. Others may get them first. */
const MOST_LIKELY = 8;
/** Items of which one call tells. */
const MOST_FACTS = 20;
/** What a crash may have left untold: submissions of so long before the newest, milliseconds. */
const UNTOLD_MS = 120_000;
/** At most so many submissions are looked at again after a start. */
const RECENT_LIMIT = 2000;

export function createLabelState(options: LabelStateOptions): LabelState {
  const { salts, leaseMs, windowMs, isErased } = options;
  const shelf = createPolicyShelf();
  let skills: ReadonlyMap<string, QuestionSkill> = new Map();
  const skillOf = (question: string): QuestionSkill | undefined => skills.get(question);
  const board = createItemBoard({ salts, windowMs, isErased, skillOf, questions: () => shelf.questions });
  const { queues } = board;
  const labelers = new Map<string, Labeler>();
  const leases = createLeaseBook(board, (labelerId, item) => labelers.get(labelerId)?.seen.has(item) === true);
  const gold = createGoldShelf(board.find);
  /** By person, the categories of items that were kept from them. */
  const avoided = new Map<string, Map<string, readonly string[]>>();
  const dirtyTasks = new Set<string>();
  const dirtyFacts = new Set<string>();
  let isRestored = false;
  let recent: { readonly item: string; readonly at: number }[] = [];
  let newest = 0;

  function labelerOf(labelerId: string): Labeler {
    let labeler = labelers.get(labelerId);
    if (labeler === undefined) labelers.set(labelerId, (labeler = newLabeler(labelerId)));
    return labeler;
  }

  function look(entry: Entry): void {
    board.refresh(entry);
    dirtyTasks.add(entry.item);
  }

  function canRead(entry: Entry | undefined, { languages }: Pick<Person, 'languages'>): boolean {
    if (entry === undefined || entry.isLost || isErased(contentKey(entry))) return false;
    if (entry.language === null || entry.language === 'und' || languages.length === 0) return true;
    return languages.some((language) => primaryLanguage(language) === entry.language);
  }

  /** A gold item or a repeat, when it is the turn of one and there is one. */
  function checkFor(request: LeaseRequest, labeler: Labeler, now: number): Given | null {
    const { labelerId } = request;
    const turn = { labeler: labelerId, ordinal: labeler.given, salts };
    const kind = turnOf(turn);
    if (kind === 'FRESH') return null;
    const held = new Set(leases.of(labelerId).map(revisionKey));
    const isPossible = ({ item }: { readonly item: string }): boolean =>
      !held.has(item) && canRead(board.find(item), request);
    const all = gold.items(now);
    const task = scheduleTask({
      ...turn,
      gold: kind === 'REPEAT' ? all : all.filter((it) => !labeler.seen.has(it.item) && isPossible(it)),
      answered: kind === 'GOLD' ? [] : labeler.answered.filter(isPossible),
      repeated: labeler.repeated,
    });
    const entry = task.kind === 'FRESH' ? undefined : board.find(task.item);
    return entry === undefined ? null : { entry, purpose: task.kind };
  }

  /** Whether an item is not for this person, or nobody, at this time. */
  function isKept({ avoid, labelerId }: LeaseRequest, now: number): (item: string) => boolean {
    const own = avoided.get(labelerId);
    return (item) =>
      (board.find(item)?.notBefore ?? 0) > now ||
      (avoid.length > 0 && own?.get(item)?.some((category) => avoid.includes(category)) === true);
  }

  function freshFor(request: LeaseRequest, labeler: Labeler, now: number): Given | null {
    const { queue, labelerId } = request;
    for (const lane of lanesOf(queue, labelerId, labeler.given)) {
      const item = queues.next(request, lane, isKept(request, now));
      const entry = item === null ? undefined : board.find(item);
      if (entry !== undefined) return { entry, purpose: 'FRESH' };
    }
    return null;
  }

  function lanesOf(queue: TaskQueue, labelerId: string, ordinal: number): readonly Lane[] {
    if (queue !== 'STANDARD') return ['SETTLING'];
    return laneOf(labelerId, ordinal, salts.order) === 'ESTIMATION' ? ['ESTIMATION', 'OTHER'] : ['OTHER', 'ESTIMATION'];
  }

  function handOut(request: LeaseRequest, { entry, purpose }: Given, now: number): Handout {
    const { labelerId, group, queue } = request;
    const labeler = labelerOf(labelerId);
    const { platform, contentId, revision, taskId, origin, windowFrom, status } = entry;
    const terms = {
      ...{ taskId, origin, platform, contentId, revision, windowFrom, queue, labelerId, group, purpose },
      ordinal: labeler.given,
      leasedAt: now,
      expiresAt: now + leaseMs,
      policies: [...shelf.keys],
    };
    labeler.given++;
    const lease = { ...terms, leaseId: leaseIdOf(terms) };
    leases.take(lease);
    const isFresh = purpose === 'FRESH';
    const why = isFresh && status?.kind === 'waiting' ? status.why : null;
    return {
      lease,
      why,
      questions: shelf.questions,
      task: isFresh ? (entry.tasks.get(taskId) ?? null) : null,
      votes: isExpertWork(request) && why !== 'AUDIT' ? votesOf(entry.said) : null,
    };
  }

  /** What the person holds on to goes on, everything else of theirs ends. */
  function keepOnly(labelerId: string, holding: readonly SealedLease[], now: number): void {
    const held = new Set(holding.map(({ leaseId }) => leaseId));
    for (const { leaseId } of leases.of(labelerId)) {
      if (!held.has(leaseId) && !leases.isAwaited(leaseId)) leases.end(leaseId);
    }
    for (const lease of holding) {
      // Given out before this process began, or by another one.
      const isOver = lease.expiresAt <= now || knownAttempt(lease, revisionKey(lease)) !== undefined;
      if (!isOver && leases.find(lease.leaseId) === undefined) leases.take(lease);
    }
  }

  function nextLease(request: LeaseRequest, holding: readonly SealedLease[], now: number): NextLease {
    const { labelerId, queue, role } = request;
    if (queue !== 'STANDARD' && role !== 'EXPERT') return refused('not_yours', 'queue: only experts work there');
    if (holding.some((lease) => lease.labelerId !== labelerId)) {
      return refused('not_yours', 'holding: a lease of somebody else');
    }
    leases.expire(now);
    keepOnly(labelerId, holding, now);
    const labeler = labelerOf(labelerId);
    if (queue === 'STANDARD') {
      const { standing, questions } = standingOf(labeler, gold.truthOf, gold.version);
      if (standing === 'STOP') return { kind: 'stopped', questions };
    }
    if (shelf.questions.length > 0) {
      const given = (queue === 'STANDARD' ? checkFor(request, labeler, now) : null) ?? freshFor(request, labeler, now);
      if (given !== null) return { kind: 'task', ...handOut(request, given, now) };
    }
    const { own, all } = queues.waiting(request);
    return { kind: 'empty', others: Math.max(0, all - own) };
  }

  /** The latest attempt of a lease that is folded. */
  function knownAttempt({ leaseId, purpose, labelerId }: LeaseName, item: string): number | undefined {
    return purpose === 'FRESH'
      ? board.find(item)?.said.find((said) => said.leaseId === leaseId)?.attempt
      : labelers.get(labelerId)?.checks.get(leaseId)?.attempt;
  }

  function accept(lease: SealedLease, request: AnswerRequest, now: number): Acceptance {
    const { leaseId, labelerId, purpose } = lease;
    const item = revisionKey(lease);
    const submissionId = submissionIdOf(leaseId, request.attempt);
    const known = knownAttempt(lease, item);
    if (known !== undefined && request.attempt <= known) return { kind: 'repeated', submissionId };
    if (now > lease.expiresAt + LATE_LEASES * leaseMs) return refused('lease_expired', 'the lease has ended');
    const problem = problemOfAnswer(lease, request, shelf.questionsOf(lease.policies));
    if (problem !== null) return refused('invalid_request', problem);
    const isFirst = purpose === 'FRESH' && known === undefined;
    const entry = board.find(item);
    if (isFirst) {
      // Under two leases: the page was reloaded, or this role was restarted. The first answer counts.
      if (leases.isAnsweredElsewhere(lease, item) || labelers.get(labelerId)?.seen.has(item) === true) {
        return refused('lease_unknown', 'this person has answered the item under another lease');
      }
      const isGiven = entry !== undefined && !entry.leases.has(leaseId) && board.isTaken(entry);
      if (now > lease.expiresAt && isGiven) return refused('lease_expired', 'the item was given to somebody else');
    }
    leases.await(submissionId, lease, item);
    const isLate = isFirst && entry?.status?.kind !== 'waiting';
    return { kind: 'append', submission: submissionOf(lease, request, now), state: isLate ? 'late' : 'counted' };
  }

  function fold(submission: LabelSubmitted): boolean {
    const { submissionId, leaseId, attempt, labelerId, purpose, submittedAt, outcome } = submission;
    leases.settled(submissionId);
    // A decision about a verdict without a task says nothing of the facts.
    if (outcome === 'ANSWERED' && Object.keys(submission.answers).length === 0) return true;
    const entry = board.entryOf(submission);
    const known = knownAttempt(submission, entry.item);
    if (known !== undefined && attempt <= known) return false;
    const { reason, taskId, decision } = submission;
    const answers = withImpliedAnswers(submission.answers, shelf.questionsOf(submission.policies));
    note(labelerOf(labelerId), submission, entry.item, answers, known === undefined);
    leases.end(leaseId);
    if (purpose !== 'FRESH') return true;
    const isExpert = submission.labelerRole === 'EXPERT';
    const said: Said = {
      ...{ leaseId, attempt, submissionId, taskId, labelerId, isExpert, outcome, reason, answers, submittedAt },
      verdictId: decision?.verdictId ?? null,
    };
    if (known === undefined) entry.said.push(said);
    else entry.said = entry.said.map((other) => (other.leaseId === leaseId ? said : other));
    if (entry.tasks.size > 0) queues.bar(entry.item, labelerId);
    if (isExpert && outcome === 'ANSWERED') gold.note(entry, submittedAt, known !== undefined);
    newest = Math.max(newest, submittedAt);
    recent.push({ item: entry.item, at: submittedAt });
    if (recent.length > 2 * RECENT_LIMIT) trimRecent();
    if (isRestored) {
      look(entry);
      dirtyFacts.add(entry.item);
    }
    return true;
  }

  function trimRecent(): void {
    recent = recent.filter(({ at }) => at > newest - UNTOLD_MS).slice(-RECENT_LIMIT);
  }

  function chores(now: number): Chores {
    leases.expire(now);
    const windows = board.endedWindows(now);
    const closed = windows.flatMap(({ strata }) => strata.flatMap(({ missing }) => missing));
    const requeued: LabelRequested[] = [];
    for (const item of dirtyTasks) {
      const entry = board.find(item);
      if (entry?.status?.kind === 'closed') closed.push(...entry.tasks.keys());
      if (entry?.status?.kind !== 'waiting') continue;
      const { queue } = entry.status;
      for (const task of entry.tasks.values()) {
        if (task.queue === queue) continue;
        const moved = { ...task, queue };
        entry.tasks.set(task.taskId, moved);
        requeued.push(moved);
      }
    }
    dirtyTasks.clear();
    for (const taskId of closed) board.close(taskId);
    return { requeued, closed, windows, resolved: news(now), isMore: dirtyFacts.size > 0 };
  }

  /** What is known of items that are settled now, or of which a fact has changed since it was last told. */
  function news(now: number): readonly LabelResolved[] {
    const resolved: LabelResolved[] = [];
    let looked = 0;
    for (const item of dirtyFacts) {
      if (looked++ === MOST_FACTS) break;
      dirtyFacts.delete(item);
      const entry = board.find(item);
      const facts = factsOf(entry?.said ?? [], skillOf);
      if (entry === undefined || facts.size === 0) continue;
      const at = { isSettled: entry.tasks.size === 0, passId: null, resolvedAt: now };
      const event = resolvedEvent(entry, facts, at);
      const told = inShort(event);
      if (told === entry.told) continue;
      entry.told = told;
      resolved.push(event, ...derivedEvents(event, shelf.live));
    }
    return resolved;
  }

  function lookAtAll(): void {
    if (isRestored) for (const entry of board.open()) look(entry);
  }

  return {
    putTask: (task) => {
      const entry = board.putTask(task);
      if (entry !== null && isRestored) dirtyTasks.add(entry.item);
    },
    dropTask: board.dropTask,
    fold,
    setPolicies: (published) => {
      shelf.set(published);
      lookAtAll();
    },
    setSkills: (found) => {
      skills = found;
      if (!isRestored) return;
      for (const entry of board.open()) {
        if (entry.said.length < 2) continue;
        look(entry);
        dirtyFacts.add(entry.item);
      }
    },
    erase: (key) => {
      for (const entry of board.ofContent(key)) look(entry);
    },
    restored: () => {
      isRestored = true;
      board.begin();
      lookAtAll();
    },
    nextLease,
    likely: (request, now) => {
      const notNow = isKept(request, now);
      return lanesOf(request.queue, request.labelerId, 0).map((lane) => {
        const found = new Set<string>();
        for (let n = 0; n < MOST_LIKELY; n++) {
          const item = queues.next(request, lane, (other) => found.has(other) || notNow(other));
          if (item === null) break;
          found.add(item);
        }
        return [...found].flatMap((item) => board.find(item) ?? []);
      });
    },
    accept,
    abandon: ({ submissionId }) => {
      leases.settled(submissionId);
    },
    release: (leaseId) => {
      const lease = leases.find(leaseId);
      if (lease === undefined || leases.isAwaited(leaseId)) return;
      leases.end(leaseId);
      const labeler = labelerOf(lease.labelerId);
      if (labeler.given === lease.ordinal + 1) labeler.given = lease.ordinal;
    },
    avoid: (item, labelerId, categories) => {
      const own = avoided.get(labelerId);
      if (own === undefined) avoided.set(labelerId, new Map([[item, categories]]));
      else own.set(item, categories);
    },
    defer: (item, until) => {
      const entry = board.find(item);
      if (entry !== undefined) entry.notBefore = until;
    },
    lose: (item) => {
      const entry = board.find(item);
      if (entry === undefined) return;
      entry.isLost = true;
      gold.remove(item);
      look(entry);
    },
    learnLanguage: (item, language) => {
      const entry = board.find(item);
      if (entry === undefined) return;
      entry.language = primaryLanguage(language);
      board.place(entry);
    },
    progress: (person, now) => {
      const labeler = labelerOf(person.labelerId);
      const own = (queue: TaskQueue): number =>
        queue !== 'STANDARD' && person.role !== 'EXPERT' ? 0 : queues.waiting({ ...person, queue }).own;
      return {
        ...todayOf(labeler, now, shelf.categoriesOf, shelf.version),
        total: labeler.total,
        waiting: { standard: own('STANDARD'), expert: own('EXPERT'), legal: own('LEGAL') },
        standing: standingOf(labeler, gold.truthOf, gold.version).standing,
      };
    },
    chores,
    takeOver: () => {
      // What was folded meanwhile the one before has told, all but the last of it.
      dirtyFacts.clear();
      trimRecent();
      for (const { item } of recent) dirtyFacts.add(item);
      for (const { item } of board.open()) dirtyTasks.add(item);
    },
    *figures(now) {
      const { open, oldestAt } = yield* board.figures(now);
      return { open, leases: leases.size, oldestMs: now - oldestAt };
    },
  };
}

interface Given {
  readonly entry: Entry;
  readonly purpose: Lease['purpose'];
}

type LeaseName = Pick<Lease, 'leaseId' | 'purpose' | 'labelerId'>;

function submissionOf(lease: SealedLease, request: AnswerRequest, submittedAt: number): LabelSubmitted {
  const { leaseId, taskId, origin, platform, contentId, revision, labelerId, verdict } = lease;
  const { purpose, ordinal, policies, textHash, windowFrom, leasedAt } = lease;
  const { attempt, outcome, answers, reason, durationMs, action } = request;
  return {
    submissionId: submissionIdOf(leaseId, attempt),
    ...{ leaseId, attempt, taskId, origin, platform, contentId, revision, labelerId },
    labelerRole: isExpertWork(lease) ? 'EXPERT' : 'REVIEWER',
    raterGroup: lease.group,
    ...{ purpose, ordinal, outcome, answers, reason },
    decision:
      verdict === null || action === null
        ? null
        : {
            channel: verdict.channel,
            verdictId: verdict.verdictId,
            action,
            overturns: action !== verdict.action,
          },
    ...{ policies, textHash, windowFrom, leasedAt },
    durationMs: durationMs === null ? null : Math.min(durationMs, LONGEST_MS),
    submittedAt,
  };
}

/** An Avro int. */
const LONGEST_MS = 2 ** 31 - 1;

/** Facts and whether they are final; probabilities move with every answer, and a pass tells of them. */
function inShort({ isSettled, facts }: LabelResolved): string {
  return hashFields(
    String(isSettled),
    ...Object.entries(facts).flatMap(([question, { fact, isExpert }]) => [question, fact, String(isExpert)]),
  );
}

function votesOf(said: readonly Said[]): Handout['votes'] {
  const votes: Record<string, Record<Answer, number>> = {};
  for (const { outcome, isExpert, answers } of said) {
    if (outcome !== 'ANSWERED' || isExpert) continue;
    for (const [question, answer] of Object.entries(answers)) {
      votes[question] ??= { YES: 0, NO: 0, UNSURE: 0 };
      votes[question][answer]++;
    }
  }
  return votes;
}

function refused(problem: LabelDeskProblem, detail: string): Refused {
  return { kind: 'refused', problem, detail };
}
