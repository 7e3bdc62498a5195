import {
  countPositives,
  FEWEST_BLOCK_POSITIVES,
  joinThresholds,
  solveBlockThreshold,
  solveReviewThreshold,
  type BlockThreshold,
  type ScoredLabel,
} from './thresholds.js';

/** What a policy asks of one category in one channel; null: it does not ask. */
export interface CategoryGoal {
  readonly blockPrecision: number | null;
  readonly reviewRecall: number | null;
  /** Probabilities from which to act until labels are enough. */
  readonly provisionalBlock: number | null;
  readonly provisionalReview: number | null;
}

/** What a category does that no model covers. */
export type Uncovered = 'ALLOW' | 'REVIEW';

/** Thresholds in force, in the form that bundles carry. */
export interface ThresholdsInForce {
  readonly review: number | null;
  readonly block: number | null;
  /** One of them was declared by the policy and not solved from labels. */
  readonly provisional: boolean;
}

/** A target that the labels do not let anybody promise, and what happens instead. */
export interface UnmetTarget {
  readonly category: string;
  readonly action: 'REVIEW' | 'BLOCK';
  readonly target: number;
  readonly why: string;
  readonly fallback: string;
}

export interface SolvedTargets {
  readonly thresholds: ThresholdsInForce;
  readonly unmet: readonly UnmetTarget[];
}

interface Answer {
  readonly threshold: number | null;
  readonly isSolved: boolean;
  readonly unmet: readonly UnmetTarget[];
}

/**
 * Thresholds of one category from the targets of its policy (calibration 3.3). Where labels are too few, the policy's provisional
 * threshold holds, else its word on uncovered categories; where they are enough and show no precision, nothing is blocked. Every target
 * that is not met is said.
 * @param labels held out from the model, weighted by 1/pi; scores as the bundle's calibrator gives them
 */
export function solveTargets(
  category: string,
  labels: readonly ScoredLabel[],
  goal: CategoryGoal,
  uncovered: Uncovered,
): SolvedTargets {
  const review = solveReview(category, labels, goal, uncovered);
  const block = solveBlock(category, labels, goal);
  const { provisionalBlock, reviewRecall, provisionalReview } = goal;
  const asksForReview = (reviewRecall ?? provisionalReview) !== null;
  // What would have been blocked and may not be is at least looked at.
  const isLookedAt = !asksForReview && block.threshold === null && block.unmet.length > 0 && provisionalBlock !== null;
  if (isLookedAt) {
    return {
      thresholds: { review: provisionalBlock, block: null, provisional: true },
      unmet: block.unmet.map((one) => ({ ...one, fallback: `review from the provisional ${provisionalBlock} on` })),
    };
  }
  const joined = review.threshold === null ? null : joinThresholds(review.threshold, block.threshold);
  const isBlockLost = joined !== null && block.threshold !== null && joined.block === null;
  const lost: readonly UnmetTarget[] =
    isBlockLost && goal.blockPrecision !== null
      ? [
          {
            category,
            action: 'BLOCK',
            target: goal.blockPrecision,
            why: `review begins at ${format(review.threshold)}, above block at ${format(block.threshold)}`,
            fallback: 'review only',
          },
        ]
      : [];
  const inForce = { review: review.threshold, block: joined === null ? block.threshold : joined.block };
  const isProvisional = (!review.isSolved && inForce.review !== null) || (!block.isSolved && inForce.block !== null);
  return {
    thresholds: { ...inForce, provisional: isProvisional },
    unmet: [...review.unmet, ...block.unmet.filter(() => !isBlockLost), ...lost],
  };
}

function solveReview(
  category: string,
  labels: readonly ScoredLabel[],
  goal: CategoryGoal,
  uncovered: Uncovered,
): Answer {
  const { reviewRecall: target, provisionalReview } = goal;
  if (target === null) return { threshold: provisionalReview, isSolved: false, unmet: [] };
  const solved = target < 1 ? solveReviewThreshold(labels, 1 - target) : 0;
  if (solved > 0) return { threshold: solved, isSolved: true, unmet: [] };
  const why = whyNoReview(labels, target);
  if (provisionalReview !== null) {
    const fallback = `provisional ${provisionalReview}`;
    return {
      threshold: provisionalReview,
      isSolved: false,
      unmet: [{ category, action: 'REVIEW', target, why, fallback }],
    };
  }
  const fallback = uncovered === 'REVIEW' ? 'review everything, as uncovered' : 'allow, as uncovered';
  return {
    threshold: uncovered === 'REVIEW' ? 0 : null,
    isSolved: false,
    unmet: [{ category, action: 'REVIEW', target, why, fallback }],
  };
}

/** Equal weights need k = floor(missRate (n + 1)) >= 1, so n >= 1 / missRate - 1. */
function whyNoReview(labels: readonly ScoredLabel[], target: number): string {
  const positives = countPositives(labels);
  const needed = target < 1 ? Math.ceil(1 / (1 - target) - 1 - 1e-9) : Number.POSITIVE_INFINITY;
  if (needed === Number.POSITIVE_INFINITY) return 'no number of labels shows that nothing is missed';
  return positives < needed
    ? `${positives} positives; ${needed} are needed`
    : `${positives} positives, of which one stands for too many contents`;
}

function solveBlock(category: string, labels: readonly ScoredLabel[], goal: CategoryGoal): Answer {
  const { blockPrecision: target, provisionalBlock } = goal;
  if (target === null) return { threshold: provisionalBlock, isSolved: false, unmet: [] };
  // No sample shows a precision of 1.
  const solved: BlockThreshold =
    target < 1
      ? solveBlockThreshold(labels, target)
      : { threshold: null, outcome: 'TARGET_NOT_MET', items: 0, positives: 0 };
  if (solved.threshold !== null) return { threshold: solved.threshold, isSolved: true, unmet: [] };
  if (solved.outcome === 'TOO_FEW_POSITIVES') {
    const why = `${countPositives(labels)} positives; ${FEWEST_BLOCK_POSITIVES} are needed`;
    const fallback = provisionalBlock === null ? 'review only' : `provisional ${provisionalBlock}`;
    return {
      threshold: provisionalBlock,
      isSolved: false,
      unmet: [{ category, action: 'BLOCK', target, why, fallback }],
    };
  }
  const why = `from no score on do the labels show a precision of ${target}`;
  return {
    threshold: null,
    isSolved: true,
    unmet: [{ category, action: 'BLOCK', target, why, fallback: 'review only' }],
  };
}

function format(threshold: number | null): string {
  return threshold === null ? 'no score' : threshold.toFixed(4);
}
