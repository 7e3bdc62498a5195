import type { TrainingProgressed, TrainingRequested } from '#platform/contracts';

type Said = Pick<TrainingProgressed, 'requestId' | 'attempt' | 'sequence' | 'state' | 'subjectId' | 'at'>;

/** What was said of every request: a fold of training.progressed. */
export interface RequestBoard {
  fold(said: Said): void;
  /** Attempts that began. */
  attempts(requestId: string): number;
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
  return {
    fold: (said) => {
      const known = latest.get(said.requestId);
      if (known !== undefined && !isAfter(said, known)) return;
      const { requestId, attempt, sequence, state, subjectId, at } = said;
      latest.set(requestId, { requestId, attempt, sequence, state, subjectId, at });
    },
    attempts: (requestId) => latest.get(requestId)?.attempt ?? 0,
    ended: ({ requestId, requestedAt }) => {
      const last = latest.get(requestId);
      if (last === undefined) return null;
      const { state, subjectId, at } = last;
      return (state === 'COMPLETED' || state === 'FAILED') && at >= requestedAt ? { state, subjectId } : null;
    },
  };
}

function isAfter(a: Said, b: Said): boolean {
  return a.attempt === b.attempt ? a.sequence > b.sequence : a.attempt > b.attempt;
}
