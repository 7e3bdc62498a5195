/** A piece of a line. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly parts: readonly Inline[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly parts: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly parts: readonly Inline[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };

const FENCE = /^ {0,3}```/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*(?:[-*+]|(\d{1,3})[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*$/;
const MOST_NESTED = 3;

/**
 * The part of Markdown that cards are written in: headings, paragraphs, lists, tables, code, emphasis. Everything else stays the text
 * that it is: HTML is text, and a link is its words and its address, so that nothing in a card can do anything.
 */
export function parseMarkdown(source: string): readonly Block[] {
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const take = (while_: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    for (let line = lines[at]; line !== undefined && while_(line); line = lines[++at]) taken.push(line);
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = HEADING.exec(line);
    if (line.trim() === '') at++;
    else if (FENCE.test(line)) {
      at++;
      blocks.push({ kind: 'code', text: take((one) => !FENCE.test(one)).join('\n') });
      at++;
    } else if (heading !== null) {
      at++;
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, parts: parseInline(heading[2] ?? '') });
    } else if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '')) {
      const [head = '', , ...rows] = take((one) => one.includes('|'));
      blocks.push({ kind: 'table', head: cellsOf(head), rows: rows.map(cellsOf) });
    } else if (ITEM.test(line)) {
      blocks.push(listOf(take((one) => ITEM.test(one) || /^\s+\S/.test(one))));
    } else {
      const first = at;
      const isPlain = (one: string, index: number) =>
        one.trim() !== '' && (index === first || !(FENCE.test(one) || HEADING.test(one) || ITEM.test(one)));
      const text = take((one) => isPlain(one, at)).map((one) => one.trim());
      blocks.push({ kind: 'paragraph', parts: parseInline(text.join(' ')) });
    }
  }
  return blocks;
}

/** Lines that are further in and no item go on with the item before. */
function listOf(lines: readonly string[]): Block {
  const items: string[] = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item === null) items.push(`${items.pop() ?? ''} ${line.trim()}`);
    else items.push(item[2] ?? '');
  }
  return {
    kind: 'list',
    isOrdered: ITEM.exec(lines[0] ?? '')?.[1] !== undefined,
    items: items.map((item) => parseInline(item)),
  };
}

function cellsOf(line: string): readonly (readonly Inline[])[] {
  return line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => parseInline(cell.trim().replaceAll('\\|', '|')));
}

const MARK =
  /(`+)(.+?)\1(?!`)|\*\*(\S(?:.*?\S)?)\*\*|(?<![\w*])[*_](\S(?:.*?\S)?)[*_](?![\w*])|\[([^\]]+)\]\(([^)\s]+)\)/;

function parseInline(text: string, depth = 0): readonly Inline[] {
  const parts: Inline[] = [];
  let rest = text;
  for (let found = MARK.exec(rest); found !== null && depth < MOST_NESTED; found = MARK.exec(rest)) {
    const [all, , code, strong, emphasis, words, address] = found;
    if (found.index > 0) parts.push({ kind: 'text', text: rest.slice(0, found.index) });
    if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (strong !== undefined) parts.push({ kind: 'strong', parts: parseInline(strong, depth + 1) });
    else if (emphasis !== undefined) parts.push({ kind: 'emphasis', parts: parseInline(emphasis, depth + 1) });
    else parts.push({ kind: 'text', text: `${words ?? ''} (${address ?? ''})` });
    rest = rest.slice(found.index + all.length);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}
