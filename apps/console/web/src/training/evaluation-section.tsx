import { useState } from 'react';
import { Link } from 'wouter';
import type { EvaluationView } from '../api/types.js';
import { PrecisionRecall, Reliability } from '../chart/evaluation-charts.js';
import { Badge } from '../ui/badge.js';
import { Choice } from '../ui/choice.js';
import { EstimateCell } from '../ui/estimate-cell.js';
import { Notice } from '../ui/notice.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
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
        <TableFrame label="Quality by category">
          <table>
            <thead>
              <tr>
                <th scope="col">Category</th>
                <th scope="col">Average precision</th>
                <th scope="col">ROC</th>
                <th scope="col">Yes / rows</th>
                <th scope="col">Calibration error</th>
                <th scope="col">Slope</th>
              </tr>
            </thead>
            <tbody>
              {categories.map(
                ({ category, averagePrecision, rocAuc, positives, rows: known, prevalence, ece, topEce, slope }) => (
                  <tr key={category}>
                    <th scope="row">{categoryName(category)}</th>
                    <EstimateCell
                      estimate={averagePrecision}
                      more={prevalence === null ? '' : `guessing ${figureOf(prevalence)}`}
                    />
                    <td className="number">{rocAuc.value === null ? '' : figureOf(rocAuc.value)}</td>
                    <td className="number">
                      {countOf(positives)} / {countOf(known)}
                    </td>
                    <td className="number">
                      {ece === null ? '' : ece.toFixed(3)}
                      {topEce === null ? null : <span className="hint block">top 5 %: {topEce.toFixed(3)}</span>}
                    </td>
                    <td className="number">
                      {slope.value === null ? '' : figureOf(slope.value)}{' '}
                      <span className="hint nowrap">{rangeOf(slope)}</span>
                    </td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </TableFrame>
      </section>
      <Curves evaluation={evaluation} />
      <Slices evaluation={evaluation} />
      <Suites evaluation={evaluation} />
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
        <TableFrame label={`Slices of ${categoryName(category)}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Slice</th>
                <th scope="col">Average precision</th>
                <th scope="col">Yes / rows</th>
                <th scope="col">Beside all others</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ by, value, averagePrecision, positives, rows, finding }) => (
                <tr key={`${by} ${value}`}>
                  <th scope="row">
                    <span className="hint">{by}</span>{' '}
                    <Revealed text={by === 'language' ? languageName(value) : value} />
                  </th>
                  <EstimateCell estimate={averagePrecision} />
                  <td className="number">
                    {countOf(positives)} / {countOf(rows)}
                  </td>
                  <td>
                    {finding === 'TOO_FEW' ? (
                      <span className="hint">too few to say</span>
                    ) : (
                      <Badge name={findings[finding].name} look={findings[finding].look} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </section>
  );
}

function Suites({ evaluation: { suites } }: { readonly evaluation: EvaluationView }) {
  if (suites === null || suites.length === 0) return null;
  return (
    <section className="panel">
      <h2>Functional suites</h2>
      <TableFrame label="Functional suites">
        <table>
          <thead>
            <tr>
              <th scope="col">Suite</th>
              <th scope="col">Passed</th>
              <th scope="col">Share</th>
            </tr>
          </thead>
          <tbody>
            {suites.map(({ name, passed, cases }) => (
              <tr key={name}>
                <th scope="row">
                  <Revealed text={name} />
                </th>
                <td className="number">
                  {countOf(passed)} of {countOf(cases)}
                </td>
                <td className="number">{cases === 0 ? '' : shareOf(passed / cases)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </section>
  );
}
