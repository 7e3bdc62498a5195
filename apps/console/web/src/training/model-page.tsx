import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { evaluationQuery, modelQuery } from '../api/training.js';
import type { ModelLine, ModelView } from '../api/types.js';
import { Badge } from '../ui/badge.js';
import { Choice } from '../ui/choice.js';
import { Copied } from '../ui/copied.js';
import { Estimated } from '../ui/estimate-cell.js';
import { Facts } from '../ui/facts.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { Table } from '../ui/table.js';
import { categoryName, momentOf, probabilityOf } from '../ui/words.js';
import { EvaluationSection } from './evaluation-section.js';
import { countOf, familyOf, sizeOf } from './training-words.js';

/** One model or calibration: where it came from, how good it is, where review and block begin. */
export function ModelPage({ artefactId }: { readonly artefactId: string }) {
  const { data, error, isPending, refetch } = useQuery(modelQuery(artefactId));
  return (
    <Page title={data?.name ?? 'Model'} lead={<Link href="/models">All models</Link>}>
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <About model={data} />
          <Lineage model={data} />
          <Evaluations model={data} />
          <Thresholds model={data} />
        </>
      )}
    </Page>
  );
}

function About({ model }: { readonly model: ModelView }) {
  const { artefactId, kind, family, recipeId, policy, channel, bytes, release, completedAt } = model;
  return (
    <section className="panel">
      <h2>What it is</h2>
      <Facts
        facts={[
          ['Id', <Copied key="id" text={artefactId} label="id" />],
          ['Kind', kind === 'CALIBRATION' ? 'calibration of a model' : `model, ${familyOf(family)}`],
          ['Completed', momentOf(completedAt)],
          ['Recipe', <code key="recipe">{recipeId}</code>],
          ['Targets of', policy ?? 'its recipe'],
          channel === null ? null : ['Channel', channel],
          ['Size', sizeOf(bytes)],
          ['Release', release],
        ]}
      />
      <Copied
        text={`npx tidegate model export --model ${model.modelId} --out ${model.modelId}.tar.gz`}
        label="command"
      />
    </section>
  );
}

/** From the data set and the first model to what was made of this one. */
function Lineage({ model }: { readonly model: ModelView }) {
  const before = [...model.ancestors].reverse();
  return (
    <section className="panel">
      <h2>Lineage</h2>
      <ol className="lineage">
        {before.map((line) => (
          <Stage key={line.artefactId} model={line} />
        ))}
        <Stage model={model} isCurrent />
        {model.calibrations.length + model.children.length === 0 ? null : (
          <li className="stage stage-many">
            <ul>
              {[...model.calibrations, ...model.children].map((line) => (
                <Stage key={line.artefactId} model={line} />
              ))}
            </ul>
          </li>
        )}
      </ol>
    </section>
  );
}

function Stage({ model, isCurrent = false }: { readonly model: ModelLine; readonly isCurrent?: boolean }) {
  const { artefactId, kind, name, datasetId, channel, completedAt } = model;
  return (
    <li className={isCurrent ? 'stage stage-current' : 'stage'} aria-current={isCurrent ? 'true' : undefined}>
      {datasetId === null ? null : (
        <span className="stage-source">
          <span className="hint">data set</span>{' '}
          <Link href={`/datasets/${datasetId}`}>
            <code>{datasetId}</code>
          </Link>
        </span>
      )}
      <span className="stage-name">
        <span className="hint">{kind === 'CALIBRATION' ? 'calibration' : 'model'}</span>{' '}
        {isCurrent ? (
          <strong>
            <Revealed text={name} />
          </strong>
        ) : (
          <Link href={`/models/${artefactId}`}>
            <Revealed text={name} />
          </Link>
        )}
        {channel === null ? null : <span className="hint"> for {channel}</span>}
        <span className="hint block">
          <code>{artefactId}</code>
        </span>
        <span className="hint block">{momentOf(completedAt)}</span>
      </span>
    </li>
  );
}

