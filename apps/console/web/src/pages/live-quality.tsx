import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { liveQualityQuery } from '../api/quality.js';
import { useSignedIn } from '../api/session.js';
import type { LiveQuality, Metric, QualitySeries } from '../api/types.js';
import { QualityChart } from '../chart/quality-chart.js';
import { domainOf } from '../chart/scales.js';
import { Choice } from '../ui/choice.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { Toggles } from '../ui/toggles.js';
import { categories, categoryName, intervalOf, momentOf, shareOf, windowOf } from '../ui/words.js';
import './live-quality.css';

const metrics: readonly { readonly id: Metric; readonly name: string; readonly question: string }[] = [
  { id: 'precision', name: 'Precision', question: 'Of what the model acts on, how much is right?' },
  { id: 'recall', name: 'Recall', question: 'Of what it should act on, how much does it find?' },
  { id: 'prevalence', name: 'Prevalence', question: 'How much of all content belongs to the category?' },
];
const periods = [
  { id: 'day', name: 'By day' },
  { id: 'window', name: 'By window' },
] as const;
const slices = [
  { id: 'language', name: 'Language' },
  { id: 'platform', name: 'Platform' },
  { id: 'kind', name: 'Kind' },
] as const;
/** A long table says less than the file. */
const MOST_ROWS = 48;

