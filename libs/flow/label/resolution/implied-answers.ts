import type { PolicyQuestion } from '#policy';
import type { Answer } from './vote.js';

/**
 * The answers with what follows from them: who says no to a question says no to its sub-levels, which are then not asked (`under`). An
 * answer that was given stands. Answers to questions that are not among `questions` stay as they are.
 * @param answers by question@version
 * @param questions what the person was asked: those of the policies of the submission, in any order
 */
export function withImpliedAnswers(
  answers: Readonly<Record<string, Answer>>,
  questions: readonly Pick<PolicyQuestion, 'key' | 'under'>[],
): Readonly<Record<string, Answer>> {
  const all: Record<string, Answer> = { ...answers };
  let open = questions.filter(({ key, under }) => under !== null && !(key in all));
  for (;;) {
    const still = open.filter(({ key, under }) => {
      if (under === null || all[under] !== 'NO') return true;
      all[key] = 'NO';
      return false;
    });
    // A sub-level of a sub-level follows one round later, whatever the order of the questions.
    if (still.length === open.length) return all;
    open = still;
  }
}
