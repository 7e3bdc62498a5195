import type { ParsedPolicy, PolicyField, PolicyProblem } from './policy-document.js';

/** Characters that fit on the card of a reviewer who reads at a phone's width; longer ones are not read. */
const LIMITS = { wording: 160, help: 600, text: 300, why: 240 } as const;

/** What is wrong with the questions, or may be an oversight. */
export function lintQuestions({ policy, problemAt }: Extract<ParsedPolicy, { ok: true }>): readonly PolicyProblem[] {
  const { questions } = policy;
  const problems: PolicyProblem[] = [];
  const error = (field: PolicyField, message: string): void => void problems.push(problemAt(field, message));
  const warn = (field: PolicyField, message: string): void =>
    void problems.push({ ...problemAt(field, message), severity: 'warning' });
  const checkLength = (path: PolicyField, field: keyof typeof LIMITS, text: string | undefined): void => {
    if (text === undefined || text.length <= LIMITS[field]) return;
    error([...path, field], `has ${text.length} characters, at most ${LIMITS[field]} are read; shorten it`);
  };

  const position = new Map<string, number>();
  questions.forEach(({ id }, index) => {
    if (position.has(id))
      error(['questions', index, 'id'], `question ${id} is there twice; a policy asks one version of it`);
    else position.set(id, index);
  });
  if (questions.length === 0) {
    const message =
      'asks none, so people can label nothing by it and its categories cannot be derived; add questions and rules';
    warn(['questions'], message);
  }
  questions.forEach(({ wording, help, under, examples }, index) => {
    const path = ['questions', index];
    checkLength(path, 'wording', wording);
    checkLength(path, 'help', help);
    if (under !== undefined) {
      const parent = position.get(under);
      const field = [...path, 'under'];
      if (parent === undefined) error(field, `unknown question ${under}; add it to questions or correct its id`);
      else if (parent >= index) error(field, `list ${under} before its sub-levels: they are asked in this order`);
      else if (questions[parent]?.under !== undefined) {
        error(field, `${under} is a sub-level itself; name the question above it`);
      }
    }
    const answers = new Map<string, string>();
    examples.forEach(({ text, answer, why }, number) => {
      const place = [...path, 'examples', number];
      checkLength(place, 'text', text);
      checkLength(place, 'why', why);
      const known = answers.get(text);
      if (known === undefined) answers.set(text, answer);
      else if (known === answer) warn(place, 'this example is there twice; remove one');
      else error([...place, 'answer'], `contradicts an example above: the same text is answered ${known} there`);
    });
    const missing = ['yes', 'no'].filter((answer) => !examples.some((example) => example.answer === answer));
    if (missing.length > 0) {
      warn(path, `has no border example for ${missing.join(' and ')}; people draw the border by its examples`);
    }
  });
  return problems;
}
