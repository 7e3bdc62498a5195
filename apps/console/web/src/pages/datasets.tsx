import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { datasetsQuery } from '../api/training.js';
import type { DatasetLine } from '../api/types.js';
import { DatasetDiffPage } from '../training/dataset-diff.js';
import { DatasetPage } from '../training/dataset-page.js';
import { Shares } from '../training/shares.js';
import { countOf } from '../training/training-words.js';
import { Works } from '../training/works.js';
import { Badge } from '../ui/badge.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { Table, type Column } from '../ui/table.js';
import { momentOf } from '../ui/words.js';
import './training.css';

/** Data sets, one of them, or what changed between two. */
export function DatasetsPage({ place }: { readonly place: string }) {
  const [datasetId = '', section = '', earlierId = ''] = place.split('/');
  if (datasetId === '') return <List />;
  if (section === 'since') return <DatasetDiffPage datasetId={datasetId} earlierId={earlierId} />;
  return <DatasetPage key={datasetId} datasetId={datasetId} section={section} />;
}

function List() {
  const { data, error, isPending, refetch } = useQuery(datasetsQuery);
  return (
    <Page
      title="Data sets"
      lead="What models learn from: frozen, named by their content, and made of what people answered."
    >
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <Works title="Builds" works={data.builds} path="/datasets" />
          {data.recipes.length === 0 ? (
            <Notice title="No data set yet">
              <p>One is built by its recipe when there are labels enough, on a schedule, or when it is asked for.</p>
              <pre className="command">
                <code>npx tidegate dataset build</code>
              </pre>
            </Notice>
          ) : (
            data.recipes.map(({ name, versions }) => <Recipe key={name} name={name} versions={versions} />)
          )}
        </>
      )}
    </Page>
  );
}

function Recipe({ name, versions }: { readonly name: string; readonly versions: readonly DatasetLine[] }) {
  const [newest] = versions;
  return (
    <section className="panel">
      <h2>
        <Revealed text={name} />{' '}
        <span className="slice">{newest?.kind === 'IMPORTED' ? 'imported' : newest?.policy}</span>
      </h2>
      <Table
        label={`Versions of ${name}`}
        rows={versions.map((version, index) => ({
          ...version,
          earlierId: version.previousId ?? versions[index + 1]?.datasetId ?? null,
        }))}
        keyOf={({ datasetId }) => datasetId}
        columns={versionColumns}
      />
    </section>
  );
}

interface Version extends DatasetLine {
  /** What it is held against. */
  readonly earlierId: string | null;
}

const versionColumns: readonly Column<Version>[] = [
  {
    name: 'Version',
    look: 'key-cell',
    cell: ({ datasetId, publishedAt, earlierId }) => (
      <>
        <Link href={`/datasets/${datasetId}`}>
          <code className="nowrap">{datasetId}</code>
        </Link>
        <span className="hint block">{momentOf(publishedAt)}</span>
        {earlierId === null ? null : (
          <Link className="since" href={`/datasets/${datasetId}/since/${earlierId}`}>
            what changed
            <span className="unseen">
              {' '}
              from {earlierId} to {datasetId}
            </span>
          </Link>
        )}
      </>
    ),
  },
  { name: 'Rows', look: 'number', cell: ({ rows }) => countOf(rows) },
  {
    name: 'Train, validation, test',
    look: 'shares-cell',
    isWideOnly: true,
    cell: ({ splits: { train = 0, validation = 0, test = 0, none = 0 } }) => (
      <>
        <Shares
          label="Splits"
          parts={[
            { name: 'train', count: train, look: 'first' },
            { name: 'validation', count: validation, look: 'second' },
            { name: 'test', count: test, look: 'third' },
            { name: 'in no split', count: none, look: 'rest' },
          ]}
        />
        <span className="hint number" aria-hidden="true">
          {countOf(train)} · {countOf(validation)} · {countOf(test)}
        </span>
      </>
    ),
  },
  { name: 'Expectations', cell: ({ expected, failed }) => <Expectations expected={expected} failed={failed} /> },
  { name: 'Licences', isWideOnly: true, cell: ({ licences }) => <Revealed text={licences.join(', ')} /> },
];

function Expectations({ expected, failed }: { readonly expected: number; readonly failed: number }) {
  if (expected === 0) return <span className="hint">none declared</span>;
  return failed === 0 ? (
    <Badge name={`All ${expected} met`} look="allow" />
  ) : (
    <Badge name={`${failed} of ${expected} not met`} look="review" />
  );
}
