import type { TrainingProgressed, TrainingRequested } from '#platform/contracts';

type Said = Pick<TrainingProgressed, 'requestId' | 'attempt' | 'sequence' | 'state' | 'subjectId' | 'at'>;

/** What was said of every request: a fold of training.progressed. */
export interface RequestBoard {
  fold(said: Said): void;
  /** Attempts that began. */
  attempts(requestId: string): number;
  /** Of those, the ones since it ended last: each was broken off. */
  brokenOff(requestId: string): number;
  /**
   * How it ended; null: it has not, or before it was asked again. So a delivery that comes twice is told from a person who has removed the
   * cause of a failure, or changed a recipe, and asks once more.
   */
  ended(request: Pick<TrainingRequested, 'requestId' | 'requestedAt'>): Ended | null;
}

export interface Ended {
  readonly state: 'COMPLETED' | 'FAILED';
  readonly subjectId: string | null;
}

export function createRequestBoard(): RequestBoard {
  const latest = new Map<string, Said>();
  const endedIn = new Map<string, number>();
  return {
    fold: (said) => {
      if (isEnd(said)) endedIn.set(said.requestId, Math.max(said.attempt, endedIn.get(said.requestId) ?? 0));
      const known = latest.get(said.requestId);
      if (known !== undefined && !isAfter(said, known)) return;
      const { requestId, attempt, sequence, state, subjectId, at } = said;
      latest.set(requestId, { requestId, attempt, sequence, state, subjectId, at });
    },
    attempts: (requestId) => latest.get(requestId)?.attempt ?? 0,
    brokenOff: (requestId) => (latest.get(requestId)?.attempt ?? 0) - (endedIn.get(requestId) ?? 0),
    ended: ({ requestId, requestedAt }) => {
      const last = latest.get(requestId);
      if (last === undefined) return null;
      return isEnd(last) && last.at >= requestedAt ? { state: last.state, subjectId: last.subjectId } : null;
    },
  };
}

function isEnd(said: Said): said is Said & Pick<Ended, 'state'> {
  return said.state === 'COMPLETED' || said.state === 'FAILED';
}

function isAfter(a: Said, b: Said): boolean {
  return a.attempt === b.attempt ? a.sequence > b.sequence : a.attempt > b.attempt;
}
