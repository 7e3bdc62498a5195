import type { ReactNode } from 'react';
import { TableFrame } from './table-frame.js';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Class of its cells: `number` for figures, `estimate` for those with an interval. */
  readonly look?: string;
  /** Not on narrow screens. */
  readonly isWideOnly?: boolean;
}

interface TableProps<Row> {
  /** What it is a table of, for who does not see it. */
  readonly label: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** A table whose columns are data. */
export function Table<Row>({ label, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <TableFrame label={label}>
      <table className="columns">
        <thead>
          <tr>
            {columns.map(({ name, isWideOnly }) => (
              <th key={name} scope="col" className={classOf(undefined, isWideOnly)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, look, isWideOnly }, index) =>
                index === 0 ? (
                  <th key={name} scope="row" className={classOf(look, isWideOnly)}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} className={classOf(look, isWideOnly)}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function classOf(look: string | undefined, isWideOnly = false): string | undefined {
  const names = [...(look === undefined ? [] : [look]), ...(isWideOnly ? ['wide-only'] : [])];
  return names.length === 0 ? undefined : names.join(' ');
}
