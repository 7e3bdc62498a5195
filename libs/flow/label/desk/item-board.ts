import { contentKey, revisionKey, type LabelRequested, type TaskQueue } from '#platform/contracts';
import { uniform, type PolicyQuestion } from '#policy';
import type { Steps } from '../steps.js';
import { inOverlap, type LabelSalts } from '../quality/quality-draws.js';
import { closeLabelling, queueRank, type ClosedStratum } from './queue-order.js';
import { statusOf, type ItemStatus, type QuestionSkill, type Said } from './item-status.js';
import { createTaskQueues, primaryLanguage, type Place, type TaskQueues } from './task-queues.js';

/** One revision that people are or were asked about. */
export interface Entry {
  readonly item: string;
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
  /** Open ones, by taskId. */
  readonly tasks: Map<string, LabelRequested>;
  said: Said[];
  /** Fresh leases that are current: the queue from which each was given. */
  readonly leases: Map<string, TaskQueue>;
  /** Of the task by which it waits, or was answered last. */
  taskId: string;
  origin: LabelRequested['origin'];
  windowFrom: number | null;
  /** Primary subtag; null: not known. */
  language: string | null;
  /** Null while it has no open task. */
  status: ItemStatus | null;
  overlap: boolean | null;
  isLost: boolean;
  notBefore: number;
  /** What was last told of it, in short. */
  told: string | null;
}

export interface EndedWindow {
  readonly windowFrom: number;
  readonly strata: readonly ClosedStratum[];
}

export interface BoardOptions {
  readonly salts: LabelSalts;
  readonly windowMs: number;
  readonly isErased: (contentKey: string) => boolean;
  readonly questions: () => readonly PolicyQuestion[];
  readonly skillOf: (question: string) => QuestionSkill | undefined;
}

/** All items and their open tasks, and who of them waits where. */
export interface ItemBoard {
  readonly queues: TaskQueues;
  readonly find: (item: string) => Entry | undefined;
  /** The entry of an item; a new one takes its task from `about`. */
  entryOf(about: Pick<Entry, 'platform' | 'contentId' | 'revision' | 'taskId' | 'origin' | 'windowFrom'>): Entry;
  /** Items with open tasks. */
  open(): Iterable<Entry>;
  /** Null: its tombstone was written already. */
  putTask(task: LabelRequested): Entry | null;
  readonly dropTask: (taskId: string) => void;
  /** The tombstone of a task is on its way. */
  close(taskId: string): void;
  /** From now on items wait in queues. */
  begin(): void;
  /** Looks again at what was said of an item. */
  refresh(entry: Entry): void;
  /** Looks again at who has it. */
  place(entry: Entry): void;
  isTaken(entry: Entry): boolean;
  ofContent(contentKey: string): readonly Entry[];
  endedWindows(now: number): readonly EndedWindow[];
  /** Items with open tasks by queue, and when the oldest task was requested. */
  figures(now: number): Steps<{ readonly open: Readonly<Record<TaskQueue, number>>; readonly oldestAt: number }>;
}

/** A hundred thousand tasks at once kept people waiting for 30 ms. */
const FIGURED_AT_ONCE = 500;

