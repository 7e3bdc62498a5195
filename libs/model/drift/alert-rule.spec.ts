import fc from 'fast-check';
import { alertLevel, isOpened, suggest } from './alert-rule.js';
import { crossedFlagRate, flagDispersion } from './flag-rate.js';
import { judgeWindow, type DriftRule, DEFAULT_DRIFT_RULE } from './judge-window.js';
import { movedFigure, movementOf } from './moved-performance.js';
import type { ScoreDistances } from './compare-profiles.js';

const opens = (pattern: string) => isOpened(Array.from(pattern, (one) => one === 'x'));

describe('an alert', () => {
  it('opens with the second of three windows that exceeds, and not again while it is open', () => {
    expect(['x', 'xx', '.x.x', 'x.x', 'x..x', 'xx.'].map(opens)).toEqual([false, true, true, true, false, false]);
    expect(opens('xxx')).toBe(false);
    expect(opens('xx.x')).toBe(false);
    expect(opens('xx..xx')).toBe(false);
    expect(opens('xx...xx')).toBe(true);
  });

  it('opens exactly once in a run of windows without three quiet ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), (length) => {
        const run = Array.from({ length }, () => true);
        const opened = run.map((_, i) => isOpened(run.slice(0, i + 1))).filter(Boolean);
        expect(opened).toHaveLength(1);
      }),
    );
  });

  it('suggests by what moved: scores, labels, both or neither', () => {
    const moved = { labelFree: 'MOVED', labelled: 'MOVED', policyChanged: false } as const;
    expect(suggest(moved)).toBe('RETRAIN');
    expect(suggest({ ...moved, labelFree: 'STABLE' })).toBe('RETRAIN');
    expect(suggest({ ...moved, labelFree: 'STABLE', policyChanged: true })).toBe('LOOK_AT_POLICY');
    expect(suggest({ ...moved, labelled: 'STABLE' })).toBe('RECALIBRATE');
    expect(suggest({ ...moved, labelled: 'UNKNOWN' })).toBe('RECALIBRATE');
    expect(suggest({ labelFree: 'STABLE', labelled: 'STABLE', policyChanged: true })).toBe('BENIGN');
  });

  it('wakes somebody only for what is severe', () => {
    const quiet = { isSevere: false, missesTarget: false, flagRateCrossed: false };
    expect(alertLevel(quiet)).toBe('TICKET');
    for (const sign of ['isSevere', 'missesTarget', 'flagRateCrossed'] as const) {
      expect(alertLevel({ ...quiet, [sign]: true })).toBe('PAGE');
    }
  });
});

