import fc from 'fast-check';
import { seededUniform } from '../training/seeded-uniform.js';
import { DEFAULT_GUARD_SETTINGS, type GuardSettings } from './guard-settings.js';
import type { Arm, ClusterSums, GuardState } from './guard-state.js';
import { createGuards, type GuardReading } from './guards.js';

const day = 24 * 3_600_000;
const settings: GuardSettings = {
  ...DEFAULT_GUARD_SETTINGS,
  clusterCap: 10,
  guards: [
    { kind: 'ERROR_RATE' },
    { kind: 'LATENCY_P99', referenceMs: 200 },
    { kind: 'FLAG_RATE', category: 'H' },
    { kind: 'FLAG_RATE', category: 'S3' },
    { kind: 'APPEAL_OVERTURN' },
    { kind: 'BLOCK_PRECISION' },
  ],
};
const guards = createGuards(settings);

type Part = Omit<ClusterSums, 'arm' | 'cluster'>;

/** `count` clusters of one arm, the same key for the same number. */
function clusters(arm: Arm, count: number, part: (i: number) => Part): ClusterSums[] {
  return Array.from({ length: count }, (_, i) => ({ arm, cluster: `${arm}/${i}`, ...part(i) }));
}

function readingsOf(batch: readonly ClusterSums[]): Record<string, GuardReading> {
  const { readings } = guards.look(guards.fold(guards.start(0), batch), 0);
  return Object.fromEntries(readings.map((reading) => [reading.guard, reading]));
}

const every = (n: number, i: number): number => Number(i % n === 0);

