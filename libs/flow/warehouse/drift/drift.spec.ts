import { DEFAULT_DRIFT_RULE } from '#model';
import { widthsEndingAt } from './drift.job.js';
import {
  scopeKey,
  type DriftHistory,
  type DriftJudgement,
  type DriftWindow,
  type PerformanceSums,
} from './drift-rows.js';
import { crossesFlagRate, judgeTraffic } from './judge-traffic.js';
import { makeAlerts, type AlertInputs } from './make-alerts.js';
import { hasPolicyChanged, measurePerformance } from './measure-performance.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 2026-03-02 13:00 UTC. */
const TO = Date.UTC(2026, 2, 2, 13);
const sums = { flagged: 100, probability: 200, flagged_probability: 80, spread: 90, flagged_spread: 15 };
const still: DriftWindow = {
  channel: 'public',
  width_hours: 1,
  feature: 'logit',
  model_id: 'm-1',
  category: 'H',
  slice_by: 'all',
  slice_value: '',
  window_from: TO - HOUR,
  reference: 'WEEKS',
  reference_contents: 8000,
  contents: 2000,
  group_count: 10,
  psi: 0.004,
  jensen_shannon: 0.03,
  hellinger: 0.02,
  kolmogorov_smirnov: 0.02,
  wasserstein: 0.02,
  reference_mean: -4,
  mean: -4,
  reference_variance: 4,
  variance: 4,
  reference_sums: { flagged: 400, probability: 800, flagged_probability: 320, spread: 360, flagged_spread: 60 },
  sums,
};
const mix: DriftWindow = {
  ...still,
  feature: 'language',
  model_id: '',
  category: '',
  group_count: 4,
  kolmogorov_smirnov: null,
  wasserstein: null,
};

function inputs(
  windows: readonly DriftWindow[],
  exceededBefore: boolean,
  more: Partial<AlertInputs> = {},
): AlertInputs {
  const judgements = judgeTraffic(windows, DEFAULT_DRIFT_RULE);
  const history = windows.map((window): DriftHistory => ({
    ...window,
    past: [[TO - HOUR, exceededBefore ? 1 : 0, 2000, 100, 0.05]],
  }));
  return {
    to: TO,
    windows,
    judgements,
    history,
    performance: measurePerformance([], []),
    channels: [],
    now: TO + 7,
    ...more,
  };
}

describe('windows that end at a moment', () => {
  it('are of an hour always, of six hours and a day where these end, of a week on Monday', () => {
    expect(widthsEndingAt(Date.UTC(2026, 2, 2, 13))).toEqual([1]);
    expect(widthsEndingAt(Date.UTC(2026, 2, 2, 18))).toEqual([1, 6]);
    expect(widthsEndingAt(Date.UTC(2026, 2, 3))).toEqual([1, 6, 24]);
    expect(widthsEndingAt(Date.UTC(2026, 2, 2))).toEqual([1, 6, 24, 168]);
  });
});

