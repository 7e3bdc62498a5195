declare const inclusion: unique symbol;

/** A probability with which the draw and the cap chose a content, known before anybody was asked; in (0, 1]. */
export type KnownProbability = number & { readonly [inclusion]: true };

/** Why nothing can be estimated from what was given. */
export type EstimationErrorCode = 'no_probability';

export class EstimationError extends Error {
  override readonly name = 'EstimationError';
  constructor(
    readonly code: EstimationErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** How a content came to be labelled. Reports, appeals and red-team finds chose themselves, train-only picks were chosen without chance. */
export type LabelOrigin = 'DRAWN' | 'TRAIN_ONLY' | 'REPORTED' | 'APPEALED' | 'IMPORTED' | 'RED_TEAM';

/** One content of a window, for one category and channel. An estimate needs all of them, not only the labelled ones. */
export interface EstimationRow {
  /** m: calibrated probability at decision time. */
  readonly score: number;
  /** h: whether the category's threshold was reached. */
  readonly flagged: boolean;
  /** Near-duplicate group; a content that resembles no other one has a group of its own. */
  readonly group: string;
  /** Null: not drawn. */
  readonly draw: EstimationDraw | null;
}

export interface EstimationDraw {
  readonly origin: 'DRAWN';
  /** Final: of the draw times of the cap. */
  readonly probability: KnownProbability;
  /** Part of the queue within which missing labels are missing at random. */
  readonly stratum: string;
  /** 1, 0, or null: not labelled yet, skipped, or undecided. */
  readonly label: 0 | 1 | null;
}

/**
 * The only way to a {@link KnownProbability}.
 * @throws EstimationError for what was not drawn, or for a probability outside (0, 1]
 */
export function knownProbability(origin: LabelOrigin, probability: number | null): KnownProbability {
  if (origin !== 'DRAWN' || probability === null) {
    throw new EstimationError(
      'no_probability',
      `${origin}: such a content has no inclusion probability and enters no estimate; leave its label to training`,
    );
  }
  if (!isKnown(probability)) {
    throw new EstimationError('no_probability', `probability: must be in (0, 1], is ${probability}`);
  }
  return probability;
}

function isKnown(probability: number): probability is KnownProbability {
  return probability > 0 && probability <= 1;
}

/** Throws for a row that reached the estimator past the types, as decoded JSON does. */
export function assertDrawn(draw: EstimationDraw): void {
  knownProbability(draw.origin, draw.probability);
}
