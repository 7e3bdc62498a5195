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
import { Table, type Column } from '../ui/table.js';
import { categoryName, languageName } from '../ui/words.js';
import { Writing } from '../ui/writing.js';
import { countOf } from './training-words.js';

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
          <Table
            label="Rows"
            rows={data.rows}
            keyOf={({ key }) => key}
            columns={[...columns, ...(mayRead ? [textColumn(setShown)] : [])]}
          />
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

const columns: readonly Column<DatasetRowLine>[] = [
  {
    name: 'Row',
    look: 'content-cell',
    cell: ({ key, isGold, source }) => (
      <>
        <Revealed text={key} />
        {isGold ? <span className="kind">gold</span> : null}
        {source === 'labels' ? null : <span className="hint block">{source}</span>}
      </>
    ),
  },
  { name: 'Split', cell: ({ split }) => split },
  {
    name: 'Yes',
    cell: ({ labels }) => {
      const yes = labels.filter(({ value }) => value === 'YES').map(({ category }) => categoryName(category));
      return yes.length === 0 ? <span className="hint">none</span> : yes.join(', ');
    },
  },
  { name: 'Language', isWideOnly: true, cell: ({ language }) => languageName(language) },
  { name: 'Origin', isWideOnly: true, cell: ({ origin }) => origin.toLowerCase().replace('_', ' ') },
  { name: 'Copies', look: 'number', isWideOnly: true, cell: ({ groupSize }) => countOf(groupSize) },
];

/** For who may read. */
function textColumn(onShow: (key: string) => void): Column<DatasetRowLine> {
  return {
    name: 'Text',
    cell: ({ key, isErased }) =>
      isErased ? (
        <span className="hint">erased</span>
      ) : (
        <Button
          aria-label={`Text of ${key}`}
          onPress={() => {
            onShow(key);
          }}
        >
          Text
        </Button>
      ),
  };
}
