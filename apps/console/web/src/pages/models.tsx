import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { modelsQuery } from '../api/training.js';
import type { ModelLine } from '../api/types.js';
import { ComparedPage } from '../training/compared-page.js';
import { ModelPage } from '../training/model-page.js';
import { countOf, familyOf, sizeOf } from '../training/training-words.js';
import { Works } from '../training/works.js';
import { Badge } from '../ui/badge.js';
import { Choice } from '../ui/choice.js';
import { EstimateCell } from '../ui/estimate-cell.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { momentOf } from '../ui/words.js';
import './training.css';

/** Models, one of them, or two side by side. */
export function ModelsPage({ place }: { readonly place: string }) {
  const [search] = useSearchParams();
  if (place === '') return <List />;
  if (place === 'compared') {
    return <ComparedPage champion={search.get('champion') ?? ''} challenger={search.get('challenger') ?? ''} />;
  }
  return <ModelPage key={place} artefactId={place} />;
}

function List() {
  const { data, error, isPending, refetch } = useQuery(modelsQuery);
  return (
    <Page
      title="Models"
      lead="What was trained from data sets, where it came from, and how good it is on texts that it has not seen."
    >
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <Works title="Trainings" works={data.trainings} path="/models" />
          {data.models.length === 0 ? (
            <Notice title="No model yet">
              <p>One is trained from each data set whose recipe says so, or when it is asked for.</p>
            </Notice>
          ) : (
            <>
              <Compare models={data.models.filter(({ kind }) => kind === 'MODEL')} />
              <Table models={data.models} />
            </>
          )}
        </>
      )}
    </Page>
  );
}

/** Average over the categories, without that of any of them. */
function macroOf({ figures }: ModelLine): number | null {
  const values = figures
    .filter(({ category }) => category !== 'ANY')
    .map(({ averagePrecision }) => averagePrecision.value)
    .filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function Table({ models }: { readonly models: readonly ModelLine[] }) {
  return (
    <TableFrame label="Models and calibrations">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" className="wide-only">
              Came from
            </th>
            <th scope="col">Average precision</th>
            <th scope="col">Targets</th>
            <th scope="col" className="wide-only">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <Line key={model.artefactId} model={model} />
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function Line({ model }: { readonly model: ModelLine }) {
  const { artefactId, kind, modelId, name, family, datasetId, parentModelId, channel, figures, unmet } = model;
  const any = figures.find(({ category }) => category === 'ANY')?.averagePrecision;
  const macro = macroOf(model);
  return (
    <tr>
      <th scope="row">
        <Link href={`/models/${artefactId}`}>
          <Revealed text={name} />
        </Link>
        <span className="kind">{kind === 'CALIBRATION' ? 'calibration' : familyOf(family)}</span>
        <span className="hint block">
          <code>{artefactId}</code>
        </span>
        <span className="hint block">{momentOf(model.completedAt)}</span>
      </th>
      <td className="wide-only">
        {datasetId === null ? null : (
          <span className="block">
            <Link href={`/datasets/${datasetId}`}>
              <code>{datasetId}</code>
            </Link>
          </span>
        )}
        {kind === 'CALIBRATION' ? (
          <span className="hint block">
            of <code>{modelId}</code>
            {channel === null ? '' : `, for ${channel}`}
          </span>
        ) : parentModelId === null ? null : (
          <span className="hint block">
            on <code>{parentModelId}</code>
          </span>
        )}
      </td>
      {any === undefined ? (
        <td className="number">{macro === null ? <span className="hint">not measured</span> : macro.toFixed(2)}</td>
      ) : (
        <EstimateCell estimate={any} isTight more={macro === null ? '' : `mean of categories ${macro.toFixed(2)}`} />
      )}
      <td>
        {unmet === 0 ? <Badge name="Met" look="allow" /> : <Badge name={`${countOf(unmet)} not yet`} look="review" />}
      </td>
      <td className="wide-only number">{sizeOf(model.bytes)}</td>
    </tr>
  );
}

/** Two models to be held against each other. */
function Compare({ models }: { readonly models: readonly ModelLine[] }) {
  const [champion, setChampion] = useState('');
  const [challenger, setChallenger] = useState('');
  if (models.length < 2) return null;
  const options = models.map(({ artefactId, name, completedAt }) => {
    return { id: artefactId, name: `${name}, ${momentOf(completedAt)}` };
  });
  const isReady = champion !== '' && challenger !== '' && champion !== challenger;
  return (
    <div className="filters compare">
      <Choice label="Champion" any="Choose a model" options={options} value={champion} onChange={setChampion} />
      <Choice label="Challenger" any="Choose a model" options={options} value={challenger} onChange={setChallenger} />
      {isReady ? (
        <Link
          className="button button-primary"
          href={`/models/compared?${new URLSearchParams({ champion, challenger }).toString()}`}
        >
          Compare
        </Link>
      ) : null}
    </div>
  );
}
