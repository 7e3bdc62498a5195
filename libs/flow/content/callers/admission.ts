import { Problem } from '../http/problem.js';
import type { Caller } from './caller.js';
import { chargeTokens, fullBucket, takeToken, type Bucket } from './token-bucket.js';

/** Texts that each caller sent on one UTC day, in this process and, as far as known, in the others. */
export interface Usage {
  readonly callerId: string;
  /** `2026-03-04`. */
  readonly day: string;
  readonly texts: number;
}

export type Limit = 'rate' | 'quota' | 'caller_concurrency' | 'concurrency' | 'backlog';

export interface AdmissionOptions {
  /** Milliseconds. */
  readonly clock: () => number;
  /** Calls at once in this process. */
  readonly concurrency: number;
  /** Calls at once of one caller, so that one cannot take all. */
  readonly callerConcurrency: number;
  /** Callers whose state is kept; beyond it the one that was silent for longest starts anew. */
  readonly rememberedCallers: number;
  readonly onRejected: (limit: Limit) => void;
}

/** Turns calls away before they cost anything: rate, daily quota and concurrency of each caller. */
export interface Admission {
  /**
   * Lets a call in; the returned function lets it out and may be called more than once.
   * @throws Problem `rate_limited` or `overloaded`, with Retry-After
   */
  enter(caller: Caller): () => void;
  /** Charges the texts of a call that was let in; the first was charged on entry. @throws Problem when the quota is used up */
  charge(caller: Caller, texts: number): void;
  /** What this process counted for callers with a quota since the last look, as sums of the day. */
  changedUsage(): readonly Usage[];
  /** What the other replicas counted, and this process before it was restarted. */
  learn(others: readonly Usage[]): void;
}

interface CallerState {
  bucket: Bucket;
  inFlight: number;
  day: string;
  texts: number;
  /** Of `texts`, how many the other processes could know of. */
  told: number;
}

const DAY_MS = 86_400_000;
const BUSY_SECONDS = 1;

export function createAdmission(options: AdmissionOptions): Admission {
  const { clock, concurrency, callerConcurrency, rememberedCallers, onRejected } = options;
  const states = new Map<string, CallerState>();
  let elsewhere = new Map<string, Usage>();
  let inFlight = 0;

  function stateOf(caller: Caller): CallerState {
    const now = clock();
    const day = dayOf(now);
    const state = states.get(caller.id) ?? {
      bucket: fullBucket(caller.limits, now),
      inFlight: 0,
      day,
      texts: 0,
      told: 0,
    };
    if (state.day !== day) {
      state.day = day;
      state.texts = 0;
      state.told = 0;
    }
    // Maps keep the order of insertion: the one that was silent for longest is first.
    states.delete(caller.id);
    states.set(caller.id, state);
    for (const [id, { inFlight: calls }] of states) {
      if (states.size <= rememberedCallers) break;
      if (calls === 0) states.delete(id);
    }
    return state;
  }

  function refuse(limit: Limit, problem: Problem): never {
    onRejected(limit);
    throw problem;
  }

  function refuseOverQuota(caller: Caller, state: CallerState, more: number): void {
    const { dailyQuota } = caller.limits;
    if (dailyQuota === null) return;
    const other = elsewhere.get(caller.id);
    const used = state.texts + (other?.day === state.day ? other.texts : 0);
    if (used + more <= dailyQuota) return;
    const retryAfterSeconds = (DAY_MS - (clock() % DAY_MS)) / 1000;
    refuse(
      'quota',
      new Problem('rate_limited', `The daily quota of ${dailyQuota} texts is used up until 00:00 UTC.`, {
        retryAfterSeconds,
      }),
    );
  }

  return {
    enter: (caller) => {
      const state = stateOf(caller);
      if (inFlight >= concurrency) {
        const detail = `The gateway answers ${concurrency} calls at once.`;
        refuse('concurrency', new Problem('overloaded', detail, { retryAfterSeconds: BUSY_SECONDS }));
      }
      if (state.inFlight >= callerConcurrency) {
        const detail = `A caller may have ${callerConcurrency} calls in flight.`;
        refuse('caller_concurrency', new Problem('rate_limited', detail, { retryAfterSeconds: BUSY_SECONDS }));
      }
      const taken = takeToken(state.bucket, caller.limits, clock());
      state.bucket = taken.bucket;
      if (!taken.isAllowed) {
        const { retryAfterSeconds } = taken;
        const detail = `The key allows ${caller.limits.ratePerSecond} texts per second.`;
        refuse('rate', new Problem('rate_limited', detail, { retryAfterSeconds }));
      }
      state.inFlight++;
      inFlight++;
      let isInside = true;
      return () => {
        if (!isInside) return;
        isInside = false;
        state.inFlight--;
        inFlight--;
      };
    },
    charge: (caller, texts) => {
      const state = stateOf(caller);
      refuseOverQuota(caller, state, texts);
      if (caller.limits.dailyQuota !== null) state.texts += texts;
      state.bucket = chargeTokens(state.bucket, caller.limits, clock(), Math.max(0, texts - 1));
    },
    changedUsage: () =>
      [...states].flatMap(([callerId, state]) => {
        const { day, texts } = state;
        if (texts === state.told) return [];
        state.told = texts;
        return [{ callerId, day, texts }];
      }),
    learn: (others) => {
      elsewhere = new Map(others.map((usage) => [usage.callerId, usage]));
    },
  };
}

/** UTC day of a time. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
