import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { datasetQuery, datasetsQuery } from '../api/training.js';
import type { DatasetReport, DatasetView } from '../api/types.js';
import { Badge } from '../ui/badge.js';
import { Choice } from '../ui/choice.js';
import { Copied } from '../ui/copied.js';
import { Estimated } from '../ui/estimate-cell.js';
import { Facts } from '../ui/facts.js';
import { Markdown } from '../ui/markdown.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { Table } from '../ui/table.js';
import { Tile } from '../ui/tile.js';
import { categoryName, languageName, momentOf, shareOf } from '../ui/words.js';
import { DatasetRowsSection } from './dataset-rows.js';
import { Shares } from './shares.js';
import { countOf, whyOf } from './training-words.js';

const sections = [
  { id: '', name: 'Contents' },
  { id: 'quality', name: 'Quality' },
  { id: 'card', name: 'Card' },
  { id: 'rows', name: 'Rows' },
] as const;

/** One data set: what it is made of, how good it is, what it says of itself. */
export function DatasetPage({ datasetId, section }: { readonly datasetId: string; readonly section: string }) {
  const { data, error, isPending, refetch } = useQuery(datasetQuery(datasetId));
  return (
    <Page title={data?.name ?? 'Data set'} lead={<Link href="/datasets">All data sets</Link>}>
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <nav aria-label="Data set" className="tabs">
            {sections.map(({ id, name }) => (
              <Link
                key={id}
                href={`/datasets/${datasetId}${id === '' ? '' : `/${id}`}`}
                aria-current={section === id ? 'page' : undefined}
              >
                {name}
              </Link>
            ))}
          </nav>
          {section === '' ? <Contents dataset={data} /> : null}
          {section === 'quality' ? <Quality dataset={data} /> : null}
          {section === 'card' ? <Card card={data.card} /> : null}
          {section === 'rows' ? <DatasetRowsSection dataset={data} /> : null}
        </>
      )}
    </Page>
  );
}

function Contents({ dataset }: { readonly dataset: DatasetView }) {
  const { datasetId, kind, policy, labelsUntil, sources, rule, recipeId, digest, licences, publishedAt } = dataset;
  return (
    <>
      <section className="panel">
        <h2>What it is</h2>
        <Facts
          facts={[
            ['Id', <Copied key="id" text={datasetId} label="id" />],
            ['Published', momentOf(publishedAt)],
            ['Rows', countOf(dataset.rows)],
            ['Made from', kind === 'IMPORTED' ? 'a labelled file' : `labels of ${policy ?? 'no policy'}`],
            labelsUntil === null ? null : ['Cut', <>label.resolved before offset {countOf(labelsUntil)}</>],
            sources.length === 0 ? null : ['Imports', <Sources key="sources" sources={sources} />],
            ['Rule', <Revealed key="rule" text={rule} />],
            ['Recipe', <code key="recipe">{recipeId}</code>],
            ['Licences', licences.length === 0 ? 'not stated' : <Revealed key="licences" text={licences.join(', ')} />],
            ['SHA-256', <code key="digest">{digest}</code>],
          ]}
        />
        <Since dataset={dataset} />
      </section>
      <section className="panel">
        <h2>Labels</h2>
        <Table
          label="Labels by category"
          rows={dataset.categories}
          keyOf={({ category }) => category}
          columns={[
            { name: 'Category', cell: ({ category }) => categoryName(category) },
            { name: 'Yes', look: 'number', cell: ({ positives }) => countOf(positives) },
            { name: 'No', look: 'number', cell: ({ negatives }) => countOf(negatives) },
            { name: 'Not known', look: 'number', cell: ({ unknown }) => countOf(unknown) },
            {
              name: 'Yes share',
              look: 'number',
              cell: ({ positives, negatives }) => partOf(positives, positives + negatives),
            },
            {
              name: 'Yes, no, not known',
              look: 'shares-cell',
              isWideOnly: true,
              cell: ({ category, positives, negatives, unknown }) => (
                <Shares
                  label={categoryName(category)}
                  parts={[
                    { name: 'yes', count: positives, look: 'first' },
                    { name: 'no', count: negatives, look: 'second' },
                    { name: 'not known', count: unknown, look: 'rest' },
                  ]}
                />
              ),
            },
          ]}
        />
      </section>
      <div className="side-by-side">
        <Counts
          title="Splits"
          each="Split"
          counts={Object.entries(dataset.splits).map(([name, rows]) => ({ name, rows }))}
        />
        <Counts
          title="Languages"
          each="Language"
          counts={dataset.languages.map(({ name, rows }) => ({ name: languageName(name), rows }))}
        />
      </div>
    </>
  );
}

function Sources({ sources }: { readonly sources: readonly string[] }) {
  return sources.map((id) => (
    <Link key={id} href={`/datasets/${id}`} className="inline-link">
      <code>{id}</code>
    </Link>
  ));
}

/** The way to what changed since another version, or another data set. */
function Since({ dataset }: { readonly dataset: DatasetView }) {
  const [, navigate] = useLocation();
  const { data } = useQuery(datasetsQuery);
  const others = (data?.recipes ?? [])
    .flatMap(({ versions }) => versions)
    .filter(({ datasetId }) => datasetId !== dataset.datasetId)
    .sort((a, b) => Number(b.name === dataset.name) - Number(a.name === dataset.name));
  if (others.length === 0) return null;
  return (
    <div className="filters">
      <Choice
        label="What changed since"
        any="Choose a data set"
        value=""
        options={others.map(({ datasetId, name, publishedAt }) => {
          return { id: datasetId, name: `${name}, ${momentOf(publishedAt)}` };
        })}
        onChange={(earlierId) => {
          if (earlierId !== '') navigate(`/datasets/${dataset.datasetId}/since/${earlierId}`);
        }}
      />
    </div>
  );
}

