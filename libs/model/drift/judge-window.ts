import {
  benjaminiHochberg,
  chiSquareCritical,
  chiSquareUpperTail,
  kolmogorovSmirnovP,
  meanDifferenceP,
} from './significance.js';
import type { Distances, ScoreDistances } from './compare-profiles.js';

/** The rule of drift 5.3, in numbers. */
export interface DriftRule {
  /** Fewer contents on either side say nothing. */
  readonly leastContents: number;
  /** Effect sizes: what is smaller is no drift however sure it is. */
  readonly psi: number;
  readonly severePsi: number;
  readonly jensenShannon: number;
  readonly kolmogorovSmirnov: number;
  readonly wasserstein: number;
  /** Of each statistic for itself. */
  readonly significance: number;
  /** Expected share of false ones among the comparisons that stand out together. */
  readonly falseDiscoveries: number;
}

export const DEFAULT_DRIFT_RULE: DriftRule = {
  leastContents: 500,
  psi: 0.1,
  severePsi: 0.25,
  jensenShannon: 0.1,
  kolmogorovSmirnov: 0.1,
  wasserstein: 0.1,
  significance: 0.001,
  falseDiscoveries: 0.05,
};

export const driftSigns = ['PSI', 'JENSEN_SHANNON', 'KOLMOGOROV_SMIRNOV', 'WASSERSTEIN'] as const;
export type DriftSign = (typeof driftSigns)[number];

export interface JudgedComparison {
  /** Too few contents to compare: everything else is as if nothing were wrong. */
  readonly isCompared: boolean;
  /** Of all its statistics together, before the control for many comparisons. */
  readonly p: number;
  /** Benjamini and Hochberg's. */
  readonly adjusted: number;
  /** Statistics beyond their effect size and their own critical value; empty unless it stands out among all comparisons. */
  readonly signs: readonly DriftSign[];
  readonly isSevere: boolean;
}

/** Judges all comparisons of one channel and window, (feature or category) x slice, together (drift 5.3). Same length and order. */
export function judgeWindow(
  comparisons: readonly (Distances | ScoreDistances)[],
  rule: DriftRule = DEFAULT_DRIFT_RULE,
): readonly JudgedComparison[] {
  const isCompared = comparisons.map(
    ({ referenceContents, contents, groups }) =>
      Math.min(referenceContents, contents) >= rule.leastContents && groups > 1,
  );
  const p = comparisons.map((one, i) => (isCompared[i] === true ? combinedP(one) : null));
  const family = p.flatMap((value, i) => (value === null ? [] : [{ i, value }]));
  const adjusted = new Map(
    benjaminiHochberg(family.map(({ value }) => value)).map((value, rank) => [family[rank]?.i ?? -1, value]),
  );
  return comparisons.map((one, i) => {
    const own = p[i] ?? null;
    if (own === null) return { isCompared: false, p: 1, adjusted: 1, signs: [], isSevere: false };
    const beyondChance = adjusted.get(i) ?? 1;
    const signs = beyondChance <= rule.falseDiscoveries ? signsOf(one, rule) : [];
    return {
      isCompared: true,
      p: own,
      adjusted: beyondChance,
      signs,
      isSevere: signs.includes('PSI') && one.psi > rule.severePsi,
    };
  });
}

/** PSI that chance alone exceeds with this probability: `chi-square_{k-1} (1/n0 + 1/n1)` (drift 5.1). */
export function criticalPsi({ groups, referenceContents, contents }: Distances, significance: number): number {
  return chiSquareCritical(significance, groups - 1) * (1 / referenceContents + 1 / contents);
}

/** `sqrt(-ln(a/2) / 2)`, which D exceeds by chance times `sqrt((n0 + n1) / (n0 n1))`: 1.949 at .001. */
function criticalKolmogorovSmirnov({ referenceContents: n0, contents: n1 }: Distances, significance: number): number {
  return Math.sqrt(-Math.log(significance / 2) / 2) * Math.sqrt((n0 + n1) / (n0 * n1));
}

function signsOf(one: Distances | ScoreDistances, rule: DriftRule): readonly DriftSign[] {
  const { significance } = rule;
  const critical = criticalPsi(one, significance);
  const signs: DriftSign[] = [];
  if (one.psi > Math.max(rule.psi, critical)) signs.push('PSI');
  if (!isOfScores(one)) {
    // A small shift has PSI = 8 JS in nats; the distance is to the base 2.
    if (one.jensenShannon > Math.max(rule.jensenShannon, Math.sqrt(critical / (8 * Math.LN2)))) {
      signs.push('JENSEN_SHANNON');
    }
    return signs;
  }
  if (one.kolmogorovSmirnov > Math.max(rule.kolmogorovSmirnov, criticalKolmogorovSmirnov(one, significance))) {
    signs.push('KOLMOGOROV_SMIRNOV');
  }
  // The distance has no simple law without drift: beside its size, mean or distribution function must differ beyond chance.
  const isSure = Math.min(1, 2 * Math.min(meanP(one), distributionP(one))) <= significance;
  if (one.wasserstein > rule.wasserstein && isSure) signs.push('WASSERSTEIN');
  return signs;
}

/** Of several tests of one comparison the smallest p, times their number (Bonferroni). */
function combinedP(one: Distances | ScoreDistances): number {
  const tests = [chiSquareP(one), ...(isOfScores(one) ? [distributionP(one), meanP(one)] : [])];
  return Math.min(1, tests.length * Math.min(...tests));
}

function chiSquareP({ psi, referenceContents: n0, contents: n1, groups }: Distances): number {
  return chiSquareUpperTail((psi * n0 * n1) / (n0 + n1), groups - 1);
}

function distributionP({ kolmogorovSmirnov, referenceContents, contents }: ScoreDistances): number {
  return kolmogorovSmirnovP(kolmogorovSmirnov, referenceContents, contents);
}

function meanP(one: ScoreDistances): number {
  return meanDifferenceP(
    one.mean - one.referenceMean,
    one.referenceVariance,
    one.referenceContents,
    one.variance,
    one.contents,
  );
}

function isOfScores(one: Distances | ScoreDistances): one is ScoreDistances {
  return 'wasserstein' in one;
}
