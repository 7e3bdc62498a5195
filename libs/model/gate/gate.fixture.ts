import type { CategoryComparison, ComparisonReport, SliceComparison } from '../evaluation/comparison-report.js';
import type { CategoryReport, EvaluationReport } from '../evaluation/evaluation-report.js';
import type { FairnessReport, IdentityQuality } from '../evaluation/identity-fairness.js';
import type { Rate } from '../evaluation/intervals.js';
import { wilsonInterval } from '../evaluation/reliability.js';
import type { OperatingReport } from '../evaluation/scored-rows.js';
import { hashKey, seededUniform } from '../training/seeded-uniform.js';
import type { GateInput } from './gate-input.js';
import type { GateOverride } from './gate-override.js';
import { defaultGateSettings } from './gate-settings.js';
import { actions, replayVerdicts } from './verdict-diff.js';
import type { ReplayedVerdict } from './verdict-diff.js';

export const now = Date.UTC(2026, 10, 20, 9, 30);
export const day = 86_400_000;

export function rateOf(hits: number, rows: number): Rate {
  return { value: rows > 0 ? hits / rows : null, ...wilsonInterval(hits, rows), rows, hits };
}

/** Rates at a threshold that takes `taken` rows, `right` of them of `positives`, out of `rows`. */
export function operatingOf(
  threshold: number,
  rows: number,
  positives: number,
  taken: number,
  right: number,
): OperatingReport {
  return {
    threshold,
    flagged: rateOf(taken, rows),
    precision: rateOf(right, taken),
    recall: rateOf(right, positives),
    specificity: rateOf(rows - positives - (taken - right), rows - positives),
  };
}

/** A category of 4,000 rows that reaches its targets. */
export function categoryOf(category: string, positives: number, over: Partial<CategoryReport> = {}): CategoryReport {
  const rows = 4000;
  const bin = (meanScore: number): CategoryReport['calibration']['bins'][number] => ({
    meanScore,
    rate: meanScore,
    low: meanScore,
    high: meanScore,
    items: 40,
    share: 0.2,
  });
  return {
    category,
    rows,
    positives,
    prevalence: positives / rows,
    averagePrecision: { value: 0.72, low: 0.66, high: 0.77, wide: positives < 30 },
    rocAuc: { value: 0.94, low: 0.92, high: 0.96, wide: positives < 30 },
    calibration: {
      ece: 0.01,
      adaptiveEce: 0.01,
      topEce: 0.031,
      brier: 0.03,
      brierReliability: 0.001,
      logLoss: 0.11,
      slope: { value: 1.02, low: 0.9, high: 1.14, wide: positives < 30 },
      intercept: { value: 0.01, low: -0.1, high: 0.12, wide: positives < 30 },
      bins: [],
      topBins: [0.5, 0.6, 0.7, 0.8, 0.9].map(bin),
      histogram: { positives: [], negatives: [] },
    },
    review: operatingOf(0.2, rows, positives, Math.round(1.6 * positives), Math.round(0.93 * positives)),
    block: operatingOf(0.8, rows, positives, Math.round(0.5 * positives), Math.round(0.495 * positives)),
    curve: [],
    ...over,
  };
}

const identityQuality: IdentityQuality = {
  rocAuc: 0.9,
  groups: [],
  powerMeans: { subgroup: 0.88, bpsn: 0.86, bnsp: 0.87 },
  final: 0.88,
  worstBpsn: { group: 'muslim', value: 0.78 },
};

export function fairnessOf(worst: number, taken = 12): FairnessReport {
  return {
    category: 'H',
    data: null,
    templates: { ...identityQuality, worstBpsn: { group: 'muslim', value: worst } },
    counterfactual: { templates: 20, mean: 0.04, largest: null, shifts: [] },
    neutral: { flagged: rateOf(taken, 400), overall: rateOf(80, 3600) },
  };
}

export function evaluationOf(modelId: string, over: Partial<EvaluationReport> = {}): EvaluationReport {
  return {
    format: 1,
    evaluationId: `ev-${modelId}`,
    model: { modelId, name: modelId },
    datasetId: 'ds-1111111111111111',
    split: 'test',
    evaluatedAt: now - day,
    settings: { draws: 1000, seed: 1, population: 'all' },
    rows: { evaluated: 4000, groups: 3900, weighted: 0, withoutText: 0 },
    categories: [categoryOf('H', 400), categoryOf('HR', 240), categoryOf('SH', 60)],
    macro: {
      categories: ['H', 'HR', 'SH'],
      averagePrecision: { value: 0.72, low: 0.69, high: 0.75, wide: false },
      rocAuc: { value: 0.94, low: 0.93, high: 0.95, wide: false },
    },
    slices: [],
    contamination: { checked: 4000, against: 32_000, hits: [] },
    suites: {
      cases: 100,
      functionalities: [
        suiteOf('hate', 'negated-hate', 40, 50),
        suiteOf('identity', 'identity-neutral', 49, 50),
        suiteOf('disguise', 'insult-letters-apart', 20, 25),
      ],
      rocAuc: { H: 0.81, SH: null },
    },
    fairness: fairnessOf(0.78),
    notes: [],
    ...over,
  };
}

function suiteOf(
  suite: string,
  functionality: string,
  hits: number,
  rows: number,
): NonNullable<EvaluationReport['suites']>['functionalities'][number] {
  return { suite, functionality, types: ['MFT'], passed: rateOf(hits, rows), skipped: 0, blocked: 0, failed: [] };
}

