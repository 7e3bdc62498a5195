import { deriveCategories, questionsOf, type DerivedCategory, type Fact, type PolicyDocument } from '#policy';
import { UsageError } from '../usage-error.js';

/** What a policy makes of some facts, as `policy explain` prints it. */
export interface PolicyExplanation {
  readonly policy: string;
  /** By `question@version`, every question of the policy. */
  readonly facts: Readonly<Record<string, Fact>>;
  readonly categories: Readonly<Record<string, Omit<DerivedCategory, 'weight'>>>;
}

/**
 * Derives the categories from facts as people type them: `sexual=yes,quoted=no`; what is not named is unknown.
 * @throws UsageError that names the fact that the policy does not ask for, or the value that is none
 */
export function explainPolicy(policy: PolicyDocument, typed: string): PolicyExplanation {
  const questions = questionsOf(policy);
  const facts: Record<string, Fact> = Object.fromEntries(questions.map(({ key }) => [key, 'unknown' as const]));
  const given = new Set<string>();
  for (const part of typed.split(',').map((it) => it.trim())) {
    if (part === '') continue;
    const [name = '', value, ...more] = part.split('=').map((it) => it.trim());
    if (more.length > 0 || (value !== 'yes' && value !== 'no' && value !== 'unknown')) {
      throw new UsageError(`--facts ${part}: write <question>=yes, =no or =unknown`);
    }
    const question = questions.find(({ id, key }) => id === name || key === name);
    if (question === undefined) {
      const asked = questions.map(({ id }) => id).join(', ');
      throw new UsageError(`--facts ${part}: ${policy.id}@${policy.version} does not ask this; it asks ${asked}`);
    }
    if (given.has(question.key)) throw new UsageError(`--facts ${part}: ${question.id} is given twice`);
    given.add(question.key);
    facts[question.key] = value;
  }
  const derived = Object.entries(deriveCategories(policy, facts));
  // People look for a question where the document has it.
  const inOrder = (keys: readonly string[]): readonly string[] =>
    questions.map(({ key }) => key).filter((key) => keys.includes(key));
  return {
    policy: `${policy.id}@${policy.version}`,
    facts,
    categories: Object.fromEntries(
      derived.map(([category, { value, decidedBy, open }]) => [
        category,
        { value, decidedBy: inOrder(decidedBy), open: inOrder(open) },
      ]),
    ),
  };
}

/** Rows of category, value and why. */
export function explanationRows({ facts, categories }: PolicyExplanation): readonly (readonly string[])[] {
  return Object.entries(categories).map(([category, { value, decidedBy, open }]) => {
    if (value !== 'unknown') {
      return [category, value, decidedBy.map((key) => `${key} = ${facts[key] ?? 'unknown'}`).join(', ')];
    }
    return [category, value, open.length > 0 ? `open: ${open.join(', ')}` : 'the policy has no rule for it'];
  });
}
