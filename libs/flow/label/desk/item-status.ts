import type { LabelRequested, LabelSubmitted } from '#platform/contracts';
import type { PolicyQuestion } from '#policy';
import { nextStep, nextStepOfTask, type NextStep } from './next-step.js';
import type { FactState } from '../resolution/resolved-event.js';
import { resolveItems, startingParameters, type ResolutionParameters } from '../resolution/resolve-votes.js';
import { factOf, type Answer, type Vote } from '../resolution/vote.js';

/** What one person said under one lease: of its corrections the latest. */
export interface Said {
  readonly leaseId: string;
  readonly attempt: number;
  readonly submissionId: string;
  readonly taskId: string;
  readonly labelerId: string;
  readonly isExpert: boolean;
  readonly outcome: LabelSubmitted['outcome'];
  readonly reason: LabelSubmitted['reason'];
  /** With the answers that follow from others (`under`). */
  readonly answers: Readonly<Record<string, Answer>>;
  /** The verdict that was decided about. */
  readonly verdictId: string | null;
  readonly submittedAt: number;
}

/** What a pass found out about a question. */
export interface QuestionSkill {
  readonly parameters: ResolutionParameters;
  readonly isTrainable: boolean;
}

/** Why an item is in an expert's hands. */
export type Why = 'APPEAL' | 'UNSURE' | 'DISAGREEMENT' | 'ESCALATED' | 'AUDIT';

export type ItemStatus =
  | { readonly kind: 'waiting'; readonly queue: 'STANDARD'; readonly wanted: number; readonly why: null }
  | { readonly kind: 'waiting'; readonly queue: 'EXPERT' | 'LEGAL'; readonly wanted: 1; readonly why: Why }
  /** `gone`: there is no text to ask about. */
  | { readonly kind: 'closed'; readonly reason: 'settled' | 'gone' };

export interface ItemCase {
  /** In the order in which they came. */
  readonly said: readonly Said[];
  /** Open tasks of the item. */
  readonly tasks: readonly LabelRequested[];
  /** Of the live policies; an item is never settled without any. */
  readonly questions: readonly PolicyQuestion[];
  readonly overlap: boolean;
  readonly skillOf: (question: string) => QuestionSkill | undefined;
}

const blindAnswers = 2;
const mostAnswers = 3;
/** So many people who pass an item on make it an expert's. */
const mostSkips = 3;
/** Their queue follows from what people said; of other tasks the queue was chosen. */
const followed: readonly LabelRequested['origin'][] = ['DRAWN', 'TRAIN_ONLY', 'REPORTED'];

const untouched: ItemStatus = { kind: 'waiting', queue: 'STANDARD', wanted: blindAnswers, why: null };
const untouchedOverlap: ItemStatus = { ...untouched, wanted: mostAnswers };

/** Who has to be asked about an item next (labels 2.1): a function of what was said, whichever task brought it. */
export function statusOf({ said, tasks, questions, overlap, skillOf }: ItemCase): ItemStatus {
  // Most open items are untouched, and there may be a hundred thousand of them.
  if (said.length === 0 && questions.length > 0 && tasks.every(({ origin }) => followed.includes(origin))) {
    return overlap ? untouchedOverlap : untouched;
  }
  const expert = (queue: 'EXPERT' | 'LEGAL', why: Why): ItemStatus => ({ kind: 'waiting', queue, wanted: 1, why });
  const settling = said.findLastIndex(({ isExpert, outcome }) => isExpert && outcome === 'ANSWERED');
  const since = settling < 0 ? said : said.slice(settling + 1);
  const gone = since.filter(({ outcome, reason }) => outcome === 'SKIPPED' && reason === 'GONE');
  if (gone.some(({ isExpert }) => isExpert) || peopleIn(gone) >= mostSkips) return { kind: 'closed', reason: 'gone' };
  const escalations = since.filter(({ outcome }) => outcome === 'ESCALATED');
  const isLegal = escalations.some(({ reason }) => reason === 'MINOR' || reason === 'LEGAL');
  const chosen = settling < 0 ? tasks.filter(({ origin }) => !followed.includes(origin) && origin !== 'OTHER') : [];
  if (isLegal || chosen.some(({ queue }) => queue === 'LEGAL')) return expert('LEGAL', 'ESCALATED');
  if (tasks.some((task) => task.origin === 'APPEALED' && !isDecided(task, said))) return expert('EXPERT', 'APPEAL');
  if (escalations.length > 0) return expert('EXPERT', 'ESCALATED');
  if (chosen.some(({ queue }) => queue === 'EXPERT')) return expert('EXPERT', 'ESCALATED');
  if (questions.length === 0) return { kind: 'waiting', queue: 'STANDARD', wanted: 0, why: null };

  const isAudited = settling < 0 && tasks.some(({ origin }) => origin === 'OTHER');
  // Whoever is to answer blind comes first: the expert is held against them.
  if (isAudited && tasks.every(({ origin }) => origin === 'OTHER')) return expert('EXPERT', 'AUDIT');
  const steps = stepsOf(said, questions, overlap, skillOf);
  const step = nextStepOfTask([...steps.values()].map(({ next }) => next));
  switch (step.kind) {
    case 'CLOSED':
      return isAudited ? expert('EXPERT', 'AUDIT') : { kind: 'closed', reason: 'settled' };
    case 'EXPERT':
      return expert('EXPERT', step.reason === 'UNSURE' ? 'UNSURE' : 'DISAGREEMENT');
    case 'ASK': {
      const skips = said.filter(({ outcome, isExpert }) => outcome === 'SKIPPED' && !isExpert);
      if (peopleIn(skips) >= mostSkips) return expert('EXPERT', 'ESCALATED');
      let wanted = 1;
      for (const { next, answers } of steps.values()) {
        if (next.kind !== 'ASK' || next.reason === 'DISAGREEMENT' || next.reason === 'UNCERTAIN') continue;
        wanted = Math.max(wanted, (overlap ? mostAnswers : blindAnswers) - answers);
      }
      return { kind: 'waiting', queue: 'STANDARD', wanted, why: null };
    }
  }
}

