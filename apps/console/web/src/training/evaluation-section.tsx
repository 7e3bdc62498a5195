import { useState } from 'react';
import { Link } from 'wouter';
import type { EvaluationView } from '../api/types.js';
import { PrecisionRecall, Reliability } from '../chart/evaluation-charts.js';
import { Badge } from '../ui/badge.js';
import { Choice } from '../ui/choice.js';
import { Estimated } from '../ui/estimate-cell.js';
import { Notice } from '../ui/notice.js';
import { Revealed } from '../ui/revealed.js';
import { Table, type Column } from '../ui/table.js';
import { categoryName, figureOf, languageName, momentOf, rangeOf, shareOf } from '../ui/words.js';
import { countOf } from './training-words.js';

/** How good a model is on rows that it has not seen: figures, curves, slices. */
export function EvaluationSection({ evaluation }: { readonly evaluation: EvaluationView }) {
  const { datasetId, split, evaluatedAt, rows, macro, notes, categories } = evaluation;
  return (
    <>
      <section className="panel">
        <h2>Quality</h2>
        <p>
          {split === 'all' ? 'All rows' : `Split ${split}`} of{' '}
          <Link href={`/datasets/${datasetId}`}>
            <code>{datasetId}</code>
          </Link>
          , {countOf(rows)} rows, {momentOf(evaluatedAt)}. Mean average precision of the categories:{' '}
          <strong className="number">{figureOf(macro.value)}</strong>{' '}
          <span className="hint number">{rangeOf(macro)}</span>
        </p>
        {notes.length === 0 ? null : (
          <ul className="notes">
            {notes.map((note) => (
              <li key={note}>
                <Revealed text={note} />
              </li>
            ))}
          </ul>
        )}
        <Table
          label="Quality by category"
          rows={categories}
          keyOf={({ category }) => category}
          columns={[
            { name: 'Category', cell: ({ category }) => categoryName(category) },
            {
              name: 'Average precision',
              look: 'estimate',
              cell: ({ averagePrecision, prevalence }) => (
                <Estimated
                  estimate={averagePrecision}
                  more={prevalence === null ? '' : `guessing ${figureOf(prevalence)}`}
                />
              ),
            },
            {
              name: 'ROC',
              look: 'number',
              cell: ({ rocAuc }) => (rocAuc.value === null ? '' : figureOf(rocAuc.value)),
            },
            {
              name: 'Yes / rows',
              look: 'number',
              cell: ({ positives, rows: known }) => `${countOf(positives)} / ${countOf(known)}`,
            },
            {
              name: 'Calibration error',
              look: 'number',
              cell: ({ ece, topEce }) => (
                <>
                  {ece === null ? '' : ece.toFixed(3)}
                  {topEce === null ? null : <span className="hint block">top 5 %: {topEce.toFixed(3)}</span>}
                </>
              ),
            },
            {
              name: 'Slope',
              look: 'number',
              cell: ({ slope }) => (
                <>
                  {slope.value === null ? '' : figureOf(slope.value)}{' '}
                  <span className="hint nowrap">{rangeOf(slope)}</span>
                </>
              ),
            },
          ]}
        />
      </section>
      <Curves evaluation={evaluation} />
      <Slices evaluation={evaluation} />
      <Suites evaluation={evaluation} />
      <Fairness evaluation={evaluation} />
      <Contamination evaluation={evaluation} />
    </>
  );
}

