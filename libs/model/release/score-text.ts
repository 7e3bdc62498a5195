import { applyCalibrator, identityCalibrator } from '../calibration/calibrator.js';
import type { Calibrator } from '../calibration/calibrator.js';
import { createFeaturiser as createIds, createFeatureBuffer } from '../features/featuriser.js';
import { roundLogit } from '../features/score-linear.js';
import type { FeaturiserSettings } from '../features/settings.js';

/** What of `model.json` decides a score, beside the network. */
export interface ScoredModel {
  readonly featuriser: FeaturiserSettings;
  readonly categories: readonly string[];
  readonly calibrators: Readonly<Record<string, Calibrator>>;
}

/** The inputs `ids` and `weights` of the network for one text, as a batch of one: shape [1, ids.length]. */
export interface NetworkInput {
  readonly ids: BigInt64Array;
  readonly weights: Float32Array;
}

export interface CategoryScore {
  /** Rounded to 2^-12. */
  readonly logit: number;
  /** Calibrated, as verdicts use it. */
  readonly probability: number;
}

/** @param terms content of `tables/terms.bin` */
export function createFeaturiser(
  model: Pick<ScoredModel, 'featuriser'>,
  terms: Uint8Array,
): (text: string) => NetworkInput {
  const featuriser = createIds(model.featuriser);
  const buffer = createFeatureBuffer(model.featuriser);
  return function featurise(text) {
    const count = featuriser.write(text, buffer);
    // A text without features is one of weight 0: some runtimes refuse an empty dimension.
    const ids = new BigInt64Array(Math.max(1, count));
    const weights = new Float32Array(ids.length);
    for (let k = 0; k < count; k += 1) {
      const id = buffer.ids[k] ?? 0;
      ids[k] = BigInt(id);
      weights[k] = terms[id] ?? 0;
    }
    return { ids, weights };
  };
}

/** By category, from the output `logits` of the network for one text. */
export function scoresOf(
  model: Pick<ScoredModel, 'categories' | 'calibrators'>,
  logits: ArrayLike<number>,
): Record<string, CategoryScore> {
  return Object.fromEntries(
    model.categories.map((category, column) => {
      const logit = roundLogit(logits[column] ?? Number.NaN);
      const calibrator = model.calibrators[category] ?? identityCalibrator;
      return [category, { logit, probability: applyCalibrator(calibrator, logit) }];
    }),
  );
}
