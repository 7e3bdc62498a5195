import { createKafkaBroker } from '#platform/kafka';
import { answerParent } from './child.js';
import { submissionOf } from './contents.js';
import { quiet } from './quiet.js';

export type ReaderCommand =
  | { readonly kind: 'read'; readonly brokers: string; readonly topic: `verdict.${string}` }
  /** Answers what was seen since the last time. */
  | { readonly kind: 'take' };

/** Verdicts by milliseconds from submission to their arrival here. */
export type ReaderAnswer = ReadonlyMap<number, number>;

let seen = new Map<number, number>();
let failure: Error | null = null;

/** A read_committed consumer that looks at keys only: it must not take the cores away from what it measures. */
answerParent((command: ReaderCommand): Promise<ReaderAnswer> => {
  if (failure !== null) return Promise.reject(failure);
  const taken = seen;
  seen = new Map();
  if (command.kind === 'read') {
    const broker = createKafkaBroker({
      brokers: [command.brokers],
      clientId: 'bench-reader',
      prefix: '',
      release: 'bench',
      logger: quiet,
    });
    broker.journal
      .tail({
        topics: [command.topic],
        from: 'end',
        untilEnd: false,
        signal: new AbortController().signal,
        onRecords: (records) => {
          const now = Date.now();
          for (const { key } of records) {
            if (key === null) continue;
            const milliseconds = now - submissionOf(key);
            seen.set(milliseconds, (seen.get(milliseconds) ?? 0) + 1);
          }
        },
      })
      .catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error('the reader failed');
      });
  }
  return Promise.resolve(taken);
});