function Curves({ evaluation: { categories } }: { readonly evaluation: EvaluationView }) {
  const drawn = categories.filter(({ curve, bins }) => curve.length > 0 || bins.length > 0);
  if (drawn.length === 0) return null;
  return (
    <section className="panel">
      <h2>Curves</h2>
      <p className="hint">
        Precision over recall; dashed: guessing. <span className="mark-review" aria-hidden="true" /> where review
        begins, <span className="mark-block" aria-hidden="true" /> where block begins. Beside it: how often what was
        said to be so probable came true, with 95 % intervals; on the dashed line it can be believed.
      </p>
      <ul className="curves">
        {drawn.map((category) => {
          const name = categoryName(category.category);
          return (
            <li key={category.category} className="curve-pair">
              <h3>
                {name}{' '}
                <span className="slice number">
                  {figureOf(category.averagePrecision.value)}, {countOf(category.positives)} yes
                </span>
              </h3>
              <div className="curve-charts">
                <PrecisionRecall name={name} category={category} />
                <Reliability name={name} bins={category.bins} />
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const findings = {
  WEAKER: { name: 'Weaker', look: 'block' },
  NOT_WEAKER: { name: 'Not weaker', look: 'allow' },
} as const;

function Slices({ evaluation: { slices, categories } }: { readonly evaluation: EvaluationView }) {
  const named = categories
    .map(({ category }) => category)
    .filter((one) => slices.some(({ category }) => category === one));
  const [chosen, setChosen] = useState('');
  const category = chosen === '' ? (named.find((one) => one === 'ANY') ?? named[0]) : chosen;
  if (category === undefined) return null;
  const shown = slices.filter((slice) => slice.category === category);
  return (
    <section className="panel">
      <h2>Slices</h2>
      <div className="filters">
        <Choice
          label="Category"
          any={categoryName(named.find((one) => one === 'ANY') ?? named[0] ?? '')}
          options={named
            .filter((one) => one !== (named.includes('ANY') ? 'ANY' : named[0]))
            .map((id) => ({ id, name: categoryName(id) }))}
          value={chosen}
          onChange={setChosen}
        />
      </div>
      {shown.length === 0 ? (
        <Notice title="No slice has enough rows" />
      ) : (
        <Table
          label={`Slices of ${categoryName(category)}`}
          rows={shown}
          keyOf={({ by, value }) => `${by} ${value}`}
          columns={[
            {
              name: 'Slice',
              cell: ({ by, value }) => (
                <>
                  <span className="hint">{by}</span> <Revealed text={by === 'language' ? languageName(value) : value} />
                </>
              ),
            },
            {
              name: 'Average precision',
              look: 'estimate',
              cell: ({ averagePrecision }) => <Estimated estimate={averagePrecision} />,
            },
            {
              name: 'Yes / rows',
              look: 'number',
              cell: ({ positives, rows }) => `${countOf(positives)} / ${countOf(rows)}`,
            },
            {
              name: 'Beside all others',
              cell: ({ finding }) =>
                finding === 'TOO_FEW' ? (
                  <span className="hint">too few to say</span>
                ) : (
                  <Badge name={findings[finding].name} look={findings[finding].look} />
                ),
            },
          ]}
        />
      )}
    </section>
  );
}

function Suites({ evaluation: { suites } }: { readonly evaluation: EvaluationView }) {
  const [chosen, setChosen] = useState('');
  if (suites === null || suites.length === 0) return null;
  const shown = suites.find(({ name }) => name === chosen);
  const lines =
    shown === undefined ? suites : [...shown.functionalities].sort((a, b) => sharePassed(a) - sharePassed(b));
  return (
    <section className="panel">
      <h2>Functional suites</h2>
      <p className="hint">
        Cases of known outcome, kept for judging alone. What counts is the comparison with the model before, not the
        share itself.
      </p>
      <div className="filters">
        <Choice
          label="Suite"
          any="All suites"
          options={suites.map(({ name }) => ({ id: name, name }))}
          value={chosen}
          onChange={setChosen}
        />
      </div>
      <Table<Suite | Functionality>
        label={shown === undefined ? 'Functional suites' : `Functional suite ${shown.name}`}
        rows={lines}
        keyOf={({ name }) => name}
        columns={[
          { name: shown === undefined ? 'Suite' : 'Functionality', cell: ({ name }) => <Revealed text={name} /> },
          {
            name: 'Passed',
            look: 'number',
            cell: ({ passed, cases }) => `${countOf(passed)} of ${countOf(cases)}`,
          },
          {
            name: 'Share',
            look: 'number',
            cell: ({ passed, cases }) => (cases === 0 ? '' : shareOf(passed / cases)),
          },
          { name: 'Blocked in error', look: 'number', cell: blockedOf },
        ]}
      />
    </section>
  );
}

type Suite = NonNullable<EvaluationView['suites']>[number];
type Functionality = Suite['functionalities'][number];

/** Without cases that the model can answer, last. */
function sharePassed({ passed, cases }: Pick<Suite, 'passed' | 'cases'>): number {
  return cases === 0 ? 2 : passed / cases;
}

function blockedOf(line: Suite | Functionality): string {
  const blocked =
    'blocked' in line ? line.blocked : line.functionalities.reduce((sum, { blocked: own }) => sum + own, 0);
  return blocked === 0 ? '' : countOf(blocked);
}

/** The least BPSN of a group (evaluation 4.3). */
const LEAST_BPSN = 0.7;

function Fairness({ evaluation: { fairness } }: { readonly evaluation: EvaluationView }) {
  if (fairness === null) return null;
  const { category, templates, data, swap } = fairness;
  return (
    <section className="panel">
      <h2>Identity fairness</h2>
      <p className="hint">
        {categoryName(category)}. How harmless mentions of a group rank against hate elsewhere (a low figure means that
        they are taken for hate; {LEAST_BPSN} is the least), and hate against the group against harmless texts elsewhere
        (low means that it is missed).
        {swap.mean === null
          ? null
          : ` Swapping one group for another in the same harmless sentence moves the probability by ${figureOf(swap.mean)} on average`}
        {swap.most === null ? null : `, at most by ${figureOf(swap.most)} (${swap.groups.join(' and ')}).`}
      </p>
      <Groups title="Templates that every group fills alike" quality={templates} />
      {data === null ? null : <Groups title="The evaluated rows" quality={data} />}
    </section>
  );
}

type Identity = NonNullable<EvaluationView['fairness']>['templates'];

const groupColumns: readonly Column<Identity['groups'][number]>[] = [
  { name: 'Group', cell: ({ group }) => group },
  {
    name: 'Harmless mentions',
    look: 'number',
    cell: ({ bpsn }) => {
      if (bpsn === null) return '';
      return bpsn < LEAST_BPSN ? <Badge name={`${figureOf(bpsn)} too low`} look="block" /> : figureOf(bpsn);
    },
  },
  { name: 'Hate against it', look: 'number', cell: ({ bnsp }) => (bnsp === null ? '' : figureOf(bnsp)) },
  { name: 'Inside the group', look: 'number', cell: ({ subgroup }) => (subgroup === null ? '' : figureOf(subgroup)) },
  {
    name: 'Yes / rows',
    look: 'number',
    cell: ({ positives, rows }) => `${countOf(positives)} / ${countOf(rows)}`,
  },
];

function Groups({ title, quality: { final, rocAuc, groups } }: { readonly title: string; readonly quality: Identity }) {
  if (groups.length === 0) return null;
  const sorted = [...groups].sort((a, b) => (a.bpsn ?? 2) - (b.bpsn ?? 2));
  return (
    <>
      <h3>
        {title}{' '}
        <span className="slice number">
          {final === null ? '' : `final score ${figureOf(final)}, `}ROC {figureOf(rocAuc)}
        </span>
      </h3>
      <Table label={title} rows={sorted} keyOf={({ group }) => group} columns={groupColumns} />
    </>
  );
}

function Contamination({ evaluation: { contamination } }: { readonly evaluation: EvaluationView }) {
  if (contamination === null) return null;
  const { checked, against, copies } = contamination;
  return (
    <section className="panel">
      <h2>Contamination</h2>
      <p>
        <Badge
          name={copies === 0 ? 'Clean' : `${countOf(copies)} near-copies`}
          look={copies === 0 ? 'allow' : 'block'}
        />{' '}
        {countOf(checked)} rows were looked up among {countOf(against)} texts that the model learned from.
      </p>
    </section>
  );
}