export function createItemBoard(options: BoardOptions): ItemBoard {
  const { salts, windowMs, isErased, questions, skillOf } = options;
  const queues = createTaskQueues();
  const entries = new Map<string, Entry>();
  const itemOfTask = new Map<string, string>();
  const itemsOfContent = new Map<string, Set<string>>();
  /** Tombstones that were written and not yet read back. */
  const closed = new Set<string>();
  /** Draws by the start of their window. */
  const windows = new Map<number, { readonly to: number; readonly tasks: Set<string> }>();
  let hasBegun = false;

  function entryOf(about: Parameters<ItemBoard['entryOf']>[0]): Entry {
    const { platform, contentId, revision, taskId, origin, windowFrom } = about;
    const item = revisionKey(about);
    let entry = entries.get(item);
    if (entry === undefined) {
      entry = {
        ...{ item, platform, contentId, revision, taskId, origin, windowFrom },
        tasks: new Map(),
        said: [],
        leases: new Map(),
        language: null,
        status: null,
        overlap: null,
        isLost: false,
        notBefore: 0,
        told: null,
      };
      entries.set(item, entry);
    }
    return entry;
  }

  function refresh(entry: Entry): void {
    if (!hasBegun) return;
    if (entry.tasks.size === 0) {
      entry.status = null;
      queues.drop(entry.item);
      return;
    }
    entry.overlap ??= inOverlap(entry.item, salts);
    const { said, overlap } = entry;
    const tasks = [...entry.tasks.values()];
    entry.status =
      entry.isLost || isErased(contentKey(entry))
        ? { kind: 'closed', reason: 'gone' }
        : statusOf({ said, tasks, questions: questions(), overlap, skillOf });
    place(entry);
  }

  function place(entry: Entry): void {
    const { status, item, tasks } = entry;
    if (status?.kind !== 'waiting' || tasks.size === 0 || isTaken(entry)) queues.withdraw(item);
    else queues.put(item, placeOf(entry, status.queue));
  }

  /** Whoever has it from another queue is not waited for: what was escalated is urgent. */
  function isTaken({ leases, status }: Entry): boolean {
    if (status?.kind !== 'waiting') return false;
    let taken = 0;
    for (const queue of leases.values()) if (queue === status.queue) taken++;
    return taken >= status.wanted;
  }

  function placeOf(entry: Entry, queue: TaskQueue): Place {
    const { item } = entry;
    const task = leading(queue, [...entry.tasks.values()]);
    const language = primaryLanguage(task.language === 'und' ? (entry.language ?? 'und') : task.language);
    const line = { queue, team: task.team, language };
    entry.taskId = task.taskId;
    entry.origin = task.origin;
    entry.windowFrom = task.windowFrom;
    if (queue !== 'STANDARD') {
      return { ...line, lane: 'SETTLING', a: task.origin === 'APPEALED' ? 0 : 1, b: task.requestedAt };
    }
    if (task.origin === 'DRAWN' && task.windowFrom !== null) {
      const window = task.windowFrom;
      return { ...line, lane: 'ESTIMATION', a: window, b: queueRank(salts.order, { item, window }) };
    }
    // Somebody waits for what was reported; what only trains waits in the order of its worth.
    return task.value === null
      ? { ...line, lane: 'OTHER', a: Number.NEGATIVE_INFINITY, b: task.requestedAt }
      : { ...line, lane: 'OTHER', a: -task.value, b: uniform(salts.order, item) };
  }

  function forget(taskId: string): void {
    const entry = entries.get(itemOfTask.get(taskId) ?? '');
    const task = entry?.tasks.get(taskId);
    if (entry === undefined || task === undefined) return;
    itemOfTask.delete(taskId);
    entry.tasks.delete(taskId);
    if (task.windowFrom !== null) {
      const window = windows.get(task.windowFrom);
      window?.tasks.delete(taskId);
      if (window?.tasks.size === 0) windows.delete(task.windowFrom);
    }
    if (entry.tasks.size === 0) {
      const key = contentKey(entry);
      const others = itemsOfContent.get(key);
      others?.delete(entry.item);
      if (others?.size === 0) itemsOfContent.delete(key);
    }
    refresh(entry);
  }

  return {
    queues,
    find: (item) => entries.get(item),
    entryOf,
    *open() {
      for (const item of new Set(itemOfTask.values())) {
        const entry = entries.get(item);
        if (entry !== undefined) yield entry;
      }
    },
    putTask: (task) => {
      const { taskId, origin, windowFrom, windowTo } = task;
      // Written before its tombstone, and read back after.
      if (closed.has(taskId)) return null;
      const entry = entryOf(task);
      entry.taskId = taskId;
      entry.origin = origin;
      entry.windowFrom = windowFrom;
      if (task.language !== 'und') entry.language = primaryLanguage(task.language);
      if (entry.tasks.size === 0) {
        for (const { labelerId } of entry.said) queues.bar(entry.item, labelerId);
        const key = contentKey(entry);
        const others = itemsOfContent.get(key);
        if (others === undefined) itemsOfContent.set(key, new Set([entry.item]));
        else others.add(entry.item);
      }
      entry.tasks.set(taskId, task);
      itemOfTask.set(taskId, entry.item);
      if (origin === 'DRAWN' && windowFrom !== null) {
        const window = windows.get(windowFrom);
        if (window === undefined) windows.set(windowFrom, { to: windowTo ?? windowFrom, tasks: new Set([taskId]) });
        else window.tasks.add(taskId);
      }
      refresh(entry);
      return entry;
    },
    dropTask: (taskId) => {
      closed.delete(taskId);
      forget(taskId);
    },
    close: (taskId) => {
      closed.add(taskId);
      forget(taskId);
    },
    begin: () => {
      hasBegun = true;
    },
    refresh,
    place,
    isTaken,
    ofContent: (key) => [...(itemsOfContent.get(key) ?? [])].flatMap((item) => entries.get(item) ?? []),
    endedWindows: (now) =>
      [...windows].flatMap(([windowFrom, { to, tasks }]) => {
        if (to + windowMs > now) return [];
        const draws = [...tasks].flatMap((taskId) => {
          const entry = entries.get(itemOfTask.get(taskId) ?? '');
          const task = entry?.tasks.get(taskId);
          if (entry === undefined || task === undefined) return [];
          const stratum = `${task.team ?? ''}|${primaryLanguage(task.language)}`;
          return [{ item: taskId, stratum, progress: progressOf(entry) }];
        });
        const strata = closeLabelling(draws);
        return strata.some(({ missing }) => missing.length > 0) ? [{ windowFrom, strata }] : [];
      }),
    *figures(now) {
      const open: Record<TaskQueue, number> = { STANDARD: 0, EXPERT: 0, LEGAL: 0 };
      let oldestAt = now;
      let looked = 0;
      for (const [taskId, item] of itemOfTask) {
        if (++looked % FIGURED_AT_ONCE === 0) yield;
        const entry = entries.get(item);
        const requestedAt = entry?.tasks.get(taskId)?.requestedAt ?? now;
        if (requestedAt < oldestAt) oldestAt = requestedAt;
        // An item counts once, with the task by which it waits.
        if (entry?.status?.kind === 'waiting' && entry.taskId === taskId) open[entry.status.queue]++;
      }
      return { open, oldestAt };
    },
  };
}

function progressOf({ said, leases }: Pick<Entry, 'said' | 'leases'>): 'UNTOUCHED' | 'PENDING' | 'SKIPPED' {
  if (said.length === 0) return leases.size > 0 ? 'PENDING' : 'UNTOUCHED';
  return said.every(({ outcome }) => outcome === 'SKIPPED') ? 'SKIPPED' : 'PENDING';
}

/** The task by which an item waits: in an expert's queue an appeal before all else, in the others a draw. */
function leading(queue: TaskQueue, [first, ...others]: readonly LabelRequested[]): LabelRequested {
  if (first === undefined) throw new Error('an item without tasks waits nowhere');
  const rank = ({ origin }: LabelRequested): number =>
    origin === (queue === 'STANDARD' ? 'DRAWN' : 'APPEALED') ? 0 : origin === 'TRAIN_ONLY' ? 2 : 1;
  return others.reduce((best, task) => {
    const by = rank(task) - rank(best) || (task.windowFrom ?? 0) - (best.windowFrom ?? 0);
    return (by || task.requestedAt - best.requestedAt || (task.taskId < best.taskId ? -1 : 1)) < 0 ? task : best;
  }, first);
}
