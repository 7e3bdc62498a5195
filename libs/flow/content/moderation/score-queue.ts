import { Problem } from '../http/problem.js';

/** Logits by category. */
export type Logits = Readonly<Record<string, number>>;

export interface ScoreQueueOptions {
  readonly score: (texts: readonly string[], ids: readonly string[]) => Promise<readonly Logits[]>;
  readonly textsPerRun: number;
  /** Texts that wait; more are turned away. */
  readonly maxWaiting: number;
  readonly onBacklog: () => void;
}

/** Logits of texts, in order; `ids` of their contents, in the same order, decide what goes to a model's second tier. */
export type ScoreTexts = (texts: readonly string[], ids: readonly string[]) => Promise<readonly Logits[]>;

interface Waiting {
  readonly text: string;
  readonly id: string;
  readonly settle: (logits: Logits) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Shares runs of a model between concurrent calls. No timer: a call that finds the model idle is scored at once, and what arrives
 * during a run goes into the next one, so batches grow only when there is something to wait for anyway.
 */
export function createScoreQueue(options: ScoreQueueOptions): ScoreTexts {
  const { score, textsPerRun, maxWaiting } = options;
  let waiting: Waiting[] = [];
  let isRunning = false;

  async function attempt(batch: readonly Waiting[]): Promise<void> {
    try {
      const logits = await score(
        batch.map(({ text }) => text),
        batch.map(({ id }) => id),
      );
      batch.forEach(({ settle, fail }, index) => {
        const own = logits[index];
        if (own === undefined) fail(new Error(`the model answered ${logits.length} of ${batch.length} texts`));
        else settle(own);
      });
    } catch (error) {
      const [only] = batch;
      if (batch.length === 1) only?.fail(error);
      // One text that the model cannot take must not fail its neighbours, which belong to other callers.
      else for (const alone of batch) await attempt([alone]);
    }
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, textsPerRun);
      waiting = waiting.slice(textsPerRun);
      await attempt(batch);
    }
    isRunning = false;
  }

  return async (texts, ids) => {
    if (waiting.length + texts.length > maxWaiting) {
      options.onBacklog();
      throw new Problem('overloaded', `${maxWaiting} texts wait for the model already.`, { retryAfterSeconds: 1 });
    }
    const scored = texts.map(
      (text, index) =>
        new Promise<Logits>((settle, fail) => {
          waiting.push({ text, id: ids[index] ?? '', settle, fail });
        }),
    );
    const all = Promise.all(scored);
    if (!isRunning) void run();
    return all;
  };
}
