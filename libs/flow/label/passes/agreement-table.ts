import { deriveCategories, type Fact, type PolicyDocument } from '#policy';
import { agreementSteps, type Agreement, type Unit } from '../quality/agreement.js';
import type { Steps } from '../steps.js';
import type { Answer } from '../resolution/vote.js';
import type { Answers } from './said.js';

/** Items on which people said exactly this, each person once. */
export interface AgreementPattern {
  readonly people: readonly Answers[];
  readonly items: number;
}

export interface PolicyInForce {
  readonly policyId: string;
  readonly version: number;
  readonly document: PolicyDocument;
}

/** What agreement is measured of: a question, one rule of a category, or all rules of a category. */
export interface AgreementSubject {
  readonly kind: 'QUESTION' | 'CLAUSE' | 'CATEGORY';
  readonly subject: string;
  readonly question: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly category: string;
  /** From 1; 0 where it is no clause. */
  readonly clause: number;
  readonly rule: string;
}

interface Measured extends AgreementSubject {
  /** What a person's answers say to it; null: nothing, because not enough was asked. */
  readonly valueOf: (answers: Answers) => string | null;
}

/**
 * Agreement on every question that was answered, and on every rule and category of the policies in force (labels 2.2): what a rule makes of
 * one person's answers is that person's value. People may agree on questions and not on a rule, or the other way round.
 */
export function* measureAgreements(
  patterns: readonly AgreementPattern[],
  policies: readonly PolicyInForce[],
): Steps<readonly { readonly subject: AgreementSubject; readonly agreement: Agreement }[]> {
  const measured: { subject: AgreementSubject; agreement: Agreement }[] = [];
  for (const { valueOf, ...subject } of [...questionsIn(patterns), ...policies.flatMap(subjectsOf)]) {
    const units: Unit[] = [];
    for (const { people, items } of patterns) {
      const unit = people.flatMap((answers) => valueOf(answers) ?? []);
      if (unit.length > 1) for (let i = 0; i < items; i++) units.push(unit);
    }
    if (units.length > 0) measured.push({ subject, agreement: yield* agreementSteps(units) });
  }
  return measured;
}

function questionsIn(patterns: readonly AgreementPattern[]): readonly Measured[] {
  const questions = new Set(patterns.flatMap(({ people }) => people.flatMap((answers) => Object.keys(answers))));
  return [...questions].sort().map((question) => ({
    ...{ kind: 'QUESTION', subject: question, question, policyId: '', policyVersion: 0, category: '', clause: 0 },
    rule: '',
    valueOf: (answers) => answers[question] ?? null,
  }));
}

function subjectsOf({ policyId, version, document }: PolicyInForce): readonly Measured[] {
  return document.categories.flatMap((category): readonly Measured[] => {
    const subject = `${policyId}@${version}/${category}`;
    const common = { question: '', policyId, policyVersion: version, category };
    const rules = document.rules[category]?.when ?? [];
    const clauses = rules.map((rule, index): Measured => {
      const alone = { ...document, categories: [category], rules: { [category]: { implies: [], when: [rule] } } };
      return {
        ...{ kind: 'CLAUSE', subject: `${subject}/${index + 1}`, ...common, clause: index + 1, rule: rule.text },
        valueOf: (answers) => categoryValue(alone, category, answers),
      };
    });
    return [
      {
        ...{ kind: 'CATEGORY', subject, ...common, clause: 0, rule: '' },
        valueOf: (answers) => categoryValue(document, category, answers),
      },
      ...clauses,
    ];
  });
}

/** As an answer. UNSURE when all that is open was answered with it; null when something was not asked. */
function categoryValue(document: PolicyDocument, category: string, answers: Answers): Answer | null {
  const derived = deriveCategories(document, factsOf(answers))[category];
  switch (derived?.value) {
    case 'yes':
      return 'YES';
    case 'no':
      return 'NO';
    default: {
      const open = derived?.open ?? [];
      return open.length > 0 && open.every((question) => answers[question] === 'UNSURE') ? 'UNSURE' : null;
    }
  }
}

const FACTS: Readonly<Record<Answer, Fact>> = { YES: 'yes', NO: 'no', UNSURE: 'unknown' };

/** One person's answers, as if they were all that is known. */
export function factsOf(answers: Answers): Readonly<Record<string, Fact>> {
  return Object.fromEntries(Object.entries(answers).map(([question, answer]) => [question, FACTS[answer]]));
}
