import fc from 'fast-check';
import { createAttemptLimit } from './attempt-limit.js';

function setUp() {
  const time = { now: 0 };
  const limit = createAttemptLimit({
    clock: () => time.now,
    free: 3,
    longestMs: 60_000,
    forgetMs: 900_000,
    rememberedKeys: 10,
  });
  return { time, limit };
}

describe('failed sign-ins', () => {
  it('are free at first, then wait twice as long each time up to a minute', () => {
    const { time, limit } = setUp();
    const waits = Array.from({ length: 10 }, () => {
      limit.failed('ann');
      const wait = limit.waitMs('ann');
      time.now += wait;
      return wait;
    });
    expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(limit.waitMs('bob')).toBe(0);
  });

  it('are forgotten with success and with time', () => {
    const { time, limit } = setUp();
    for (let index = 0; index < 5; index++) limit.failed('ann');
    time.now += 900_000;
    limit.failed('ann');
    expect(limit.waitMs('ann')).toBe(0);
    for (let index = 0; index < 5; index++) limit.failed('ann');
    limit.succeeded('ann');
    expect(limit.waitMs('ann')).toBe(0);
  });

  it('never make anybody wait longer than the longest wait', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 100 }), (keys) => {
        const { limit } = setUp();
        for (const key of keys) limit.failed(key);
        for (const key of keys) expect(limit.waitMs(key)).toBeLessThanOrEqual(60_000);
      }),
    );
  });
});
