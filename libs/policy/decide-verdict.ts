import type { Action, CategoryVerdict, Decider, DeploymentBundled, Mode } from '#platform/contracts';

/** What is decided on: the rules of the bundle, what the model says, how the channel runs, and what a person said. */
export interface VerdictCase {
  readonly bundle: Pick<DeploymentBundled, 'thresholds' | 'uncovered' | 'uncoveredCategories'>;
  /** Calibrated probabilities; empty when the model failed. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly mode: Mode;
  /** A person's decision on this revision and channel, until it is withdrawn. */
  readonly override: Action | null;
}

export interface Decision {
  readonly action: Action;
  readonly decidedBy: Decider;
  /** Empty when no model decided. */
  readonly categories: Readonly<Record<string, CategoryVerdict>>;
}

const STRICTNESS: Readonly<Record<Action, number>> = { ALLOW: 0, REVIEW: 1, BLOCK: 2 };

/** Negative: the first action is gentler; 0: the same; positive: stricter. */
export function compareActions(left: Action, right: Action): number {
  return STRICTNESS[left] - STRICTNESS[right];
}

const NO_CATEGORIES: Readonly<Record<string, CategoryVerdict>> = {};

/**
 * The strictest action over the categories (calibration 3.3); thresholds are inclusive. A person wins over the kill switch, the
 * kill switch over the model. Categories that no model covers do what the bundle says; a covered category whose probability is
 * missing asks for a review, because a failure must not read as harmless.
 */
export function decideVerdict({ bundle, probabilities, mode, override }: VerdictCase): Decision {
  if (override !== null) return { action: override, decidedBy: 'PERSON', categories: NO_CATEGORIES };
  if (mode === 'REVIEW_ALL') return { action: 'REVIEW', decidedBy: 'MODE', categories: NO_CATEGORIES };
  if (mode === 'ALLOW_ALL') return { action: 'ALLOW', decidedBy: 'MODE', categories: NO_CATEGORIES };

  const categories: Record<string, CategoryVerdict> = {};
  let strictest: Action = 'ALLOW';
  let decidedBy: Decider = 'MODEL';
  let withoutModel: Action = bundle.uncoveredCategories.length > 0 ? bundle.uncovered : 'ALLOW';
  for (const category in bundle.thresholds) {
    const thresholds = bundle.thresholds[category];
    if (thresholds === undefined) continue;
    const probability = probabilities[category];
    if (probability === undefined) {
      withoutModel = 'REVIEW';
      continue;
    }
    const { review, block, provisional } = thresholds;
    let action: Action = 'ALLOW';
    if (block !== null && probability >= block) action = 'BLOCK';
    else if (review !== null && probability >= review) action = 'REVIEW';
    categories[category] = { probability, action, reviewThreshold: review, blockThreshold: block, provisional };
    if (STRICTNESS[action] > STRICTNESS[strictest]) strictest = action;
  }
  if (STRICTNESS[withoutModel] > STRICTNESS[strictest]) {
    strictest = withoutModel;
    decidedBy = 'UNCOVERED';
  }
  return { action: strictest, decidedBy, categories };
}
