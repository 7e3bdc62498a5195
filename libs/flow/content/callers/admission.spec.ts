import { Problem } from '../http/problem.js';
import { createAdmission, type Limit } from './admission.js';
import { anonymousCaller, type Caller } from './caller.js';

const DAY_MS = 86_400_000;

function caller(id: string, limits: Partial<Caller['limits']> = {}): Caller {
  return {
    ...anonymousCaller('public'),
    id,
    limits: { ratePerSecond: 1000, burst: 1000, dailyQuota: null, ...limits },
  };
}

function setUp(options: { readonly concurrency?: number; readonly callerConcurrency?: number } = {}) {
  const time = { now: 10 * DAY_MS };
  const rejected: Limit[] = [];
  const admission = createAdmission({
    clock: () => time.now,
    concurrency: options.concurrency ?? 100,
    callerConcurrency: options.callerConcurrency ?? 100,
    rememberedCallers: 2,
    onRejected: (limit) => rejected.push(limit),
  });
  return { admission, rejected, time };
}

function refusal(call: () => unknown): { readonly status: number; readonly retryAfter: number | null } {
  try {
    call();
  } catch (error) {
    if (error instanceof Problem) return { status: error.status, retryAfter: error.retryAfterSeconds };
    throw error;
  }
  throw new Error('it was let in');
}

describe('admission', () => {
  it('answers 429 to a caller with too many calls in flight, and lets others in', () => {
    const { admission, rejected } = setUp({ callerConcurrency: 1 });
    const leave = admission.enter(caller('a'));
    expect(refusal(() => admission.enter(caller('a'))).status).toBe(429);
    admission.enter(caller('b'));
    leave();
    leave();
    admission.enter(caller('a'));
    expect(refusal(() => admission.enter(caller('a'))).status).toBe(429);
    expect(rejected).toEqual(['caller_concurrency', 'caller_concurrency']);
  });

  it('answers 503 when the gateway as a whole is full', () => {
    const { admission } = setUp({ concurrency: 1 });
    admission.enter(caller('a'));
    expect(refusal(() => admission.enter(caller('b')))).toEqual({ status: 503, retryAfter: 1 });
  });

  it('answers 429 beyond the rate and lets in again when it said', () => {
    const { admission, time } = setUp();
    const slow = caller('a', { ratePerSecond: 0.5, burst: 1 });
    admission.enter(slow);
    expect(refusal(() => admission.enter(slow))).toEqual({ status: 429, retryAfter: 2 });
    time.now += 2000;
    admission.enter(slow);
  });

  it('counts texts against the daily quota, refuses a batch as a whole, and begins anew at midnight UTC', () => {
    const { admission, time } = setUp();
    const small = caller('a', { dailyQuota: 10 });
    time.now += DAY_MS - 5000;
    admission.charge(small, 8);
    expect(
      refusal(() => {
        admission.charge(small, 3);
      }),
    ).toEqual({ status: 429, retryAfter: 5 });
    admission.charge(small, 2);
    time.now += 5000;
    admission.charge(small, 10);
  });

  it('counts what other replicas counted on the same day', () => {
    const { admission } = setUp();
    const small = caller('a', { dailyQuota: 10 });
    admission.learn([{ callerId: 'a', day: '1970-01-11', texts: 9 }]);
    admission.charge(small, 1);
    expect(
      refusal(() => {
        admission.charge(small, 1);
      }).status,
    ).toBe(429);
    admission.learn([{ callerId: 'a', day: '1970-01-10', texts: 9 }]);
    admission.charge(small, 1);
    expect(admission.changedUsage()).toEqual([{ callerId: 'a', day: '1970-01-11', texts: 2 }]);
    expect(admission.changedUsage()).toEqual([]);
  });

  it('forgets callers that are silent, never one with a call in flight', () => {
    const { admission } = setUp({ callerConcurrency: 1 });
    const small = { dailyQuota: 1 };
    admission.enter(caller('a', small));
    for (const id of ['b', 'c', 'd']) {
      admission.enter(caller(id, small))();
      admission.charge(caller(id, small), 1);
    }
    // Of b is known nothing any more, of d and a everything.
    expect(admission.changedUsage().map(({ callerId }) => callerId)).toEqual(['d']);
    expect(refusal(() => admission.enter(caller('a', small))).status).toBe(429);
  });

  it('counts nothing for callers without a quota', () => {
    const { admission } = setUp();
    admission.charge(caller('a'), 5);
    expect(admission.changedUsage()).toEqual([]);
  });
});