/** How good what is live is, over time, as far as labels can tell. */
export function LiveQualityPage() {
  const { channels } = useSignedIn();
  const [search, setSearch] = useSearchParams();
  const of = (name: string) => search.get(name) ?? '';
  const set = (name: string, value: string) => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const metric = metrics.find(({ id }) => id === of('metric')) ?? metrics[0];
  const period = periods.find(({ id }) => id === of('period'))?.id ?? 'day';
  const slice = slices.find(({ id }) => id === of('slice'))?.id ?? 'all';
  const channel = of('channel') || (channels[0] ?? '');
  const filter = new URLSearchParams({ channel, period, slice, category: of('category') });
  const { data, error, isPending, refetch } = useQuery({
    ...liveQualityQuery(`${filter.toString()}&metric=${metric?.id ?? ''}`),
    placeholderData: keepPreviousData,
  });
  const known = data?.categories.map((id) => ({ id, name: `${categoryName(id)} (${id})` })) ?? [];
  return (
    <Page
      title="Live quality"
      lead={`${metric?.question ?? ''} With 95 % intervals.`}
      actions={
        <a className="button" href={`/api/live-quality/figures.csv?${filter.toString()}&metric=`} download>
          Download CSV
        </a>
      }
    >
      <div className="filters" role="group" aria-label="Filter">
        <div className="field">
          <span className="label" aria-hidden="true">
            Metric
          </span>
          <Toggles
            label="Metric"
            mode="single"
            options={metrics}
            selected={[metric?.id ?? 'precision']}
            onChange={([next]) => {
              set('metric', next ?? '');
            }}
          />
        </div>
        <div className="field">
          <span className="label" aria-hidden="true">
            Time
          </span>
          <Toggles
            label="Time"
            mode="single"
            options={periods}
            selected={[period]}
            onChange={([next]) => {
              set('period', next ?? '');
            }}
          />
        </div>
        {channels.length > 1 ? (
          <Choice
            label="Channel"
            any={channels[0] ?? ''}
            options={channels.slice(1).map((id) => ({ id, name: id }))}
            value={channel === channels[0] ? '' : channel}
            onChange={(value) => {
              set('channel', value);
            }}
          />
        ) : null}
        <Choice
          label="Category"
          any="All categories"
          options={known.length > 0 && of('category') === '' ? known : categories}
          value={of('category')}
          onChange={(value) => {
            set('category', value);
          }}
        />
        <Choice
          label="Slice by"
          any="Nothing: all content"
          options={slices}
          value={slice === 'all' ? '' : slice}
          onChange={(value) => {
            set('slice', value);
          }}
        />
      </div>
      {isPending ? (
        <Loading what="Looking up what labels say" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data.series.length === 0 ? (
        <Insufficient />
      ) : (
        <Figures data={data} metric={metric?.id ?? 'precision'} />
      )}
    </Page>
  );
}

function Insufficient() {
  return (
    <Notice title="Insufficient labels">
      <p>
        No figure is shown here until people have answered enough questions about contents that were drawn with a known
        probability. An estimate from fewer labels would say more about chance than about the model.
      </p>
      <p>Until then every threshold is the provisional one of its policy, and every verdict says so.</p>
    </Notice>
  );
}

interface FiguresProps {
  readonly data: LiveQuality;
  readonly metric: Metric;
}

function Figures({ data, metric }: FiguresProps) {
  const { series, computedAt } = data;
  const points = series.flatMap((one) => one.points);
  const from = Math.min(...points.map((point) => Date.parse(point.from)));
  const to = Math.max(...points.map((point) => Date.parse(point.to)));
  const isOne = series.length === 1;
  const isRare = metric === 'prevalence';
  const shared = domainOf(points, isRare);
  return (
    <>
      <ul className={isOne ? 'charts charts-one' : 'charts'}>
        {series.map((one) => (
          <li key={`${one.category} ${one.slice}`} className="panel chart-card">
            <Head series={one} />
            <QualityChart
              label={`${metric} of ${nameOf(one)} over time; the table below has the figures`}
              points={one.points}
              from={from}
              to={to}
              domain={isRare ? domainOf(one.points, isRare) : shared}
              height={isOne ? 300 : 140}
            />
          </li>
        ))}
      </ul>
      <p className="hint legend-line">
        The surface is the 95 % interval. Hatched: fewer than 20 labels speak of it, so no figure is given.
        {computedAt === null ? '' : ` Computed ${momentOf(computedAt)}.`}
      </p>
      <Table series={series} metric={metric} />
    </>
  );
}

function Head({ series }: { readonly series: QualitySeries }) {
  const last = series.points.at(-1);
  return (
    <div className="chart-head">
      <h2>
        {categoryName(series.category)}
        {series.slice === '' ? null : (
          <span className="slice">
            {' '}
            <Revealed text={series.slice} />
          </span>
        )}
      </h2>
      {last?.status === 'ok' ? (
        <p className="headline number">{shareOf(last.estimate.value)}</p>
      ) : (
        <p className="hint">{last?.status === 'pending' ? 'Waiting for labels' : 'Insufficient labels'}</p>
      )}
    </div>
  );
}

function Table({ series, metric }: { readonly series: readonly QualitySeries[]; readonly metric: Metric }) {
  const rows = series
    .flatMap((one) => one.points.map((point) => ({ one, point })))
    .sort((a, b) => (a.point.from < b.point.from ? 1 : a.point.from > b.point.from ? -1 : 0));
  return (
    <section aria-labelledby="figures-heading" className="figures">
      <h2 id="figures-heading">Figures</h2>
      <TableFrame label={`${metric} in figures, newest first`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Window (UTC)</th>
              <th scope="col">Category</th>
              <th scope="col">Estimate</th>
              <th scope="col">95 % interval, %</th>
              <th scope="col">Labels</th>
              <th scope="col" className="wide-only">
                Worth
              </th>
              <th scope="col" className="wide-only">
                Contents
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map(({ one, point }) => (
              <tr key={`${point.from} ${one.category} ${one.slice}`}>
                <td className="number">{windowOf(point)}</td>
                <td>
                  {categoryName(one.category)} {one.slice === '' ? null : <Revealed text={one.slice} />}
                </td>
                {point.status === 'ok' ? (
                  <>
                    <td className="number">
                      <strong>{shareOf(point.estimate.value)}</strong>
                    </td>
                    <td className="number">{intervalOf(point.estimate)}</td>
                  </>
                ) : (
                  <td colSpan={2} className="why">
                    {point.status === 'pending' ? 'waiting for labels of a part of the queue' : 'insufficient labels'}
                  </td>
                )}
                <td className="number">{point.n.toLocaleString('en-GB')}</td>
                <td className="number wide-only">{Math.round(point.effective).toLocaleString('en-GB')}</td>
                <td className="number wide-only">{point.contents.toLocaleString('en-GB')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p className="hint">
        Labels: those that the figure rests on. Worth: how many of equal weight would say as much.
        {rows.length > MOST_ROWS
          ? ` ${(rows.length - MOST_ROWS).toLocaleString('en-GB')} older rows are in the file.`
          : ''}
      </p>
    </section>
  );
}

function nameOf({ category, slice }: QualitySeries): string {
  return slice === '' ? categoryName(category) : `${categoryName(category)}, ${slice}`;
}
