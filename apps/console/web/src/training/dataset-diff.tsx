import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { datasetDiffQuery } from '../api/training.js';
import type { DatasetDiff, DatasetLine, RowChangeKind } from '../api/types.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
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
      <TableFrame label="Reasons">
        <table>
          <thead>
            <tr>
              <th scope="col">Change</th>
              <th scope="col">Reason</th>
              <th scope="col">Rows</th>
            </tr>
          </thead>
          <tbody>
            {diff.changes.map(({ change, reason, rows }) => (
              <tr key={`${change} ${reason}`}>
                <td>{changeNames[change]}</td>
                <td>{whyOf(reason)}</td>
                <td className="number">{countOf(rows)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}

function Categories({ diff }: { readonly diff: DatasetDiff }) {
  return (
    <section className="panel">
      <h2>Labels</h2>
      <TableFrame label="Labels by category, before and after">
        <table>
          <thead>
            <tr>
              <th scope="col">Category</th>
              <th scope="col">Yes</th>
              <th scope="col">No</th>
              <th scope="col">Not known</th>
            </tr>
          </thead>
          <tbody>
            {diff.categories.map(({ category, before, after }) => (
              <tr key={category}>
                <th scope="row">{categoryName(category)}</th>
                <Change before={before.positives} after={after.positives} />
                <Change before={before.negatives} after={after.negatives} />
                <Change before={before.unknown} after={after.unknown} />
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}

function Change({ before, after }: { readonly before: number; readonly after: number }) {
  return (
    <td className="number">
      {countOf(after)} <span className="hint nowrap">{changeOf(before, after)}</span>
    </td>
  );
}

function Languages({ diff }: { readonly diff: DatasetDiff }) {
  return (
    <section className="panel">
      <h2>Languages</h2>
      <TableFrame label="Rows by language, before and after">
        <table>
          <thead>
            <tr>
              <th scope="col">Language</th>
              <th scope="col">Rows</th>
            </tr>
          </thead>
          <tbody>
            {diff.languages.map(({ name, before, after }) => (
              <tr key={name}>
                <th scope="row">{languageName(name)}</th>
                <Change before={before} after={after} />
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}

function BySource({ diff }: { readonly diff: DatasetDiff }) {
  return (
    <section className="panel">
      <h2>Sources</h2>
      <TableFrame label="Changes by source">
        <table>
          <thead>
            <tr>
              <th scope="col">Source</th>
              {kinds.map((kind) => (
                <th key={kind} scope="col">
                  {changeNames[kind]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {diff.sources.map((source) => (
              <tr key={source.name}>
                <th scope="row">
                  <Revealed text={source.name} />
                </th>
                {kinds.map((kind) => (
                  <td key={kind} className="number">
                    {countOf(source[kind])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
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
      <TableFrame label="Rows that changed">
        <table>
          <thead>
            <tr>
              <th scope="col">Row</th>
              <th scope="col">Change</th>
              <th scope="col">Labels</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, change, reason, labels, language }) => (
              <tr key={key}>
                <th scope="row" className="content-cell">
                  <Revealed text={key} />
                  <span className="hint block">{languageName(language)}</span>
                </th>
                <td>{changeNames[change]}</td>
                <td>
                  {labels
                    .filter(({ before, after }) => change === 'RELABELLED' || before === 'YES' || after === 'YES')
                    .map(({ category, before, after }) => (
                      <span key={category} className="block">
                        {categoryName(category)}:{' '}
                        {change === 'ADDED'
                          ? said(after)
                          : change === 'REMOVED'
                            ? said(before)
                            : `${said(before)} → ${said(after)}`}
                      </span>
                    ))}
                </td>
                <td>{whyOf(reason)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {diff.rows.length >= 200 ? <p className="hint">The first {diff.rows.length} rows.</p> : null}
    </section>
  );
}

function said(value: 'YES' | 'NO' | null): string {
  return value === null ? 'not known' : value.toLowerCase();
}
