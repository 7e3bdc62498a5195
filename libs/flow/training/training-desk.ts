import type { DatasetPublished, TrainingCompleted, TrainingProgressed, TrainingRequested } from '#platform/contracts';
import {
  classify,
  createRunner,
  emit,
  FatalError,
  openTable,
  RetryableError,
  skip,
  writeThroughDoors,
  type BatchHandler,
  type Broker,
  type Message,
  type RunnerObserver,
  type Serde,
  type TableView,
  type Worker,
  type Writer,
} from '#platform/stream';
import { createProgressVoice, type ProgressVoice } from './progress-voice.js';
import { createRequestBoard } from './request-board.js';
import { requestForDataset } from './training-request.js';
import { WorkError, type ArtefactShelf, type WorkHandlers, type WorkPoint } from './work.js';

export type TrainingEvent =
  | {
      readonly event: 'training_started';
      readonly requestId: string;
      readonly kind: string;
      readonly attempt: number;
    }
  | { readonly event: 'training_skipped'; readonly requestId: string; readonly ended: string }
  | { readonly event: 'training_completed'; readonly requestId: string; readonly artefactId: string }
  | { readonly event: 'training_failed'; readonly requestId: string; readonly code: string; readonly stack?: string }
  | { readonly event: 'training_waits'; readonly requestId: string; readonly code: string }
  | { readonly event: 'training_left'; readonly requestId: string };

/** Folders of requests, one each. */
export interface WorkFolders {
  /** Makes it, or finds what an earlier attempt left. */
  open(requestId: string): string;
  remove(requestId: string): void;
}

export interface TrainingDeskDeps {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly writer: Writer;
  readonly release: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Waits before a retry, counted from 1. */
  readonly backOff: (attempt: number) => Promise<void>;
  readonly observer: RunnerObserver;
  readonly rejectShare: { readonly share: number; readonly least: number };
  readonly onFatal: (error: Error) => void;
  readonly report: (event: TrainingEvent) => void;
  readonly handlers: WorkHandlers;
  readonly shelf: ArtefactShelf;
  readonly folders: WorkFolders;
  /** Recipe by which a new data set is trained on at once; null: none. */
  readonly recipeFor: (dataset: DatasetPublished) => string | null;
  readonly at: (point: WorkPoint) => void;
}

const APP = 'training';
const REQUESTS = 'training.requested';
/** A request that takes its role along so often is given up, so that those behind it are answered. */
const MOST_ATTEMPTS = 10;

/**
 * Answers requests one after the other. The journal is read beside the work, so that hours of training cost no place in the group; the offset
 * of a request is committed when it has ended, so that a role that is killed finds it again.
 */
