/** Which contents the encoder looks at; part of the model, because it decides logits. */
export interface Cascade {
  /** A content is uncertain when it lies in any of these. */
  readonly bands: readonly CascadeBand[];
  /** Share of the uncertain contents that is encoded, by a hash of the content's id. */
  readonly rate: number;
  /** Names the salt of that hash: two models with the same one encode the same contents. */
  readonly saltId: string;
}

/** From `low` on and below `high`, in logits of the n-grams: a new calibration routes as the old one did. */
export interface CascadeBand {
  readonly category: string;
  readonly low: number;
  readonly high: number;
}

export function isUncertain({ bands }: Pick<Cascade, 'bands'>, logits: Readonly<Record<string, number>>): boolean {
  return bands.some(({ category, low, high }) => {
    const logit = logits[category];
    return logit !== undefined && logit >= low && logit < high;
  });
}

/**
 * Whether a content goes to the encoder (model 9.5): a function of the model, its n-gram logits and a hash of its id. There is no budget
 * of the moment, so a replay routes the same.
 * @param draw u(salt, id) in [0, 1) of the content
 */
export function goesToEncoder(cascade: Cascade, logits: Readonly<Record<string, number>>, draw: () => number): boolean {
  // The band first: it is cheaper than the hash, and most contents lie outside.
  return isUncertain(cascade, logits) && (cascade.rate >= 1 || draw() < cascade.rate);
}
