import { useEffect, useId, useRef, useState } from 'react';
import type { QualityPoint } from '../api/types.js';
import { dayOf, intervalOf, shareOf, windowOf } from '../ui/words.js';
import { bandOf, linear, lineOf, runsOf, ticksOf } from './scales.js';

interface QualityChartProps {
  /** What it shows, for who hears it. */
  readonly label: string;
  /** Oldest first. */
  readonly points: readonly QualityPoint[];
  /** From the first to the last moment of all charts of the page, so that they can be held against each other. */
  readonly from: number;
  readonly to: number;
  /** What part of the scale is shown, of all charts of the page. */
  readonly domain: { readonly least: number; readonly most: number };
  readonly height: number;
}

const LEFT = 40;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 20;
const WIDTH_BEFORE_MEASURED = 320;

/** An estimate over time with its 95 % interval as a surface. The table beside it says the same in numbers. */
export function QualityChart({ label, points, from, to, domain, height }: QualityChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH_BEFORE_MEASURED);
  const [pointed, setPointed] = useState<number | null>(null);
  const hatch = useId();
  useEffect(() => {
    const box = frame.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => {
      setWidth(Math.max(180, Math.round(box.clientWidth)));
    });
    observer.observe(box);
    return () => {
      observer.disconnect();
    };
  }, []);

  const ticks = ticksOf(domain.least, domain.most);
  const top = ticks.at(-1) ?? 1;
  const x = linear(from, to, LEFT, width - RIGHT);
  const y = linear(domain.least, top, height - BOTTOM, TOP);
  const runs = runsOf(points, x, y);
  const marks = runs.flat();
  const mark = marks.find(({ index }) => index === pointed) ?? null;
  const shown = points[pointed ?? points.length - 1];
  const nearest = (clientX: number) => {
    const left = frame.current?.getBoundingClientRect().left ?? 0;
    const at = clientX - left;
    const middle = ({ from: begin, to: end }: QualityPoint) => x((Date.parse(begin) + Date.parse(end)) / 2);
    let best: number | null = null;
    points.forEach((point, index) => {
      const other = best === null ? undefined : points[best];
      if (other === undefined || Math.abs(middle(point) - at) < Math.abs(middle(other) - at)) best = index;
    });
    return best;
  };

  return (
    <figure className="chart">
      <div ref={frame}>
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={label}
          onPointerMove={({ clientX }) => {
            setPointed(nearest(clientX));
          }}
          onPointerLeave={() => {
            setPointed(null);
          }}
        >
          <defs>
            <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect className="chart-hatch" width="1.5" height="6" />
            </pattern>
          </defs>
          {ticks.map((tick) => (
            <g key={tick}>
              <line className="chart-grid" x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
              <text className="chart-tick" x={LEFT - 6} y={y(tick) + 3.5} textAnchor="end">
                {shareOf(tick, top)}
              </text>
            </g>
          ))}
          {points
            .filter(({ status }) => status !== 'ok')
            .map(({ from: begin, to: end }) => (
              <rect
                key={begin}
                x={x(Date.parse(begin))}
                width={Math.max(1, x(Date.parse(end)) - x(Date.parse(begin)))}
                y={TOP}
                height={height - BOTTOM - TOP}
                fill={`url(#${hatch})`}
              />
            ))}
          {runs.map((run) => (
            <g key={run[0]?.index}>
              <path className="chart-band" d={bandOf(run)} />
              <path className="chart-line" d={lineOf(run)} />
            </g>
          ))}
          {marks.length <= 40 || mark !== null
            ? marks
                .filter(({ index }) => marks.length <= 40 || index === mark?.index)
                .map(({ x: cx, y: cy, low, high, index }) => (
                  <g key={index} className={index === mark?.index ? 'chart-pointed' : undefined}>
                    <line className="chart-whisker" x1={cx} x2={cx} y1={low} y2={high} />
                    <circle className="chart-mark" cx={cx} cy={cy} r={index === mark?.index ? 4.5 : 2.5} />
                  </g>
                ))
            : null}
          <text className="chart-tick" x={LEFT} y={height - 5}>
            {dayOf(new Date(from).toISOString())}
          </text>
          <text className="chart-tick" x={width - RIGHT} y={height - 5} textAnchor="end">
            {dayOf(new Date(to).toISOString())}
          </text>
        </svg>
      </div>
      <figcaption className="number" aria-hidden="true">
        {shown === undefined ? '' : <Caption point={shown} />}
      </figcaption>
    </figure>
  );
}

function Caption({ point }: { readonly point: QualityPoint }) {
  return (
    <>
      <span className="hint">{windowOf(point)} </span>
      {point.status === 'ok' ? (
        <>
          <strong>{shareOf(point.estimate.value)}</strong> {intervalOf(point.estimate)}
          <span className="hint"> · {point.n.toLocaleString('en-GB')} labels</span>
        </>
      ) : (
        <span className="hint">
          {point.status === 'pending'
            ? 'waiting for labels of a part of the queue'
            : `insufficient labels (${point.n.toLocaleString('en-GB')})`}
        </span>
      )}
    </>
  );
}
