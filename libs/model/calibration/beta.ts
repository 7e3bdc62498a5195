import { sigmoid, softplus } from './calibrator.js';
import type { Calibrator, CalibrationRow } from './calibrator.js';
import { minimise } from '../training/minimise.js';

/** Pulls ln a and ln b towards 0 (a = b = 1, the identity) where the data says nothing. */
const ridge = 1e-6;

/**
 * Beta calibration: `logit = a ln p - b ln(1 - p) + c`, with a and b kept positive by fitting their logarithms, on
 * weighted log loss with a tiny L2 penalty (calibration 3.1).
 */
export function fitBeta(rows: readonly CalibrationRow[]): Calibrator {
  const logPositive = Float64Array.from(rows, ({ logit }) => -softplus(-logit));
  const logNegative = Float64Array.from(rows, ({ logit }) => -softplus(logit));
  let total = 0;
  for (const { weight } of rows) total += weight;
  const minimum = minimise(
    (point, gradient) => {
      const logA = point[0] ?? 0;
      const logB = point[1] ?? 0;
      const c = point[2] ?? 0;
      const a = Math.exp(logA);
      const b = Math.exp(logB);
      let loss = (ridge / 2) * (logA * logA + logB * logB);
      let ga = 0;
      let gb = 0;
      let gc = 0;
      for (let i = 0; i < rows.length; i += 1) {
        const row = rows[i];
        if (row === undefined) continue;
        const weight = row.weight / total;
        const label = row.label;
        const u = logPositive[i] ?? 0;
        const v = logNegative[i] ?? 0;
        const z = a * u - b * v + c;
        loss += weight * (softplus(z) - label * z);
        const residual = weight * (sigmoid(z) - label);
        ga += residual * a * u;
        gb -= residual * b * v;
        gc += residual;
      }
      gradient[0] = ga + ridge * logA;
      gradient[1] = gb + ridge * logB;
      gradient[2] = gc;
      return loss;
    },
    new Float64Array(3),
    { maxIterations: 200, tolerance: 1e-8 },
  );
  const [logA = 0, logB = 0, c = 0] = minimum.point;
  return { kind: 'BETA', parameters: [Math.exp(logA), Math.exp(logB), c], x: [], y: [] };
}