const sums = fc.record<ClusterSums>({
  arm: fc.constantFrom('CANARY', 'CONTROL'),
  cluster: fc.integer({ min: 0, max: 40 }).map(String),
  items: fc.constant(9),
  errors: fc.integer({ min: 0, max: 9 }),
  flags: fc.record({ H: fc.integer({ min: 0, max: 9 }), S3: fc.integer({ min: 0, max: 1 }) }),
  latency: fc.record({ timed: fc.constant(9), slow: fc.integer({ min: 0, max: 2 }) }),
  appeals: fc.record({ closed: fc.constant(3), overturned: fc.integer({ min: 0, max: 3 }) }),
  blocks: fc.record({
    blocked: fc.constant(4),
    expectedRight: fc.double({ min: 0, max: 4, noNaN: true }),
    labels: fc.array(
      fc.record({
        inclusion: fc.double({ min: 0.1, max: 1, noNaN: true }),
        probability: fc.double({ min: 0, max: 1, noNaN: true }),
        right: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  }),
});

describe('folding', () => {
  it('gives the same state, bit for bit, however the sums are cut into batches and stored between them', () => {
    fc.assert(
      fc.property(fc.array(sums, { maxLength: 60 }), fc.array(fc.nat(59), { maxLength: 5 }), (all, cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), all.length];
        let state = guards.start(7);
        for (let i = 1; i < borders.length; i += 1) {
          const stored = JSON.parse(JSON.stringify(state)) as GuardState;
          state = guards.fold(stored, all.slice(borders[i - 1], borders[i]));
        }
        const whole = guards.fold(guards.start(7), all);
        expect(state).toEqual(whole);
        expect(guards.look(state, 9)).toEqual(guards.look(whole, 9));
      }),
      { numRuns: 40 },
    );
  });

  it('leaves the state that it is given as it was', () => {
    const state = guards.start(0);
    guards.fold(
      state,
      clusters('CANARY', 3, () => ({ items: 5, flags: { H: 2 } })),
    );
    expect(state).toEqual(guards.start(0));
  });

  it('adds a cluster that comes back to what it had, so that it stays one observation', () => {
    const inTwo = [0, 1].flatMap(() => clusters('CANARY', 50, (i) => ({ items: 2, flags: { H: every(2, i) } })));
    const atOnce = clusters('CANARY', 50, (i) => ({ items: 4, flags: { H: 2 * every(2, i) } }));
    expect(guards.fold(guards.start(0), inTwo)).toEqual(guards.fold(guards.start(0), atOnce));
  });

  it('refuses a state of other guards or groups', () => {
    const other = createGuards({ ...settings, guards: settings.guards.slice(1) }).start(0);
    const coarser = createGuards({ ...settings, groups: 256 }).start(0);
    for (const state of [other, coarser]) {
      expect(() => guards.fold(state, [])).toThrow('same guards and groups');
      expect(() => guards.look(state, 0)).toThrow('same guards and groups');
    }
  });

  it('refuses sums that cannot be', () => {
    const wrong: readonly (readonly [Part, string])[] = [
      [{ items: 2, errors: 3 }, 'errors'],
      [{ items: 2, flags: { H: -1 } }, 'flags'],
      [{ items: Number.NaN }, 'errors'],
      [{ items: 2, latency: { timed: 1, slow: 2 } }, 'latency.slow'],
      [
        {
          items: 2,
          blocks: { blocked: 1, expectedRight: 1, labels: [{ inclusion: 0.05, probability: 1, right: true }] },
        },
        'blocks.labels.inclusion',
      ],
    ];
    for (const [part, field] of wrong) {
      expect(() => guards.fold(guards.start(0), [{ arm: 'CANARY', cluster: 'a', ...part }])).toThrow(`'${field}'`);
    }
  });
});

describe('readings', () => {
  it('say what is missing before anything has come', () => {
    const readings = readingsOf([]);
    expect(Object.values(readings).map(({ status }) => status)).toEqual(new Array(6).fill('NOT_ARMED'));
    expect(readings['error-rate']?.missing).toBe('no items in control');
    expect(readings['latency-p99']?.missing).toBe('no timed items in control');
    expect(readings['appeal-overturn']?.missing).toBe('no closed appeals in control');
    expect(readings['block-precision']?.missing).toBe('no blocked items with settled labels in control');
  });

  it('say that a category that nobody violates, or few authors do, is not armed', () => {
    const readings = readingsOf([
      ...clusters('CONTROL', 500, (i) => ({ items: 10, flags: { H: i < 9 ? 9 : 0 } })),
      ...clusters('CANARY', 500, () => ({ items: 10 })),
    ]);
    expect(readings['flag-rate/S3']?.missing).toBe('no flags in either arm');
    expect(readings['flag-rate/H']?.missing).toMatch(/effective clusters of 30/);
  });

  it('do not let one heavy author cross, whatever it does, and let it weigh little', () => {
    const batch = [
      ...clusters('CONTROL', 6000, (i) => ({ items: 10, flags: { H: every(2, i) } })),
      ...clusters('CANARY', 3000, (i) =>
        i === 0 ? { items: 20_000, flags: { H: 20_000 } } : { items: 10, flags: { H: every(2, i) } },
      ),
    ];
    expect(readingsOf(batch)['flag-rate/H']).toMatchObject({ status: 'CLEAR' });
    expect(readingsOf(batch)['flag-rate/H']?.difference).toBeLessThan(0.1);
    const uncapped = createGuards({ ...settings, clusterCap: 1e6 });
    const reading = uncapped.look(uncapped.fold(uncapped.start(0), batch), 0).readings[2];
    expect(reading).toMatchObject({ guard: 'flag-rate/H', status: 'NOT_ARMED' });
    expect(reading?.difference).toBeGreaterThan(4);
  });

  it('are not armed by a canary too small to hold the heavy authors of control', () => {
    const readings = readingsOf([
      ...clusters('CONTROL', 10_000, (i) => ({ items: 10, flags: { H: i % 100 === 0 ? 10 : 0 } })),
      ...clusters('CANARY', 200, () => ({ items: 10 })),
    ]);
    expect(readings['flag-rate/H']).toMatchObject({ status: 'NOT_ARMED', difference: -1 });
  });

  it('cross where the difference is far beyond the margin, each guard in the direction that does harm', () => {
    const one = (arm: Arm, hit: (i: number) => Part): ClusterSums[] => clusters(arm, 3000, hit);
    const precise =
      (right: (i: number) => boolean) =>
      (i: number): Part => ({
        items: 1,
        blocks: {
          blocked: 1,
          expectedRight: 0.9,
          labels: i % 2 === 0 ? [{ inclusion: 0.5, probability: 0.9, right: right(i) }] : [],
        },
      });
    const cases: readonly (readonly [string, (i: number) => Part, (i: number) => Part])[] = [
      ['error-rate', (i) => ({ items: 10, errors: every(10, i) }), (i) => ({ items: 10, errors: every(4, i) })],
      [
        'latency-p99',
        (i) => ({ items: 10, latency: { timed: 10, slow: every(10, i) } }),
        (i) => ({ items: 10, latency: { timed: 10, slow: every(4, i) } }),
      ],
      [
        'flag-rate/H',
        (i) => ({ items: 10, flags: { H: every(10, i) } }),
        (i) => ({ items: 10, flags: { H: every(4, i) } }),
      ],
      [
        'appeal-overturn',
        (i) => ({ items: 0, appeals: { closed: 1, overturned: every(10, i) } }),
        (i) => ({ items: 0, appeals: { closed: 1, overturned: every(4, i) } }),
      ],
      ['block-precision', precise((i) => i % 5 === 0), precise((i) => i % 10 !== 0)],
    ];
    for (const [guard, few, many] of cases) {
      const worse = readingsOf([
        ...one('CONTROL', guard === 'block-precision' ? many : few),
        ...one('CANARY', guard === 'block-precision' ? few : many),
      ]);
      expect([guard, worse[guard]?.status]).toEqual([guard, 'CROSSED']);
      expect(Math.abs(worse[guard]?.score ?? 0)).toBeGreaterThan(worse[guard]?.bound ?? Infinity);
      const better = readingsOf([
        ...one('CONTROL', guard === 'block-precision' ? few : many),
        ...one('CANARY', guard === 'block-precision' ? many : few),
      ]);
      expect([guard, better[guard]?.status]).toEqual([guard, guard === 'flag-rate/H' ? 'CROSSED' : 'CLEAR']);
    }
  });

  it('find a canary of 1 % that fails outright, although control never fails', () => {
    const readings = readingsOf([
      ...clusters('CONTROL', 10_000, () => ({ items: 10 })),
      ...clusters('CANARY', 100, () => ({ items: 10, errors: 8 })),
    ]);
    expect(readings['error-rate']).toMatchObject({ status: 'CROSSED', difference: null, high: null });
  });

  it('cross just when the interval leaves what the margin allows, and hold the figure within the interval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 40, max: 3000 }),
        (a, b, n) => {
          const reading = readingsOf([
            ...clusters('CONTROL', n, (i) => ({ items: 5, flags: { H: every(a, i) } })),
            ...clusters('CANARY', n, (i) => ({ items: 5, flags: { H: every(b, i) } })),
          ])['flag-rate/H'];
          if (reading === undefined || reading.status === 'NOT_ARMED') return;
          const { low, high, difference, status, score, bound } = reading;
          expect(low ?? 0).toBeLessThanOrEqual((difference ?? 0) + 1e-9);
          expect(high ?? Infinity).toBeGreaterThanOrEqual((difference ?? 0) - 1e-9);
          expect(status).toBe((low ?? 0) > 0.2 || (high ?? Infinity) < -0.2 ? 'CROSSED' : 'CLEAR');
          expect((score ?? 0) >= (bound ?? 0)).toBe(status === 'CROSSED');
        },
      ),
      { numRuns: 30 },
    );
  });

  it('split alpha over all declared guards and steps, armed or not', () => {
    for (const { alpha } of Object.values(readingsOf([]))) expect(alpha).toBeCloseTo(0.05 / (6 * 3), 12);
  });

  it('count as slow in the canary what is slower than the margin allows', () => {
    expect(guards.slowAboveMs).toEqual({ CONTROL: 200, CANARY: 240 });
    expect(createGuards({ ...settings, guards: [{ kind: 'ERROR_RATE' }] }).slowAboveMs).toBeNull();
  });
});

