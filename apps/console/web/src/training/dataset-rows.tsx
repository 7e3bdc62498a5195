import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { datasetRowsQuery, rowTextQuery } from '../api/training.js';
import { useMay } from '../api/session.js';
import type { DatasetRowLine, DatasetView } from '../api/types.js';
import { Button } from '../ui/button.js';
import { Choice } from '../ui/choice.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { categoryName, languageName } from '../ui/words.js';
import { Writing } from '../ui/writing.js';

const values = [
  { id: 'YES', name: 'Yes' },
  { id: 'NO', name: 'No' },
  { id: 'UNKNOWN', name: 'Not known' },
];

/** Rows of a data set by their keys; text one by one, for who may read it. */
export function DatasetRowsSection({ dataset }: { readonly dataset: DatasetView }) {
  const [search, setSearch] = useSearchParams();
  const [shown, setShown] = useState<string | null>(null);
  const mayRead = useMay('read_text');
  const { data, error, isPending, refetch } = useQuery(datasetRowsQuery(dataset.datasetId, search.toString()));
  const set = (name: string) => (value: string) => {
    setShown(null);
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        if (!next.has('category')) next.delete('value');
        return next;
      },
      { replace: true },
    );
  };
  return (
    <>
      <div className="filters">
        <Choice
          label="Split"
          any="Any split"
          options={Object.keys(dataset.splits).map((id) => ({ id, name: id }))}
          value={search.get('split') ?? ''}
          onChange={set('split')}
        />
        <Choice
          label="Language"
          any="Any language"
          options={dataset.languages.map(({ name }) => ({ id: name, name: languageName(name) }))}
          value={search.get('language') ?? ''}
          onChange={set('language')}
        />
        <Choice
          label="Category"
          any="Any category"
          options={dataset.categories.map(({ category }) => ({ id: category, name: categoryName(category) }))}
          value={search.get('category') ?? ''}
          onChange={set('category')}
        />
        {search.has('category') ? (
          <Choice
            label="Label"
            any="Yes"
            options={values.slice(1)}
            value={search.get('value') ?? ''}
            onChange={set('value')}
          />
        ) : null}
      </div>
      {shown !== null && mayRead ? <ShownRow key={shown} datasetId={dataset.datasetId} row={shown} /> : null}
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data.rows.length === 0 ? (
        <Notice title="No row is like that" />
      ) : (
        <>
          <TableFrame label="Rows">
            <table>
              <thead>
                <tr>
                  <th scope="col">Row</th>
                  <th scope="col">Split</th>
                  <th scope="col">Yes</th>
                  <th scope="col" className="wide-only">
                    Language
                  </th>
                  <th scope="col" className="wide-only">
                    Origin
                  </th>
                  <th scope="col" className="wide-only">
                    Copies
                  </th>
                  {mayRead ? <th scope="col">Text</th> : null}
                </tr>
              </thead>
              <tbody>
                {data.rows.map((row) => (
                  <Row
                    key={row.key}
                    row={row}
                    onShow={
                      mayRead
                        ? () => {
                            setShown(row.key);
                          }
                        : null
                    }
                  />
                ))}
              </tbody>
            </table>
          </TableFrame>
          {data.more ? (
            <p className="hint measured">The first {data.rows.length}. Filter for others, or export the data set.</p>
          ) : null}
        </>
      )}
    </>
  );
}

/** Comes into view, wherever in the list it was asked for. */
function ShownRow({ datasetId, row }: { readonly datasetId: string; readonly row: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={box}>
      <p className="item-name">
        <Revealed text={row} />
      </p>
      <Writing query={rowTextQuery(datasetId, row)} label="What was written. Press Enter to read." />
    </div>
  );
}

/** @param props.onShow null for who may not read text */
function Row({ row, onShow }: { readonly row: DatasetRowLine; readonly onShow: (() => void) | null }) {
  const yes = row.labels.filter(({ value }) => value === 'YES');
  return (
    <tr>
      <th scope="row" className="content-cell">
        <Revealed text={row.key} />
        {row.isGold ? <span className="kind">gold</span> : null}
        {row.source === 'labels' ? null : <span className="hint block">{row.source}</span>}
      </th>
      <td>{row.split}</td>
      <td>
        {yes.length === 0 ? (
          <span className="hint">none</span>
        ) : (
          yes.map(({ category }) => categoryName(category)).join(', ')
        )}
      </td>
      <td className="wide-only">{languageName(row.language)}</td>
      <td className="wide-only">{row.origin.toLowerCase().replace('_', ' ')}</td>
      <td className="wide-only number">{row.groupSize}</td>
      {onShow === null ? null : (
        <td>
          {row.isErased ? (
            <span className="hint">erased</span>
          ) : (
            <Button aria-label={`Text of ${row.key}`} onPress={onShow}>
              Text
            </Button>
          )}
        </td>
      )}
    </tr>
  );
}
