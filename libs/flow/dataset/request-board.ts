import type { DatasetProgressed, DatasetRequested } from '#platform/contracts';

/** Step that says, once for all attempts, up to which label a build counts. */
export const CUT_STEP = 'cut';

export interface RequestStatus {
  /** As it was asked last. */
  readonly request: DatasetRequested;
  /** Starts of the work so far. */
  readonly attempts: number;
  /** Of those, the ones since it ended last: each was broken off. */
  readonly brokenOff: number;
  /** Offset that one of these settled; null: none did. */
  readonly cut: number | null;
  readonly isEnded: boolean;
}

/** What was asked for and how far it is: a fold of two journals, the same for every replica, whichever it reads first. */
export interface RequestBoard {
  /**
   * The same record again is the same wish. A person who asks once more, later than it ended, has removed the cause of a failure: that is a new
   * attempt, with a cut of its own. What schedule, labels and policies ask for happened once and is answered once.
   */
  readonly ask: (request: DatasetRequested) => void;
  readonly tell: (progress: DatasetProgressed) => void;
  readonly has: (requestId: string) => boolean;
  readonly statusOf: (requestId: string) => RequestStatus | undefined;
  /** The first request, in the order of the journal, that has not ended. */
  readonly next: () => RequestStatus | undefined;
}

interface Told {
  attempts: number;
  cut: number | null;
  /** Its last end. */
  end: { readonly attempt: number; readonly at: number } | null;
}

const nothing: Readonly<Told> = { attempts: 0, cut: null, end: null };

export function createRequestBoard(): RequestBoard {
  const requests = new Map<string, DatasetRequested>();
  const told = new Map<string, Told>();
  /** Asked and not ended, in order. */
  const open = new Set<string>();

  const statusOf = (requestId: string): RequestStatus | undefined => {
    const request = requests.get(requestId);
    if (request === undefined) return undefined;
    const { attempts, cut, end } = told.get(requestId) ?? nothing;
    const isEnded = end !== null && end.at >= request.requestedAt;
    return { request, attempts, brokenOff: attempts - (end?.attempt ?? 0), cut, isEnded };
  };

  const settle = (requestId: string): void => {
    const status = statusOf(requestId);
    if (status === undefined) return;
    if (status.isEnded) open.delete(requestId);
    else open.add(requestId);
  };

  return {
    ask: (request) => {
      const { requestId, cause, requestedAt } = request;
      const known = requests.get(requestId);
      if (known !== undefined && (cause !== 'PERSON' || requestedAt <= known.requestedAt)) return;
      requests.set(requestId, request);
      settle(requestId);
    },
    tell: ({ requestId, attempt, state, step, done, at }) => {
      const known = told.get(requestId) ?? { ...nothing };
      told.set(requestId, known);
      known.attempts = Math.max(known.attempts, attempt);
      // What a replica that was replaced still says of an attempt that ended changes nothing.
      if (attempt <= (known.end?.attempt ?? 0)) return;
      if (step === CUT_STEP) known.cut ??= done;
      if (state === 'COMPLETED' || state === 'FAILED') {
        known.end = { attempt, at };
        known.cut = null;
        settle(requestId);
      }
    },
    has: (requestId) => requests.has(requestId),
    statusOf,
    next: () => {
      const [first] = open;
      return first === undefined ? undefined : statusOf(first);
    },
  };
}