describe('decisions', () => {
  const draw = (arm: Arm, authors: number, rate: number): ClusterSums[] =>
    clusters(arm, authors, (i) => ({
      items: 10,
      flags: {
        H: Array.from({ length: 10 }, (_, k) => seededUniform(3, k, i + (arm === 'CANARY' ? 1e6 : 0)) < rate).filter(
          Boolean,
        ).length,
      },
    }));
  const stateOf = (batch: readonly ClusterSums[]): GuardState => guards.fold(guards.start(1000), batch);

  it('go on until the items and the time of the step are reached', () => {
    const few = stateOf(draw('CANARY', 100, 0.1));
    expect(guards.look(few, 1000 + day).decision).toEqual({ kind: 'CONTINUE', missingItems: 4000, missingMs: 0 });
    const early = stateOf(draw('CANARY', 600, 0.1));
    expect(guards.look(early, 2000).decision).toEqual({ kind: 'CONTINUE', missingItems: 0, missingMs: day - 1000 });
  });

  it('roll back at once, and name the guards', () => {
    const state = stateOf([...draw('CANARY', 400, 0.4), ...draw('CONTROL', 4000, 0.1)]);
    expect(guards.look(state, 1001).decision).toEqual({ kind: 'ROLL_BACK', guards: ['flag-rate/H'] });
  });

  it('are ready at the end of the step, but not for promotion while a guard is not proven non-inferior', () => {
    const short = stateOf([...draw('CANARY', 500, 0.04), ...draw('CONTROL', 500, 0.04)]);
    expect(guards.look(short, 1000 + day).decision).toMatchObject({
      kind: 'READY',
      promotable: false,
      unproven: ['flag-rate/H'],
    });
    const long = stateOf([...draw('CANARY', 5000, 0.1), ...draw('CONTROL', 5000, 0.1)]);
    const { decision } = guards.look(long, 1000 + day);
    expect(decision).toMatchObject({ kind: 'READY', promotable: true, unproven: [] });
    expect(decision).toHaveProperty('notArmed', [
      'error-rate',
      'latency-p99',
      'flag-rate/S3',
      'appeal-overturn',
      'block-precision',
    ]);
  });

  it('do not promote while a required guard is not armed', () => {
    const strict = createGuards({
      ...settings,
      guards: [
        { kind: 'ERROR_RATE', required: true },
        { kind: 'FLAG_RATE', category: 'H' },
      ],
    });
    const state = strict.fold(strict.start(0), [...draw('CANARY', 5000, 0.1), ...draw('CONTROL', 5000, 0.1)]);
    expect(strict.look(state, day).decision).toMatchObject({ kind: 'READY', promotable: false, unproven: [] });
  });

  it('are ready in a step without control, where no guard can be armed', () => {
    expect(guards.look(stateOf(draw('CANARY', 600, 0.1)), 1000 + day).decision).toMatchObject({
      kind: 'READY',
      promotable: true,
    });
  });
});

describe('settings', () => {
  it('that cannot work are refused with the field', () => {
    const wrong: readonly (readonly [Partial<GuardSettings>, string])[] = [
      [{ guards: [] }, 'guards'],
      [{ guards: [{ kind: 'ERROR_RATE' }, { kind: 'ERROR_RATE', margin: 0.1 }] }, 'guards'],
      [{ alpha: 0 }, 'alpha'],
      [{ steps: 0 }, 'steps'],
      [{ margin: 0.5 }, 'margin'],
      [{ guards: [{ kind: 'FLAG_RATE', category: 'H', margin: 0 }] }, 'flag-rate/H.margin'],
      [{ guards: [{ kind: 'LATENCY_P99', referenceMs: 0 }] }, 'latency-p99.referenceMs'],
      [{ minimumClusters: 5 }, 'minimumClusters'],
      [{ clusterCap: 0 }, 'clusterCap'],
      [{ leastInclusion: 0 }, 'leastInclusion'],
      [{ groups: 8 }, 'groups'],
    ];
    for (const [change, field] of wrong) {
      expect(() => createGuards({ ...settings, ...change })).toThrow(`guards: '${field}' must be`);
    }
  });
});
