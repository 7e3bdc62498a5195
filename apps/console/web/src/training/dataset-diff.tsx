import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { datasetDiffQuery } from '../api/training.js';
import type { DatasetDiff, DatasetLine, RowChangeKind } from '../api/types.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { Table } from '../ui/table.js';
import { Tile } from '../ui/tile.js';
import { Toggles } from '../ui/toggles.js';
import { categoryName, languageName, momentOf } from '../ui/words.js';
import { changeNames, changeOf, countOf, whyOf } from './training-words.js';

const kinds = ['ADDED', 'REMOVED', 'RELABELLED'] as const;

/** What came, went or got other labels from one data set to another. */
export function DatasetDiffPage({ datasetId, earlierId }: { readonly datasetId: string; readonly earlierId: string }) {
  const { data, error, isPending, refetch } = useQuery(datasetDiffQuery(datasetId, earlierId));
  return (
    <Page title="What changed" lead={<Link href={`/datasets/${datasetId}`}>The data set</Link>}>
      {isPending ? (
        <Loading what="Holding both data sets against each other" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Changes diff={data} />
      )}
    </Page>
  );
}

function Changes({ diff }: { readonly diff: DatasetDiff }) {
  const totals = Object.fromEntries(
    kinds.map((kind) => [
      kind,
      diff.changes.filter(({ change }) => change === kind).reduce((sum, { rows }) => sum + rows, 0),
    ]),
  ) as Record<RowChangeKind, number>;
  const isSame = kinds.every((kind) => totals[kind] === 0);
  return (
    <>
      <section className="panel">
        <p>
          From <Name dataset={diff.before} /> to <Name dataset={diff.after} />
        </p>
        <dl className="tiles">
          {kinds.map((kind) => (
            <Tile key={kind} name={changeNames[kind]} value={countOf(totals[kind])} more={largestReason(diff, kind)} />
          ))}
          <Tile
            name="Rows"
            value={countOf(diff.after.rows)}
            more={`before ${countOf(diff.before.rows)}, ${changeOf(diff.before.rows, diff.after.rows)}`}
          />
        </dl>
      </section>
      {isSame ? (
        <Notice title="No row differs">
          <p>Both have the same rows with the same labels.</p>
        </Notice>
      ) : (
        <>
          <Reasons diff={diff} />
          <Categories diff={diff} />
          <div className="side-by-side">
            <Languages diff={diff} />
            <BySource diff={diff} />
          </div>
          <Rows diff={diff} />
        </>
      )}
    </>
  );
}

function Name({ dataset: { datasetId, name, publishedAt } }: { readonly dataset: DatasetLine }) {
  return (
    <>
      <Link href={`/datasets/${datasetId}`}>
        <code>{datasetId}</code>
      </Link>{' '}
      <span className="hint">
        <Revealed text={name} />, {momentOf(publishedAt)}
      </span>
    </>
  );
}

function largestReason({ changes }: DatasetDiff, kind: RowChangeKind): string {
  const [largest] = changes.filter(({ change }) => change === kind);
  return largest === undefined ? '' : `mostly: ${whyOf(largest.reason)}`;
}

function Reasons({ diff }: { readonly diff: DatasetDiff }) {
  return (
    <section className="panel">
      <h2>Why</h2>
      <p className="hint">
        Read off the rows.{' '}
        <code>
          npx tidegate dataset diff {diff.before.datasetId} {diff.after.datasetId}
        </code>{' '}
        names each.
      </p>
      <Table
        label="Reasons"
        rows={diff.changes}
        keyOf={({ change, reason }) => `${change} ${reason}`}
        columns={[
          { name: 'Change', cell: ({ change }) => changeNames[change] },
          { name: 'Reason', cell: ({ reason }) => whyOf(reason) },
          { name: 'Rows', look: 'number', cell: ({ rows }) => countOf(rows) },
        ]}
      />
    </section>
  );
}

