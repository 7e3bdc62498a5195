import type { FactValue, LabelResolved, ResolvedFact } from '#platform/contracts';
import { hashJson, type Fact } from '#policy';
import { factOf, type Answer } from './vote.js';
import type { LabelItem } from './label-item.js';

/** What people's answers say about one question@version of one item. */
export interface FactState {
  /** Of yes, from the blind answers; null: nobody said yes or no. */
  readonly probability: number | null;
  /** People who said yes or no, experts included. */
  readonly votes: number;
  readonly unsure: number;
  /** What the latest expert said; it settles the question. */
  readonly expert: Answer | null;
  /** False where one answer explains all others away (`vanishedAnswer`). */
  readonly isTrainable: boolean;
}

/** Two-coin Dawid-Skene with the pooled prior, an expert's answer above it (labels 2.1). */
const RULE = 'two-coin/1';

/** How a fact is written in events. */
const FACT_VALUES: Readonly<Record<Fact, FactValue>> = { yes: 'YES', no: 'NO', unknown: 'UNKNOWN' };

export function factValueOf(fact: Fact): FactValue {
  return FACT_VALUES[fact];
}

/**
 * What is known of an item, as an event. The id hashes the item, the facts and whether the item is settled, not when or by which pass: the
 * same facts said again are the same event.
 * @param facts by question@version
 */
export function resolvedEvent(
  { platform, contentId, revision }: LabelItem,
  facts: ReadonlyMap<string, FactState>,
  at: { readonly isSettled: boolean; readonly passId: string | null; readonly resolvedAt: number },
): LabelResolved {
  const said = Object.fromEntries([...facts].map(([question, state]) => [question, resolveFact(state)]));
  return {
    resolvedId: hashJson(['RESOLVED', platform, contentId, revision, said, RULE, at.isSettled]),
    kind: 'RESOLVED',
    platform,
    contentId,
    revision,
    facts: said,
    rule: RULE,
    passId: at.passId,
    fromResolvedId: null,
    policyId: null,
    policyVersion: null,
    categories: {},
    isSettled: at.isSettled,
    resolvedAt: at.resolvedAt,
  };
}

/** One question of fact. An expert who is unsure leaves it unknown, whatever the others think: there is nobody else to ask. */
export function resolveFact({ probability, votes, unsure, expert, isTrainable }: FactState): ResolvedFact {
  const known = { votes, unsure, isExpert: expert !== null };
  switch (expert) {
    case 'YES':
    case 'NO':
      return { ...known, fact: expert, probability: expert === 'YES' ? 1 : 0, isTrainable: true };
    case 'UNSURE':
      return { ...known, fact: 'UNKNOWN', probability, isTrainable };
    case null:
      return {
        ...known,
        fact: probability === null ? 'UNKNOWN' : factValueOf(factOf(probability)),
        probability,
        isTrainable,
      };
  }
}
