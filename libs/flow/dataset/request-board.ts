import type { DatasetProgressed, DatasetRequested } from '#platform/contracts';

/** Step that says, once for all attempts, up to which label a build counts. */
export const CUT_STEP = 'cut';

export interface RequestStatus {
  readonly request: DatasetRequested;
  /** Starts of the work so far. */
  readonly attempts: number;
  /** Offset that an earlier attempt settled; null: none did. */
  readonly cut: number | null;
  readonly isEnded: boolean;
}

/** What was asked for and how far it is: a fold of two journals, the same for every replica. */
export interface RequestBoard {
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
  isEnded: boolean;
}

export function createRequestBoard(): RequestBoard {
  const requests = new Map<string, DatasetRequested>();
  const told = new Map<string, Told>();
  /** Asked and not ended, in order. */
  const open = new Set<string>();

  const statusOf = (requestId: string): RequestStatus | undefined => {
    const request = requests.get(requestId);
    if (request === undefined) return undefined;
    const { attempts, cut, isEnded } = told.get(requestId) ?? { attempts: 0, cut: null, isEnded: false };
    return { request, attempts, cut, isEnded };
  };

  return {
    ask: (request) => {
      const { requestId } = request;
      // The first counts: a repetition is the same wish.
      if (requests.has(requestId)) return;
      requests.set(requestId, request);
      if (told.get(requestId)?.isEnded !== true) open.add(requestId);
    },
    tell: ({ requestId, attempt, state, step, done }) => {
      const known = told.get(requestId) ?? { attempts: 0, cut: null, isEnded: false };
      told.set(requestId, known);
      known.attempts = Math.max(known.attempts, attempt);
      if (step === CUT_STEP) known.cut ??= done;
      if (state === 'COMPLETED' || state === 'FAILED') {
        known.isEnded = true;
        open.delete(requestId);
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