function Categories({ diff }: { readonly diff: DatasetDiff }) {
  return (
    <section className="panel">
      <h2>Labels</h2>
      <Table
        label="Labels by category, before and after"
        rows={diff.categories}
        keyOf={({ category }) => category}
        columns={[
          { name: 'Category', cell: ({ category }) => categoryName(category) },
          {
            name: 'Yes',
            look: 'number',
            cell: ({ before, after }) => <Change before={before.positives} after={after.positives} />,
          },
          {
            name: 'No',
            look: 'number',
            cell: ({ before, after }) => <Change before={before.negatives} after={after.negatives} />,
          },
          {
            name: 'Not known',
            look: 'number',
            cell: ({ before, after }) => <Change before={before.unknown} after={after.unknown} />,
          },
        ]}
      />
    </section>
  );
}

function Change({ before, after }: { readonly before: number; readonly after: number }) {
  return (
    <>
      {countOf(after)} <span className="hint nowrap">{changeOf(before, after)}</span>
    </>
  );
}

function Languages({ diff }: { readonly diff: DatasetDiff }) {
  return (
    <section className="panel">
      <h2>Languages</h2>
      <Table
        label="Rows by language, before and after"
        rows={diff.languages}
        keyOf={({ name }) => name}
        columns={[
          { name: 'Language', cell: ({ name }) => languageName(name) },
          { name: 'Rows', look: 'number', cell: ({ before, after }) => <Change before={before} after={after} /> },
        ]}
      />
    </section>
  );
}

function BySource({ diff }: { readonly diff: DatasetDiff }) {
  return (
    <section className="panel">
      <h2>Sources</h2>
      <Table
        label="Changes by source"
        rows={diff.sources}
        keyOf={({ name }) => name}
        columns={[
          { name: 'Source', cell: ({ name }) => <Revealed text={name} /> },
          ...kinds.map((kind) => ({
            name: changeNames[kind],
            look: 'number',
            cell: (source: DatasetDiff['sources'][number]) => countOf(source[kind]),
          })),
        ]}
      />
    </section>
  );
}

const shownKinds = [{ id: 'ALL', name: 'All' }, ...kinds.map((id) => ({ id, name: changeNames[id] }))] as const;

function Rows({ diff }: { readonly diff: DatasetDiff }) {
  const [kind, setKind] = useState<'ALL' | RowChangeKind>('ALL');
  const rows = diff.rows.filter(({ change }) => kind === 'ALL' || change === kind);
  return (
    <section className="panel">
      <h2>Rows</h2>
      <Toggles
        label="Change"
        mode="single"
        options={shownKinds}
        selected={[kind]}
        onChange={([next]) => {
          setKind(next ?? 'ALL');
        }}
      />
      <Table
        label="Rows that changed"
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          {
            name: 'Row',
            look: 'content-cell key-cell',
            cell: ({ key, language }) => (
              <>
                <Revealed text={key} />
                <span className="hint block">{languageName(language)}</span>
              </>
            ),
          },
          {
            name: 'Change',
            cell: ({ change, reason }) => (
              <>
                {changeNames[change]}
                <span className="hint block">{whyOf(reason)}</span>
              </>
            ),
          },
          { name: 'Labels', cell: (row) => <Labels row={row} /> },
        ]}
      />
      {diff.rows.length >= 200 ? <p className="hint">The first {diff.rows.length} rows.</p> : null}
    </section>
  );
}

function Labels({ row: { change, labels } }: { readonly row: DatasetDiff['rows'][number] }) {
  return labels
    .filter(({ before, after }) => change === 'RELABELLED' || before === 'YES' || after === 'YES')
    .map(({ category, before, after }) => (
      <span key={category} className="block">
        {categoryName(category)}:{' '}
        {change === 'ADDED' ? said(after) : change === 'REMOVED' ? said(before) : `${said(before)} → ${said(after)}`}
      </span>
    ));
}

function said(value: 'YES' | 'NO' | null): string {
  return value === null ? 'not known' : value.toLowerCase();
}
