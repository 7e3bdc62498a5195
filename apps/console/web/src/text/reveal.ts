/** A part of a text: as it is, or a character that would not be seen, or would turn what is seen around. */
export interface TextPart {
  readonly kind: 'plain' | 'hidden';
  readonly text: string;
  /** Of a hidden character, for who hovers over it or hears it. */
  readonly name: string;
}

/** Control, format, private-use and unassigned characters, separators of lines and paragraphs, unusual spaces, fillers, selectors. */
const HIDDEN =
  /[\p{C}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]/gu;
const READABLE = new Set(['\n', '\t']);

const names: Readonly<Record<string, string>> = {
  '00A0': 'no-break space',
  '00AD': 'soft hyphen',
  '034F': 'combining grapheme joiner',
  '061C': 'Arabic letter mark',
  '180E': 'Mongolian vowel separator',
  '200B': 'zero-width space',
  '200C': 'zero-width non-joiner',
  '200D': 'zero-width joiner',
  '200E': 'left-to-right mark',
  '200F': 'right-to-left mark',
  '202A': 'left-to-right embedding',
  '202B': 'right-to-left embedding',
  '202C': 'pop directional formatting',
  '202D': 'left-to-right override',
  '202E': 'right-to-left override',
  '2060': 'word joiner',
  '2066': 'left-to-right isolate',
  '2067': 'right-to-left isolate',
  '2068': 'first strong isolate',
  '2069': 'pop directional isolate',
  '3164': 'Hangul filler',
  FEFF: 'zero-width no-break space',
};

/** Splits a text so that nothing in it is hidden: what would be invisible, or move what stands beside it, gets a name. */
export function reveal(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const [character] = match;
    if (READABLE.has(character)) continue;
    if (match.index > from) parts.push({ kind: 'plain', text: text.slice(from, match.index), name: '' });
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    parts.push({ kind: 'hidden', text: `U+${code}`, name: names[code] ?? 'hidden character' });
    from = match.index + character.length;
  }
  if (from < text.length) parts.push({ kind: 'plain', text: text.slice(from), name: '' });
  return parts;
}

/** The whole on one line, for titles and names: hidden characters stand as `[U+202E]`. */
export function revealLine(text: string): string {
  return reveal(text.replace(/[\n\t]/g, ' '))
    .map(({ kind, text: part }) => (kind === 'hidden' ? `[${part}]` : part))
    .join('');
}

/** Letters of several alphabets in one word: what looks like a known name may be another. */
export function hasMixedScripts(text: string): boolean {
  return text
    .split(/[^\p{L}\p{M}]+/u)
    .some(
      (word) =>
        [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u].filter((script) => script.test(word))
          .length > 1,
    );
}
