import { wideBelow } from '../bootstrap.js';
import { wilsonInterval } from '../reliability.js';
import type { CalibrationQuality } from '../calibration-quality.js';
import type { CategoryReport, EvaluationReport, SliceRate, SliceReport } from '../evaluation-report.js';
import { decimal, percent } from './page.js';
import type { Tone } from './page.js';

/** Something to know about a model, in plain words. */
export interface Finding {
  readonly tone: Tone;
  /** One or two words. */
  readonly verdict: string;
  readonly words: string;
}

/** Whether a category's ranking says anything. */
export function judgeRanking({ averagePrecision, prevalence, positives }: CategoryReport): Finding {
  const { value, low } = averagePrecision;
  if (value === null) return { tone: 'open', verdict: 'cannot tell', words: 'no row is labelled yes' };
  if (positives < wideBelow) {
    return { tone: 'open', verdict: 'cannot tell', words: `only ${positives} rows are labelled yes` };
  }
  if (low === null || prevalence === null || low <= prevalence) {
    return { tone: 'bad', verdict: 'no skill', words: 'its interval reaches down to what chance gives' };
  }
  return { tone: 'good', verdict: 'has skill', words: `${(value / prevalence).toFixed(1)} times what chance gives` };
}

/** Limits of calibration 3.2. */
const mostTopEce = 0.05;
const slopes = { low: 0.8, high: 1.25 } as const;

/** Whether its probabilities can be taken at their word. */
export function judgeCalibration(quality: CalibrationQuality, positives: number): Finding {
  const { slope, topEce, topBins } = quality;
  if (positives < wideBelow || slope.value === null || topEce === null) {
    return { tone: 'open', verdict: 'cannot tell', words: 'too few rows are labelled yes' };
  }
  const items = topBins.reduce((sum, bin) => sum + bin.items, 0);
  const said = topBins.reduce((sum, bin) => sum + bin.share * bin.meanScore, 0);
  const found = topBins.reduce((sum, bin) => sum + bin.share * bin.rate, 0);
  const among = wilsonInterval(found * items, items);
  if (topEce > mostTopEce && (said < among.low || said > among.high)) {
    return {
      tone: 'bad',
      verdict: said > found ? 'too high' : 'too low',
      words: `where it is surest it says ${percent(said)} and ${percent(found)} are`,
    };
  }
  const isSlopeFar = (slope.high ?? Infinity) < slopes.low || (slope.low ?? 0) > slopes.high;
  if (isSlopeFar) {
    const way = slope.value < 1 ? 'too extreme' : 'too timid';
    return { tone: 'bad', verdict: way, words: `slope ${decimal(slope.value, 2)}, 1 would be right` };
  }
  if (topEce > mostTopEce) {
    // Fifteen bins of few rows differ from their mean by chance alone.
    return { tone: 'open', verdict: 'cannot tell', words: `its ${items} surest rows are too few to say` };
  }
  return { tone: 'good', verdict: 'honest', words: `where it is surest it is off by ${decimal(topEce)}` };
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** What a weaker slice suffers from. */
export function waysOf({ recall, specificity }: SliceReport): string[] {
  const isBelow = (one: SliceRate | null): boolean =>
    one?.pValue != null && one.pValue <= 0.05 && (one.difference ?? 0) < -0.05;
  return [...(isBelow(recall) ? ['misses more'] : []), ...(isBelow(specificity) ? ['takes more in error'] : [])];
}

const mostNamed = 6;

function some(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  return rest > 1 ? `${names.slice(0, mostNamed).join(', ')} and ${rest} others` : list(names);
}

/** What findings are read from. */
export type Measured = Pick<EvaluationReport, 'categories' | 'slices' | 'suites' | 'fairness' | 'contamination'>;

/** The points of the summary, in the order in which they matter. */
export function findingsOf(report: Measured): Finding[] {
  const findings: Finding[] = [];
  const add = (tone: Tone, verdict: string, words: string): void => {
    findings.push({ tone, verdict, words });
  };
  if (report.contamination !== null && report.contamination.hits.length > 0) {
    add(
      'bad',
      'flattered',
      `${report.contamination.hits.length} rows are near-copies of what it was trained on: every figure flatters it.`,
    );
  }
  const judged = report.categories.map((one) => ({ one, ranking: judgeRanking(one) }));
  const of = (tone: Tone): CategoryReport[] =>
    judged.filter(({ ranking }) => ranking.tone === tone).map(({ one }) => one);
  // Categories without a positive are in the notes.
  const [good, bad, open] = [of('good'), of('bad'), of('open').filter(({ positives }) => positives > 0)];
  if (good.length > 0) {
    const best = [...good].sort((a, b) => (b.averagePrecision.value ?? 0) - (a.averagePrecision.value ?? 0));
    add(
      'good',
      'has skill',
      `It finds ${list(best.map(({ category, averagePrecision }) => `${category} (${decimal(averagePrecision.value, 2)})`))}: the number is the average precision, 1 is perfect.`,
    );
  }
  if (bad.length > 0)
    add(
      'bad',
      'no skill',
      `For ${list(bad.map(({ category }) => category))} it may be guessing: the interval reaches chance.`,
    );
  if (open.length > 0) {
    add(
      'open',
      'cannot tell',
      `For ${list(open.map(({ category, positives }) => `${category} (${positives})`))}: fewer than ${wideBelow} rows labelled yes.`,
    );
  }
  const calibrated = report.categories.map((one) => ({ one, found: judgeCalibration(one.calibration, one.positives) }));
  const off = calibrated.filter(({ found }) => found.tone === 'bad');
  const honest = calibrated.filter(({ found }) => found.tone === 'good');
  if (off.length > 0) {
    add(
      'bad',
      'off',
      `Probabilities not to be taken at their word: ${list(off.map(({ one, found }) => `${one.category} (${found.verdict})`))}.`,
    );
  }
  if (honest.length > 0)
    add('good', 'honest', `Probabilities that mean what they say: ${list(honest.map(({ one }) => one.category))}.`);
  const weaker = report.slices.filter(({ finding }) => finding === 'WEAKER');
  const weakSlices = weaker.map(
    (one) => `${one.category} where ${one.by} is “${one.value}” (${waysOf(one).join(', ')})`,
  );
  if (weakSlices.length > 0) {
    add('bad', 'weaker', `More than 5 points below the rest, and not by chance: ${some(weakSlices)}.`);
  } else if (report.slices.some(({ recall, finding }) => finding === 'NOT_WEAKER' && recall?.pValue != null)) {
    add('good', 'even', 'No slice with enough rows is clearly weaker than the rest.');
  }
  if (report.suites !== null) {
    const judgedSuites = report.suites.functionalities.filter(({ passed }) => passed.rows > 0);
    const worst = judgedSuites.filter(({ passed }) => (passed.value ?? 1) < 0.5);
    if (worst.length > 0) {
      add('bad', 'fails', `Fails more than half of ${some(worst.map(({ functionality }) => functionality))}.`);
    } else if (judgedSuites.length > 0) add('good', 'passes', 'Passes more than half of every functional suite.');
  }
  const worst = report.fairness?.templates.worstBpsn ?? null;
  if (worst !== null && worst.value < 0.7) {
    add(
      'bad',
      'unfair',
      `Ranks harmless mentions of the group “${worst.group}” with hate (BPSN ${decimal(worst.value)}, .7 is the least).`,
    );
  } else if (worst !== null)
    add('good', 'fair', `Its worst BPSN, of ${worst.group}, is ${decimal(worst.value)}; .7 is the least.`);
  return findings;
}
