import type { TrainingProgressed } from '#platform/contracts';

/** What is said of an attempt; the rest is filled in. */
export type Saying = Pick<TrainingProgressed, 'state' | 'step'> &
  Partial<Pick<TrainingProgressed, 'done' | 'total' | 'detail' | 'subjectId'>>;

/** One attempt at one request says how far it is. */
export interface ProgressVoice {
  /** Resolves when it is durable; nothing is said by {@link hint} any more once it ended. */
  say(saying: Saying): Promise<void>;
  /** What is said too often, or while the last word is still on its way, is left out. */
  hint(step: string, done: number, total: number): void;
}

/** People look at a bar; a new step is said at once, its course every second. */
const EVERY_MS = 1000;
/** A step is a few words. */
const LONGEST_STEP = 120;

export function createProgressVoice(options: {
  readonly requestId: string;
  readonly attempt: number;
  readonly clock: () => number;
  /** Resolves when it is durable. */
  readonly write: (progressed: TrainingProgressed) => Promise<void>;
  /** As `write`, but nobody waits; an error is somebody else's concern. */
  readonly tryWrite: (progressed: TrainingProgressed) => Promise<void>;
}): ProgressVoice {
  const { requestId, attempt, clock } = options;
  let sequence = 0;
  let lastStep = '';
  let lastAt = 0;
  let isEnded = false;
  let onItsWay: Promise<void> | null = null;

  function progressed({ state, step, done = 0, total = 0, detail = null, subjectId = null }: Saying) {
    const at = clock();
    return { requestId, attempt, sequence: sequence++, state, step, done, total, detail, subjectId, at };
  }

  return {
    say: async (saying) => {
      isEnded = saying.state === 'COMPLETED' || saying.state === 'FAILED';
      await onItsWay;
      await options.write(progressed(saying));
    },
    hint: (step, done, total) => {
      const short = step.slice(0, LONGEST_STEP);
      const isNews = short !== lastStep || clock() - lastAt >= EVERY_MS;
      if (isEnded || onItsWay !== null || !isNews) return;
      lastStep = short;
      lastAt = clock();
      const counts = { done: Math.max(0, Math.floor(done)), total: Math.max(0, Math.floor(total)) };
      onItsWay = options.tryWrite(progressed({ state: 'RUNNING', step: short, ...counts })).finally(() => {
        onItsWay = null;
      });
    },
  };
}
