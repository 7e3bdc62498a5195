import fc from 'fast-check';
import { categorySettings, windowToPlan } from './plan-job.js';

const lengths = fc.integer({ min: 10_000, max: 86_400_000 });

describe('windowToPlan', () => {
  it('never plans a window that has begun, and leaves time to append the plan', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e12 }), lengths, (now, windowMs) => {
        const { from, to } = windowToPlan(now, windowMs);
        expect(from).toBeGreaterThan(now + Math.min(10_000, windowMs / 10) - 1);
        expect(from - now).toBeLessThanOrEqual(windowMs + Math.min(10_000, windowMs / 10));
        expect([from % windowMs, to - from]).toEqual([0, windowMs]);
      }),
    );
  });

  it('leaves no window without a plan when it is asked soon after each has begun', () => {
    const windowMs = 60_000;
    const planned = Array.from(
      { length: 20 },
      (_, n) => windowToPlan(n * windowMs + ((n * 7) % 50) * 1000, windowMs).from,
    );
    expect(planned).toEqual(planned.map((_, n) => (n + 1) * windowMs));
  });
});

it('takes review, what is known and what stands in from bundle, labels and budgets', () => {
  const bundle = {
    deployment_id: 'd',
    policy_id: 'p',
    policy_version: 1,
    categories: ['H', 'H2', 'V'],
    covered: ['H', 'V'],
    thresholds: { H: 0.4, V: null },
  };
  const budgets = { budgets: [], target: 500, categories: { H2: { target: 50, nearest: 'H' } } };
  expect(categorySettings(bundle, new Map([['H', 12]]), budgets)).toEqual({
    H: { threshold: 0.4, target: 500, positives: 12, trainedOn: 20, nearest: null },
    H2: { threshold: null, target: 50, positives: 0, trainedOn: 0, nearest: 'H' },
    V: { threshold: null, target: 500, positives: 0, trainedOn: 20, nearest: null },
  });
});
