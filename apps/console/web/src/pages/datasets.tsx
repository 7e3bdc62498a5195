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
import { TableFrame } from '../ui/table-frame.js';
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
      <TableFrame label={`Versions of ${name}`}>
        <table className="versions">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Rows</th>
              <th scope="col" className="wide-only">
                Train, validation, test
              </th>
              <th scope="col">Expectations</th>
              <th scope="col" className="wide-only">
                Licences
              </th>
              <th scope="col">Changes</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version, index) => (
              <Version
                key={version.datasetId}
                version={version}
                earlierId={version.previousId ?? versions[index + 1]?.datasetId ?? null}
              />
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}

function Version({ version, earlierId }: { readonly version: DatasetLine; readonly earlierId: string | null }) {
  const { datasetId, rows, splits, expected, failed, licences, publishedAt } = version;
  const { train = 0, validation = 0, test = 0, none = 0 } = splits;
  return (
    <tr>
      <th scope="row">
        <Link href={`/datasets/${datasetId}`}>
          <code>{datasetId}</code>
        </Link>
        <span className="hint block">{momentOf(publishedAt)}</span>
      </th>
      <td className="number">{countOf(rows)}</td>
      <td className="wide-only shares-cell">
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
      </td>
      <td>
        <Expectations expected={expected} failed={failed} />
      </td>
      <td className="wide-only">
        <Revealed text={licences.join(', ')} />
      </td>
      <td>
        {earlierId === null ? (
          <span className="hint">first</span>
        ) : (
          <Link href={`/datasets/${datasetId}/since/${earlierId}`}>
            since the last<span className="unseen"> of {datasetId}</span>
          </Link>
        )}
      </td>
    </tr>
  );
}

function Expectations({ expected, failed }: { readonly expected: number; readonly failed: number }) {
  if (expected === 0) return <span className="hint">none declared</span>;
  return failed === 0 ? (
    <Badge name={`All ${expected} met`} look="allow" />
  ) : (
    <Badge name={`${failed} of ${expected} not met`} look="review" />
  );
}
