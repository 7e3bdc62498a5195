import type { DatasetProgressed, DatasetRequested, EventOf } from '#platform/contracts';
import { classify, FatalError, type Broker, type Serde, type Writer } from '#platform/stream';
import { BuildRefused, BuildStopped } from './build-error.js';
import { createRequestBoard, CUT_STEP } from './request-board.js';

/** What a build says while it works. */
export interface BuildVoice {
  /** Offset that an earlier attempt settled. */
  readonly cut: number | null;
  /** Durable when it resolves: a later attempt keeps to it. */
  readonly settleCut: (until: number) => Promise<void>;
  /** Told at most twice a second within one step. @throws BuildStopped when the role stops */
  readonly tell: (step: string, done: number, total: number, datasetId?: string) => Promise<void>;
}

export interface BuildRuntimeDeps {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly writer: Writer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** One replica builds; the others stand by. */
  readonly isOwner: () => boolean;
  /** Whether the tables are there. */
  readonly isReady: () => Promise<boolean>;
  /** Makes what was asked for and publishes it; answers its id. @throws BuildRefused */
  readonly build: (request: DatasetRequested, voice: BuildVoice) => Promise<string>;
  /** What the schedule, new labels and new policies ask for now. */
  readonly due: () => Promise<readonly DatasetRequested[]>;
  readonly report: (event: BuildReport) => void;
  readonly onFatal: (error: Error) => void;
}

export type BuildReport =
  | { readonly event: 'dataset_build_started'; readonly requestId: string; readonly attempt: number }
  | { readonly event: 'dataset_built'; readonly requestId: string; readonly datasetId: string; readonly tookMs: number }
  | { readonly event: 'dataset_refused'; readonly requestId: string; readonly detail: string }
  | { readonly event: 'dataset_delayed'; readonly code: string }
  | { readonly event: 'request_unreadable'; readonly offset: number; readonly reason: string };

