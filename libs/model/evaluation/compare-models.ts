import type { DatasetRow } from '../dataset/dataset-row.js';
import { activeDifference } from './active-difference.js';
import type { PairedDecision } from './active-difference.js';
import { defaultBootstrap, wideBelow } from './bootstrap.js';
import type {
  CategoryComparison,
  ComparisonReport,
  DecisionComparison,
  Difference,
  Flip,
  Outcome,
  SliceChange,
  SliceComparison,
} from './comparison-report.js';
import { isInMacro } from './evaluate-categories.js';
import { digestOf, evaluateDataset } from './evaluate-dataset.js';
import type { EvaluationInput, EvaluationProgress } from './evaluate-dataset.js';
import type { EvaluationReport } from './evaluation-report.js';
import { holmAdjusted } from './holm.js';
import { known, percentileEstimate, rateOf } from './intervals.js';
import { mcNemarExact } from './mcnemar.js';
import { rankedQuality, sliceOf, visitDraws } from './ranked-rows.js';
import type { RankedRows } from './ranked-rows.js';
import { compareSuites } from './run-suites.js';
import type { SuiteReport } from './run-suites.js';
import { countAtThreshold, groupHashesOf, labelsOf, rowWeights, scoreCategory, takeRows } from './scored-rows.js';
import type { ModelScores, ScoredCategory } from './scored-rows.js';
import { slicesOf } from './slices.js';
import type { Slice } from './slices.js';

export interface ComparisonInput extends Omit<
  EvaluationInput,
  'model' | 'contamination' | 'suites' | 'fairness' | 'onProgress'
> {
  readonly champion: ModelScores;
  readonly challenger: ModelScores;
  /** What was measured beside the rows, for each model. */
  readonly beside?: {
    readonly champion: Pick<EvaluationInput, 'contamination' | 'suites' | 'fairness'>;
    readonly challenger: Pick<EvaluationInput, 'contamination' | 'suites' | 'fairness'>;
  };
  /** Contents that the drawn rows stand for; without it, the sum of 1/inclusion. */
  readonly window?: number;
  readonly onProgress?: EvaluationProgress;
}

/** Margins of evaluation 4.2. */
const margin = { enough: 0.02, few: 0.05, enoughFrom: 100 } as const;
const sameMacro = 0.01;
const leastSliceLoss = 0.05;
const level = 0.05;

interface Pair {
  readonly champion: RankedRows;
  readonly challenger: RankedRows;
}

/** Drawn differences (challenger less champion) of one pair of rankings. */
interface DrawnPair extends Pair {
  readonly averagePrecision: Float64Array;
  readonly rocAuc: Float64Array;
}

interface PairedCategory {
  readonly category: string;
  readonly champion: ScoredCategory;
  readonly challenger: ScoredCategory;
}

/**
 * Challenger against champion on the same rows (evaluation 4.1): one set of drawn weights serves both, so that what they share cancels.
 * Pure. Categories that only one of them scores are left out.
 */
export function compareModels(input: ComparisonInput): ComparisonReport {
  const { datasetId, split, population = 'all', settings = defaultBootstrap, onProgress } = input;
  const champion = evaluateDataset({
    ...input,
    ...input.beside?.champion,
    model: input.champion,
    onProgress: (_, done, total) => onProgress?.('champion', done, total),
  });
  const challenger = evaluateDataset({
    ...input,
    ...input.beside?.challenger,
    model: input.challenger,
    onProgress: (_, done, total) => onProgress?.('challenger', done, total),
  });
  const taken = takeRows(input.rows, split, population);
  const rows = taken.flatMap((i) => input.rows[i] ?? []);
  const pairs = pairCategories(rows, restrict(input.champion, taken), restrict(input.challenger, taken));
  const drawn = pairs.map((pair) =>
    emptyPair({ champion: pair.champion.ranked, challenger: pair.challenger.ranked }, settings.draws),
  );
  const sliced = slicePairs(rows, pairs, drawn, settings.draws);
  drawAll([...drawn, ...sliced.map((one) => one.drawn)], groupHashesOf(rows), settings, onProgress);
  const categories = pairs.map((pair, c) => compareCategory(pair, drawn[c], rows, input.window));
  const counted = pairs.flatMap((pair, c) => (isInMacro(pair.champion) ? [c] : []));
  const macro = macroDifference(
    counted.flatMap((c) => drawn[c] ?? []),
    settings.draws,
  );
  const slices = compareSlices(sliced);
  const suites = suitesOf(input.beside?.champion.suites, input.beside?.challenger.suites);
  return {
    format: 1,
    comparisonId: `cmp-${digestOf([champion.evaluationId, challenger.evaluationId])}`,
    champion: champion.model,
    challenger: challenger.model,
    datasetId,
    split,
    evaluatedAt: input.evaluatedAt,
    ...conclude(categories, macro, slices, suites, champion, challenger),
    categories,
    macro,
    macroCategories: counted.flatMap((c) => pairs[c]?.category ?? []),
    slices,
    suites,
    flips: pairs.flatMap((pair) => flipsOf(pair, rows)),
    evaluations: { champion, challenger },
  };
}

