import fc from 'fast-check';
import { parseMarkdown, type Block, type Inline } from './markdown.js';

const textOf = (parts: readonly Inline[]): string =>
  parts.map((part) => ('text' in part ? part.text : textOf(part.parts))).join('');

const wordsOf = (block: Block): string => {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return textOf(block.parts);
    case 'list':
      return block.items.map(textOf).join(' ');
    case 'code':
      return block.text;
    case 'table':
      return [block.head, ...block.rows].flat().map(textOf).join(' ');
  }
};

describe('a card in Markdown', () => {
  it('is read in headings, paragraphs, lists, tables and code', () => {
    const card = [
      '# Data set `ds-1`',
      'Two lines of',
      '**one** paragraph.',
      '',
      '- first, which',
      '  goes on',
      '- *second*',
      '1. counted',
      '',
      '| category | yes |',
      '| --- | ---: |',
      '| a \\| b | 12 |',
      '```sh',
      '# no heading',
      '```',
    ].join('\n');
    expect(parseMarkdown(card).map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'table', 'code']);
    expect(parseMarkdown(card).map(wordsOf)).toEqual([
      'Data set ds-1',
      'Two lines of one paragraph.',
      'first, which goes on second counted',
      'category yes a | b 12',
      '# no heading',
    ]);
  });

  it('keeps markup and addresses as the text that they are', () => {
    const hostile = '<img src=x onerror=alert(1)> [press](javascript:alert(1)) ![x](http://evil.example/x.png)';
    const [block] = parseMarkdown(hostile);
    expect(block?.kind).toBe('paragraph');
    expect(block === undefined ? '' : wordsOf(block)).toBe(
      '<img src=x onerror=alert(1)> press (javascript:alert(1)) !x (http://evil.example/x.png)',
    );
  });

  it('ends for any text, and loses no letter of it', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('# a', '- b', '| c | d |', '| --- | --- |', '```', '**e**', '_f_', '`g`', '[h](i)', ''),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const letters = (text: string) =>
          text
            .match(/[A-Za-z]/g)
            ?.sort()
            .join('') ?? '';
        const source = lines.join('\n');
        // Words after a fence say the language of the code: they are not shown.
        fc.pre(!/```\s*\S/.test(source));
        expect(letters(parseMarkdown(source).map(wordsOf).join(' '))).toBe(letters(source));
      }),
    );
  });
});
