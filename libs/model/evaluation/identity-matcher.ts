import { identityGroups } from './identity-terms.js';
import type { IdentityGroup } from './identity-terms.js';

/** Groups that a text names, each once, in the order of the list. */
export type IdentityMatcher = (text: string) => readonly string[];

/** Scripts without spaces between words have no word borders: there a term matches wherever it stands. */
const withoutBorders = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u;

/**
 * Finds identity terms on word borders, in any case (evaluation 4.3). A border is where a letter, mark, digit or
 * underscore meets anything else: JavaScript's own `\b` knows ASCII only and would find "Jude" in "Jüdin".
 */
export function createIdentityMatcher(groups: readonly IdentityGroup[] = identityGroups): IdentityMatcher {
  const names = [...new Set(groups.map(({ group }) => group))];
  const patterns = names.map((name) => {
    const terms = groups.filter(({ group }) => group === name).flatMap((one) => one.terms);
    return { name, pattern: new RegExp(terms.map(patternOf).join('|'), 'iu') };
  });
  return (text) => patterns.filter(({ pattern }) => pattern.test(text)).map(({ name }) => name);
}

function patternOf(term: string): string {
  const escaped = term.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&').replaceAll(' ', '\\s+');
  return withoutBorders.test(term) ? escaped : `(?<![\\p{L}\\p{M}\\p{N}_])${escaped}(?![\\p{L}\\p{M}\\p{N}_])`;
}
