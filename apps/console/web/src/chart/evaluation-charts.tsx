import type { EvaluationView, OperatingPoint, ReliabilityBin } from '../api/types.js';
import { SquareChart } from './square-chart.js';
import { stepsOf } from './curves.js';

type Category = EvaluationView['categories'][number];

/** Precision over recall; the dashed line is what guessing gives, the marks are where review and block begin. */
export function PrecisionRecall({ name, category }: { readonly name: string; readonly category: Category }) {
  const { curve, prevalence, review, block } = category;
  return (
    <SquareChart label={`Precision and recall of ${name}`} across="recall" up="precision">
      {(x, y) => (
        <>
          {prevalence === null ? null : (
            <line className="chart-guess" x1={x(0)} x2={x(1)} y1={y(prevalence)} y2={y(prevalence)} />
          )}
          <path className="chart-line" d={stepsOf(curve, x, y)} />
          <Point point={review} at={({ recall, precision }) => [x(recall), y(precision)]} look="review" />
          <Point point={block} at={({ recall, precision }) => [x(recall), y(precision)]} look="block" />
        </>
      )}
    </SquareChart>
  );
}

interface PointProps {
  readonly point: OperatingPoint | null;
  readonly at: (point: { readonly recall: number; readonly precision: number }) => readonly [number, number];
  readonly look: 'review' | 'block';
}

/** A triangle for review, a square for block, as everywhere. */
function Point({ point, at, look }: PointProps) {
  const recall = point?.recall.value ?? null;
  const precision = point?.precision.value ?? null;
  if (recall === null || precision === null) return null;
  const [cx, cy] = at({ recall, precision });
  return look === 'review' ? (
    <path className="chart-review" d={`M${cx} ${cy - 6}L${cx + 5.5} ${cy + 4}L${cx - 5.5} ${cy + 4}Z`} />
  ) : (
    <rect className="chart-block" x={cx - 4.5} y={cy - 4.5} width="9" height="9" />
  );
}

/** How often what was said to be so probable came true, with 95 % intervals; on the diagonal it can be believed. */
export function Reliability({ name, bins }: { readonly name: string; readonly bins: readonly ReliabilityBin[] }) {
  const most = Math.max(1, ...bins.map(({ items }) => items));
  return (
    <SquareChart label={`Reliability of ${name}`} across="probability" up="came true">
      {(x, y) => (
        <>
          <line className="chart-guess" x1={x(0)} x2={x(1)} y1={y(0)} y2={y(1)} />
          {bins
            .filter(({ items }) => items > 0)
            .map(({ meanScore, rate, low, high, items }) => (
              <g key={meanScore}>
                <line className="chart-whisker" x1={x(meanScore)} x2={x(meanScore)} y1={y(low)} y2={y(high)} />
                <circle className="chart-mark" cx={x(meanScore)} cy={y(rate)} r={2 + 3 * Math.sqrt(items / most)} />
              </g>
            ))}
        </>
      )}
    </SquareChart>
  );
}
