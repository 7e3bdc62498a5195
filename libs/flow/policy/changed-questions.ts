import type { PolicyPublished } from '#platform/contracts';
import { parsePolicy, questionsOf, type ParsedPolicy, type PolicyProblem, type PolicyQuestion } from '#policy';

/**
 * The questions of a draft that ask something else than the same question@version asks in a published policy. Answers are kept by
 * question@version, in whatever policy they were given: two wordings under one would make one fact of two. Help and examples may
 * be improved.
 */
export function changedQuestions(
  { policy, problemAt }: Extract<ParsedPolicy, { ok: true }>,
  published: Iterable<PolicyPublished>,
): readonly PolicyProblem[] {
  const known = publishedQuestions(published);
  return questionsOf(policy).flatMap(({ key, wording, under }, index) => {
    const before = known.get(key);
    if (before === undefined) return [];
    const path = ['questions', index];
    const raise = `is published otherwise in ${before.policy}; raise the version of the question`;
    if (before.question.wording !== wording) return [problemAt([...path, 'wording'], `the wording of ${key} ${raise}`)];
    if (before.question.under !== under) return [problemAt([...path, 'under'], `the place of ${key} ${raise}`)];
    return [];
  });
}

function publishedQuestions(
  policies: Iterable<PolicyPublished>,
): ReadonlyMap<string, { readonly question: PolicyQuestion; readonly policy: string }> {
  const known = new Map<string, { readonly question: PolicyQuestion; readonly policy: string }>();
  for (const { policyId, version, document } of policies) {
    const policy = `${policyId}@${version}`;
    const parsed = parsePolicy(document, policy);
    // A document of a later format than this release reads; what it asks is not known here.
    if (!parsed.ok) continue;
    for (const question of questionsOf(parsed.policy)) {
      if (!known.has(question.key)) known.set(question.key, { question, policy });
    }
  }
  return known;
}
