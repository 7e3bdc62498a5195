import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { addressOf, agreementQuery, disagreementsQuery, labelErrorsQuery, labelersQuery } from '../api/quality.js';
import type {
  AgreementReport,
  AgreementRow,
  DisagreementCluster,
  ItemName,
  LabelErrorReport,
  LabelerReport,
  LabelerRow,
} from '../api/types.js';
import { BandBadge, StandingBadge } from '../quality/badges.js';
import { ItemPage } from '../quality/item-page.js';
import { EstimateCell } from '../ui/estimate-cell.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { Tile } from '../ui/tile.js';
import { categoryName, figureOf, momentOf, probabilityOf, rangeOf, secondsOf } from '../ui/words.js';
import './quality.css';

const sections = [
  { id: '', name: 'Agreement' },
  { id: 'people', name: 'People' },
  { id: 'disagreements', name: 'Disagreements' },
  { id: 'errors', name: 'Suspected errors' },
] as const;

/** How far answers can be believed: by question, by person, by item. */
export function QualityPage({ section }: { readonly section: string }) {
  const [search] = useSearchParams();
  if (section === 'item') {
    const item = {
      platform: search.get('platform') ?? '',
      contentId: search.get('contentId') ?? '',
      revision: Number(search.get('revision') ?? 0),
    };
    return <ItemPage key={addressOf(item)} item={item} />;
  }
  const person = /^people\/(.+)$/.exec(section)?.[1];
  if (person !== undefined) return <PersonPage labelerId={decodeURIComponent(person)} />;
  return (
    <Page
      title="Quality"
      lead="How far answers agree, whose can be believed, and where a question is read in two ways."
    >
      <nav aria-label="Quality" className="tabs">
        {sections.map(({ id, name }) => (
          <Link
            key={id}
            href={`/quality${id === '' ? '' : `/${id}`}`}
            aria-current={section === id ? 'page' : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      {section === '' ? <AgreementSection /> : null}
      {section === 'people' ? <PeopleSection /> : null}
      {section === 'disagreements' ? <DisagreementSection /> : null}
      {section === 'errors' ? <ErrorSection /> : null}
    </Page>
  );
}

interface ReportProps<T> {
  readonly result: UseQueryResult<T>;
  /** It is a part of what stands below it. */
  readonly isUndated?: boolean;
  readonly children: (report: T) => ReactNode;
}

/** A report, or why there is none. */
function Report<T extends { readonly measuredAt: string | null }>({
  result,
  isUndated = false,
  children,
}: ReportProps<T>) {
  const { data, error, isPending, refetch } = result;
  if (isPending) return <Loading what="Looking in the warehouse" />;
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <>
      {children(data)}
      {isUndated || data.measuredAt === null ? null : (
        <p className="hint measured">Measured {momentOf(data.measuredAt)}.</p>
      )}
    </>
  );
}

function AgreementSection() {
  return <Report result={useQuery(agreementQuery)}>{(report) => <Agreement report={report} />}</Report>;
}

const kinds = [
  { id: 'QUESTION', name: 'Questions', lead: 'What people answer to each question, blind to each other.' },
  { id: 'CATEGORY', name: 'Categories', lead: 'What all rules of a category make of each person’s answers.' },
  { id: 'CLAUSE', name: 'Rules', lead: 'What one rule makes of each person’s answers.' },
] as const;

function Agreement({ report }: { readonly report: AgreementReport }) {
  if (report.rows.length === 0) {
    return (
      <Notice title="Nothing measured yet">
        <p>
          Agreement is measured every night, on items that two people or more have answered without seeing each other.
        </p>
        <pre className="command">
          <code>npx tidegate jobs run label-quality</code>
        </pre>
      </Notice>
    );
  }
  return (
    <>
      <p className="hint with-file">
        Alpha is Krippendorff’s: 1 agreement, 0 chance; good from 0.80, tentative from 0.67. Where yes is rare it is low
        even among good people, so look at the agreement on yes beside it.
        <a href="/api/quality/agreement.csv" download>
          Download CSV
        </a>
      </p>
      {kinds.map(({ id, name, lead }) => {
        const rows = report.rows.filter(({ kind }) => kind === id);
        if (rows.length === 0) return null;
        return (
          <section key={id} className="panel">
            <h2>{name}</h2>
            <p className="hint">{lead}</p>
            <TableFrame label={name}>
              <table className="agreement">
                <thead>
                  <tr>
                    <th scope="col">{id === 'QUESTION' ? 'Question' : 'Rule'}</th>
                    <th scope="col">Alpha</th>
                    <th scope="col">On yes</th>
                    <th scope="col">Items</th>
                    <th scope="col">Band</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <AgreementLine key={`${row.subject} ${row.wording ?? ''}`} row={row} />
                  ))}
                </tbody>
              </table>
            </TableFrame>
          </section>
        );
      })}
    </>
  );
}

