import { applyCalibrator } from '#model';
import type { DeploymentBundled } from '#platform/contracts';

/**
 * Calibrated probability of each category that the bundle covers and the model scored, as float32: the precision in which
 * probabilities travel, so that the gateway, the stream and a re-score decide on the same number.
 */
export function calibrate(
  bundle: Pick<DeploymentBundled, 'calibrators'>,
  logits: Readonly<Record<string, number>>,
): Record<string, number> {
  const probabilities: Record<string, number> = {};
  const { calibrators } = bundle;
  for (const category in calibrators) {
    const calibrator = calibrators[category];
    const logit = logits[category];
    if (calibrator === undefined || logit === undefined) continue;
    probabilities[category] = Math.fround(applyCalibrator(calibrator, logit));
  }
  return probabilities;
}
