import { parseMarkdown, type Block, type Inline } from '../text/markdown.js';
import { Revealed } from './revealed.js';
import { TableFrame } from './table-frame.js';

interface MarkdownProps {
  readonly source: string;
  /** Of what it is, for who hears its tables. */
  readonly label: string;
}

/** A card as its elements, never as HTML: what is no part of a card is shown as text. Its headings begin below those of the page. */
export function Markdown({ source, label }: MarkdownProps) {
  return (
    <div className="markdown">
      {parseMarkdown(source).map((block, index) => (
        <Part key={index} block={block} label={label} />
      ))}
    </div>
  );
}

function Part({ block, label }: { readonly block: Block; readonly label: string }) {
  switch (block.kind) {
    case 'heading':
      return block.level <= 2 ? (
        <h3>
          <Line parts={block.parts} />
        </h3>
      ) : (
        <h4>
          <Line parts={block.parts} />
        </h4>
      );
    case 'paragraph':
      return (
        <p>
          <Line parts={block.parts} />
        </p>
      );
    case 'list': {
      const List = block.isOrdered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item, index) => (
            <li key={index}>
              <Line parts={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'code':
      return (
        <pre className="command">
          <code>
            <Revealed text={block.text} />
          </code>
        </pre>
      );
    case 'table':
      return (
        <TableFrame label={label}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell, index) => (
                  <th key={index} scope="col">
                    <Line parts={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={column}>
                      <Line parts={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      );
  }
}

function Line({ parts }: { readonly parts: readonly Inline[] }) {
  return parts.map((part, index) => {
    switch (part.kind) {
      case 'text':
        return <Revealed key={index} text={part.text} />;
      case 'code':
        return (
          <code key={index}>
            <Revealed text={part.text} />
          </code>
        );
      case 'strong':
        return (
          <strong key={index}>
            <Line parts={part.parts} />
          </strong>
        );
      case 'emphasis':
        return (
          <em key={index}>
            <Line parts={part.parts} />
          </em>
        );
    }
  });
}
