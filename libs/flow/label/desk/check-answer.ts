import type { AnswerRequest } from '#platform/contracts';
import type { PolicyQuestion } from '#policy';
import type { SealedLease } from './lease.js';

/** What is wrong with an answer, by its field; null: nothing. */
export function problemOfAnswer(
  { verdict }: Pick<SealedLease, 'verdict'>,
  { outcome, answers, reason, action }: AnswerRequest,
  questions: readonly PolicyQuestion[],
): string | null {
  if (action !== null && (verdict === null || outcome !== 'ANSWERED')) {
    return 'action: there is no verdict to decide about';
  }
  if (outcome !== 'ANSWERED') {
    if (reason === null) return 'reason: who passes an item on says why';
    return Object.keys(answers).length > 0 ? 'answers: only with outcome ANSWERED' : null;
  }
  if (reason !== null) return 'reason: only with outcome SKIPPED or ESCALATED';
  if (verdict !== null && action === null) return 'action: an appeal asks what shall hold';
  const asked = new Set(questions.map(({ key }) => key));
  if (Object.keys(answers).some((key) => !asked.has(key))) return 'answers: names a question that was not asked';
  const missing = questions.find(
    ({ key, under }) => answers[key] === undefined && (under === null || answers[under] === 'YES'),
  );
  return missing === undefined ? null : `answers: ${missing.key} is not answered`;
}