function suitesOf(champion?: SuiteReport | null, challenger?: SuiteReport | null): ComparisonReport['suites'] {
  return champion === undefined || champion === null || challenger === undefined || challenger === null
    ? []
    : compareSuites(champion, challenger);
}

function restrict(model: ModelScores, taken: readonly number[]): ModelScores {
  const logits = Object.entries(model.logits).map(
    ([category, all]) => [category, Float64Array.from(taken, (i) => all[i] ?? Number.NaN)] as const,
  );
  return { ...model, logits: Object.fromEntries(logits) };
}

function pairCategories(rows: readonly DatasetRow[], champion: ModelScores, challenger: ModelScores): PairedCategory[] {
  const weights = rowWeights(rows);
  return Object.keys(champion.logits).flatMap((category) => {
    if (challenger.logits[category] === undefined) return [];
    const labels = labelsOf(rows, category);
    return {
      category,
      champion: scoreCategory(category, champion, labels, weights),
      challenger: scoreCategory(category, challenger, labels, weights),
    };
  });
}

function emptyPair(pair: Pair, draws: number): DrawnPair {
  return { ...pair, averagePrecision: new Float64Array(draws), rocAuc: new Float64Array(draws) };
}

interface SlicedPair {
  readonly slice: Slice;
  readonly pair: PairedCategory;
  readonly drawn: DrawnPair;
}

function slicePairs(
  rows: readonly DatasetRow[],
  pairs: readonly PairedCategory[],
  drawn: readonly DrawnPair[],
  draws: number,
): SlicedPair[] {
  return slicesOf(rows).flatMap((slice) =>
    pairs.flatMap((pair, c) => {
      const champion = sliceOf(pair.champion.ranked, slice.isIn);
      const all = drawn[c];
      if (champion.rows.length === 0 || all === undefined) return [];
      if (champion.rows.length === pair.champion.ranked.rows.length) return { slice, pair, drawn: all };
      const challenger = sliceOf(pair.challenger.ranked, slice.isIn);
      return { slice, pair, drawn: emptyPair({ champion, challenger }, draws) };
    }),
  );
}

function drawAll(
  all: readonly DrawnPair[],
  groupHashes: Uint32Array,
  settings: { readonly draws: number; readonly seed: number },
  onProgress?: EvaluationProgress,
): void {
  const distinct = [...new Set(all)];
  for (const { champion, averagePrecision, rocAuc } of distinct) {
    if (champion.positives > 0) continue;
    averagePrecision.fill(Number.NaN);
    rocAuc.fill(Number.NaN);
  }
  const drawable = distinct.filter(({ champion }) => champion.positives > 0);
  visitDraws(groupHashes, settings, (weights, draw) => {
    for (const { champion, challenger, averagePrecision, rocAuc } of drawable) {
      const before = rankedQuality(champion, weights);
      const after = rankedQuality(challenger, weights);
      averagePrecision[draw] = after.averagePrecision - before.averagePrecision;
      rocAuc[draw] = after.rocAuc - before.rocAuc;
    }
    if (draw % 20 === 19) onProgress?.('differences', draw + 1, settings.draws);
  });
}

