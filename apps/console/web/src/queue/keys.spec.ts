import { layOut } from './answer-sheet.js';
import { commandOf } from './keys.js';

const layout = layOut(
  ['a@1', 'b@1']
    .map((key) => ({ key, under: null, wording: '', help: null, examples: [] }))
    .concat(['c@1'].map((key) => ({ key, under: 'a@1' as never, wording: '', help: null, examples: [] }))),
);
const none = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
const command = (key: string, code: string, more: Partial<typeof none> = {}) =>
  commandOf({ key, code, ...none, ...more }, layout);

describe('a key', () => {
  it('says yes to its question, and with Shift unsure, on every keyboard', () => {
    const yes = { kind: 'answer', question: 'a@1', answer: 'YES' };
    expect(command('1', 'Digit1')).toEqual(yes);
    expect(command('1', 'Numpad1')).toEqual(yes);
    // French: the digit needs Shift, its cap says 1 all the same.
    expect(command('&', 'Digit1')).toEqual(yes);
    expect(command('!', 'Digit1', { shiftKey: true })).toEqual({ ...yes, answer: 'UNSURE' });
    expect(command('q', 'KeyQ')).toMatchObject({ question: 'c@1' });
    // French again: the letter is what its cap says, wherever the key is.
    expect(command('q', 'KeyA')).toMatchObject({ question: 'c@1' });
    expect(command('Q', 'KeyQ', { shiftKey: true })).toMatchObject({ question: 'c@1', answer: 'UNSURE' });
    // Russian: no such letter, so the place counts.
    expect(command('\u0439', 'KeyQ')).toMatchObject({ question: 'c@1', answer: 'YES' });
  });

  it('saves, shows, corrects, skips, escalates, helps', () => {
    const kinds = ['Enter', ' ', 'Backspace', '?', 's', 'x', 'v'].map((key) => command(key, '')?.kind);
    expect(kinds).toEqual(['save', 'reveal', 'correct', 'help', 'skip', 'escalate', 'votes']);
    expect(command('b', 'KeyB')).toEqual({ kind: 'decide', action: 'BLOCK' });
  });

  it('is left to the browser when it is not ours', () => {
    expect(command('1', 'Digit1', { ctrlKey: true })).toBeNull();
    expect(command('s', 'KeyS', { metaKey: true })).toBeNull();
    expect(command('9', 'Digit9')).toBeNull();
    expect(command('Tab', 'Tab')).toBeNull();
    expect(command('S', 'KeyS', { shiftKey: true })).toBeNull();
  });
});
