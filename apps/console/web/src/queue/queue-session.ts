import type {
  Action,
  Answer,
  AnswerGiven,
  AnswerKept,
  LabelProgress,
  LabelQueue,
  LabelTask,
  LeaseAnswer,
  LeaseAsked,
  TaskReason,
} from '../api/types.js';
import { choose, finish, layOut, press, type LaidOut, type Sheet } from './answer-sheet.js';

/** The item in hand. */
export interface Item {
  readonly task: LabelTask;
  readonly layout: readonly LaidOut[];
  readonly sheet: Sheet;
  /** Of an expert on an appeal; null: not decided yet. */
  readonly action: Action | null;
  /** 0, and one more for each correction. */
  readonly attempt: number;
  /** Counts what this page has shown. */
  readonly number: number;
  readonly shownAt: number;
}

export type Phase = 'loading' | 'working' | 'empty' | 'stopped';

export interface QueueView {
  readonly phase: Phase;
  readonly item: Item | null;
  readonly isCorrecting: boolean;
  readonly canCorrect: boolean;
  /** Answers that the server has not taken yet. */
  readonly unsent: number;
  readonly progress: LabelProgress | null;
  /** Waiting for others; categories that are kept away. */
  readonly others: number;
  readonly avoided: readonly string[];
  /** Questions over which somebody has to talk with the person. */
  readonly questions: readonly string[];
  /** Why nothing goes on at this moment; the page tries again by itself. */
  readonly trouble: Error | null;
  /** For who hears the page: what has just happened. */
  readonly said: string;
  /** Items saved since the page was opened. */
  readonly saved: number;
}

export interface QueueApi {
  lease(asked: LeaseAsked): Promise<LeaseAnswer>;
  answer(given: AnswerGiven): Promise<AnswerKept>;
  release(lease: string): void;
}

export interface QueueSession {
  readonly view: () => QueueView;
  readonly subscribe: (listener: () => void) => () => void;
  start(): void;
  /** A key: the same again takes it back. */
  press(question: string, answer: Answer): void;
  /** A control that shows what is chosen. */
  choose(question: string, answer: Answer): void;
  decide(action: Action): void;
  /** No to all that is open, and on to the next item. False: an appeal is not decided yet. */
  save(): boolean;
  skip(reason: TaskReason): void;
  escalate(reason: TaskReason): void;
  /** Back to the item before, or from there to the one in hand. */
  correct(): void;
  /** Gives back what is in hand. */
  leave(): void;
}

/** What becomes of a call that failed: again in a moment, no use because the item went elsewhere, or no use at all. */
export type Fate = 'again' | 'late' | 'refused';

/** A prefetched item that is left so little time is not begun. */
const LEAST_TIME_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Works through a queue: the next item is fetched while this one is read, so that it is there at once. Answers are sent in order and
 * again until they are taken; the server counts each once.
 */