describe('judging a window', () => {
  const still: ScoreDistances = {
    groups: 10,
    referenceContents: 8000,
    contents: 2000,
    psi: 0.004,
    jensenShannon: 0.03,
    hellinger: 0.02,
    kolmogorovSmirnov: 0.02,
    wasserstein: 0.02,
    referenceMean: -4,
    mean: -4,
    referenceVariance: 4,
    variance: 4,
  };
  const signsOf = (one: Partial<ScoreDistances>, others = 0, rule: DriftRule = DEFAULT_DRIFT_RULE) =>
    judgeWindow([{ ...still, ...one }, ...Array.from({ length: others }, () => still)], rule)[0]?.signs;

  it('finds nothing where nothing is', () => {
    expect(signsOf({})).toEqual([]);
  });

  it('asks for an effect however sure it is', () => {
    const huge = { referenceContents: 8_000_000, contents: 2_000_000 };
    expect(signsOf({ ...huge, psi: 0.09, kolmogorovSmirnov: 0.09, wasserstein: 0.09, mean: -3.8 })).toEqual([]);
    expect(signsOf({ ...huge, psi: 0.11 })).toEqual(['PSI']);
    expect(signsOf({ ...huge, kolmogorovSmirnov: 0.11 })).toEqual(['KOLMOGOROV_SMIRNOV']);
    expect(signsOf({ ...huge, wasserstein: 0.11, mean: -3.78 })).toEqual(['WASSERSTEIN']);
  });

  it('asks for contents on both sides', () => {
    expect(signsOf({ psi: 1, contents: 499 })).toEqual([]);
    expect(signsOf({ psi: 1, referenceContents: 499 })).toEqual([]);
    expect(judgeWindow([{ ...still, contents: 499 }])[0]?.isCompared).toBe(false);
  });

  it('asks for more than chance gives with so few contents', () => {
    // chi-square of 9 degrees at .001 over 500 and 500 is .1115.
    expect(signsOf({ psi: 0.11, contents: 500, referenceContents: 500 })).toEqual([]);
    expect(signsOf({ psi: 0.115, contents: 500, referenceContents: 500 })).toEqual(['PSI']);
  });

  it('asks for more the more comparisons are made at once', () => {
    const borderline = { psi: 0.115, contents: 500, referenceContents: 500 };
    expect(signsOf(borderline, 20)).toEqual(['PSI']);
    expect(signsOf(borderline, 400)).toEqual([]);
  });

  it('calls a PSI above a quarter severe', () => {
    expect(
      judgeWindow([
        { ...still, psi: 0.24 },
        { ...still, psi: 0.26 },
      ]).map(({ isSevere }) => isSevere),
    ).toEqual([false, true]);
  });
});

describe('flag rates', () => {
  const hour = { contents: 1000, flagged: 50, expectedRate: 0.05 };

  it('cross when flags double, and not when they stay within a fifth', () => {
    expect(
      crossedFlagRate(
        [
          { ...hour, flagged: 100 },
          { ...hour, flagged: 100 },
        ],
        1,
      ),
    ).toBe('RISEN');
    expect(
      crossedFlagRate(
        [
          { ...hour, flagged: 10 },
          { ...hour, flagged: 10 },
        ],
        1,
      ),
    ).toBe('FALLEN');
    expect(
      crossedFlagRate(
        Array.from({ length: 24 }, () => ({ ...hour, flagged: 58 })),
        1,
      ),
    ).toBeNull();
  });

  it('need more where flags come in clusters', () => {
    const run = [
      { ...hour, flagged: 100 },
      { ...hour, flagged: 100 },
    ];
    const clustered = [20, 90, 40, 60].map((flagged) => ({ ...hour, flagged }));
    expect(flagDispersion(clustered)).toBeGreaterThan(10);
    expect(crossedFlagRate(run, flagDispersion(clustered))).toBeNull();
    expect(flagDispersion([])).toBe(1);
  });
});

describe('figures', () => {
  const figure = (value: number | null, error: number | null) => ({ value, error });

  it('move by a size that matters and beyond chance', () => {
    const moves = (metric: 'precision' | 'prevalence', from: number, to: number, error: number) =>
      movedFigure(metric, figure(from, error), figure(to, error)).movement;
    expect(moves('precision', 0.9, 0.8, 0.01)).toBe('MOVED');
    expect(moves('precision', 0.9, 0.8, 0.05)).toBe('STABLE');
    expect(moves('precision', 0.9, 0.86, 0.0001)).toBe('STABLE');
    expect(moves('prevalence', 0.01, 0.014, 0.0001)).toBe('MOVED');
    expect(moves('prevalence', 0.01, 0.012, 0.0001)).toBe('STABLE');
    expect(movedFigure('recall', figure(null, null), figure(0.5, 0.1)).movement).toBe('UNKNOWN');
  });

  it('together moved when one did, and are unknown when none is known', () => {
    expect(movementOf(['STABLE', 'MOVED', 'UNKNOWN'])).toBe('MOVED');
    expect(movementOf(['UNKNOWN', 'STABLE'])).toBe('STABLE');
    expect(movementOf([])).toBe('UNKNOWN');
  });
});