export function categoryDifference(
  category: string,
  positives: number,
  [value, low, high]: readonly [number, number, number] = [0, 0, 0],
): CategoryComparison {
  return {
    category,
    rows: 4000,
    positives,
    prevalence: positives / 4000,
    averagePrecision: { champion: 0.72, challenger: 0.72 + value, value, low, high, wide: positives < 30 },
    rocAuc: { champion: 0.94, challenger: 0.94, value: 0, low: 0, high: 0, wide: positives < 30 },
    decisions: [],
    gate: { margin: 0.02, finding: 'PASSES' },
  };
}

export function sliceOf(
  value: string,
  { recall = 0, specificity = 0, pValue = 1 }: { recall?: number; specificity?: number; pValue?: number | null } = {},
): SliceComparison {
  const change = (difference: number): NonNullable<SliceComparison['recall']> => ({
    champion: rateOf(72, 80),
    challenger: rateOf(Math.round(72 + 80 * difference), 80),
    difference,
    pValue,
  });
  return {
    by: 'language',
    value,
    category: 'H',
    rows: 900,
    positives: pValue === null ? 12 : 80,
    averagePrecision: { champion: 0.7, challenger: 0.7, value: 0, low: -0.02, high: 0.02, wide: false },
    recall: change(recall),
    specificity: change(specificity),
    finding: pValue === null ? 'TOO_FEW' : 'NOT_WORSE',
  };
}

/** A challenger that is its champion under another name. */
export function comparisonOf(over: Partial<ComparisonReport> = {}): ComparisonReport {
  const champion = evaluationOf('m-old');
  const challenger = evaluationOf('m-new');
  const functionalities = champion.suites?.functionalities ?? [];
  return {
    format: 1,
    comparisonId: 'cmp-1',
    champion: champion.model,
    challenger: challenger.model,
    datasetId: champion.datasetId,
    split: 'test',
    evaluatedAt: now - day,
    outcome: 'SAME',
    because: [],
    categories: [categoryDifference('H', 400), categoryDifference('HR', 240), categoryDifference('SH', 60)],
    macro: { champion: 0.72, challenger: 0.72, value: 0, low: 0, high: 0, wide: false },
    macroCategories: ['H', 'HR', 'SH'],
    slices: [sliceOf('en'), sliceOf('de'), sliceOf('cy', { pValue: null })],
    suites: functionalities.map(({ suite, functionality, passed }) => ({
      suite,
      functionality,
      champion: passed,
      challenger: passed,
      difference: 0,
      finding: 'SAME',
    })),
    flips: [],
    evaluations: { champion, challenger },
    ...over,
  };
}

/** The comparison with other figures of the challenger alone. */
export function withChallenger(comparison: ComparisonReport, over: Partial<EvaluationReport>): ComparisonReport {
  const { champion, challenger } = comparison.evaluations;
  return { ...comparison, evaluations: { champion, challenger: { ...challenger, ...over } } };
}

const places = ['harbour', 'lighthouse'] as const;
const languages = ['en', 'en', 'en', 'de', 'pt'] as const;

/** A stream of verdicts: `moved` shifts every logit by noise of that width, `bias` all of them one way. */
export function verdictsOf(count: number, moved = 0, bias = 0): ReplayedVerdict[] {
  return Array.from({ length: count }, (_, i) => {
    const key = `harbour/c-${i}/1`;
    const uniform = (draw: number): number => seededUniform(7, draw, hashKey(key));
    const logits = Object.fromEntries(
      ['H', 'HR'].map((category, c) => [category, 9 * uniform(c) - 7.5 + bias + moved * (uniform(c + 10) - 0.5)]),
    );
    const categories = Object.fromEntries(
      Object.entries(logits).map(([category, logit]) => [
        category,
        logit >= 1.25 ? ('BLOCK' as const) : logit >= 0 ? ('REVIEW' as const) : ('ALLOW' as const),
      ]),
    );
    const strictest = Math.max(...Object.values(categories).map((action) => actions.indexOf(action)));
    return {
      key,
      channel: 'public',
      platform: places[i % 2] ?? '',
      language: languages[i % 5] ?? '',
      kind: i % 3 === 0 ? 'COMMENT' : 'POST',
      action: actions[strictest] ?? 'ALLOW',
      categories,
      logits,
    };
  });
}

const stream = verdictsOf(2000);
const settings = defaultGateSettings();
const noFlips = replayVerdicts(stream, stream);

/** Everything holds: the challenger equals the champion. */
export function gateInputOf(over: Partial<GateInput> = {}): GateInput {
  const gold = comparisonOf();
  return {
    kind: 'MODEL',
    champion: gold.champion,
    challenger: gold.challenger,
    channel: 'public',
    policy: { policyId: 'default', version: 3 },
    gold,
    audit: comparisonOf({ comparisonId: 'cmp-2', datasetId: 'ds-2222222222222222' }),
    goals: { H: { blockPrecision: 0.95, reviewRecall: 0.9 }, HR: { blockPrecision: null, reviewRecall: 0.9 } },
    operatingPoints: {
      H: { review: 0.2, block: 0.8, provisional: false },
      HR: { review: 0.2, block: null, provisional: false },
    },
    flagRates: null,
    replay: { replayId: 're-1', diff: noFlips },
    serving: {
      p99Ratio: 1.02,
      bytes: 2_200_000,
      parity: { maxDifference: 3e-6, texts: 1000 },
      goldenScores: true,
    },
    robustness: null,
    overrides: [],
    settings,
    datasetId: 'ds-3333333333333333',
    trainingSeed: 1,
    release: '0.1.0',
    codeSha: '0123456789abcdef0123456789abcdef01234567',
    decidedAt: now,
    ...over,
  };
}

export function overrideOf(over: Partial<GateOverride> = {}): GateOverride {
  return {
    channel: 'public',
    modelId: 'm-new',
    reason: 'The slice is a test account.',
    by: 'operator',
    expiresAt: now + 7 * day,
    covers: [{ check: 'slices', category: null }],
    ...over,
  };
}
