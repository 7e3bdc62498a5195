import { revisionKey, type ResolvedFact } from '#platform/contracts';
import { deriveCategories, type Fact, type PolicyDocument } from '#policy';
import { resolveFact } from '../resolution/resolved-event.js';
import { resolveItems, type ResolutionParameters } from '../resolution/resolve-votes.js';
import type { LabelItem } from '../resolution/label-item.js';
import type { Answer, Vote } from '../resolution/vote.js';
import { factsOf } from './agreement-table.js';
import type { Answers } from './said.js';

/** An item that an expert answered: what the expert says, and what the others had made of it. */
export interface ExpertItem {
  readonly item: LabelItem;
  readonly said: readonly { readonly labeler: string; readonly isExpert: boolean; readonly answers: Answers }[];
}

/** Three-valued, by category. */
export type Categories = Readonly<Record<string, Fact>>;

/** What experts answered, question by question the latest. */
export function expertAnswers({ said }: ExpertItem): Answers {
  const latest: Record<string, Answer> = {};
  for (const { isExpert, answers } of said) if (isExpert) Object.assign(latest, answers);
  return latest;
}

/** Questions that experts decided; true is yes. */
export function expertTruth(item: ExpertItem): ReadonlyMap<string, boolean> {
  return new Map(
    Object.entries(expertAnswers(item)).flatMap(([question, answer]): [string, boolean][] =>
      answer === 'UNSURE' ? [] : [[question, answer === 'YES']],
    ),
  );
}

export function categoriesByExpert(item: ExpertItem, document: PolicyDocument): Categories {
  return valuesOf(document, factsOf(expertAnswers(item)));
}

/** What the blind answers alone made of the item: a label can only be found wrong against what it was before the expert looked. */
export function blindCategories(
  { item, said }: ExpertItem,
  document: PolicyDocument,
  parametersOf: (question: string) => ResolutionParameters,
): Categories {
  const key = revisionKey(item);
  const votes = new Map<string, Vote[]>();
  for (const { labeler, isExpert, answers } of said) {
    if (isExpert) continue;
    for (const [question, answer] of Object.entries(answers)) {
      const vote: Vote = { item: key, labeler, answer };
      const known = votes.get(question);
      if (known === undefined) votes.set(question, [vote]);
      else known.push(vote);
    }
  }
  const facts = [...votes].map(([question, own]): [string, Fact] => {
    const probability = resolveItems(own, parametersOf(question)).get(key) ?? null;
    const state = { probability, votes: own.length, unsure: 0, expert: null, isTrainable: true };
    return [question, FACTS[resolveFact(state).fact]];
  });
  return valuesOf(document, Object.fromEntries(facts));
}

const FACTS: Readonly<Record<ResolvedFact['fact'], Fact>> = { YES: 'yes', NO: 'no', UNKNOWN: 'unknown' };

export function valuesOf(document: PolicyDocument, facts: Readonly<Record<string, Fact>>): Categories {
  return Object.fromEntries(
    Object.entries(deriveCategories(document, facts)).map(([category, { value }]) => [category, value]),
  );
}
