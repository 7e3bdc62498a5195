import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { comparisonQuery } from '../api/training.js';
import type { ComparedFigure, Estimate, ModelComparison, ModelLine } from '../api/types.js';
import { Badge } from '../ui/badge.js';
import { Estimated } from '../ui/estimate-cell.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { Table, type Column } from '../ui/table.js';
import { categoryName, momentOf } from '../ui/words.js';
import { DifferenceBar } from './difference-bar.js';
import { countOf, signedOf } from './training-words.js';

/** Two models side by side. */
export function ComparedPage({ champion, challenger }: { readonly champion: string; readonly challenger: string }) {
  const { data, error, isPending, refetch } = useQuery(comparisonQuery(champion, challenger));
  return (
    <Page title="Two models compared" lead={<Link href="/models">All models</Link>}>
      {isPending ? (
        <Loading what="Looking in the warehouse" />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Comparison comparison={data} />
      )}
    </Page>
  );
}

const outcomes = {
  BETTER: { name: 'Better', look: 'allow' },
  SAME: { name: 'Not worse', look: 'allow' },
  WORSE: { name: 'Worse', look: 'block' },
  UNDECIDED: { name: 'Undecided', look: 'review' },
} as const;

function Comparison({ comparison }: { readonly comparison: ModelComparison }) {
  const { champion, challenger, datasetId, split, isPaired, outcome, because, macro, figures, flips } = comparison;
  return (
    <>
      <section className="panel">
        <div className="versus">
          <Side role="Champion" model={champion} />
          <Side role="Challenger" model={challenger} />
        </div>
        {outcome === null ? null : (
          <p className="verdict-sentence">
            The challenger is <Badge name={outcomes[outcome].name} look={outcomes[outcome].look} />
            {macro?.value === null || macro === null ? '' : `: mean average precision ${signedOf(macro.value)}`}
            {macro?.low === null || macro === null ? null : (
              <span className="hint number"> {differenceRange(macro)}</span>
            )}
          </p>
        )}
        {because.length === 0 ? null : (
          <ul className="plain-list">
            {because.map((sentence) => (
              <li key={sentence}>
                <Revealed text={sentence} />
              </li>
            ))}
          </ul>
        )}
        {datasetId === null ? null : (
          <p className="hint">
            On {split === 'all' ? 'all rows' : `split ${split}`} of{' '}
            <Link href={`/datasets/${datasetId}`}>
              <code>{datasetId}</code>
            </Link>
            {isPaired
              ? `, the same rows and draws for both${flips === null ? '' : `; ${countOf(flips)} decided differently`}.`
              : ', each measured by itself: whether the difference is chance is not known.'}
          </p>
        )}
      </section>
      {figures.length === 0 ? (
        <Notice title="Never measured on the same rows">
          <p>Evaluate both on one data set to hold them against each other.</p>
        </Notice>
      ) : (
        <Figures figures={figures} isPaired={isPaired} />
      )}
    </>
  );
}

function Side({ role, model }: { readonly role: string; readonly model: ModelLine }) {
  return (
    <div>
      <span className="hint block">{role}</span>
      <Link href={`/models/${model.artefactId}`}>
        <Revealed text={model.name} />
      </Link>
      <span className="hint block">
        <code>{model.artefactId}</code>
      </span>
      <span className="hint block">{momentOf(model.completedAt)}</span>
    </div>
  );
}

function differenceRange({ low, high }: Estimate): string {
  return low === null || high === null ? '' : `${signedOf(low)} to ${signedOf(high)}`;
}

const gate: Column<ComparedFigure> = {
  name: 'Gate',
  cell: ({ finding }) => {
    if (finding === 'PASSES') return <Badge name="Passes" look="allow" />;
    if (finding === 'FAILS') return <Badge name="Fails" look="block" />;
    return finding === 'REPORTED' ? <span className="hint">too few to gate</span> : null;
  },
};

interface DifferenceProps {
  readonly figure: ComparedFigure;
  /** The end of the scale. */
  readonly most: number;
}

function Difference({ figure: { difference, champion, challenger }, most }: DifferenceProps) {
  if (difference !== null) {
    return (
      <>
        <span className="number">
          <strong>{signedOf(difference.value)}</strong> <span className="hint">{differenceRange(difference)}</span>
        </span>
        <DifferenceBar difference={difference} most={most} />
      </>
    );
  }
  return champion.value === null || challenger.value === null ? null : (
    <span className="number">{signedOf(challenger.value - champion.value)}</span>
  );
}

function Figures({ figures, isPaired }: { readonly figures: readonly ComparedFigure[]; readonly isPaired: boolean }) {
  const differences = figures.flatMap(({ difference }) => (difference === null ? [] : [difference]));
  const most = Math.max(0.05, ...differences.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]));
  return (
    <section className="panel">
      <h2>Average precision</h2>
      <Table
        label="Average precision of both by category"
        rows={figures}
        keyOf={({ category }) => category}
        columns={[
          {
            name: 'Category',
            cell: ({ category, positives }) => (
              <>
                {categoryName(category)} <span className="hint block number">{countOf(positives)} yes</span>
              </>
            ),
          },
          ...(isPaired ? [gate] : []),
          {
            name: 'Difference',
            look: 'estimate',
            cell: (figure) => <Difference figure={figure} most={most} />,
          },
          {
            name: 'Champion',
            look: 'estimate',
            cell: ({ champion }) => <Estimated estimate={champion} isTight />,
          },
          {
            name: 'Challenger',
            look: 'estimate',
            cell: ({ challenger }) => <Estimated estimate={challenger} isTight />,
          },
        ]}
      />
    </section>
  );
}