describe('alerts of traffic', () => {
  it('open with the second window that exceeds, one for a channel and window, with all that stands out', () => {
    const windows = [
      { ...still, psi: 0.3 },
      { ...mix, psi: 0.2 },
      { ...still, category: 'V' },
    ];
    expect(makeAlerts(inputs(windows, false))).toEqual([]);
    const [alert, ...others] = makeAlerts(inputs(windows, true));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      kind: 'TRAFFIC',
      level: 'PAGE',
      suggestion: 'BENIGN',
      channel: 'public',
      windowFrom: TO - HOUR,
      windowTo: TO,
      findingCount: 2,
      alertedAt: TO + 7,
    });
    expect(alert?.findings.map(({ feature, category }) => [feature, category])).toEqual([
      ['logit', 'H'],
      ['language', null],
    ]);
  });

  it('have an id that a repeated run gives again, and another for each channel and window', () => {
    const of = (channel: string, now: number) =>
      makeAlerts({ ...inputs([{ ...still, channel, psi: 0.3 }], true), now })[0]?.alertId;
    expect(of('public', 1)).toBe(of('public', 2));
    expect(of('public', 1)).not.toBe(of('internal', 1));
    expect(of('public', 1)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('are a ticket while nothing is severe, and list fifty findings at most', () => {
    const windows = Array.from({ length: 60 }, (_, i) => ({
      ...still,
      slice_by: 'language',
      slice_value: `l${i}`,
      psi: 0.2,
    }));
    const [alert] = makeAlerts(inputs(windows, true));
    expect(alert).toMatchObject({ level: 'TICKET', findingCount: 60 });
    expect(alert?.findings).toHaveLength(50);
  });

  it('suggest to recalibrate where what scores say of themselves moved, and a mix where any score did', () => {
    const moved = { ...still, psi: 0.2, sums: { ...sums, flagged: 300, flagged_probability: 150 } };
    const [alert] = makeAlerts(inputs([moved, { ...mix, psi: 0.2 }], true));
    expect(alert?.findings.map(({ labelFree, suggestion }) => [labelFree, suggestion])).toEqual([
      ['MOVED', 'RECALIBRATE'],
      ['MOVED', 'RECALIBRATE'],
    ]);
  });

  it('know nothing of flags where held-out rows are the reference', () => {
    const [alert] = makeAlerts(inputs([{ ...still, psi: 0.2, reference: 'TRAINING' }], true));
    expect(alert?.findings[0]?.labelFree).toBe('UNKNOWN');
  });

  it('judge each channel for itself', () => {
    const borderline = { ...still, psi: 0.115, contents: 500, reference_contents: 500 };
    const others = Array.from({ length: 400 }, (_, i) => ({ ...still, channel: 'internal', slice_value: `l${i}` }));
    expect(judgeTraffic([borderline, ...others], DEFAULT_DRIFT_RULE)[0]?.signs).toEqual(['PSI']);
  });
});

describe('flag rates', () => {
  const past = (hours: number, flagged = 100) =>
    Array.from({ length: hours }, (_, i): DriftHistory['past'][number] => [
      TO - (hours - i) * HOUR,
      0,
      2000,
      flagged,
      0.05,
    ]);

  it('cross once a day when flags come three times as often', () => {
    const window = { ...still, sums: { ...sums, flagged: 300 } };
    expect(crossesFlagRate(window, past(100), TO)).toBe('RISEN');
    expect(crossesFlagRate(still, past(100), TO)).toBeNull();
    const crossed = [...past(100).slice(0, -1), [TO - HOUR, 0, 2000, 300, 0.05] as const];
    expect(crossesFlagRate(window, crossed, TO)).toBeNull();
    expect(makeAlerts({ ...inputs([window], false), history: [{ ...window, past: past(100) }] })[0]).toMatchObject({
      level: 'PAGE',
      findings: [{ feature: 'flag_rate', before: 0.05, after: 0.15, signs: ['FLAG_RATE'] }],
    });
  });

  it('are not armed before a day has taught how flags cluster', () => {
    expect(crossesFlagRate({ ...still, sums: { ...sums, flagged: 300 } }, past(12), TO)).toBeNull();
  });
});

describe('labelled performance', () => {
  const week: PerformanceSums = {
    channel: 'public',
    category: 'H',
    slice_by: 'all',
    slice_value: '',
    is_window: 0,
    contents: 10_000,
    ...sums,
    labelled_contents: 10_000,
    labelled_flagged: 1000,
    labels: 900,
    flagged_labels: 400,
    positive_labels: 350,
    silent_draws: 0,
    positives: 1000,
    true_positives: 850,
    nn: 10_000,
    ff: 1000,
    bb: 2000,
    aa: 1500,
    bn: 1000,
    af: 850,
    ab: 1500,
  };
  const channel = {
    channel: 'public',
    thresholds: { H: { review: 0.5, block: 0.9 } },
    policies: ['default@2'],
    policies_before: ['default@2'],
    targets: { H: { block_precision: 0.95, review_recall: 0.9 } },
  };
  const worse = { ...week, is_window: 1, true_positives: 600, aa: 1200, ab: 1200, af: 600 };

  it('moves by what labels say, against the four weeks before', () => {
    const { figures, movements } = measurePerformance([week, worse], []);
    const precision = figures.find(({ scope }) => scope.feature === 'precision');
    expect(precision).toMatchObject({ before: { value: 0.85 }, after: { value: 0.6 }, signs: ['LABELS'], labels: 400 });
    expect(movements(week)).toEqual({ labelFree: 'STABLE', labelled: 'MOVED' });
    expect(movements({ ...week, category: '' })).toEqual({ labelFree: 'STABLE', labelled: 'MOVED' });
    expect(movements({ ...week, category: 'V' })).toEqual({ labelFree: 'UNKNOWN', labelled: 'UNKNOWN' });
  });

  it('is unknown with few labels, and while a part of the queue is silent', () => {
    for (const lack of [{ flagged_labels: 19, labels: 19, positive_labels: 19 }, { silent_draws: 1 }]) {
      const { movements } = measurePerformance([week, { ...worse, ...lack }], []);
      expect(movements(week).labelled).toBe('UNKNOWN');
    }
  });

  it('misses the recall of review, and the precision of block only where nothing is reviewed', () => {
    const signsOf = (thresholds: { readonly review: number | null; readonly block: number | null }) =>
      measurePerformance([{ ...worse }], [{ ...channel, thresholds: { H: thresholds } }]).figures.flatMap(
        ({ scope, signs }) => signs.map((sign) => [scope.feature, sign]),
      );
    expect(signsOf({ review: 0.5, block: 0.9 })).toEqual([['recall', 'TARGET']]);
    expect(signsOf({ review: null, block: 0.9 })).toEqual([
      ['precision', 'TARGET'],
      ['recall', 'TARGET'],
    ]);
  });

  it('opens an alert that says retrain, or look at the policy when its version is another', () => {
    const judged = (policies: readonly string[]) => {
      const channels = [{ ...channel, policies }];
      const performance = measurePerformance([week, worse], channels);
      const judgements = performance.figures.map(({ scope, p, adjusted, signs }): DriftJudgement => ({
        scope,
        p,
        adjusted,
        signs,
        isSevere: false,
      }));
      const history = performance.figures.map(({ scope }): DriftHistory => ({
        ...scope,
        past: [[TO - DAY, 1, 0, 0, -1]],
      }));
      return makeAlerts({ to: TO, windows: [], judgements, history, performance, channels, now: TO });
    };
    expect(judged(['default@2'])).toMatchObject([
      { kind: 'PERFORMANCE', level: 'PAGE', suggestion: 'RETRAIN', windowFrom: TO - 7 * DAY },
    ]);
    expect(judged(['default@3'])).toMatchObject([{ suggestion: 'LOOK_AT_POLICY' }]);
    expect(hasPolicyChanged({ ...channel, policies_before: [] })).toBe(false);
  });
});

describe('scopes', () => {
  it('are told apart by every part of their name', () => {
    const keys = [
      still,
      mix,
      { ...still, width_hours: 6 },
      { ...still, slice_by: 'language' },
      { ...still, model_id: 'm-2' },
    ].map(scopeKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
