import type { ReactNode } from 'react';
import { linear, type Scale } from './scales.js';

const SIZE = 260;
const LEFT = 42;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 34;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

interface SquareChartProps {
  /** What it shows, for who hears it. */
  readonly label: string;
  readonly across: string;
  readonly up: string;
  readonly children: (x: Scale, y: Scale) => ReactNode;
}

/** Two shares against each other, both from 0 to 1. The table beside it says the same in numbers. */
export function SquareChart({ label, across, up, children }: SquareChartProps) {
  const x = linear(0, 1, LEFT, SIZE - RIGHT);
  const y = linear(0, 1, SIZE - BOTTOM, TOP);
  return (
    <svg className="square-chart" viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={label}>
      {TICKS.map((tick) => (
        <g key={tick}>
          <line className="chart-grid" x1={LEFT} x2={SIZE - RIGHT} y1={y(tick)} y2={y(tick)} />
          <line className="chart-grid" x1={x(tick)} x2={x(tick)} y1={TOP} y2={SIZE - BOTTOM} />
          <text className="chart-tick" x={LEFT - 5} y={y(tick) + 3.5} textAnchor="end">
            {tick}
          </text>
          <text className="chart-tick" x={x(tick)} y={SIZE - BOTTOM + 14} textAnchor="middle">
            {tick}
          </text>
        </g>
      ))}
      <text className="chart-tick" x={(LEFT + SIZE - RIGHT) / 2} y={SIZE - 4} textAnchor="middle">
        {across}
      </text>
      <text
        className="chart-tick"
        transform={`translate(9 ${(TOP + SIZE - BOTTOM) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {up}
      </text>
      {children(x, y)}
    </svg>
  );
}
