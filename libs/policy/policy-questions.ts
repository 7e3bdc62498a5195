import type { PolicyDocument } from './policy-document.js';

/** What a reviewer may say. */
export type Answer = 'yes' | 'no' | 'unsure';

export interface BorderExample {
  readonly text: string;
  /** The answer that is right. */
  readonly answer: Answer;
  readonly why: string | null;
}

/** A question of fact. */
export interface PolicyQuestion {
  /** `question@version`: what answers, facts and their quality are kept by (labels 2.1). */
  readonly key: string;
  readonly id: string;
  readonly version: number;
  readonly wording: string;
  readonly help: string | null;
  /** Key of the question whose sub-level it is: asked when that one is yes, and no when that one is no. */
  readonly under: string | null;
  readonly examples: readonly BorderExample[];
}

/** The questions of a policy, in the order of the document. */
export function questionsOf({ questions }: Pick<PolicyDocument, 'questions'>): readonly PolicyQuestion[] {
  const versions = new Map(questions.map(({ id, version }) => [id, version]));
  return questions.map(({ id, version, wording, help, under, examples }) => ({
    key: questionKey(id, version),
    id,
    version,
    wording,
    help: help ?? null,
    under: under === undefined ? null : questionKey(under, versions.get(under)),
    examples: examples.map(({ text, answer, why }) => ({ text, answer, why: why ?? null })),
  }));
}

/**
 * What one task asks for several policies: each question@version once, in the order of the policies. Publishing sees to it that a
 * question@version has one wording; of its help and examples those of the first policy hold.
 */
export function unionOfQuestions(policies: Iterable<Pick<PolicyDocument, 'questions'>>): readonly PolicyQuestion[] {
  const union = new Map<string, PolicyQuestion>();
  for (const policy of policies) {
    for (const question of questionsOf(policy)) {
      if (!union.has(question.key)) union.set(question.key, question);
    }
  }
  return [...union.values()];
}

/** A question that the policy does not have gets the version `?`, which no fact has: it stays unknown. */
export function questionKey(id: string, version: number | undefined): string {
  return `${id}@${version ?? '?'}`;
}