function differenceOf(drawn: DrawnPair, of: 'averagePrecision' | 'rocAuc'): Difference {
  const champion = rankedQuality(drawn.champion)[of];
  const challenger = rankedQuality(drawn.challenger)[of];
  return {
    champion: known(champion),
    challenger: known(challenger),
    ...percentileEstimate(challenger - champion, drawn[of], drawn.champion.positives),
  };
}

function macroDifference(drawn: readonly DrawnPair[], draws: number): Difference {
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const champion = mean(drawn.map((one) => rankedQuality(one.champion).averagePrecision));
  const challenger = mean(drawn.map((one) => rankedQuality(one.challenger).averagePrecision));
  const differences = Float64Array.from({ length: draws }, (_, draw) =>
    mean(drawn.map(({ averagePrecision }) => averagePrecision[draw] ?? Number.NaN)),
  );
  const fewest = Math.min(...drawn.map((one) => one.champion.positives));
  return {
    champion: known(champion),
    challenger: known(challenger),
    ...percentileEstimate(challenger - champion, differences, fewest),
  };
}

function compareCategory(
  pair: PairedCategory,
  drawn: DrawnPair | undefined,
  rows: readonly DatasetRow[],
  window: number | undefined,
): CategoryComparison {
  const { ranked } = pair.champion;
  const paired = drawn ?? emptyPair({ champion: ranked, challenger: pair.challenger.ranked }, 0);
  const averagePrecision = differenceOf(paired, 'averagePrecision');
  const own = ranked.positives >= margin.enoughFrom ? margin.enough : margin.few;
  return {
    category: pair.category,
    rows: ranked.rows.length,
    positives: ranked.positives,
    prevalence: known(weightedPositives(ranked) / ranked.weights.reduce((sum, weight) => sum + weight, 0)),
    averagePrecision,
    rocAuc: differenceOf(paired, 'rocAuc'),
    decisions: (['review', 'block'] as const).flatMap((action) => decisionsOf(pair, action, rows, window) ?? []),
    gate: {
      margin: own,
      finding:
        ranked.positives < margin.enoughFrom
          ? 'REPORTED'
          : (averagePrecision.low ?? -Infinity) >= -own
            ? 'PASSES'
            : 'FAILS',
    },
  };
}

function weightedPositives({ labels, weights }: RankedRows): number {
  return labels.reduce((sum, label, at) => sum + label * (weights[at] ?? 1), 0);
}

/** Whether each row (by its number) is at or above the model's threshold of the action; rows without a label are absent. */
function flaggedRows(scored: ScoredCategory, threshold: number): Map<number, boolean> {
  return new Map(
    Array.from(scored.ranked.rows, (row, at) => [row, (scored.probabilities[at] ?? 0) >= threshold] as const),
  );
}

interface RowDecision {
  readonly row: number;
  readonly label: 0 | 1;
  readonly champion: boolean;
  readonly challenger: boolean;
}

/** What both models decide about each labelled row, or nothing where one of them has no such threshold. */
function decideRows({ champion, challenger }: PairedCategory, action: 'review' | 'block'): RowDecision[] {
  const before = champion[action];
  const after = challenger[action];
  if (before === null || after === null) return [];
  const challengerFlags = flaggedRows(challenger, after);
  return Array.from(champion.ranked.rows, (row, at) => ({
    row,
    label: champion.ranked.labels[at] === 1 ? (1 as const) : (0 as const),
    champion: (champion.probabilities[at] ?? 0) >= before,
    challenger: challengerFlags.get(row) ?? false,
  }));
}

function decisionsOf(
  pair: PairedCategory,
  action: 'review' | 'block',
  rows: readonly DatasetRow[],
  window: number | undefined,
): DecisionComparison | undefined {
  const decided = decideRows(pair, action);
  if (decided.length === 0) return undefined;
  const flips = decided.filter(({ champion, challenger }) => champion !== challenger);
  const onlyChampionRight = flips.filter(({ champion, label }) => champion === (label === 1)).length;
  const onlyChallengerRight = flips.length - onlyChampionRight;
  const drawn = decided.flatMap(({ row, label, champion, challenger }): PairedDecision[] => {
    const inclusion = rows[row]?.inclusion ?? null;
    if (inclusion === null) return [];
    const isPositive = label === 1;
    return [{ championErrs: champion !== isPositive, challengerErrs: challenger !== isPositive, inclusion }];
  });
  return {
    action,
    rows: decided.length,
    onlyChampionRight,
    onlyChallengerRight,
    pValue: mcNemarExact(onlyChampionRight, onlyChallengerRight),
    active: drawn.length > 0 ? activeDifference(drawn, window) : null,
  };
}