function AgreementLine({ row }: { readonly row: AgreementRow }) {
  return (
    <tr>
      <th scope="row" className="subject">
        {row.wording === null ? null : <Revealed text={row.wording} />}
        <span className="hint block">
          {row.category === '' ? '' : `${categoryName(row.category)} · `}
          <code>{row.subject}</code>
          {row.vanished === null ? '' : ` · the answer ${row.vanished.toLowerCase()} explained away, does not train`}
        </span>
      </th>
      <EstimateCell estimate={row.alpha} />
      <EstimateCell estimate={row.positive} />
      <td className="number">{row.items.toLocaleString('en-GB')}</td>
      <td>
        <BandBadge band={row.band} />
      </td>
    </tr>
  );
}

function PeopleSection() {
  return <Report result={useQuery(labelersQuery(''))}>{(report) => <People report={report} />}</Report>;
}

function People({ report }: { readonly report: LabelerReport }) {
  if (report.rows.length === 0) {
    return (
      <Notice title="Nobody measured yet">
        <p>People are measured every night, on items whose answer is known, and against what items were resolved to.</p>
      </Notice>
    );
  }
  return (
    <>
      <p className="hint with-file">
        Sensitivity: of known yeses, how many the person finds. Specificity: of known noes, how many stay no. Both begin
        at what is usual and move with every known item.
        <a href="/api/quality/labelers.csv" download>
          Download CSV
        </a>
      </p>
      <TableFrame label="People who answer">
        <table>
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Standing</th>
              <th scope="col">Tasks</th>
              <th scope="col">Known items</th>
              <th scope="col">Sensitivity</th>
              <th scope="col">Specificity</th>
              <th scope="col">Agrees</th>
              <th scope="col">Audit F1</th>
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) => (
              <tr key={row.labelerId}>
                <th scope="row" className="labeler">
                  <Link href={`/quality/people/${encodeURIComponent(row.labelerId)}`}>
                    <Person row={row} />
                  </Link>
                </th>
                <td>
                  <StandingBadge standing={row.standing} />
                  <Signs row={row} />
                </td>
                <td className="number">{row.answers.toLocaleString('en-GB')}</td>
                <td className="number">{goldOf(row)}</td>
                <EstimateCell estimate={row.sensitivity} isTight />
                <EstimateCell estimate={row.specificity} isTight />
                <td className="number">{row.agreement === null ? 'none' : figureOf(row.agreement)}</td>
                <td className="number">{row.audit.f1 === null ? 'none' : figureOf(row.audit.f1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  );
}

function Person({ row }: { readonly row: Pick<LabelerRow, 'labelerId' | 'name'> }) {
  return row.name === null ? (
    <code>{row.labelerId}</code>
  ) : (
    <>
      <bdi>{row.name}</bdi> <code className="hint">{row.labelerId}</code>
    </>
  );
}

function goldOf({ gold: { hits, misses, rejections, falseAlarms } }: LabelerRow): string {
  const known = hits + misses + rejections + falseAlarms;
  return known === 0 ? 'none' : `${hits + rejections} of ${known}`;
}

/** What stands out, in words. */
function Signs({ row }: { readonly row: LabelerRow }) {
  const signs = [
    row.isHurried ? `hurried: ${secondsOf(row.medianMs)} an item` : null,
    row.isAlwaysNo ? `${row.noRun} times no in a row` : null,
    row.drift === null ? null : row.drift === 'FALLEN' ? 'agreement has fallen' : 'agreement has risen',
  ].filter((sign) => sign !== null);
  return signs.length === 0 ? null : <span className="hint block">{signs.join('; ')}</span>;
}

function PersonPage({ labelerId }: { readonly labelerId: string }) {
  return (
    <Page title="One person’s answers" lead={<Link href="/quality/people">All people</Link>}>
      <Report result={useQuery(labelersQuery(''))} isUndated>
        {({ rows }) => {
          const row = rows.find((one) => one.labelerId === labelerId);
          return row === undefined ? <Notice title="Nothing is known of this person" /> : <Overall row={row} />;
        }}
      </Report>
      <Report result={useQuery(labelersQuery(labelerId))}>
        {({ rows }) =>
          rows.length === 0 ? null : (
            <section className="panel">
              <h2>By question</h2>
              <TableFrame label="By question">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Question</th>
                      <th scope="col">Standing</th>
                      <th scope="col">Answers</th>
                      <th scope="col">Known items</th>
                      <th scope="col">Sensitivity</th>
                      <th scope="col">Specificity</th>
                      <th scope="col">Agrees</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((row) => (
                      <tr key={row.question}>
                        <th scope="row" className="subject">
                          {row.wording}
                          <span className="hint block">
                            <code>{row.question}</code>
                          </span>
                        </th>
                        <td>
                          <StandingBadge standing={row.standing} />
                        </td>
                        <td className="number">{row.answers.toLocaleString('en-GB')}</td>
                        <td className="number">{goldOf(row)}</td>
                        <EstimateCell estimate={row.sensitivity} />
                        <EstimateCell estimate={row.specificity} />
                        <td className="number">{row.agreement === null ? 'none' : figureOf(row.agreement)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </TableFrame>
            </section>
          )
        }
      </Report>
    </Page>
  );
}

function Overall({ row }: { readonly row: LabelerRow }) {
  const { audit } = row;
  return (
    <section className="panel about-person">
      <h2>
        <Person row={row} /> <StandingBadge standing={row.standing} />
      </h2>
      <Signs row={row} />
      <dl className="tiles">
        <Tile name="Tasks" value={row.answers.toLocaleString('en-GB')} more={`${row.unsure} unsure answers`} />
        <Tile
          name="Known items"
          value={goldOf(row)}
          more={`${row.gold.misses} missed, ${row.gold.falseAlarms} false alarms`}
        />
        <Tile name="Sensitivity" value={figureOf(row.sensitivity.value)} more={rangeOf(row.sensitivity)} />
        <Tile name="Specificity" value={figureOf(row.specificity.value)} more={rangeOf(row.specificity)} />
        <Tile
          name="Agrees with the resolution"
          value={row.agreement === null ? 'none' : figureOf(row.agreement)}
          more={`${row.compared.toLocaleString('en-GB')} answers`}
        />
        <Tile
          name="With itself"
          value={row.consistency === null ? 'none' : figureOf(row.consistency)}
          more={`${row.repeats} repeats`}
        />
        <Tile
          name="Time an item"
          value={secondsOf(row.medianMs)}
          more={row.limitMs === null ? 'median' : `median; hurried below ${secondsOf(row.limitMs)}`}
        />
        <Tile
          name="Audit of the month"
          value={audit.f1 === null ? 'none' : `F1 ${figureOf(audit.f1)}`}
          more={`${audit.answered} of ${audit.items} looked at`}
        />
      </dl>
    </section>
  );
}

function DisagreementSection() {
  return (
    <Report result={useQuery(disagreementsQuery)}>
      {({ clusters }) =>
        clusters.length === 0 ? (
          <Notice title="No question divides people">
            <p>
              Items on which people split are put together by likeness every night. So far there are none that are
              alike.
            </p>
          </Notice>
        ) : (
          <ul className="clusters">
            {clusters.map((cluster) => (
              <Cluster key={`${cluster.question} ${cluster.items.map(addressOf).join()}`} cluster={cluster} />
            ))}
          </ul>
        )
      }
    </Report>
  );
}

const divisions = {
  TWO_READINGS: 'is read in two ways',
  WAVERING: 'is hard to answer',
  SPLIT: 'divides people',
} as const;

function Cluster({ cluster }: { readonly cluster: DisagreementCluster }) {
  const { question, wording, division, examples, yes, no, yesPeople, noPeople, items } = cluster;
  return (
    <li className="panel">
      <h2>{wording ?? question}</h2>
      <p>
        <code>{question}</code> <strong>{divisions[division]}</strong>, {examples}{' '}
        {examples === 1 ? 'example' : 'examples'}
        {division === 'TWO_READINGS' ? `: ${yesPeople} people keep to yes, ${noPeople} to no` : ''}.
      </p>
      <div className="split" role="img" aria-label={`${yes} answers yes, ${no} no`}>
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect className="split-no" width="100" height="8" />
          <rect className="split-yes" width={(100 * yes) / Math.max(1, yes + no)} height="8" />
        </svg>
        <span className="hint number">
          {yes} yes, {no} no
        </span>
      </div>
      <p className="examples-line">
        {items.map((item, index) => (
          <ItemLink key={addressOf(item)} item={item}>{`example ${index + 1}`}</ItemLink>
        ))}
      </p>
    </li>
  );
}

function ItemLink({ item, children }: { readonly item: ItemName; readonly children?: ReactNode }) {
  return (
    <Link href={`/quality/item?${addressOf(item)}`}>
      {children ?? <Revealed text={`${item.platform}/${item.contentId}/${item.revision}`} />}
    </Link>
  );
}

const audits = { NOT_DRAWN: '', OPEN: 'to be audited', RIGHT: 'label was right', WRONG: 'label was wrong' } as const;

function ErrorSection() {
  return (
    <Report result={useQuery(labelErrorsQuery)}>
      {(report) =>
        report.items.length === 0 ? (
          <Notice title="No label looks wrong">
            <p>
              Labels are held against what the model is sure of every night. Suspected ones go to people, never away.
            </p>
          </Notice>
        ) : (
          <Errors report={report} />
        )
      }
    </Report>
  );
}

function Errors({ report }: { readonly report: LabelErrorReport }) {
  return (
    <>
      {report.audits.map(({ policy, flagged, drawn, audited, wrong, share, decision }) => (
        <section key={policy} className="panel">
          <h2>{policy}</h2>
          <p>
            {flagged.toLocaleString('en-GB')} labels look wrong. Of {drawn} that were drawn for an audit an expert
            looked at {audited}
            {share === null ? '.' : `, and ${wrong} (${Math.round(100 * share)} %) were wrong.`}{' '}
            {decision === 'RELABEL_ALL'
              ? 'That is more than 30 %: all of them are asked again.'
              : 'Up to 30 % they are looked at one by one.'}
          </p>
        </section>
      ))}
      <TableFrame label="Suspected labels, the most doubtful first">
        <table>
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col">What looks wrong</th>
              <th scope="col">Doubt</th>
              <th scope="col">Audit</th>
            </tr>
          </thead>
          <tbody>
            {report.items.map((item) => (
              <tr key={`${addressOf(item)} ${item.policy}`}>
                <th scope="row" className="content-cell">
                  <ItemLink item={item} />
                </th>
                <td>
                  {item.flags.map(({ category, kind, probability }) => (
                    <span key={category} className="block">
                      {categoryName(category)}: labelled {kind === 'MISS' ? 'no' : 'yes'}, model{' '}
                      {probabilityOf(probability)}
                    </span>
                  ))}
                </td>
                <td className="number">{figureOf(1 - item.score)}</td>
                <td>{audits[item.audit]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  );
}
