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
import { Estimated } from '../ui/estimate-cell.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { Table, type Column } from '../ui/table.js';
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
              <Table
                label="Models and calibrations"
                rows={data.models}
                keyOf={({ artefactId }) => artefactId}
                columns={columns}
              />
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

const columns: readonly Column<ModelLine>[] = [
  {
    name: 'Model',
    look: 'key-cell',
    cell: ({ artefactId, kind, name, family, completedAt }) => (
      <>
        <Link href={`/models/${artefactId}`}>
          <Revealed text={name} />
        </Link>
        <span className="kind">{kind === 'CALIBRATION' ? 'calibration' : familyOf(family)}</span>
        <span className="hint block">
          <code>{artefactId}</code>
        </span>
        <span className="hint block">{momentOf(completedAt)}</span>
      </>
    ),
  },
  { name: 'Came from', isWideOnly: true, cell: (model) => <CameFrom model={model} /> },
  { name: 'Average precision', look: 'estimate', cell: (model) => <Precision model={model} /> },
  {
    name: 'Targets',
    cell: ({ unmet }) =>
      unmet === 0 ? <Badge name="Met" look="allow" /> : <Badge name={`${countOf(unmet)} not yet`} look="review" />,
  },
  { name: 'Size', look: 'number', isWideOnly: true, cell: ({ bytes }) => sizeOf(bytes) },
];

function CameFrom({ model: { kind, modelId, datasetId, parentModelId, channel } }: { readonly model: ModelLine }) {
  return (
    <>
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
    </>
  );
}

function Precision({ model }: { readonly model: ModelLine }) {
  const any = model.figures.find(({ category }) => category === 'ANY')?.averagePrecision;
  const macro = macroOf(model);
  if (any !== undefined) {
    return <Estimated estimate={any} isTight more={macro === null ? '' : `mean of categories ${macro.toFixed(2)}`} />;
  }
  return macro === null ? (
    <span className="hint">not measured</span>
  ) : (
    <span className="number">{macro.toFixed(2)}</span>
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
