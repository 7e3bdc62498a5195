import type { Action, Answer } from '../api/types.js';
import { flat, type LaidOut } from './answer-sheet.js';

/** What a key asks for. */
export type Command =
  | { readonly kind: 'answer'; readonly question: string; readonly answer: Answer }
  | { readonly kind: 'decide'; readonly action: Action }
  | { readonly kind: 'move'; readonly by: 1 | -1 }
  | { readonly kind: 'save' | 'reveal' | 'correct' | 'skip' | 'escalate' | 'help' | 'votes' };

interface Pressed {
  readonly key: string;
  /** Where the key is, whatever the layout: digits are shifted on some, and Cyrillic ones have no letters q to m. */
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const named: Readonly<Record<string, Command>> = {
  Enter: { kind: 'save' },
  ' ': { kind: 'reveal' },
  Backspace: { kind: 'correct' },
  ArrowDown: { kind: 'move', by: 1 },
  ArrowUp: { kind: 'move', by: -1 },
  '?': { kind: 'help' },
};
const letters: Readonly<Record<string, Command>> = {
  s: { kind: 'skip' },
  x: { kind: 'escalate' },
  v: { kind: 'votes' },
  a: { kind: 'decide', action: 'ALLOW' },
  r: { kind: 'decide', action: 'REVIEW' },
  b: { kind: 'decide', action: 'BLOCK' },
};

/** The command of a key, or null: what belongs to the browser stays the browser's. With Shift a question's key says unsure. */
export function commandOf(pressed: Pressed, layout: readonly LaidOut[]): Command | null {
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey) return null;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(pressed.code)?.[1];
  const known = digit === undefined ? named[pressed.key] : undefined;
  if (known !== undefined) return known;
  const cap = digit ?? letterOf(pressed);
  if (cap === null) return null;
  const entry = flat(layout).find(({ hotkey }) => hotkey === cap);
  if (entry === undefined) return pressed.shiftKey ? null : (letters[cap] ?? null);
  return { kind: 'answer', question: entry.question.key, answer: pressed.shiftKey ? 'UNSURE' : 'YES' };
}

function letterOf({ key, code }: Pressed): string | null {
  const lower = key.toLowerCase();
  if (/^[a-z]$/.test(lower)) return lower;
  return /^\P{ASCII}$/u.test(key) ? (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? null) : null;
}
