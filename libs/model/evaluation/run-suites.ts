import { applyCalibrator, identityCalibrator } from '../calibration/calibrator.js';
import { count, emptyCount, known, rateOf } from './intervals.js';
import type { Rate, WeightedCount } from './intervals.js';
import type { SuiteCase } from './parse-suite.js';
import { rankedQuality, rankRows } from './ranked-rows.js';
import type { ModelScores } from './scored-rows.js';

/** How far a probability may move the wrong way (evaluation 4.4). */
const tolerance = 0.1;
/** A functionality has become worse when it lost this much and the Wilson intervals part (evaluation 4.4). */
const leastLoss = 0.05;

export type CaseType = SuiteCase['expect']['type'];

export interface FunctionalityReport {
  readonly suite: string;
  readonly functionality: string;
  /** Several where a functionality mixes them. */
  readonly types: readonly CaseType[];
  /** Cases that passed, with the Wilson interval. */
  readonly passed: Rate;
  /** Cases that the model cannot answer: it does not score the category or has no review threshold for it. */
  readonly skipped: number;
  /** Cases that it blocks although they should not even be reviewed. */
  readonly blocked: number;
  /** Ids of the cases that failed. */
  readonly failed: readonly string[];
}

export interface SuiteReport {
  readonly cases: number;
  readonly functionalities: readonly FunctionalityReport[];
  /** ROC AUC over the cases with a fixed label, by category: whether the ranking is right, wherever the thresholds stand. */
  readonly rocAuc: Readonly<Record<string, number | null>>;
}

/** Runs functional suites on the scores of their texts. `model.logits` are in the order of `cases`. */
export function runSuites(cases: readonly SuiteCase[], model: ModelScores): SuiteReport {
  const place = new Map(cases.map(({ suite, id }, i) => [JSON.stringify([suite, id]), i]));
  const probabilities = Object.fromEntries(
    Object.entries(model.logits).map(([category, logits]) => {
      const calibrator = model.calibrators[category] ?? identityCalibrator;
      return [category, logits.map((logit) => applyCalibrator(calibrator, logit))];
    }),
  );
  const found = new Map<string, Draft>();
  for (const [i, one] of cases.entries()) {
    const name = JSON.stringify([one.suite, one.functionality]);
    let draft = found.get(name);
    if (draft === undefined) {
      draft = {
        suite: one.suite,
        functionality: one.functionality,
        types: [],
        passed: emptyCount(),
        skipped: 0,
        blocked: 0,
        failed: [],
      };
      found.set(name, draft);
    }
    if (!draft.types.includes(one.expect.type)) draft.types.push(one.expect.type);
    const ref = one.ref === null ? undefined : place.get(JSON.stringify([one.suite, one.ref]));
    const outcome = judge(one, i, ref, probabilities, model.thresholds);
    if (outcome === undefined) {
      draft.skipped += 1;
      continue;
    }
    count(draft.passed, outcome.passes, 1);
    if (!outcome.passes) draft.failed.push(one.id);
    if (outcome.isBlocked) draft.blocked += 1;
  }
  return {
    cases: cases.length,
    functionalities: [...found.values()].map((draft) => ({ ...draft, passed: rateOf(draft.passed) })),
    rocAuc: Object.fromEntries(
      Object.entries(probabilities).flatMap(([category, scores]) => {
        const labels = Float64Array.from(cases, ({ expect }) =>
          expect.type === 'MFT' ? (expect.labels[category] ?? Number.NaN) : Number.NaN,
        );
        const { rocAuc } = rankedQuality(rankRows(scores, labels, new Float64Array(labels.length).fill(1)));
        return labels.some((label) => !Number.isNaN(label)) ? [[category, known(rocAuc)] as const] : [];
      }),
    ),
  };
}

interface Draft {
  readonly suite: string;
  readonly functionality: string;
  readonly types: CaseType[];
  readonly passed: WeightedCount;
  skipped: number;
  blocked: number;
  readonly failed: string[];
}

type Probabilities = Readonly<Record<string, Float64Array>>;

function judge(
  { expect }: SuiteCase,
  i: number,
  ref: number | undefined,
  probabilities: Probabilities,
  thresholds: ModelScores['thresholds'],
): { passes: boolean; isBlocked: boolean } | undefined {
  const at = (category: string, row: number): number => probabilities[category]?.[row] ?? Number.NaN;
  const review = (category: string): number => thresholds[category]?.review ?? Number.NaN;
  switch (expect.type) {
    case 'MFT': {
      const entries = Object.entries(expect.labels).filter(
        ([category]) => probabilities[category] !== undefined && !Number.isNaN(review(category)),
      );
      if (entries.length === 0) return undefined;
      return {
        passes: entries.every(([category, label]) => at(category, i) >= review(category) === (label === 1)),
        isBlocked: entries.some(([category, label]) => {
          const block = thresholds[category]?.block ?? Infinity;
          return label === 0 && at(category, i) >= block;
        }),
      };
    }
    case 'INV': {
      const categories = Object.keys(probabilities).filter((category) => !Number.isNaN(review(category)));
      if (categories.length === 0 || ref === undefined) return undefined;
      const isFlagged = (category: string, row: number): boolean => at(category, row) >= review(category);
      return {
        passes: categories.every((category) => isFlagged(category, i) === isFlagged(category, ref)),
        isBlocked: false,
      };
    }
    case 'DIR': {
      const entries = Object.entries(expect.moves).filter(([category]) => probabilities[category] !== undefined);
      if (entries.length === 0 || ref === undefined) return undefined;
      return {
        passes: entries.every(([category, move]) => {
          const moved = at(category, i) - at(category, ref);
          return move === 'up' ? moved >= -tolerance : moved <= tolerance;
        }),
        isBlocked: false,
      };
    }
  }
}

export interface SuiteComparison {
  readonly suite: string;
  readonly functionality: string;
  readonly champion: Rate;
  readonly challenger: Rate;
  /** Passed share of the challenger less that of the champion. */
  readonly difference: number | null;
  readonly finding: 'WORSE' | 'BETTER' | 'SAME';
}

/** Functionality by functionality: worse at 5 points less with Wilson intervals that do not overlap (evaluation 4.4). */
export function compareSuites(champion: SuiteReport, challenger: SuiteReport): SuiteComparison[] {
  return champion.functionalities.flatMap((one) => {
    const other = challenger.functionalities.find(
      ({ suite, functionality }) => suite === one.suite && functionality === one.functionality,
    );
    if (other === undefined) return [];
    const difference = (other.passed.value ?? Number.NaN) - (one.passed.value ?? Number.NaN);
    const isWorse = difference <= -leastLoss && other.passed.high < one.passed.low;
    const isBetter = difference >= leastLoss && other.passed.low > one.passed.high;
    return {
      suite: one.suite,
      functionality: one.functionality,
      champion: one.passed,
      challenger: other.passed,
      difference: known(difference),
      finding: isWorse ? 'WORSE' : isBetter ? 'BETTER' : 'SAME',
    } as const;
  });
}