export function createQueueSession(options: {
  readonly queue: LabelQueue;
  readonly api: QueueApi;
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly fateOf: (error: unknown) => Fate;
}): QueueSession {
  const { queue, api, clock, wait, fateOf } = options;
  const listeners = new Set<() => void>();
  const outbox: { readonly given: AnswerGiven; readonly number: number }[] = [];
  let next: LabelTask | null = null;
  /** Answered last, for corrections; and what is in hand while it is corrected. */
  let before: Item | null = null;
  let aside: Item | null = null;
  /** As it was sent, while it is corrected. */
  let sent: Item | null = null;
  /** The server had no further item when it was asked last. */
  let isDry = false;
  let shown = 0;
  let isPumping = false;
  let hasLeft = false;
  let view: QueueView = {
    phase: 'loading',
    item: null,
    isCorrecting: false,
    canCorrect: false,
    unsent: 0,
    progress: null,
    others: 0,
    avoided: [],
    questions: [],
    trouble: null,
    said: '',
    saved: 0,
  };

  function show(change: Partial<QueueView>): void {
    view = {
      ...view,
      ...change,
      isCorrecting: aside !== null,
      canCorrect: before !== null && aside === null,
      unsent: outbox.length,
    };
    for (const listener of listeners) listener();
  }

  function update(change: Partial<Item>): void {
    if (view.item !== null) show({ item: { ...view.item, ...change } });
  }

  function opened(task: LabelTask): Item {
    shown++;
    return {
      task,
      layout: layOut(task.questions),
      sheet: {},
      action: null,
      attempt: 0,
      number: shown,
      shownAt: clock(),
    };
  }

  function held(): string[] {
    const tasks = [view.item?.task, aside?.task, next].filter((task) => task !== null && task !== undefined);
    return tasks.map(({ lease }) => lease);
  }

  /** The prefetched item comes into hand at once; what is missing then is fetched. */
  function advance(change: Partial<QueueView>): void {
    const ready = next !== null && next.expiresAt - clock() >= LEAST_TIME_MS ? next : null;
    if (ready === null && next !== null) api.release(next.lease);
    next = null;
    show({ ...change, item: ready === null ? null : opened(ready), phase: ready === null ? 'loading' : 'working' });
    isDry = false;
    void pump();
  }

  async function sendFirst(): Promise<void> {
    const [first] = outbox;
    if (first === undefined) return;
    const { given, number } = first;
    try {
      const { state, progress } = await api.answer(given);
      outbox.shift();
      show({ progress, trouble: null, ...(state === 'late' ? { said: late(number) } : {}) });
    } catch (error) {
      const fate = fateOf(error);
      if (fate !== 'again') outbox.shift();
      if (fate !== 'late') throw error;
      show({ said: late(number), trouble: null });
    }
  }

  async function fetchOne(): Promise<void> {
    const answer = await api.lease({ queue, holding: held() });
    if (hasLeft) {
      if (answer.kind === 'task') api.release(answer.task.lease);
      return;
    }
    const { progress } = answer;
    const isInHand = view.item !== null || aside !== null;
    switch (answer.kind) {
      case 'task':
        if (isInHand) {
          next = answer.task;
          show({ progress, trouble: null });
        } else {
          show({ progress, trouble: null, phase: 'working', item: opened(answer.task) });
        }
        return;
      case 'empty':
        isDry = true;
        show({
          progress,
          trouble: null,
          others: answer.others,
          avoided: answer.avoided,
          ...(isInHand ? {} : { phase: 'empty' as const }),
        });
        return;
      case 'stopped':
        isDry = true;
        show({
          progress,
          trouble: null,
          questions: answer.questions,
          ...(isInHand ? {} : { phase: 'stopped' as const }),
        });
    }
  }

  /** One thing at a time, answers first: an item that was answered must not look given up. */
  async function pump(): Promise<void> {
    if (isPumping) return;
    isPumping = true;
    for (let failures = 0; ;) {
      const wantsItem = !hasLeft && !isDry && (next === null || (view.item === null && aside === null));
      if (outbox.length === 0 && !wantsItem) break;
      try {
        await (outbox.length > 0 ? sendFirst() : fetchOne());
        failures = 0;
      } catch (error) {
        const trouble = error instanceof Error ? error : new Error('unknown');
        show({ trouble });
        if (fateOf(error) !== 'again' || hasLeft) break;
        failures++;
        await wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)));
      }
    }
    isPumping = false;
  }

  function close(given: Pick<AnswerGiven, 'outcome' | 'answers' | 'reason' | 'action'>, what: string): void {
    const { item } = view;
    if (item === null) return;
    const { task, attempt, number, shownAt } = item;
    const durationMs = attempt === 0 ? Math.max(0, clock() - shownAt) : null;
    outbox.push({ given: { lease: task.lease, attempt, durationMs, ...given }, number });
    const said = `Item ${number} ${what}.`;
    // Only what was answered can be corrected: what was skipped or escalated has gone to somebody else.
    before = given.outcome === 'ANSWERED' ? item : null;
    if (aside === null) {
      advance({ said, saved: view.saved + (attempt === 0 ? 1 : 0) });
      return;
    }
    const back = aside;
    aside = null;
    show({ said, item: { ...back, shownAt: clock() } });
    void pump();
  }

  return {
    view: () => view,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      hasLeft = false;
      isDry = false;
      void pump();
    },
    press: (question, answer) => {
      if (view.item !== null) update({ sheet: press(view.item.layout, view.item.sheet, question, answer) });
    },
    choose: (question, answer) => {
      if (view.item !== null) update({ sheet: choose(view.item.sheet, question, answer) });
    },
    decide: (action) => {
      if (view.item?.task.verdict !== null) update({ action });
    },
    save: () => {
      const { item } = view;
      if (item === null) return false;
      if (item.task.text === null) {
        close({ outcome: 'SKIPPED', answers: {}, reason: 'GONE', action: null }, 'is gone');
        return true;
      }
      if (item.task.verdict !== null && item.action === null) return false;
      close(
        { outcome: 'ANSWERED', answers: finish(item.layout, item.sheet), reason: null, action: item.action },
        item.attempt === 0 ? 'saved' : 'corrected',
      );
      return true;
    },
    skip: (reason) => {
      close({ outcome: 'SKIPPED', answers: {}, reason, action: null }, 'skipped');
    },
    escalate: (reason) => {
      close({ outcome: 'ESCALATED', answers: {}, reason, action: null }, 'escalated');
    },
    correct: () => {
      if (aside !== null) {
        const back = aside;
        aside = null;
        before = sent;
        show({ item: back, said: `Back to item ${back.number}.` });
        return;
      }
      if (before === null) return;
      const old = before;
      sent = old;
      aside = view.item;
      before = null;
      const item = { ...old, attempt: old.attempt + 1, shownAt: clock() };
      // With an empty queue there is nothing to set aside.
      show({ item, phase: 'working', said: `Correcting item ${old.number}.` });
    },
    leave: () => {
      hasLeft = true;
      for (const lease of held()) api.release(lease);
      next = null;
      aside = null;
      before = null;
      sent = null;
      show({ item: null, phase: 'loading' });
    },
  };
}

function late(number: number): string {
  return `Item ${number} came too late: it was settled, or had gone back to the queue.`;
}
