import fc from 'fast-check';
import { compareModels } from '../evaluation/compare-models.js';
import type { ComparisonReport } from '../evaluation/comparison-report.js';
import type { EvaluationReport } from '../evaluation/evaluation-report.js';
import { modelOf, sample } from '../evaluation/evaluation.fixture.js';
import { measureFairness } from '../evaluation/identity-fairness.js';
import { identityTemplates } from '../evaluation/identity-templates.js';
import { parseSuite } from '../evaluation/parse-suite.js';
import { runSuites } from '../evaluation/run-suites.js';
import type { CheckFinding, GateCheck, GateCheckName } from './gate-check.js';
import { gateChecks } from './gate-check.js';
import type { GateInput } from './gate-input.js';
import { defaultGateSettings, parseGateSettings } from './gate-settings.js';
import {
  categoryDifference,
  categoryOf,
  comparisonOf,
  day,
  evaluationOf,
  fairnessOf,
  gateInputOf,
  now,
  operatingOf,
  overrideOf,
  rateOf,
  sliceOf,
  verdictsOf,
  withChallenger,
} from './gate.fixture.js';
import { GateEvidenceError, judgeGate } from './judge-gate.js';
import { replayVerdicts } from './verdict-diff.js';

function rowsOf(input: GateInput, check: GateCheckName, measure: string): GateCheck[] {
  return judgeGate(input).checks.filter((row) => row.check === check && row.measure === measure);
}

function findingOf(input: GateInput, check: GateCheckName, measure: string, category?: string): CheckFinding[] {
  return rowsOf(input, check, measure)
    .filter((row) => category === undefined || row.category === category)
    .map(({ finding }) => finding);
}

function gold(over: Partial<ComparisonReport>): Partial<GateInput> {
  return { gold: comparisonOf(over) };
}

function challenger(over: Partial<EvaluationReport>): Partial<GateInput> {
  return { gold: withChallenger(comparisonOf(), over) };
}

/** The H of the challenger on the gold set. */
function withCategory(over: Partial<EvaluationReport['categories'][number]>): Partial<GateInput> {
  return challenger({ categories: [categoryOf('H', 400, over), categoryOf('HR', 240), categoryOf('SH', 60)] });
}

function withCalibration(over: Partial<EvaluationReport['categories'][number]['calibration']>): Partial<GateInput> {
  return withCategory({ calibration: { ...categoryOf('H', 400).calibration, ...over } });
}