export function createTrainingDesk(deps: TrainingDeskDeps): Worker {
  const { broker, serde, writer, clock, report, handlers } = deps;
  const board = createRequestBoard();
  let progressPosition = 0;
  let completed: TableView<TrainingCompleted> | null = null;
  /** Written by this role and perhaps not read back yet. */
  const own = new Map<string, TrainingCompleted>();

  /** Not ended yet, by offset, in their order. */
  const waiting = new Map<number, TrainingRequested>();
  let taken = 0;
  let commit: (nextOffset: number) => Promise<void> = () => Promise.resolve();
  let loop: Promise<void> | null = null;
  let isStopping = false;
  let current: { readonly offset: number; readonly abort: AbortController } | null = null;

  const runner = createRunner({
    app: APP,
    release: deps.release,
    serde,
    clock,
    handlers: new Map<string, BatchHandler>([
      [REQUESTS, (batch) => Promise.resolve(take(batch as readonly Message<TrainingRequested>[]))],
      ['dataset.published', (batch) => Promise.resolve(trigger(batch as readonly Message<DatasetPublished>[]))],
    ]),
    observer: deps.observer,
    backOff: deps.backOff,
    rejectShare: deps.rejectShare,
  });

  const reader = broker.journal.read({
    app: APP,
    topics: [REQUESTS, 'dataset.published'],
    onAssigned: (places) => {
      if (!places.some(({ topic }) => topic === REQUESTS)) leave();
    },
    process: async (batch) => {
      const { records } = await runner({ ...batch, carried: null, tables: new Map() });
      await writeThroughDoors(broker, records);
      if (batch.topic !== REQUESTS) return 'all';
      taken = (batch.records.at(-1)?.offset ?? -1) + 1;
      commit = (nextOffset) => batch.commit(nextOffset);
      await commitWhatEnded();
      work();
      return 'later';
    },
    onFatal: deps.onFatal,
  });

  function take(batch: readonly Message<TrainingRequested>[]) {
    for (const { offset, value } of batch) if (!waiting.has(offset)) waiting.set(offset, value);
    return { outcomes: batch.map(() => skip('queued')) };
  }

  function trigger(batch: readonly Message<DatasetPublished>[]) {
    const outcomes = batch.map(({ value: dataset }) => {
      const recipe = deps.recipeFor(dataset);
      if (recipe === null) return skip('no_recipe');
      const value = requestForDataset(dataset, recipe);
      return emit({ topic: REQUESTS, key: value.requestId, value } as const);
    });
    return { outcomes };
  }

  /** Somebody else has the requests now, from the last commit on. */
  function leave(): void {
    waiting.clear();
    current?.abort.abort();
  }

  function commitWhatEnded(): Promise<void> {
    return commit(waiting.keys().next().value ?? taken);
  }

  function work(): void {
    loop ??= answerAll()
      .catch((error: unknown) => {
        deps.onFatal(classify(error));
      })
      .finally(() => {
        loop = null;
      });
  }

  async function answerAll(): Promise<void> {
    for (;;) {
      const next = waiting.entries().next().value;
      if (next === undefined || isStopping) return;
      const [offset, request] = next;
      const abort = new AbortController();
      current = { offset, abort };
      const hasEnded = await answer(request, abort.signal);
      current = null;
      if (!hasEnded) {
        report({ event: 'training_left', requestId: request.requestId });
        continue;
      }
      waiting.delete(offset);
      await patiently(commitWhatEnded, abort.signal);
    }
  }

  /** False when it was left to whoever gets it next. */
  async function answer(request: TrainingRequested, signal: AbortSignal): Promise<boolean> {
    const { requestId, kind } = request;
    await patiently(readProgress, signal);
    if (signal.aborted) return false;
    const ended = board.ended(request);
    if (ended !== null) {
      report({ event: 'training_skipped', requestId, ended: ended.state });
      deps.folders.remove(requestId);
      return true;
    }
    const attempt = board.attempts(requestId) + 1;
    const write = async (value: TrainingProgressed): Promise<void> => {
      await writer.write([{ topic: 'training.progressed', key: requestId, value }]);
      board.fold(value);
    };
    const voice = createProgressVoice({
      requestId,
      attempt,
      clock,
      write: (value) => patiently(() => write(value), signal),
      tryWrite: (value) => write(value).catch(ignoreRetryable),
    });
    const brokenOff = board.brokenOff(requestId);
    if (brokenOff >= MOST_ATTEMPTS) {
      return fail(request, voice, new WorkError('attempts_exhausted', exhausted(brokenOff)));
    }
    report({ event: 'training_started', requestId, kind, attempt });
    await voice.say({ state: 'STARTED', step: 'started' });
    deps.at('after_started');
    // Looked at anew each time: the role may stop, or lose the request, at any of the waits above.
    const isOver = (): boolean => signal.aborted;
    let event: TrainingCompleted;
    try {
      event = completedFor(request) ?? (await attemptAt(request, attempt, voice, signal));
    } catch (error) {
      if (isOver()) return false;
      if (error instanceof FatalError) throw error;
      return fail(request, voice, error);
    }
    if (isOver()) return false;
    const { artefactId } = event;
    if (!own.has(artefactId) && completed?.get(artefactId) === undefined) {
      await patiently(() => writer.write([{ topic: 'training.completed', key: artefactId, value: event }]), signal);
      own.set(artefactId, event);
    }
    deps.at('after_completed');
    await voice.say({ state: 'COMPLETED', step: 'completed', subjectId: artefactId });
    report({ event: 'training_completed', requestId, artefactId });
    deps.folders.remove(requestId);
    return true;
  }

  async function attemptAt(
    request: TrainingRequested,
    attempt: number,
    voice: ProgressVoice,
    signal: AbortSignal,
  ): Promise<TrainingCompleted> {
    const context = {
      attempt,
      folder: deps.folders.open(request.requestId),
      progress: (step: string, done: number, total: number) => {
        voice.hint(step, done, total);
      },
      signal,
      clock,
      release: deps.release,
      shelf: deps.shelf,
      completed: allCompleted,
      at: deps.at,
    };
    for (let retries = 1; ; retries++) {
      try {
        return await handlers[request.kind](request, context);
      } catch (error) {
        if (!(error instanceof RetryableError) || signal.aborted) throw error;
        report({ event: 'training_waits', requestId: request.requestId, code: error.code });
        await deps.backOff(retries);
      }
    }
  }

  async function fail({ requestId }: TrainingRequested, voice: ProgressVoice, error: unknown): Promise<true> {
    const known = error instanceof WorkError ? error : null;
    report({
      event: 'training_failed',
      requestId,
      code: known?.code ?? 'unexpected',
      // Where, and not what: the message of an unexpected error may quote what was read.
      ...(known === null && error instanceof Error ? { stack: placesOf(error) } : {}),
    });
    const detail = known?.message ?? 'unexpected error: the log of the training role says where; please report it';
    await voice.say({ state: 'FAILED', step: 'failed', detail });
    deps.folders.remove(requestId);
    return true;
  }

  function allCompleted(): readonly TrainingCompleted[] {
    return [
      ...new Map([...own, ...[...(completed?.values() ?? [])].map((one) => [one.artefactId, one] as const)]).values(),
    ];
  }

  /** An attempt that was killed between its last two words had done it all. */
  function completedFor({ requestId, requestedAt }: TrainingRequested): TrainingCompleted | undefined {
    return allCompleted().find((event) => event.requestId === requestId && event.completedAt >= requestedAt);
  }

  /** What others, or this role before it was killed, said since the last look. */
  async function readProgress(): Promise<void> {
    await broker.journal.tail({
      topics: ['training.progressed'],
      from: progressPosition === 0 ? 'beginning' : { 'training.progressed/0': progressPosition },
      untilEnd: true,
      signal: new AbortController().signal,
      onRecords: async (records) => {
        const decoded = await serde.decode('training.progressed', records);
        for (const said of decoded) if (said.ok) board.fold(said.value);
        progressPosition = (records.at(-1)?.offset ?? progressPosition - 1) + 1;
      },
    });
  }

  /** Until it works or nobody waits for it any more. */
  async function patiently(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await write();
        return;
      } catch (error) {
        if (!(classify(error) instanceof RetryableError)) throw error;
        await deps.backOff(attempt);
      }
    }
  }

  return {
    start: async () => {
      completed = await openTable({ broker, serde, topic: 'training.completed', onFatal: deps.onFatal });
      await reader.start();
    },
    stop: async () => {
      isStopping = true;
      current?.abort.abort();
      await loop;
      await reader.stop();
      await completed?.close();
    },
    health: () => reader.health(),
  };
}

function exhausted(attempts: number): string {
  return (
    `${attempts} attempts began and none ended: the role was killed each time, perhaps for want of memory; ` +
    'give it more, or ask for a smaller data set, and ask again'
  );
}

function placesOf({ name, stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  return [name, ...frames].join('\n');
}

function ignoreRetryable(error: unknown): void {
  if (!(classify(error) instanceof RetryableError)) throw error;
}
