import { revisionKey } from '#platform/contracts';
import { nextStep } from '../desk/next-step.js';
import type { FactState } from '../resolution/resolved-event.js';
import {
  resolutionSteps,
  resolveItems,
  startingParameters,
  vanishedAmong,
  type ResolutionParameters,
} from '../resolution/resolve-votes.js';
import type { Steps } from '../steps.js';
import type { Answer, Vote } from '../resolution/vote.js';
import type { SaidOfItem } from './said.js';

export interface ResolvedQuestion {
  readonly parameters: ResolutionParameters;
  /** The answer that is explained away: facts of the question do not train (`vanishedAnswer`). */
  readonly vanished: 'YES' | 'NO' | null;
  /** By revision key. */
  readonly facts: ReadonlyMap<string, FactState>;
  /** Items about which nobody has to be asked this question any more. */
  readonly closed: ReadonlySet<string>;
  readonly votes: number;
}

/** Takes about a millisecond. */
const itemsOfAStep = 500;

/**
 * So many YES and so many NO it takes to learn skills and prevalence from. Of fewer, one answer explains the others away by chance: two people who
 * disagree about five items came out as NO at .007. Until then people count as unknown ones do, and each item stands for itself.
 */
const fewestOfEach = 30;

/**
 * Resolves one question@version over all that was said: people's blind votes by two-coin Dawid-Skene, with the answers of experts as gold
 * (labels 2.1). One iteration a step.
 */
export function* resolveQuestion(
  items: readonly SaidOfItem[],
  inOverlap: (item: string) => boolean,
): Steps<ResolvedQuestion> {
  const votes: Vote[] = [];
  const gold = new Map<string, boolean>();
  const experts = new Map<string, Answer>();
  for (const [index, { item, said }] of items.entries()) {
    if (index % itemsOfAStep === 0) yield;
    const key = revisionKey(item);
    for (const { labeler, answer, isExpert } of said) {
      if (isExpert) experts.set(key, answer);
      else votes.push({ item: key, labeler, answer });
    }
    const expert = experts.get(key);
    if (expert === 'YES' || expert === 'NO') gold.set(key, expert === 'YES');
  }
  const counts = { YES: 0, NO: 0, UNSURE: 0 };
  for (const { answer } of votes) counts[answer] += 1;
  const isLearnable = counts.YES >= fewestOfEach && counts.NO >= fewestOfEach;
  const { probabilities, parameters } = isLearnable
    ? yield* resolutionSteps(votes, gold)
    : { probabilities: resolveItems(votes, startingParameters, gold), parameters: startingParameters };
  yield;
  const vanished = isLearnable ? vanishedAmong(counts.YES / (counts.YES + counts.NO), probabilities) : null;
  yield;

  const facts = new Map<string, FactState>();
  const closed = new Set<string>();
  for (const [index, { item, said }] of items.entries()) {
    if (index % itemsOfAStep === 0) yield;
    const key = revisionKey(item);
    const expert = experts.get(key) ?? null;
    const probability = probabilities.get(key) ?? null;
    const unsure = said.filter(({ answer }) => answer === 'UNSURE').length;
    facts.set(key, { probability, votes: said.length - unsure, unsure, expert, isTrainable: vanished === null });
    const answers = said.flatMap(({ isExpert, answer }) => (isExpert ? [] : [answer]));
    const next = nextStep({ answers, probability, overlap: inOverlap(key), expert });
    if (next.kind === 'CLOSED') closed.add(key);
  }
  return { parameters, vanished, facts, closed, votes: votes.length };
}