export interface BuildRuntime {
  /** Last sign of life, milliseconds. */
  readonly lastLoopAt: () => number;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

type Journal = 'dataset.requested' | 'dataset.progressed';

const TURN_MS = 200;
const DUE_MS = 10_000;
const TELL_MS = 500;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;
/** A request whose builds end their process is given up. */
const MOST_ATTEMPTS = 30;

/** Reads both journals to their ends; from then on follows them and builds what is open, one after the other. */
export async function openBuildRuntime(deps: BuildRuntimeDeps): Promise<BuildRuntime> {
  const { broker, serde, writer, clock, report } = deps;
  const stopping = new AbortController();
  const board = createRequestBoard();
  const following: Promise<void>[] = [];
  let working: Promise<void> = Promise.resolve();
  let lastLoopAt = clock();
  let dueAt = 0;

  /** Reads a journal from where it was left. */
  function reader<J extends Journal>(topic: J, apply: (event: EventOf<J>) => void) {
    let position: number | null = null;
    return async (untilEnd: boolean): Promise<void> => {
      await broker.journal.tail({
        topics: [topic],
        from: position === null ? 'beginning' : { [`${topic}/0`]: position },
        untilEnd,
        signal: stopping.signal,
        onRecords: async (records) => {
          const decoded = await serde.decode(topic, records);
          decoded.forEach((result, index) => {
            const offset = records[index]?.offset ?? 0;
            if (offset < (position ?? 0)) return;
            position = offset + 1;
            if (result.ok) apply(result.value);
            else report({ event: 'request_unreadable', offset, reason: result.reason });
          });
        },
      });
    };
  }

  const readers = [
    reader('dataset.progressed', (event) => {
      board.tell(event);
    }),
    reader('dataset.requested', (event) => {
      board.ask(event);
    }),
  ];

  async function patiently(work: () => Promise<void>): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await work();
        return;
      } catch (error) {
        if (error instanceof BuildRefused || error instanceof BuildStopped) throw error;
        const classified = classify(error);
        if (classified instanceof FatalError) throw classified;
        report({ event: 'dataset_delayed', code: classified.code });
        await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10)));
      }
    }
  }

  async function work(): Promise<void> {
    let isReady = false;
    while (!stopping.signal.aborted) {
      lastLoopAt = clock();
      if (deps.isOwner()) {
        isReady ||= await readyNow();
        if (isReady) {
          const open = board.next();
          if (open !== undefined) await answer(open.request);
          else if (clock() - dueAt >= DUE_MS) {
            dueAt = clock();
            await patiently(askForDue);
          }
        }
      }
      await pause(TURN_MS);
    }
  }

  async function readyNow(): Promise<boolean> {
    let isReady = false;
    await patiently(async () => {
      lastLoopAt = clock();
      isReady = await deps.isReady();
    });
    return isReady;
  }

  async function askForDue(): Promise<void> {
    const due = (await deps.due()).filter(({ requestId }) => !board.has(requestId));
    await writer.write(due.map((value) => ({ topic: 'dataset.requested', key: value.requestId, value })));
  }

  async function answer(request: DatasetRequested): Promise<void> {
    const { requestId } = request;
    const { attempts = 0, brokenOff = 0 } = board.statusOf(requestId) ?? {};
    const attempt = attempts + 1;
    const began = clock();
    let sequence = 0;
    let last = { step: '', at: 0 };

    const say = async (
      event: Partial<DatasetProgressed> & Pick<DatasetProgressed, 'state' | 'step'>,
    ): Promise<void> => {
      const value: DatasetProgressed = {
        requestId,
        attempt,
        sequence: sequence++,
        done: 0,
        total: 0,
        detail: null,
        subjectId: null,
        // Who asked may have a clock that goes ahead: an end is never earlier than what it ends.
        at: Math.max(clock(), board.statusOf(requestId)?.request.requestedAt ?? 0),
        ...event,
      };
      await patiently(() => writer.write([{ topic: 'dataset.progressed', key: requestId, value }]));
      board.tell(value);
    };

    const voice: BuildVoice = {
      get cut() {
        return board.statusOf(requestId)?.cut ?? null;
      },
      settleCut: (until) => say({ state: 'RUNNING', step: CUT_STEP, done: until, total: until }),
      tell: async (step, done, total, datasetId) => {
        lastLoopAt = clock();
        if (stopping.signal.aborted) throw new BuildStopped();
        if (step === last.step && done < total && lastLoopAt - last.at < TELL_MS) return;
        last = { step, at: lastLoopAt };
        await say({ state: 'RUNNING', step, done, total, subjectId: datasetId ?? null });
      },
    };

    try {
      if (brokenOff >= MOST_ATTEMPTS) {
        throw new BuildRefused(`was broken off ${MOST_ATTEMPTS} times; look at the log of the role, then ask again`);
      }
      report({ event: 'dataset_build_started', requestId, attempt });
      await say({ state: 'STARTED', step: 'starts' });
      let datasetId = '';
      await patiently(async () => {
        datasetId = await deps.build(request, voice);
      });
      if (datasetId === '') return;
      await say({ state: 'COMPLETED', step: 'published', subjectId: datasetId });
      report({ event: 'dataset_built', requestId, datasetId, tookMs: clock() - began });
    } catch (error) {
      if (error instanceof BuildStopped) return;
      if (!(error instanceof BuildRefused)) throw error;
      await say({ state: 'FAILED', step: 'refused', detail: error.message });
      report({ event: 'dataset_refused', requestId, detail: error.message });
    }
  }

  async function pause(ms: number): Promise<void> {
    if (stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(end, ms);
      stopping.signal.addEventListener('abort', end, { once: true });
      function end(): void {
        clearTimeout(timer);
        stopping.signal.removeEventListener('abort', end);
        resolve();
      }
    });
  }

  await Promise.all(readers.map((read) => read(true)));
  return {
    lastLoopAt: () => lastLoopAt,
    start: () => {
      following.push(...readers.map((read) => patiently(() => read(false))));
      working = work();
      for (const each of [...following, working]) {
        each.catch((error: unknown) => {
          deps.onFatal(classify(error));
        });
      }
    },
    stop: async () => {
      stopping.abort();
      await Promise.allSettled([...following, working]);
    },
  };
}
