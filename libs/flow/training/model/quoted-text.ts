/** Fewer characters than this, and any word of a log would be found in some text. */
const SHORTEST_QUOTE = 8;
const QUOTE = 16;

/** What stands in place of a line that quotes a text. */
export const QUOTING_LINE = '(a line that quotes a text was left out)';

/**
 * Lines of a program that has seen the texts, for people who must not: a line that shares {@link QUOTE} characters with a text, or the whole of a
 * shorter one, is replaced. Case and white space do not count. One pass over the texts, whatever the number of lines.
 */
export function withoutQuotes(lines: readonly string[], texts: Iterable<string>): readonly string[] {
  // A quotation may begin or end with the white space at the edge of a line.
  const plain = lines.map(inOneCase);
  const windows = new Map<string, Set<number>>();
  for (const [index, line] of plain.entries()) {
    for (let length = SHORTEST_QUOTE; length <= QUOTE; length++) {
      for (let from = 0; from + length <= line.length; from++) {
        const window = line.slice(from, from + length);
        const known = windows.get(window);
        if (known === undefined) windows.set(window, new Set([index]));
        else known.add(index);
      }
    }
  }
  const quoting = new Set<number>();
  for (const text of texts) {
    const normal = inOneCase(text).trim();
    const length = Math.min(QUOTE, normal.length);
    if (length < SHORTEST_QUOTE) continue;
    for (let from = 0; from + length <= normal.length; from++) {
      for (const index of windows.get(normal.slice(from, from + length)) ?? []) quoting.add(index);
    }
  }
  return lines.map((line, index) => (quoting.has(index) ? QUOTING_LINE : line));
}

function inOneCase(text: string): string {
  return text.toLowerCase().replace(/\s+/gu, ' ');
}