function flipsOf(pair: PairedCategory, rows: readonly DatasetRow[]): Flip[] {
  return (['review', 'block'] as const).flatMap((action) =>
    decideRows(pair, action)
      .filter(({ champion, challenger }) => champion !== challenger)
      .map(({ row, label, challenger }): Flip => ({
        key: rows[row]?.key ?? '',
        category: pair.category,
        action,
        direction: challenger ? 'FLAGS' : 'RELEASES',
        label,
      }))
      .sort((left, right) => (left.key < right.key ? -1 : 1)),
  );
}

function compareSlices(sliced: readonly SlicedPair[]): SliceComparison[] {
  const tests: { p: number }[] = [];
  const drafts = sliced.map(({ slice, pair, drawn }) => {
    const isJudged = drawn.champion.positives >= wideBelow;
    const isIn = (row: number): boolean => slice.isIn[row] === 1;
    const decided = decideRows(pair, 'review').filter(({ row }) => isIn(row));
    const change = (of: 'recall' | 'specificity') => {
      const { champion, challenger } = pair;
      if (champion.review === null || challenger.review === null) return null;
      const before = rateOf(countAtThreshold(champion, champion.review, isIn)[of]);
      const after = rateOf(countAtThreshold(challenger, challenger.review, isIn)[of]);
      const wanted = of === 'recall' ? 1 : 0;
      const flips = decided.filter((one) => one.label === wanted && one.champion !== one.challenger);
      const onlyChampion = flips.filter((one) => one.champion === (wanted === 1)).length;
      // A slice of every row is the whole, which has tests of its own.
      const isPart = drawn.champion.rows.length < champion.ranked.rows.length;
      const test = isJudged && isPart ? { p: mcNemarExact(onlyChampion, flips.length - onlyChampion) } : undefined;
      if (test !== undefined) tests.push(test);
      const difference = known((after.value ?? Number.NaN) - (before.value ?? Number.NaN));
      return { champion: before, challenger: after, difference, test };
    };
    return { slice, pair, drawn, isJudged, recall: change('recall'), specificity: change('specificity') };
  });
  const adjusted = new Map(holmAdjusted(tests.map(({ p }) => p)).map((p, i) => [tests[i], p]));
  return drafts.map(({ slice, pair, drawn, isJudged, recall, specificity }) => {
    const changes = [recall, specificity].map((change): SliceChange | null => {
      if (change === null) return null;
      const { test, ...rates } = change;
      return { ...rates, pValue: test === undefined ? null : (adjusted.get(test) ?? null) };
    });
    const isWorse = changes.some(
      (change) => change?.pValue != null && change.pValue <= level && (change.difference ?? 0) < -leastSliceLoss,
    );
    return {
      by: slice.by,
      value: slice.value,
      category: pair.category,
      rows: drawn.champion.rows.length,
      positives: drawn.champion.positives,
      averagePrecision: differenceOf(drawn, 'averagePrecision'),
      recall: changes[0] ?? null,
      specificity: changes[1] ?? null,
      finding: !isJudged ? 'TOO_FEW' : isWorse ? 'WORSE' : 'NOT_WORSE',
    };
  });
}

const leastBpsn = 0.7;
const bpsnLoss = 0.02;

