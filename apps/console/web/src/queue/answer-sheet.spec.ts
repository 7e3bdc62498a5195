import fc from 'fast-check';
import type { Answer, Question } from '../api/types.js';
import { asked, finish, flat, layOut, press, type Sheet } from './answer-sheet.js';

const question = (key: string, under: string | null = null): Question => ({
  key,
  under,
  wording: `${key}?`,
  help: null,
  examples: [],
});
/** As in the default policy: sub-levels stand after their question. */
const questions = [
  question('sexual@1'),
  question('minor@1', 'sexual@1'),
  question('attack@1'),
  question('threat@1', 'attack@1'),
  question('person@1', 'attack@1'),
  question('quoted@1'),
];
const layout = layOut(questions);
const keys = questions.map(({ key }) => key);
const presses = fc.array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom<Answer>('YES', 'UNSURE', 'NO')));
const pressed = (given: readonly (readonly [string, Answer])[]) =>
  given.reduce<Sheet>((sheet, [key, answer]) => press(layout, sheet, key, answer), {});

describe('the keys of questions', () => {
  it('are digits for what is always asked and letters for what is below, in the order of the policy', () => {
    expect(flat(layout).map(({ question: { key }, hotkey }) => `${hotkey ?? ''} ${key}`)).toEqual([
      '1 sexual@1',
      'q minor@1',
      '2 attack@1',
      'w threat@1',
      'e person@1',
      '3 quoted@1',
    ]);
  });

  it('are never two of one, and never those that do something else', () => {
    const many = Array.from({ length: 40 }, (_, index) => question(`q${index}@1`));
    const given = layOut(many).flatMap(({ hotkey }) => (hotkey === null ? [] : [hotkey]));
    expect(new Set(given).size).toBe(given.length);
    expect(given).toHaveLength(30);
    expect(given.filter((key) => 'sxvarb'.includes(key))).toEqual([]);
  });

  it('leave out no question, also where the one above is not asked any more', () => {
    expect(layOut([question('orphan@1', 'gone@1')]).map(({ hotkey }) => hotkey)).toEqual(['1']);
  });
});

describe('an answer sheet', () => {
  it('asks below a yes and nowhere else', () => {
    expect(asked(layout, {}).map(({ question: { key } }) => key)).toEqual(['sexual@1', 'attack@1', 'quoted@1']);
    const sheet = press(layout, {}, 'attack@1', 'YES');
    expect(asked(layout, sheet)).toHaveLength(5);
    expect(asked(layout, press(layout, {}, 'attack@1', 'UNSURE'))).toHaveLength(3);
  });

  it('takes back what is said again', () => {
    fc.assert(
      fc.property(presses, fc.constantFrom(...keys), fc.constantFrom<Answer>('YES', 'UNSURE'), (given, key, answer) => {
        const once = press(layout, pressed(given), key, answer);
        fc.pre(once[key] === answer);
        expect(press(layout, once, key, answer)[key]).toBe(undefined);
      }),
    );
  });

  it('says yes above a yes below', () => {
    expect(press(layout, {}, 'threat@1', 'YES')).toEqual({ 'attack@1': 'YES', 'threat@1': 'YES' });
  });

  it('sends an answer to exactly what was asked: no where nothing was said, nothing below anything but a yes', () => {
    fc.assert(
      fc.property(presses, (given) => {
        const sheet = pressed(given);
        const sent = finish(layout, sheet);
        for (const { question: top, below } of layout) {
          expect(sent[top.key]).toBe(sheet[top.key] ?? 'NO');
          for (const { question: sub } of below) {
            expect(sent[sub.key]).toBe(sent[top.key] === 'YES' ? (sheet[sub.key] ?? 'NO') : undefined);
          }
        }
      }),
    );
    expect(finish(layout, {})).toEqual({ 'sexual@1': 'NO', 'attack@1': 'NO', 'quoted@1': 'NO' });
  });
});