function peopleIn(said: readonly Said[]): number {
  return new Set(said.map(({ labelerId }) => labelerId)).size;
}

/** An expert decides an appeal under its own task, or under that of another one about the same verdict that came later. */
function isDecided(task: LabelRequested, said: readonly Said[]): boolean {
  return said.some(
    ({ taskId, isExpert, outcome, verdictId, submittedAt }) =>
      isExpert &&
      outcome === 'ANSWERED' &&
      (taskId === task.taskId ||
        (verdictId !== null && verdictId === task.verdictId && submittedAt >= task.requestedAt)),
  );
}

interface QuestionStep {
  readonly next: NextStep;
  readonly answers: number;
}

function stepsOf(
  said: readonly Said[],
  questions: readonly PolicyQuestion[],
  overlap: boolean,
  skillOf: ItemCase['skillOf'],
): ReadonlyMap<string, QuestionStep> {
  const byKey = questionsByKey(questions);
  const steps = new Map<string, QuestionStep>();
  const blind = blindSaid(said);
  const expert = said.findLast(({ isExpert, outcome }) => isExpert && outcome === 'ANSWERED');

  function stepOf(question: PolicyQuestion): QuestionStep {
    const known = steps.get(question.key);
    if (known !== undefined) return known;
    const answers = blind.flatMap((one) => answerTo(one.answers, question, byKey) ?? []);
    const parent = question.under === null ? undefined : byKey.get(question.under);
    const isMoot = parent !== undefined && isNo(parent);
    const next: NextStep = isMoot
      ? { kind: 'CLOSED', reason: 'RESOLVED' }
      : nextStep({
          answers,
          // Before two answers nothing depends on it, and nearly all items wait for their second.
          probability: answers.length < blindAnswers ? null : probabilityOf(question.key, blind, skillOf),
          overlap,
          expert: expert === undefined ? null : (answerTo(expert.answers, question, byKey) ?? null),
        });
    const step = { next, answers: answers.length };
    steps.set(question.key, step);
    return step;
  }

  /** Nobody needs to be asked about a sub-level of what is settled as no. */
  function isNo(question: PolicyQuestion): boolean {
    if (stepOf(question).next.kind !== 'CLOSED') return false;
    const settled = expert === undefined ? undefined : answerTo(expert.answers, question, byKey);
    if (settled !== undefined) return settled === 'NO';
    const probability = probabilityOf(question.key, blind, skillOf);
    return probability !== null && factOf(probability) === 'no';
  }

  for (const question of questions) stepOf(question);
  return steps;
}

const indices = new WeakMap<readonly PolicyQuestion[], ReadonlyMap<string, PolicyQuestion>>();

function questionsByKey(questions: readonly PolicyQuestion[]): ReadonlyMap<string, PolicyQuestion> {
  const known = indices.get(questions);
  if (known !== undefined) return known;
  const index = new Map(questions.map((question) => [question.key, question]));
  indices.set(questions, index);
  return index;
}

/** A person speaks once on an item, with the first lease under which he answered. */
function blindSaid(said: readonly Said[]): readonly Said[] {
  const people = new Set<string>();
  return said.filter(({ isExpert, outcome, labelerId }) => {
    if (isExpert || outcome !== 'ANSWERED' || people.has(labelerId)) return false;
    people.add(labelerId);
    return true;
  });
}

/** Who is unsure of a question is unsure of its sub-levels, which were not asked then. */
function answerTo(
  answers: Readonly<Record<string, Answer>>,
  question: PolicyQuestion,
  byKey: ReadonlyMap<string, PolicyQuestion>,
): Answer | undefined {
  const own = answers[question.key];
  if (own !== undefined || question.under === null) return own;
  const parent = byKey.get(question.under);
  return parent !== undefined && answerTo(answers, parent, byKey) === 'UNSURE' ? 'UNSURE' : undefined;
}

function probabilityOf(key: string, blind: readonly Said[], skillOf: ItemCase['skillOf']): number | null {
  const votes = blind.flatMap(({ labelerId, answers }): Vote[] => {
    const answer = answers[key];
    return answer === undefined ? [] : [{ item: '', labeler: labelerId, answer }];
  });
  return resolveItems(votes, skillOf(key)?.parameters ?? startingParameters).get('') ?? null;
}

/** What is known of every question that somebody answered, also of those that no live policy asks. */
export function factsOf(said: readonly Said[], skillOf: ItemCase['skillOf']): ReadonlyMap<string, FactState> {
  const blind = blindSaid(said);
  const experts = said.filter(({ isExpert, outcome }) => isExpert && outcome === 'ANSWERED');
  const keys = new Set([...blind, ...experts].flatMap(({ answers }) => Object.keys(answers)));
  const facts = new Map<string, FactState>();
  for (const key of [...keys].sort()) {
    const answers = [...blind, ...experts].flatMap((one) => one.answers[key] ?? []);
    facts.set(key, {
      probability: probabilityOf(key, blind, skillOf),
      votes: answers.filter((answer) => answer !== 'UNSURE').length,
      unsure: answers.filter((answer) => answer === 'UNSURE').length,
      expert: experts.findLast((one) => one.answers[key] !== undefined)?.answers[key] ?? null,
      isTrainable: skillOf(key)?.isTrainable ?? true,
    });
  }
  return facts;
}
