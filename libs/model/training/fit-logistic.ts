import type { DesignMatrix } from './design-matrix.js';
import { minimise } from './minimise.js';

export interface LogisticSettings {
  /** Inverse strength of the L2 penalty: the objective is `sum w_i logloss_i + |w|^2 / (2 c)`. */
  readonly c: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly onIteration?: (iteration: number) => void;
}

export interface LogisticFit {
  readonly weights: Float64Array;
  readonly bias: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * L2-penalised logistic regression with an unpenalised bias (model 9.2).
 * `targets` are probabilities: 0, 1, a soft share between, or NaN for unknown, which is masked.
 * `rowWeights` default to 1; a row of weight 0 is skipped.
 */
export function fitLogistic(
  design: DesignMatrix,
  targets: Float64Array,
  settings: LogisticSettings,
  rowWeights?: Float64Array,
): LogisticFit {
  const wanted = new Uint8Array(design.rows);
  let totalWeight = 0;
  let positiveWeight = 0;
  for (let r = 0; r < design.rows; r += 1) {
    const target = targets[r] ?? Number.NaN;
    const weight = rowWeights?.[r] ?? 1;
    if (Number.isNaN(target) || !(weight > 0)) continue;
    wanted[r] = 1;
    totalWeight += weight;
    positiveWeight += weight * target;
  }
  const columns = design.columns;
  const start = new Float64Array(columns + 1);
  if (totalWeight === 0) return { weights: new Float64Array(columns), bias: 0, iterations: 0, converged: true };
  // Half a row of each kind keeps the log-odds finite when a category has no positives.
  start[columns] = Math.log((positiveWeight + 0.5) / (totalWeight - positiveWeight + 0.5));

  const logits = new Float64Array(design.rows);
  const residuals = new Float64Array(design.rows);
  const objective = (point: Float64Array, gradient: Float64Array): number => {
    const bias = point[columns] ?? 0;
    design.multiply(point, wanted, logits);
    let loss = 0;
    let biasGradient = 0;
    for (let r = 0; r < design.rows; r += 1) {
      if (wanted[r] !== 1) continue;
      const weight = rowWeights?.[r] ?? 1;
      const target = targets[r] ?? 0;
      const logit = (logits[r] ?? 0) + bias;
      const decay = Math.exp(-Math.abs(logit));
      loss += weight * (Math.max(logit, 0) + Math.log1p(decay) - target * logit);
      const probability = logit >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
      const residual = weight * (probability - target);
      residuals[r] = residual;
      biasGradient += residual;
    }
    let squares = 0;
    for (let j = 0; j < columns; j += 1) {
      const weight = point[j] ?? 0;
      squares += weight * weight;
      gradient[j] = weight / settings.c;
    }
    gradient[columns] = biasGradient;
    design.addTransposed(residuals, wanted, gradient);
    return loss + squares / (2 * settings.c);
  };
  const minimum = minimise(objective, start, {
    maxIterations: settings.maxIterations,
    tolerance: settings.tolerance,
    ...(settings.onIteration && { onIteration: settings.onIteration }),
  });
  return {
    weights: minimum.point.slice(0, columns),
    bias: minimum.point[columns] ?? 0,
    iterations: minimum.iterations,
    converged: minimum.converged,
  };
}
