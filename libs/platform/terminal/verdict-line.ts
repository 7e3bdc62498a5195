import type { Action, VerdictIssued } from '#platform/contracts';

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: 'red' | 'yellow' | 'green' | 'grey' | 'bold', text: string) => string;

const codes = { red: 31, yellow: 33, green: 32, grey: 90, bold: 1 } as const;

/** @param isTerminal colours only where a person reads; NO_COLOR is honoured by the caller */
export function createPaint(isTerminal: boolean): Paint {
  return isTerminal ? (colour, text) => `\u001b[${codes[colour]}m${text}\u001b[0m` : (_, text) => text;
}

const colourOf = { ALLOW: 'green', REVIEW: 'yellow', BLOCK: 'red' } as const satisfies Record<Action, string>;
const ID_WIDTH = 34;

/** One line for people: when, what, where, which content, and the category that decided. Never the text. */
export function verdictLine(verdict: VerdictIssued, paint: Paint): string {
  const time = new Date(verdict.issuedAt).toISOString().slice(11, 19);
  const action = paint(colourOf[verdict.action], verdict.action.padEnd(6));
  const content = shorten(visible(`${verdict.platform}/${verdict.contentId}`), ID_WIDTH);
  return `${paint('grey', time)}  ${action}  ${verdict.channel.padEnd(8)}  ${content}  ${paint('grey', reasonOf(verdict))}`;
}

function reasonOf(verdict: VerdictIssued): string {
  switch (verdict.decidedBy) {
    case 'PERSON':
      return 'decided by a person';
    case 'MODE':
      return `kill switch: ${verdict.mode}`;
    case 'UNCOVERED':
      return 'a category that no model covers';
    case 'MODEL':
      return strongest(verdict);
  }
}

function strongest(verdict: VerdictIssued): string {
  const rank = { ALLOW: 0, REVIEW: 1, BLOCK: 2 } as const;
  const [top] = Object.entries(verdict.categories).sort(
    ([, a], [, b]) => rank[b.action] - rank[a.action] || b.probability - a.probability,
  );
  if (top === undefined) return '';
  const [name, { probability, action, blockThreshold, reviewThreshold, provisional }] = top;
  const threshold = action === 'BLOCK' ? blockThreshold : action === 'REVIEW' ? reviewThreshold : null;
  const limit = threshold === null ? '' : ` >= ${threshold.toFixed(2)}${provisional ? ' (provisional)' : ''}`;
  return `${name} ${probability.toFixed(2)}${limit}`;
}

/** Ids come from outside: control and format characters must not move the cursor or turn the line around. */
export function visible(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}