function Evaluations({ model }: { readonly model: ModelView }) {
  const own = model.evaluations.filter(({ comparedWith }) => comparedWith === null);
  const compared = [
    ...new Set(model.evaluations.map(({ comparedWith }) => comparedWith).filter((other) => other !== null)),
  ];
  const [chosen, setChosen] = useState('');
  const evaluation = own.find(({ evaluationId }) => evaluationId === chosen) ?? own[0];
  return (
    <>
      {evaluation === undefined ? (
        <Figures model={model} />
      ) : (
        <>
          {own.length < 2 ? null : (
            <div className="filters">
              <Choice
                label="Evaluation"
                any="The latest"
                options={own.map(({ evaluationId, datasetId, split, at }) => {
                  return { id: evaluationId, name: `${split} of ${datasetId}, ${momentOf(at)}` };
                })}
                value={chosen}
                onChange={setChosen}
              />
            </div>
          )}
          <Evaluation key={evaluation.evaluationId} modelId={model.modelId} evaluationId={evaluation.evaluationId} />
        </>
      )}
      {compared.length === 0 ? null : (
        <section className="panel">
          <h2>Compared with</h2>
          <ul>
            {compared.map((other) => (
              <li key={other}>
                <Link
                  href={`/models/compared?${new URLSearchParams({ champion: other, challenger: model.modelId }).toString()}`}
                >
                  <code>{other}</code>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Evaluation({ modelId, evaluationId }: { readonly modelId: string; readonly evaluationId: string }) {
  const { data, error, isPending, refetch } = useQuery(evaluationQuery(modelId, evaluationId));
  if (isPending) return <Loading what="Reading the evaluation" />;
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return <EvaluationSection evaluation={data} />;
}

/** What the artefact says of itself, where no evaluation is in the warehouse. */
function Figures({ model }: { readonly model: ModelView }) {
  if (model.figures.length === 0) {
    return model.kind === 'CALIBRATION' ? null : (
      <Notice title="Not measured">
        <p>Nothing is known of its quality.</p>
      </Notice>
    );
  }
  return (
    <section className="panel">
      <h2>Quality on held-out rows</h2>
      <Table
        label="Quality by category"
        rows={model.figures}
        keyOf={({ category }) => category}
        columns={[
          { name: 'Category', cell: ({ category }) => categoryName(category) },
          {
            name: 'Average precision',
            look: 'estimate',
            cell: ({ averagePrecision }) => <Estimated estimate={averagePrecision} />,
          },
          { name: 'ROC', look: 'number', cell: ({ rocAuc }) => (rocAuc === null ? '' : rocAuc.toFixed(2)) },
          {
            name: 'Yes / rows',
            look: 'number',
            cell: ({ positives, rows }) => `${countOf(positives)} / ${countOf(rows)}`,
          },
        ]}
      />
    </section>
  );
}

function Thresholds({ model }: { readonly model: ModelView }) {
  const { thresholds, unmetTargets } = model;
  if (thresholds.length === 0) return null;
  return (
    <section className="panel">
      <h2>Thresholds</h2>
      <Table
        label="Thresholds by category"
        rows={thresholds}
        keyOf={({ category }) => category}
        columns={[
          { name: 'Category', cell: ({ category }) => categoryName(category) },
          { name: 'Review at', look: 'number', cell: ({ review }) => probabilityOf(review) },
          { name: 'Block at', look: 'number', cell: ({ block }) => probabilityOf(block) },
          {
            name: 'From',
            cell: ({ provisional }) =>
              provisional ? <Badge name="Provisional" look="review" /> : <Badge name="Labels" look="allow" />,
          },
        ]}
      />
      {unmetTargets.length === 0 ? null : (
        <>
          <h3>Targets that cannot be promised yet</h3>
          <ul className="plain-list">
            {unmetTargets.map(({ category, action, target, why, fallback }) => (
              <li key={`${category} ${action}`}>
                {categoryName(category)}, {action} to {target}: <Revealed text={why} />{' '}
                <span className="hint">
                  Until then: <Revealed text={fallback} />.
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
