import { Problem } from '../http/problem.js';

/** Open streams, counted. */
export interface StreamSlots {
  /** Takes a slot; the returned function gives it back. @throws Problem `rate_limited` or `overloaded` */
  take(callerId: string): () => void;
}

const RETRY_SECONDS = 5;

export function createStreamSlots(limits: { readonly streams: number; readonly perCaller: number }): StreamSlots {
  const open = new Map<string, number>();
  let all = 0;
  return {
    take: (callerId) => {
      const own = open.get(callerId) ?? 0;
      const retry = { retryAfterSeconds: RETRY_SECONDS };
      if (own >= limits.perCaller) {
        throw new Problem('rate_limited', `A caller may have ${limits.perCaller} streams open.`, retry);
      }
      if (all >= limits.streams) throw new Problem('overloaded', `The gateway holds ${limits.streams} streams.`, retry);
      all++;
      open.set(callerId, own + 1);
      return () => {
        all--;
        const left = (open.get(callerId) ?? 1) - 1;
        if (left > 0) open.set(callerId, left);
        else open.delete(callerId);
      };
    },
  };
}