/** The rules of evaluation 4.2 to 4.4 as one word and its reasons. */
function conclude(
  categories: readonly CategoryComparison[],
  macro: Difference,
  slices: readonly SliceComparison[],
  suites: ComparisonReport['suites'],
  champion: EvaluationReport,
  challenger: EvaluationReport,
): { outcome: Outcome; because: string[] } {
  const against: string[] = [];
  const failing = categories.filter(({ gate }) => gate.finding === 'FAILS');
  // "Fails" says that a loss cannot be excluded; only an interval that ends below 0 says that there is one.
  const lost = failing.filter(({ averagePrecision: { high } }) => (high ?? 0) < 0);
  for (const { category, averagePrecision } of lost) {
    against.push(`It ranks ${category} worse: ${interval(averagePrecision)}.`);
  }
  against.push(...sliceLosses(slices));
  for (const { functionality, champion: before, challenger: after } of suites.filter(
    (one) => one.finding === 'WORSE',
  )) {
    against.push(
      `It fails more cases of ${functionality}: ${share(before.value)} passed before, ${share(after.value)} now.`,
    );
  }
  const worst = challenger.fairness?.templates.worstBpsn ?? null;
  const before = champion.fairness?.templates.worstBpsn ?? null;
  const beside: string[] = [];
  if (worst !== null && before !== null && worst.value < before.value - bpsnLoss) {
    against.push(
      `It over-blocks mentions of a group more: the worst BPSN is ${worst.value.toFixed(3)} (${worst.group}), it was ${before.value.toFixed(3)} (${before.group}).`,
    );
  } else if (worst !== null && worst.value < leastBpsn) {
    beside.push(
      `Its worst BPSN, ${worst.value.toFixed(3)} for ${worst.group}, is below ${leastBpsn}: harmless mentions of that group rank with hate${before !== null && before.value < leastBpsn ? ', as some did before' : ''}.`,
    );
  }
  const macroLost = (macro.high ?? 0) < -sameMacro;
  if (macroLost) against.unshift(`Over all categories it ranks worse: ${interval(macro)}.`);
  if (against.length > 0) return { outcome: 'WORSE', because: [...against, ...beside] };
  const { low } = macro;
  if (low === null)
    return { outcome: 'UNDECIDED', because: ['No category has rows labelled yes and rows labelled no.'] };
  const doubts = failing.map(
    ({ category, averagePrecision, gate }) =>
      `For ${category} a loss of more than ${gate.margin} cannot be excluded: ${interval(averagePrecision)}.`,
  );
  if (doubts.length > 0) return { outcome: 'UNDECIDED', because: [...doubts, ...beside] };
  const whole = `Over all categories the average precision changes by ${interval(macro)}.`;
  if (low > 0) return { outcome: 'BETTER', because: [whole, 'No category, slice or suite became worse.', ...beside] };
  if (low >= -sameMacro)
    return { outcome: 'SAME', because: [whole, `A loss of more than ${sameMacro} is excluded.`, ...beside] };
  return {
    outcome: 'UNDECIDED',
    because: [whole, `A loss of more than ${sameMacro} cannot be excluded: more labels are needed.`, ...beside],
  };
}

const mostNamed = 4;

/** One sentence for each category: which slices, and which of both rates fell most there. */
function sliceLosses(slices: readonly SliceComparison[]): string[] {
  const by = new Map<string, string[]>();
  for (const one of slices.filter(({ finding }) => finding === 'WORSE')) {
    const [recall, specificity] = [one.recall?.difference ?? 0, one.specificity?.difference ?? 0];
    const fell = recall < specificity ? `recall ${points(recall)}` : `specificity ${points(specificity)}`;
    by.set(one.category, [...(by.get(one.category) ?? []), `${one.by} “${one.value}” (${fell})`]);
  }
  return [...by].map(([category, named]) => {
    const rest = named.length - mostNamed;
    const all = rest > 0 ? [...named.slice(0, mostNamed), `${rest} more`] : named;
    return `It decides ${category} worse, not by chance, where ${all.join(', ')}.`;
  });
}

function points(difference: number): string {
  return `${signed(100 * difference, 0)} points`;
}

function interval({ value, low, high }: Difference): string {
  return `${signed(value)} (${signed(low)} to ${signed(high)})`;
}

/** With a sign and three decimals. */
export function signed(value: number | null, digits = 3): string {
  if (value === null) return '–';
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value > 0 ? '+' : '−'}${text}`;
}

function share(value: number | null): string {
  return value === null ? '–' : `${Math.round(100 * value)} %`;
}