describe('a challenger that equals its champion', () => {
  const report = judgeGate(gateInputOf());

  it('passes every row that compares them, and the gate', () => {
    expect(report.checks.filter(({ finding }) => finding === 'FAILS')).toEqual([]);
    expect(report.checks.filter(({ blocks }) => blocks)).toEqual([]);
    expect(report).toMatchObject({ outcome: 'PASSED', passed: true, validUntil: null });
  });

  it('has a row for every check of the table, robustness said to be not run', () => {
    expect([...new Set(report.checks.map(({ check }) => check))]).toEqual(gateChecks);
    expect(report.checks.filter(({ finding }) => finding === 'NOT_RUN').map(({ check }) => check)).toEqual([
      'robustness',
    ]);
    expect(report.because.at(-1)).toBe('Robustness was not run, and may be missing.');
  });

  it('is the same decision whenever it is made, and another one on other evidence', () => {
    expect(judgeGate(gateInputOf({ decidedAt: now + day })).gateId).toBe(report.gateId);
    expect(judgeGate(gateInputOf({ codeSha: 'other' })).gateId).not.toBe(report.gateId);
    const other = withCalibration({ topEce: 0.03 });
    expect(judgeGate(gateInputOf(other)).gateId).not.toBe(report.gateId);
  });

  it('records data set, seeds, release and code', () => {
    expect(report).toMatchObject({
      datasetId: 'ds-3333333333333333',
      seeds: { training: 1, gold: 1, audit: 1 },
      release: '0.1.0',
      codeSha: '0123456789abcdef0123456789abcdef01234567',
      policy: { policyId: 'default', version: 3 },
    });
    expect(report.evidence.audit).toMatchObject({ comparisonId: 'cmp-2', rows: 4000 });
  });

  it('holds no number that JSON does not know', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('each row is found both ways', () => {
  const parity = (maxDifference: number, texts = 1000): Partial<GateInput> => ({
    serving: { p99Ratio: 1, bytes: 1, parity: { maxDifference, texts }, goldenScores: true },
  });
  const serving = (over: Partial<NonNullable<GateInput['serving']>>): Partial<GateInput> => ({
    serving: { p99Ratio: 1, bytes: 1, parity: { maxDifference: 0, texts: 1000 }, goldenScores: true, ...over },
  });
  const attacks = (over: Partial<NonNullable<GateInput['robustness']>>): Partial<GateInput> => ({
    robustness: { champion: 0.1, challenger: 0.1, families: [], harmlessRise: 0, ...over },
  });
  const family = (success: number, isDeclared = false, keepsMeaning = true): Partial<GateInput> =>
    attacks({ families: [{ family: 'leet', success, keepsMeaning, isDeclared }] });
  const suites = (hits: number, rows: number): Partial<GateInput> => {
    const [first, ...rest] = comparisonOf().suites;
    const now40 = rateOf(hits, rows);
    return first === undefined
      ? {}
      : gold({ suites: [{ ...first, challenger: now40, difference: hits / rows - 0.8 }, ...rest] });
  };
  const flags = (champion: number, taken: number): Partial<GateInput> => ({
    flagRates: [{ category: 'H', items: 10_000, champion, challenger: taken, both: Math.min(champion, taken) }],
  });
  const categories = (h: readonly [number, number, number], positives = 400): Partial<GateInput> =>
    gold({
      categories: [categoryDifference('H', positives, h), categoryDifference('HR', 240)],
      macroCategories: ['HR'],
    });
  const macro = (low: number): Partial<GateInput> =>
    gold({ macro: { champion: 0.7, challenger: 0.7, value: 0.001, low, high: 0.02, wide: false } });
  const block = (taken: number, right: number): Partial<GateInput> =>
    withCategory({ block: operatingOf(0.8, 4000, 400, taken, right) });
  const review = (right: number, positives = 400): Partial<GateInput> =>
    withCategory({ positives, review: operatingOf(0.2, 4000, positives, right + 100, right) });
  const replay = (moved: number, bias = 0): Partial<GateInput> => ({
    replay: { replayId: 're', diff: replayVerdicts(verdictsOf(2000), verdictsOf(2000, moved, bias)) },
  });

  const cases: readonly (readonly [
    string,
    GateCheckName,
    string,
    string | undefined,
    Partial<GateInput>,
    CheckFinding,
  ])[] = [
    ['a lower end at the margin', 'quality', 'average-precision', 'H', categories([0, -0.02, 0.01]), 'PASSES'],
    ['a lower end below the margin', 'quality', 'average-precision', 'H', categories([0, -0.0201, 0.01]), 'FAILS'],
    ['a loss of few positives', 'quality', 'average-precision', 'H', categories([-0.2, -0.3, -0.1], 99), 'REPORTED'],
    ['a macro within .01', 'quality', 'macro-average-precision', undefined, macro(-0.01), 'PASSES'],
    ['a macro below .01', 'quality', 'macro-average-precision', undefined, macro(-0.011), 'FAILS'],
    [
      'precision whose lower end is the target',
      'operating-point',
      'precision-at-block',
      'H',
      block(200, 199),
      'PASSES',
    ],
    ['precision whose lower end is below', 'operating-point', 'precision-at-block', 'H', block(200, 192), 'FAILS'],
    ['a clean record of too few blocks', 'operating-point', 'precision-at-block', 'H', block(72, 72), 'REPORTED'],
    ['a clean record of just enough', 'operating-point', 'precision-at-block', 'H', block(73, 73), 'PASSES'],
    ['few blocks that are shown to be wrong', 'operating-point', 'precision-at-block', 'H', block(40, 20), 'FAILS'],
    ['recall at its target', 'operating-point', 'recall-at-review', 'H', review(360), 'PASSES'],
    ['recall below its target', 'operating-point', 'recall-at-review', 'H', review(359), 'FAILS'],
    ['recall of too few positives', 'operating-point', 'recall-at-review', 'H', review(25, 29), 'REPORTED'],
    ['20 % more of the traffic', 'operating-point', 'flag-rate', 'H', flags(500, 600), 'PASSES'],
    ['21 % more of the traffic', 'operating-point', 'flag-rate', 'H', flags(500, 605), 'FAILS'],
    ['21 % less of the traffic', 'operating-point', 'flag-rate', 'H', flags(500, 395), 'FAILS'],
    ['twice as much of next to nothing', 'operating-point', 'flag-rate', 'H', flags(10, 20), 'REPORTED'],
    ['taking what nobody took', 'operating-point', 'flag-rate', 'H', flags(0, 50), 'FAILS'],
    ['a top error of .05', 'calibration', 'top-error', 'H', withCalibration({ topEce: 0.05 }), 'PASSES'],
    ['a top error beyond chance', 'calibration', 'top-error', 'H', withCalibration({ topEce: 0.12 }), 'FAILS'],
    [
      'a top error that chance explains',
      'calibration',
      'top-error',
      'H',
      withCalibration({ topEce: 0.06 }),
      'REPORTED',
    ],
    ['a slope within', 'calibration', 'slope', 'H', withCalibration({ slope: slope(1.25) }), 'PASSES'],
    ['a slope too steep', 'calibration', 'slope', 'H', withCalibration({ slope: slope(1.26) }), 'FAILS'],
    ['a slope too flat', 'calibration', 'slope', 'H', withCalibration({ slope: slope(0.79) }), 'FAILS'],
    [
      'a slope that the labels leave open',
      'calibration',
      'slope',
      'H',
      withCalibration({ slope: { value: null, low: null, high: null, wide: false } }),
      'REPORTED',
    ],
    [
      'a category without a labelled row',
      'operating-point',
      'recall-at-review',
      'H',
      withCategory({ rows: 0, positives: 0, review: null, block: null }),
      'REPORTED',
    ],
    [
      'a slice that loses a little',
      'slices',
      'recall',
      'H',
      gold({ slices: [sliceOf('de', { recall: -0.05, pValue: 0.001 })] }),
      'PASSES',
    ],
    [
      'a slice that loses recall',
      'slices',
      'recall',
      'H',
      gold({ slices: [sliceOf('de', { recall: -0.06, pValue: 0.04 })] }),
      'FAILS',
    ],
    [
      'a slice that loses specificity',
      'slices',
      'specificity',
      'H',
      gold({ slices: [sliceOf('de', { specificity: -0.2, pValue: 0.05 })] }),
      'FAILS',
    ],
    [
      'a slice that loses by chance',
      'slices',
      'recall',
      'H',
      gold({ slices: [sliceOf('de', { recall: -0.2, pValue: 0.051 })] }),
      'PASSES',
    ],
    [
      'a worst group that stays',
      'fairness',
      'worst-bpsn-change',
      'H',
      challenger({ fairness: fairnessOf(0.761) }),
      'PASSES',
    ],
    [
      'a worst group that loses',
      'fairness',
      'worst-bpsn-change',
      'H',
      challenger({ fairness: fairnessOf(0.759) }),
      'FAILS',
    ],
    [
      'a worst group above the floor',
      'fairness',
      'worst-bpsn',
      'H',
      challenger({ fairness: fairnessOf(0.7) }),
      'PASSES',
    ],
    [
      'a worst group below the floor',
      'fairness',
      'worst-bpsn',
      'H',
      challenger({ fairness: fairnessOf(0.69) }),
      'FAILS',
    ],
    [
      'harmless mentions left alone',
      'fairness',
      'neutral-rate',
      'H',
      challenger({ fairness: fairnessOf(0.78, 17) }),
      'PASSES',
    ],
    [
      'harmless mentions taken',
      'fairness',
      'neutral-rate',
      'H',
      challenger({ fairness: fairnessOf(0.78, 18) }),
      'FAILS',
    ],
    ['cases lost by chance', 'functional', 'passed', undefined, suites(35, 50), 'PASSES'],
    ['cases lost not by chance', 'functional', 'passed', undefined, suites(15, 50), 'FAILS'],
    ['a ranking of the cases at the floor', 'functional', 'roc-auc', 'H', ranked(0.65), 'PASSES'],
    ['a ranking of the cases below it', 'functional', 'roc-auc', 'H', ranked(0.64), 'FAILS'],
    ['attacks that mostly fail', 'robustness', 'attack-success', undefined, attacks({}), 'PASSES'],
    [
      'attacks that succeed too often',
      'robustness',
      'attack-success',
      undefined,
      attacks({ challenger: 0.16 }),
      'FAILS',
    ],
    [
      'attacks that succeed more than before',
      'robustness',
      'attack-success-change',
      undefined,
      attacks({ challenger: 0.13 }),
      'FAILS',
    ],
    [
      'attacks that succeed as before',
      'robustness',
      'attack-success-change',
      undefined,
      attacks({ challenger: 0.11 }),
      'PASSES',
    ],
    ['a family that is held', 'robustness', 'family-success', undefined, family(0.5), 'PASSES'],
    ['a family that gets through', 'robustness', 'family-success', undefined, family(0.51), 'FAILS'],
    ['a family declared to be open', 'robustness', 'family-success', undefined, family(0.9, true), 'REPORTED'],
    [
      'harmless scripts taken more',
      'robustness',
      'harmless-rise',
      undefined,
      attacks({ harmlessRise: 0.006 }),
      'FAILS',
    ],
    [
      'harmless scripts as before',
      'robustness',
      'harmless-rise',
      undefined,
      attacks({ harmlessRise: 0.005 }),
      'PASSES',
    ],
    [
      'a near-copy among the rows',
      'contamination',
      'near-copies',
      undefined,
      challenger({ contamination: { checked: 9, against: 9, hits: [{ key: 'a', copyOf: 'b' }] } }),
      'FAILS',
    ],
    [
      'nothing looked up',
      'contamination',
      'near-copies',
      undefined,
      challenger({ contamination: { checked: 0, against: 9, hits: [] } }),
      'NOT_RUN',
    ],
    ['as fast as demanded', 'serving', 'p99-latency', undefined, serving({ p99Ratio: 1.25 }), 'PASSES'],
    ['too slow', 'serving', 'p99-latency', undefined, serving({ p99Ratio: 1.26 }), 'FAILS'],
    ['too large', 'serving', 'bytes', undefined, serving({ bytes: 1e9 }), 'FAILS'],
    ['small enough', 'serving', 'bytes', undefined, serving({ bytes: 1e6 }), 'PASSES'],
    ['scores that agree', 'serving', 'score-parity', undefined, parity(0.99e-4), 'PASSES'],
    ['scores that differ by the limit', 'serving', 'score-parity', undefined, parity(1e-4), 'FAILS'],
    ['scores that are no numbers', 'serving', 'score-parity', undefined, parity(Number.NaN), 'FAILS'],
    [
      'scores that one runtime alone can give',
      'serving',
      'score-parity',
      undefined,
      serving({ parity: 'ONE_RUNTIME' }),
      'REPORTED',
    ],
    ['scores of too few texts', 'serving', 'score-parity', undefined, parity(0, 999), 'NOT_RUN'],
    ['other golden scores', 'serving', 'golden-scores', undefined, serving({ goldenScores: false }), 'FAILS'],
    ['the golden scores', 'serving', 'golden-scores', undefined, serving({ goldenScores: true }), 'PASSES'],
    ['flips within the budget', 'flips', 'flip-share', 'H', replay(0.2), 'PASSES'],
    ['flips beyond the budget', 'flips', 'flip-share', 'H', replay(0, 0.5), 'FAILS'],
    [
      'a window that is too small',
      'flips',
      'items',
      undefined,
      { replay: { replayId: 're', diff: replayVerdicts(verdictsOf(9), verdictsOf(9)) } },
      'NOT_RUN',
    ],
    [
      'contents it cannot judge',
      'flips',
      'failed',
      undefined,
      {
        replay: {
          replayId: 're',
          diff: replayVerdicts(
            verdictsOf(1200),
            verdictsOf(1200).map((one, i) => ({ ...one, failed: i === 5 })),
          ),
        },
      },
      'FAILS',
    ],
  ];

  it.each(cases)('%s (%s)', (_, check, measure, category, over, wanted) => {
    expect(findingOf(gateInputOf(over), check, measure, category)).toContain(wanted);
    // Without the change nothing fails, and with a change that may pass neither.
    const other = wanted === 'FAILS' ? gateInputOf() : gateInputOf(over);
    expect(findingOf(other, check, measure, category)).not.toContain('FAILS');
  });

  function slope(value: number) {
    return { value, low: value - 0.1, high: value + 0.1, wide: false };
  }

  function ranked(auc: number): Partial<GateInput> {
    const { suites: own } = evaluationOf('m-new');
    return own === null ? {} : challenger({ suites: { ...own, rocAuc: { H: auc } } });
  }
});

describe('the dual gate', () => {
  const worse = { categories: [categoryDifference('H', 400, [-0.1, -0.2, -0.05])] };

  it.each(['gold', 'audit'] as const)('stays shut when only the %s set shows a loss', (set) => {
    const report = judgeGate(gateInputOf({ [set]: comparisonOf(worse) }));
    expect(report.outcome).toBe('REJECTED');
    expect(report.checks.filter(({ blocks }) => blocks).map(({ on }) => on)).toEqual([set.toUpperCase()]);
  });

  it.each(['gold', 'audit'] as const)('stays shut without the %s set', (set) => {
    const report = judgeGate(gateInputOf({ [set]: null }));
    expect(report.outcome).toBe('REJECTED');
    expect(report.because.join(' ')).toContain('there is no comparison');
  });

  it('needs no audit slice where the margins do not ask for one', () => {
    const settings = parseGateSettings('auditRequired: false', 'gate.yaml');
    expect(judgeGate(gateInputOf({ audit: null, settings })).outcome).toBe('PASSED');
  });

  it('says of a slice of too few labels that it proves nothing, and lets the gold set decide', () => {
    const few = comparisonOf({
      categories: [categoryDifference('H', 12, [-0.3, -0.6, 0.1])],
      macroCategories: ['H'],
      macro: { champion: 0.7, challenger: 0.4, value: -0.3, low: -0.6, high: 0.1, wide: true },
    });
    expect(judgeGate(gateInputOf({ audit: few })).outcome).toBe('PASSED');
    expect(judgeGate(gateInputOf({ gold: few })).outcome).toBe('REJECTED');
    expect(findingOf(gateInputOf({ audit: few }), 'quality', 'figures-judged')).toEqual(['PASSES', 'REPORTED']);
  });

  it('refuses a comparison of other models', () => {
    const other = comparisonOf({ challenger: { modelId: 'm-else', name: 'else' } });
    expect(() => judgeGate(gateInputOf({ audit: other }))).toThrow(GateEvidenceError);
    expect(() => judgeGate(gateInputOf({ audit: other }))).toThrow('has the challenger m-else, not m-new');
  });
});

describe('quality', () => {
  it('asks for more when the challenger is meant to be better', () => {
    const input = gateInputOf({
      ...gold({ macro: { champion: 0.7, challenger: 0.7, value: 0.004, low: -0.004, high: 0.02, wide: false } }),
    });
    const better = parseGateSettings('quality: { aim: better }', 'gate.yaml');
    expect(findingOf(input, 'quality', 'macro-average-precision')[0]).toBe('PASSES');
    expect(findingOf({ ...input, settings: better }, 'quality', 'macro-average-precision')[0]).toBe('FAILS');
  });

  it('does not let the noise of a rare category decide on the mean, nor hide a loss in it', () => {
    const mixed = (low: number, high: number): GateInput =>
      gateInputOf(
        gold({
          categories: [
            categoryDifference('H', 400, [0.01, 0.002, 0.02]),
            categoryDifference('V2', 4, [-0.3, -0.6, 0.2]),
          ],
          macroCategories: ['H', 'V2'],
          macro: { champion: 0.7, challenger: 0.5, value: -0.15, low, high, wide: true },
        }),
      );
    const [held] = rowsOf(mixed(-0.3, 0.1), 'quality', 'macro-average-precision');
    expect(held).toMatchObject({ finding: 'PASSES', low: 0.002, figure: 0.01 });
    expect(held?.why).toContain('of H; the others have too few positives');
    expect(rowsOf(mixed(-0.3, -0.02), 'quality', 'macro-average-precision')[0]?.finding).toBe('FAILS');
  });

  it('sees a category that the challenger no longer scores', () => {
    const input = gateInputOf(challenger({ categories: [categoryOf('H', 400), categoryOf('SH', 60)] }));
    expect(rowsOf(input, 'quality', 'categories-lost')[0]).toMatchObject({ finding: 'FAILS', figure: 1 });
    expect(judgeGate(input).because.join(' ')).toContain('it does not score HR');
  });

  it('is not asked of a calibration, which cannot change a ranking', () => {
    const input = gateInputOf({
      kind: 'CALIBRATION',
      ...gold({ categories: [categoryDifference('H', 400, [-1, -1, -1])] }),
    });
    expect(findingOf(input, 'quality', 'average-precision')).toEqual(['REPORTED', 'REPORTED']);
    expect(judgeGate(input).outcome).toBe('PASSED');
  });
});

describe('the operating point', () => {
  it('is only judged at the thresholds that would be deployed', () => {
    const input = gateInputOf({ operatingPoints: { H: { review: 0.2, block: 0.81, provisional: false } } });
    const rows = rowsOf(input, 'operating-point', 'precision-at-block');
    expect(rows.map(({ finding, blocks }) => [finding, blocks])).toEqual([
      ['NOT_RUN', true],
      ['NOT_RUN', true],
    ]);
    expect(rows[0]?.why).toContain('evaluated at 0.8, but 0.81 would be deployed');
  });

  it('demands nothing of provisional thresholds, and says so', () => {
    const input = gateInputOf({
      ...withCategory({ block: operatingOf(0.8, 4000, 400, 200, 20) }),
      operatingPoints: { H: { review: 0.2, block: 0.8, provisional: true } },
    });
    expect(findingOf(input, 'operating-point', 'precision-at-block')).toEqual(['REPORTED', 'REPORTED']);
  });

  it('takes a change of the flag rate that people approved', () => {
    const flagRates = [{ category: 'H', items: 10_000, champion: 500, challenger: 900, both: 480 }];
    const settings = parseGateSettings('operatingPoint: { flagRate: { approved: { H: 1 } } }', 'gate.yaml');
    expect(findingOf(gateInputOf({ flagRates }), 'operating-point', 'flag-rate')).toEqual(['FAILS']);
    expect(findingOf(gateInputOf({ flagRates, settings }), 'operating-point', 'flag-rate')).toEqual(['PASSES']);
  });

  it('gives the change of paired rates an interval: 500 against 600 with 450 shared is +.2 (.130 to .274)', () => {
    const flagRates = [{ category: 'H', items: 10_000, champion: 500, challenger: 600, both: 450 }];
    const [row] = rowsOf(gateInputOf({ flagRates }), 'operating-point', 'flag-rate');
    // sqrt((50 + 150) / (500 * 600)) = .025820; 1.2 * exp(-+1.96 * .025820) - 1.
    expect(row?.low).toBeCloseTo(0.14078, 4);
    expect(row?.high).toBeCloseTo(0.26229, 4);
  });
});

describe('the budget of flips', () => {
  const diff = replayVerdicts(verdictsOf(2000), verdictsOf(2000, 0.2));
  const at = (yaml: string): GateCheck[] => {
    const settings = parseGateSettings(yaml, 'gate.yaml');
    const { checks } = judgeGate(gateInputOf({ replay: { replayId: 're', diff }, settings }));
    return checks.filter(({ check, category }) => check === 'flips' && category === 'H');
  };

  it('holds for each category and direction, as a share and by what the champion takes', () => {
    const found = at('flips: { category: { share: 0, relative: 0.5 }, categories: { H: { gentler: { share: 1 } } } }');
    expect(found.map(({ measure, subject, finding }) => [measure, subject, finding])).toEqual([
      ['flip-share', 'stricter', 'FAILS'],
      ['flips-by-flagged', 'stricter', 'PASSES'],
      ['flip-share', 'gentler', 'PASSES'],
      ['flips-by-flagged', 'gentler', 'PASSES'],
      ['score-psi', null, 'REPORTED'],
    ]);
  });

  it('that nobody declared is only reported', () => {
    const found = at('flips: { category: { share: null, relative: null } }');
    expect(found.map(({ measure, finding }) => [measure, finding])).toEqual([
      ['flip-share', 'REPORTED'],
      ['flip-share', 'REPORTED'],
      ['score-psi', 'REPORTED'],
    ]);
  });

  it('is of the channel that is judged', () => {
    const input = gateInputOf({ channel: 'internal' });
    expect(findingOf(input, 'flips', 'items')).toEqual(['NOT_RUN']);
  });
});

describe('what is missing', () => {
  it.each([
    ['serving', { serving: null }],
    ['flips', { replay: null }],
    ['contamination', challenger({ contamination: null })],
    ['fairness', challenger({ fairness: null })],
    [
      'functional',
      {
        gold: withChallenger(comparisonOf(), { suites: null }),
        audit: withChallenger(comparisonOf(), { suites: null }),
      },
    ],
  ] as const)('keeps the gate shut: %s', (check, over) => {
    const report = judgeGate(gateInputOf(over));
    expect(report.outcome).toBe('REJECTED');
    expect([...new Set(report.checks.filter(({ blocks }) => blocks).map((row) => row.check))]).toContain(check);
  });

  it('may be missing where the margins say so', () => {
    const settings = parseGateSettings('mayBeMissing: [robustness, serving]', 'gate.yaml');
    expect(judgeGate(gateInputOf({ serving: null, settings })).outcome).toBe('PASSED');
    expect(judgeGate(gateInputOf({ settings: parseGateSettings('mayBeMissing: []', 'gate.yaml') })).outcome).toBe(
      'REJECTED',
    );
  });
});

describe('an override', () => {
  const worse = gold({ slices: [sliceOf('de', { recall: -0.2, pValue: 0.001 })] });

  it('opens the gate for what it covers, until it expires, and the report says whose it is', () => {
    const report = judgeGate(gateInputOf({ ...worse, overrides: [overrideOf()] }));
    expect(report).toMatchObject({ outcome: 'OVERRIDDEN', passed: true, validUntil: now + 7 * day });
    expect(report.because[0]).toBe('operator overrides 1 figure until 2026-11-27: The slice is a test account.');
    const [row] = report.checks.filter(({ finding }) => finding === 'FAILS');
    expect(row).toMatchObject({ blocks: false, overrideId: report.overrides[0]?.overrideId });
  });

  it('does not open what it does not cover', () => {
    const both = { ...worse, serving: null, overrides: [overrideOf()] };
    expect(judgeGate(gateInputOf(both)).outcome).toBe('REJECTED');
    const other = overrideOf({ covers: [{ check: 'slices', category: 'HR' }] });
    expect(judgeGate(gateInputOf({ ...worse, overrides: [other] })).outcome).toBe('REJECTED');
    const own = overrideOf({ covers: [{ check: 'slices', category: 'H' }] });
    expect(judgeGate(gateInputOf({ ...worse, overrides: [own] })).outcome).toBe('OVERRIDDEN');
  });

  it('that ends first ends the pass', () => {
    const covers = [{ check: 'serving', category: null }] as const;
    const overrides = [overrideOf(), overrideOf({ covers, expiresAt: now + 2 * day })];
    const report = judgeGate(gateInputOf({ ...worse, serving: null, overrides }));
    expect(report).toMatchObject({ outcome: 'OVERRIDDEN', validUntil: now + 2 * day });
    expect(report.overrides.map(({ opens }) => opens)).toEqual([1, 4]);
  });

  it('changes nothing where all holds', () => {
    const report = judgeGate(gateInputOf({ overrides: [overrideOf()] }));
    expect(report).toMatchObject({ outcome: 'PASSED', validUntil: null });
    expect(report.overrides[0]?.opens).toBe(0);
  });

  it('that has expired has no effect, and the report says why', () => {
    const report = judgeGate(gateInputOf({ ...worse, overrides: [overrideOf({ expiresAt: now })] }));
    expect(report.outcome).toBe('REJECTED');
    expect(report.refusedOverrides).toMatchObject([{ problem: 'EXPIRED', by: 'operator' }]);
  });
});

describe('laws', () => {
  const amount = fc.double({ min: 0, max: 1, noNaN: true });
  const small = fc.double({ min: -0.1, max: 0.1, noNaN: true });

  /** A figure of the input, as a function of how bad it is: 0 is best. */
  const dials: readonly (readonly [string, (bad: number) => Partial<GateInput>])[] = [
    ['a category', (bad) => gold({ categories: [categoryDifference('H', 400, [0.05 - bad, 0.03 - bad, 0.07 - bad])] })],
    [
      'the mean',
      (bad) =>
        gold({
          macro: {
            champion: 0.7,
            challenger: 0.7 - bad,
            value: 0.03 - bad,
            low: 0.01 - bad,
            high: 0.05 - bad,
            wide: false,
          },
        }),
    ],
    [
      'a wide mean',
      (bad) =>
        gold({
          macro: {
            champion: 0.7,
            challenger: 0.7 - bad,
            value: 0.03 - bad,
            low: -0.2 - bad,
            high: 0.2 - bad,
            wide: true,
          },
        }),
    ],
    ['precision', (bad) => withCategory({ block: operatingOf(0.8, 4000, 400, 200, Math.round(200 * (1 - bad))) })],
    ['precision of few', (bad) => withCategory({ block: operatingOf(0.8, 4000, 400, 30, Math.round(30 * (1 - bad))) })],
    ['recall', (bad) => withCategory({ review: operatingOf(0.2, 4000, 400, 600, Math.round(400 * (1 - bad))) })],
    [
      'the flag rate',
      (bad) => ({
        flagRates: [{ category: 'H', items: 9000, champion: 500, challenger: Math.round(500 * (1 + bad)), both: 450 }],
      }),
    ],
    ['the top error', (bad) => withCalibration({ topEce: bad })],
    ['a slope', (bad) => withCalibration({ slope: { value: 1 + bad, low: 0.9 + bad, high: 1.1 + bad, wide: false } })],
    ['a slice', (bad) => gold({ slices: [sliceOf('de', { recall: -bad, pValue: 0.01 })] })],
    ['the worst group', (bad) => challenger({ fairness: fairnessOf(1 - bad) })],
    ['harmless mentions', (bad) => challenger({ fairness: fairnessOf(0.78, Math.round(400 * bad)) })],
    [
      'near-copies',
      (bad) =>
        challenger({
          contamination: {
            checked: 9,
            against: 9,
            hits: Array.from({ length: Math.floor(3 * bad) }, () => ({ key: 'a', copyOf: 'b' })),
          },
        }),
    ],
    [
      'latency',
      (bad) => ({
        serving: {
          p99Ratio: 1 + bad,
          bytes: 1,
          parity: { maxDifference: bad * 1e-3, texts: 1000 },
          goldenScores: true,
        },
      }),
    ],
    ['attacks', (bad) => ({ robustness: { champion: 0.1, challenger: bad, families: [], harmlessRise: bad / 50 } })],
  ];

  it.each(dials)('worsening %s never opens a gate, nor turns a failing row into a passing one', (_, dial) => {
    fc.assert(
      fc.property(amount, amount, (one, other) => {
        const [better, worse] = [Math.min(one, other), Math.max(one, other)];
        const before = judgeGate(gateInputOf(dial(better)));
        const after = judgeGate(gateInputOf(dial(worse)));
        if (after.passed) expect(before.passed).toBe(true);
        expect(after.checks).toHaveLength(before.checks.length);
        for (const [i, row] of before.checks.entries()) {
          if (row.finding === 'FAILS') expect(after.checks[i]?.finding).toBe('FAILS');
        }
      }),
      { numRuns: 12 },
    );
  });

  it('any model measured against itself passes every row that compares the two', () => {
    const seeds = fc.record({ seed: fc.nat(1000), skill: fc.double({ min: -2, max: 4, noNaN: true }) });
    fc.assert(
      fc.property(seeds, ({ seed, skill }) => {
        const { rows, scored } = sample(330, seed);
        const parted = rows.map((row, i) => ({ ...row, language: i % 3 === 0 ? 'de' : 'en' }));
        const model = modelOf('m-old', { H: scored(skill, 1) });
        const twin = { ...model, modelId: 'm-new', name: 'm-new' };
        const cases = parseSuite('{"suite":"s","functionality":"f","id":"1","text":"words","expect":{"H":0}}', 'x');
        const beside = {
          suites: runSuites(cases, modelOf('m', { H: [skill - 1] })),
          fairness: measureFairness(
            'H',
            parted,
            model,
            Float64Array.from(identityTemplates(), (_, i) => skill * Math.sin(seed + i)),
          ),
          contamination: null,
        };
        const comparison = compareModels({
          ...{ rows: parted, datasetId: 'ds-1', split: 'test', evaluatedAt: 0, settings: { draws: 10, seed: 1 } },
          ...{ champion: model, challenger: twin, beside: { champion: beside, challenger: beside } },
        });
        const input = gateInputOf({ champion: comparison.champion, gold: comparison, audit: comparison });
        const relative = judgeGate({ ...input, challenger: comparison.challenger }).checks.filter(({ measure }) =>
          [
            'average-precision',
            'macro-average-precision',
            'recall',
            'specificity',
            'top-error',
            'worst-bpsn-change',
            'passed',
          ].includes(measure),
        );
        expect(new Set(relative.map(({ measure }) => measure)).size).toBe(7);
        expect(relative.filter(({ finding }) => finding === 'FAILS' || finding === 'NOT_RUN')).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });

  it('wider margins never shut a gate', () => {
    fc.assert(
      fc.property(small, small, amount, amount, (value, half, one, other) => {
        const input = gateInputOf(
          gold({ categories: [categoryDifference('H', 400, [value, value - Math.abs(half), value + Math.abs(half)])] }),
        );
        const at = (margin: number): boolean => {
          const settings = defaultGateSettings();
          return judgeGate({ ...input, settings: { ...settings, quality: { ...settings.quality, margin } } }).passed;
        };
        if (at(Math.min(one, other))) expect(at(Math.max(one, other))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('a figure that is no number never passes', () => {
    const bad = Number.NaN;
    for (const over of [
      gold({ categories: [categoryDifference('H', 400, [bad, bad, bad])] }),
      gold({ macro: { champion: bad, challenger: bad, value: bad, low: bad, high: bad, wide: false } }),
      withCalibration({ topEce: bad }),
      { serving: { p99Ratio: bad, bytes: 1, parity: { maxDifference: 0, texts: 1000 }, goldenScores: true } },
      { flagRates: [{ category: 'H', items: 9000, champion: 500, challenger: bad, both: 450 }] },
      gold({ slices: [sliceOf('de', { recall: bad, pValue: bad })] }),
    ] satisfies Partial<GateInput>[]) {
      expect(judgeGate(gateInputOf(over)).passed).toBe(false);
    }
  });
});
