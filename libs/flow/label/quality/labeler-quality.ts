import { betaBelow, betaQuantile } from './beta-distribution.js';

/** What somebody answered on gold of one question. */
export interface GoldCounts {
  /** Yes to a gold yes, and anything else to it. */
  readonly hits: number;
  readonly misses: number;
  /** No to a gold no, and yes to it. */
  readonly rejections: number;
  readonly falseAlarms: number;
}

export type LabelerStanding = 'GOOD' | 'WARN' | 'STOP';

export interface Posterior {
  readonly mean: number;
  /** 95 % credible interval. */
  readonly low: number;
  readonly high: number;
  /** Probability that the labeler is worse than is acceptable: sensitivity below .6, specificity below .9. */
  readonly probabilityTooLow: number;
}

export interface LabelerQuality {
  readonly sensitivity: Posterior;
  readonly specificity: Posterior;
  readonly standing: LabelerStanding;
}

/** Labels 2.3: about 80 % sensitive and 97 % specific before anything is known, worth 10 and 31 answers. */
const sensitivityPrior = { a: 8, b: 2, acceptable: 0.6 };
const specificityPrior = { a: 30, b: 1, acceptable: 0.9 };
const warnAbove = 0.8;
const stopFrom = 0.95;

/** Posteriors of one labeler on one question and what follows: warn above .8, stop from .95 (labels 2.3). */
export function assessLabeler({ hits, misses, rejections, falseAlarms }: GoldCounts): LabelerQuality {
  const sensitivity = posterior(hits, misses, sensitivityPrior);
  const specificity = posterior(rejections, falseAlarms, specificityPrior);
  const worst = Math.max(sensitivity.probabilityTooLow, specificity.probabilityTooLow);
  return { sensitivity, specificity, standing: worst >= stopFrom ? 'STOP' : worst > warnAbove ? 'WARN' : 'GOOD' };
}

function posterior(
  right: number,
  wrong: number,
  prior: { readonly a: number; readonly b: number; readonly acceptable: number },
): Posterior {
  const a = prior.a + right;
  const b = prior.b + wrong;
  return {
    mean: a / (a + b),
    low: betaQuantile(0.025, a, b),
    high: betaQuantile(0.975, a, b),
    probabilityTooLow: betaBelow(prior.acceptable, a, b),
  };
}

/** Adds one answer on gold. UNSURE misses a yes, and it is no false alarm: it escalates, so nothing wrong is let out. */
export function countGold(counts: GoldCounts, gold: boolean, answer: 'YES' | 'NO' | 'UNSURE'): GoldCounts {
  if (gold) {
    return answer === 'YES' ? { ...counts, hits: counts.hits + 1 } : { ...counts, misses: counts.misses + 1 };
  }
  if (answer === 'UNSURE') return counts;
  return answer === 'NO'
    ? { ...counts, rejections: counts.rejections + 1 }
    : { ...counts, falseAlarms: counts.falseAlarms + 1 };
}

export const noGold: GoldCounts = { hits: 0, misses: 0, rejections: 0, falseAlarms: 0 };
