import type { QualityPoint } from '../api/types.js';

const HALF = 0.5;

/** Where values stand on a line of pixels. */
export type Scale = (value: number) => number;

export function linear(from: number, to: number, start: number, end: number): Scale {
  const span = to - from;
  return (value) => (span === 0 ? (start + end) / 2 : start + ((value - from) / span) * (end - start));
}

/** Round values from `least` up to at least `most`, five steps at most. */
export function ticksOf(least: number, most: number): readonly number[] {
  const span = most - least;
  if (!(span > 0)) return [least, least + 1];
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const count = Math.ceil(span / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((least + index * step).toPrecision(12)));
}

/**
 * The part of a scale that has to be seen, the same for charts that are held against each other. Precision and recall are shown up to 1,
 * from the upper half alone where everything is there; what is rare is shown from 0 and as large as it is.
 */
export function domainOf(
  points: readonly QualityPoint[],
  isRare: boolean,
): { readonly least: number; readonly most: number } {
  const lows = points.flatMap(({ estimate: { low, value } }) => low ?? value ?? []);
  const highs = points.flatMap(({ estimate: { high, value } }) => high ?? value ?? []);
  if (isRare) return { least: 0, most: Math.max(0, ...highs) || 1 };
  return { least: lows.length > 0 && Math.min(...lows) >= HALF ? HALF : 0, most: 1 };
}

export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly index: number;
}

/** Runs of points that have a value: where there is none, the line has a gap rather than a guess. */
export function runsOf(points: readonly QualityPoint[], x: Scale, y: Scale): readonly (readonly Mark[])[] {
  const runs: Mark[][] = [[]];
  points.forEach(({ from, to, status, estimate: { value, low, high } }, index) => {
    if (status !== 'ok' || value === null) {
      runs.push([]);
      return;
    }
    const at = (Date.parse(from) + Date.parse(to)) / 2;
    runs.at(-1)?.push({ x: x(at), y: y(value), low: y(low ?? value), high: y(high ?? value), index });
  });
  return runs.filter((run) => run.length > 0);
}

export function lineOf(run: readonly Mark[]): string {
  return run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

/** The 95 % intervals of a run as one surface. */
export function bandOf(run: readonly Mark[]): string {
  const up = run.map(({ x, high }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(high)}`);
  const down = [...run].reverse().map(({ x, low }) => `L${round(x)} ${round(low)}`);
  return `${[...up, ...down].join('')}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