interface CountsProps {
  readonly title: string;
  /** What one row is. */
  readonly each: string;
  readonly counts: readonly { readonly name: string; readonly rows: number }[];
}

function Counts({ title, each, counts }: CountsProps) {
  const total = counts.reduce((sum, { rows }) => sum + rows, 0);
  return (
    <section className="panel">
      <h2>{title}</h2>
      <Table
        label={title}
        rows={counts}
        keyOf={({ name }) => name}
        columns={[
          { name: each, cell: ({ name }) => name },
          { name: 'Rows', look: 'number', cell: ({ rows }) => countOf(rows) },
          { name: 'Share', look: 'number', cell: ({ rows }) => partOf(rows, total) },
        ]}
      />
    </section>
  );
}

function partOf(rows: number, all: number): string {
  return all === 0 ? '' : shareOf(rows / all);
}

function Quality({ dataset }: { readonly dataset: DatasetView }) {
  const { expectations, report } = dataset;
  return (
    <>
      <section className="panel">
        <h2>Expectations</h2>
        {expectations.length === 0 ? (
          <p className="hint">The recipe declares none.</p>
        ) : (
          <Table
            label="Expectations"
            rows={expectations}
            keyOf={({ name }) => name}
            columns={[
              { name: 'Expectation', cell: ({ name }) => <Revealed text={name} /> },
              {
                name: 'Met',
                cell: ({ passed }) => (passed ? <Badge name="Yes" look="allow" /> : <Badge name="No" look="review" />),
              },
              { name: 'What was found', cell: ({ detail }) => <Revealed text={detail} /> },
            ]}
          />
        )}
      </section>
      {report === null ? (
        <Notice title="No quality report">
          <p>It is not in the warehouse yet, or another release wrote it.</p>
        </Notice>
      ) : (
        <Report report={report} />
      )}
    </>
  );
}

function Report({ report }: { readonly report: DatasetReport }) {
  const { suspected, duplicates, leakage, personalData, agreement } = report;
  const leftOut = Object.entries(report.leftOut);
  return (
    <>
      <section className="panel">
        <h2>What was looked for</h2>
        <dl className="tiles">
          {suspected === null ? null : (
            <Tile
              name="Suspected label errors"
              value={countOf(suspected.flagged)}
              more={`of ${countOf(suspected.checked)} checked`}
            />
          )}
          {duplicates === null ? null : (
            <>
              <Tile
                name="Near-duplicate groups"
                value={countOf(duplicates.groups)}
                more={`the largest of ${countOf(duplicates.largest)}; ${countOf(duplicates.merged)} copies left out`}
              />
              <Tile
                name="Conflicts within a group"
                value={countOf(duplicates.conflicts)}
                more={`${countOf(duplicates.quarantined)} rows in quarantine`}
              />
              <Tile
                name="Evaluation rows in training"
                value={countOf(duplicates.contaminated)}
                more={duplicates.contaminated === 0 ? 'as it must be' : 'taken out of training'}
              />
            </>
          )}
          {leakage === null ? null : (
            <Tile
              name="Authors in several splits"
              value={countOf(leakage.authorsAcross)}
              more={`of ${countOf(leakage.authors)}; ${shareOf(leakage.share)} of held-out rows`}
            />
          )}
          {personalData === null ? null : (
            <Tile
              name="Rows with personal data"
              value={countOf(personalData.rows)}
              more={kindsOf(personalData.kinds)}
            />
          )}
          <Tile name="Frozen gold" value={countOf(report.gold)} more="settled by an expert" />
          <Tile name="Erased since" value={countOf(report.erased)} more="rows without text" />
        </dl>
      </section>
      {agreement.length === 0 ? null : (
        <section className="panel">
          <h2>Agreement</h2>
          <Table
            label="Agreement"
            rows={agreement}
            keyOf={({ question }) => question}
            columns={[
              { name: 'Question', cell: ({ question }) => <code>{question}</code> },
              { name: 'Alpha', look: 'estimate', cell: ({ alpha }) => <Estimated estimate={alpha} /> },
              { name: 'Items', look: 'number', cell: ({ items }) => countOf(items) },
            ]}
          />
        </section>
      )}
      {leftOut.length === 0 ? null : (
        <section className="panel">
          <h2>Left out</h2>
          <Facts facts={leftOut.map(([reason, rows]) => [whyOf(reason), countOf(rows)] as const)} />
        </section>
      )}
    </>
  );
}

function kindsOf(kinds: Readonly<Record<string, number>>): string {
  const found = Object.entries(kinds).map(([kind, rows]) => `${kind.toLowerCase()} ${countOf(rows)}`);
  return found.length === 0 ? 'none left' : found.join(', ');
}

function Card({ card }: { readonly card: string }) {
  if (card === '') {
    return (
      <Notice title="No card">
        <p>It is not in the warehouse yet.</p>
      </Notice>
    );
  }
  return (
    <section className="panel">
      <h2>Card</h2>
      <Markdown source={card} label="Table of the card" />
    </section>
  );
}
