import type { Answer, Question } from '../api/types.js';

/** What somebody has said of an item so far, by question. What is not there is open. */
export type Sheet = Readonly<Partial<Record<string, Answer>>>;

/** A question with its key and what is asked below it. */
export interface LaidOut {
  readonly question: Question;
  /** Null: there were more questions than keys. */
  readonly hotkey: string | null;
  readonly below: readonly LaidOut[];
}

/** Keys of questions: digits as the caps say, then letters. Those that are missing do something else. */
const DIGITS = Array.from('1234567890');
const LETTERS = Array.from('qwetyuiopdfghjklzcnm');

/**
 * Gives every question its key, the same one whether it is shown or folded away: top-level questions digits, their sub-levels letters,
 * in the order of the policy, so that fingers learn them.
 */
export function layOut(questions: readonly Question[]): readonly LaidOut[] {
  const keys = new Set(questions.map(({ key }) => key));
  const isTop = ({ under }: Question) => under === null || !keys.has(under);
  const top = questions.filter(isTop);
  const digits = [...DIGITS];
  const letters = [...LETTERS];
  const keyOf = new Map<string, string | null>();
  for (const { key } of top) keyOf.set(key, digits.shift() ?? letters.shift() ?? null);
  for (const parent of top) {
    for (const { key, under } of questions) if (under === parent.key) keyOf.set(key, letters.shift() ?? null);
  }
  return top.map((question) => ({
    question,
    hotkey: keyOf.get(question.key) ?? null,
    below: questions
      .filter(({ under }) => under === question.key)
      .map((below) => ({ question: below, hotkey: keyOf.get(below.key) ?? null, below: [] })),
  }));
}

/** All of them, each followed by what is below it. */
export function flat(layout: readonly LaidOut[]): readonly LaidOut[] {
  return layout.flatMap((entry) => [entry, ...entry.below]);
}

/** Questions that stand open or answered now: sub-levels only where the question above is answered with yes. */
export function asked(layout: readonly LaidOut[], sheet: Sheet): readonly LaidOut[] {
  return layout.flatMap((entry) => [entry, ...(sheet[entry.question.key] === 'YES' ? entry.below : [])]);
}

/** Takes an answer back when it is given again. A yes below is a yes above as well: it could not be one without it. */
export function press(layout: readonly LaidOut[], sheet: Sheet, key: string, answer: Answer): Sheet {
  const parent = layout.find(({ below }) => below.some(({ question }) => question.key === key))?.question.key;
  const isFolded = parent !== undefined && sheet[parent] !== 'YES';
  if (!isFolded && sheet[key] === answer) return without(sheet, key);
  return { ...sheet, ...(isFolded ? { [parent]: 'YES' } : {}), [key]: answer };
}

/** As `press`, but what is said stays said: for controls that show what is chosen. */
export function choose(sheet: Sheet, key: string, answer: Answer): Sheet {
  return { ...sheet, [key]: answer };
}

/** What is sent: no to everything that is open, and nothing about what was not asked. */
export function finish(layout: readonly LaidOut[], sheet: Sheet): Readonly<Record<string, Answer>> {
  return Object.fromEntries(asked(layout, sheet).map(({ question: { key } }) => [key, sheet[key] ?? 'NO']));
}

function without(sheet: Sheet, key: string): Sheet {
  return Object.fromEntries(Object.entries(sheet).filter(([other]) => other !== key));
}
