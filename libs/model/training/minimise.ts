/** Value of a smooth convex function at `point`; writes its gradient into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseSettings {
  readonly maxIterations: number;
  /** Stop once the largest gradient component is below `tolerance * max(1, largest component at the start)`. */
  readonly tolerance: number;
  readonly onIteration?: (iteration: number, value: number) => void;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly largestGradient: number;
  readonly converged: boolean;
}

/** Pairs kept by L-BFGS (model 9.2). */
const memory = 10;
/** Armijo's sufficient-decrease constant (model 9.2). */
const sufficientDecrease = 1e-4;
const shortestStep = 1e-12;

/**
 * L-BFGS with backtracking line search. Sums run in index order, so the result is the same to the last bit wherever
 * `objective` is. Formula and stop rule: model 9.2.
 */
export function minimise(objective: Objective, start: Float64Array, settings: MinimiseSettings): Minimum {
  const size = start.length;
  let point = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let value = objective(point, gradient);
  const target = settings.tolerance * Math.max(1, largestMagnitude(gradient));
  const pairs: CurvaturePair[] = [];
  let nextPoint = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const direction = new Float64Array(size);

  let iteration = 0;
  let largest = largestMagnitude(gradient);
  while (iteration < settings.maxIterations && largest >= target) {
    descentDirection(gradient, pairs, direction);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs.length = 0;
      for (let i = 0; i < size; i += 1) direction[i] = -at(gradient, i);
      slope = dot(direction, gradient);
    }
    // Without curvature pairs the gradient carries no length scale; a unit-length first step is safe on log loss.
    let step = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let nextValue = Number.POSITIVE_INFINITY;
    while (step >= shortestStep) {
      for (let i = 0; i < size; i += 1) nextPoint[i] = at(point, i) + step * at(direction, i);
      nextValue = objective(nextPoint, nextGradient);
      if (nextValue <= value + sufficientDecrease * step * slope) break;
      step /= 2;
    }
    if (step < shortestStep) break;
    rememberPair(pairs, point, nextPoint, gradient, nextGradient);
    [point, nextPoint] = [nextPoint, point];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = nextValue;
    largest = largestMagnitude(gradient);
    iteration += 1;
    settings.onIteration?.(iteration, value);
  }
  return { point, value, iterations: iteration, largestGradient: largest, converged: largest < target };
}

interface CurvaturePair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inverseCurvature: number;
}

function rememberPair(
  pairs: CurvaturePair[],
  point: Float64Array,
  nextPoint: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const recycled = pairs.length === memory ? pairs.shift() : undefined;
  const step = recycled?.step ?? new Float64Array(point.length);
  const change = recycled?.change ?? new Float64Array(point.length);
  for (let i = 0; i < point.length; i += 1) {
    step[i] = at(nextPoint, i) - at(point, i);
    change[i] = at(nextGradient, i) - at(gradient, i);
  }
  const curvature = dot(step, change);
  // A pair without positive curvature would make the implied Hessian indefinite.
  if (curvature > 1e-12 * dot(change, change)) pairs.push({ step, change, inverseCurvature: 1 / curvature });
}

function descentDirection(gradient: Float64Array, pairs: readonly CurvaturePair[], direction: Float64Array): void {
  const size = gradient.length;
  for (let i = 0; i < size; i += 1) direction[i] = -at(gradient, i);
  const shares = new Float64Array(pairs.length);
  for (let p = pairs.length - 1; p >= 0; p -= 1) {
    const pair = pairs[p];
    if (pair === undefined) continue;
    const share = pair.inverseCurvature * dot(pair.step, direction);
    shares[p] = share;
    addScaled(direction, -share, pair.change);
  }
  const newest = pairs.at(-1);
  if (newest !== undefined) {
    const scale = 1 / (newest.inverseCurvature * dot(newest.change, newest.change));
    for (let i = 0; i < size; i += 1) direction[i] = scale * at(direction, i);
  }
  for (const [p, pair] of pairs.entries()) {
    addScaled(direction, at(shares, p) - pair.inverseCurvature * dot(pair.change, direction), pair.step);
  }
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i += 1) sum += at(left, i) * at(right, i);
  return sum;
}

function addScaled(into: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < into.length; i += 1) into[i] = at(into, i) + factor * at(values, i);
}

function largestMagnitude(values: Float64Array): number {
  let largest = 0;
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (!(magnitude <= largest)) largest = magnitude;
  }
  return largest;
}
