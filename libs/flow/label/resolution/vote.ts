import type { Fact } from '#policy';

/** What a person says to one question of one item. UNSURE is an answer: it escalates and is never dropped. */
export type Answer = 'YES' | 'NO' | 'UNSURE';

/** One answer of one person to one question@version, in the order in which answers came. */
export interface Vote {
  readonly item: string;
  readonly labeler: string;
  readonly answer: Answer;
}

/** Labels 2.1: at or above it a fact is yes, at or below its mirror image no. Inclusive on both sides. */
const decidedFrom = 0.8;
/** Written out, because 1 - 0.8 is a little less than 0.2 in binary and would make the borders differ. */
const decidedTo = 0.2;

/** The fact that a probability of yes stands for (labels 2.1): yes from .8, no to .2, else unknown; NaN is unknown. */
export function factOf(probability: number): Fact {
  if (probability >= decidedFrom) return 'yes';
  return probability <= decidedTo ? 'no' : 'unknown';
}
