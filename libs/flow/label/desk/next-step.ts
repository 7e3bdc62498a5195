import { factOf, type Answer } from '../resolution/vote.js';

/** What has to happen to one question of one item next (labels 2.1). */
export type NextStep =
  | { readonly kind: 'ASK'; readonly reason: 'TOO_FEW' | 'OVERLAP' | 'DISAGREEMENT' | 'UNCERTAIN' }
  | { readonly kind: 'EXPERT'; readonly reason: 'UNSURE' | 'UNCERTAIN' }
  | { readonly kind: 'CLOSED'; readonly reason: 'RESOLVED' | 'EXPERT' };

export interface QuestionState {
  /** Blind answers so far, one per labeler, without experts'. */
  readonly answers: readonly Answer[];
  /** Probability of yes after these answers; null before the first that is not UNSURE. */
  readonly probability: number | null;
  /** Whether the item belongs to the sample that three people always see. */
  readonly overlap: boolean;
  /** What an expert said, null before. UNSURE closes too, with an unknown fact: there is nobody else to ask. */
  readonly expert: Answer | null;
}

const blindAnswers = 2;
const mostAnswers = 3;

/**
 * Two blind answers; a third when they disagree, or agree but leave the fact unknown because of who gave them; an expert
 * when three leave it unknown or somebody is unsure. The overlap sample gets its three answers before anything else, because
 * agreement measured only where people disagreed would be biased.
 */
export function nextStep({ answers, probability, overlap, expert }: QuestionState): NextStep {
  if (expert !== null) return { kind: 'CLOSED', reason: 'EXPERT' };
  if (overlap && answers.length < mostAnswers) {
    return { kind: 'ASK', reason: answers.length < blindAnswers ? 'TOO_FEW' : 'OVERLAP' };
  }
  if (answers.includes('UNSURE')) return { kind: 'EXPERT', reason: 'UNSURE' };
  if (answers.length < blindAnswers) return { kind: 'ASK', reason: 'TOO_FEW' };
  const unknown = probability === null || factOf(probability) === 'unknown';
  if (answers.length < mostAnswers) {
    if (new Set(answers).size > 1) return { kind: 'ASK', reason: 'DISAGREEMENT' };
    if (unknown) return { kind: 'ASK', reason: 'UNCERTAIN' };
  }
  return unknown ? { kind: 'EXPERT', reason: 'UNCERTAIN' } : { kind: 'CLOSED', reason: 'RESOLVED' };
}

/**
 * The step of a task from those of its questions: a blind answer that any question still needs comes before the expert, who
 * then sees the item once; closed only when all questions are. A task without questions is closed.
 */
export function nextStepOfTask(steps: readonly NextStep[]): NextStep {
  return (
    steps.find(({ kind }) => kind === 'ASK') ??
    steps.find(({ kind }) => kind === 'EXPERT') ?? { kind: 'CLOSED', reason: 'RESOLVED' }
  );
}
