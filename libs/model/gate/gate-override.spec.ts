import fc from 'fast-check';
import { checkOverride, overrideIdOf } from './gate-override.js';
import type { GateOverride, OverrideProblem } from './gate-override.js';
import { day, now, overrideOf } from './gate.fixture.js';

const context = { channel: 'public', modelId: 'm-new', now, mostDays: 14 };

describe('an override of the gate', () => {
  it('holds when it says why, whose it is, what it covers and when it ends', () => {
    expect(checkOverride(overrideOf(), context)).toBeNull();
    expect(checkOverride(overrideOf({ expiresAt: now + 14 * day }), context)).toBeNull();
  });

  it.each<[Partial<GateOverride>, OverrideProblem]>([
    [{ reason: ' \n' }, 'NO_REASON'],
    [{ by: '' }, 'NO_PERSON'],
    [{ covers: [] }, 'COVERS_NOTHING'],
    [{ covers: [{ check: 'everything' as 'quality', category: null }] }, 'UNKNOWN_CHECK'],
    [{ channel: 'internal' }, 'OTHER_CHANNEL'],
    [{ modelId: 'm-else' }, 'OTHER_MODEL'],
    [{ expiresAt: now }, 'EXPIRED'],
    [{ expiresAt: Number.NaN }, 'EXPIRED'],
    [{ expiresAt: now + 14 * day + 1 }, 'LASTS_TOO_LONG'],
    [{ expiresAt: Infinity }, 'LASTS_TOO_LONG'],
  ])('does not hold with %j', (over, problem) => {
    expect(checkOverride(overrideOf(over), context)?.problem).toBe(problem);
  });

  it('once it has expired never holds again', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 30 }), fc.nat(60), (ends, later) => {
        const override = overrideOf({ expiresAt: now + ends * day });
        const problem = (days: number): string | undefined =>
          checkOverride(override, { ...context, now: now + days * day })?.problem;
        if (problem(0) === 'EXPIRED') expect(problem(later)).toBe('EXPIRED');
      }),
    );
  });

  it('has an id over all that it says', () => {
    expect(overrideIdOf(overrideOf())).toBe(overrideIdOf(overrideOf()));
    expect(overrideIdOf(overrideOf({ by: 'other' }))).not.toBe(overrideIdOf(overrideOf()));
  });
});
