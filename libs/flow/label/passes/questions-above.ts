import type { PolicyPublished } from '#platform/contracts';
import { questionsOf } from '#policy';
import { documentOf } from '../resolution/policy-of-event.js';

/** Where a question was not asked and is NO all the same. */
export interface QuestionsAbove {
  /** The question whose sub-level it is, and so on: a NO to one of them is a NO to it. */
  readonly above: readonly string[];
  /** policyId@version of the policies that ask it. */
  readonly policies: readonly string[];
}

/** The same for every policy that asks a question@version: publishing refuses another place under the same version. */
export function questionsAbove(question: string, published: Iterable<PolicyPublished>): QuestionsAbove {
  const above = new Set<string>();
  const policies: string[] = [];
  for (const policy of published) {
    const document = documentOf(policy);
    if (document === null) continue;
    const underOf = new Map(questionsOf(document).map(({ key, under }) => [key, under]));
    if (!underOf.has(question)) continue;
    policies.push(`${policy.policyId}@${policy.version}`);
    for (
      let key = underOf.get(question);
      key !== null && key !== undefined && !above.has(key);
      key = underOf.get(key)
    ) {
      above.add(key);
    }
  }
  return { above: [...above], policies };
}

/** The answered questions, and the sub-levels that were not asked because their question was always answered no; in order. */
export function questionsToResolve(
  answered: readonly string[],
  published: Iterable<PolicyPublished>,
): readonly string[] {
  const questions = new Set(answered);
  const policies = [...published];
  for (const policy of policies) {
    for (const { key } of questionsOf(documentOf(policy) ?? { questions: [] })) {
      if (questionsAbove(key, policies).above.some((above) => questions.has(above))) questions.add(key);
    }
  }
  return [...questions].sort();
}
