import type { CategoryTarget, DeploymentBundled, TrainingCompleted, Thresholds } from '#platform/contracts';
import { hashFields, hashJson } from '#policy';
import { labelsOfCategory, type LabelledDraw } from './calibration-labels.js';
import { refreshCategory, type CategoryRefresh } from './refresh-category.js';

/** What is live in a channel, and what its policy asks. */
export interface LiveChannel {
  readonly channel: string;
  readonly modelId: string;
  readonly modelSha256: string;
  /** Family of the model. */
  readonly family: string;
  readonly policyId: string;
  readonly policyVersion: number;
  /** Version of the policy under which the calibrators first went live. */
  readonly calibratedUnder: number;
  readonly calibrators: DeploymentBundled['calibrators'];
  readonly thresholds: DeploymentBundled['thresholds'];
  readonly uncovered: DeploymentBundled['uncovered'];
  readonly targets: Readonly<Record<string, CategoryTarget>>;
}

export interface ChannelRefresh {
  readonly live: LiveChannel;
  readonly categories: readonly CategoryRefresh[];
  /** Something differs from what is live. */
  readonly isRefreshed: boolean;
}

const NO_TARGET: CategoryTarget = {
  blockPrecision: null,
  reviewRecall: null,
  provisionalBlock: null,
  provisionalReview: null,
};
const NO_THRESHOLDS: Thresholds = { review: null, block: null, provisional: false };

/** What the figures of a calibration follow from beside labels: another rule is another recipe. */
const RECIPE = { days: 30, older: 0.7, clip: 50, delta: 0.05, leastPositives: 20, leastBlockPositives: 50 };

/** Days of labels that count (calibration 3.4). */
export const CALIBRATION_DAYS = RECIPE.days;

/** Categories of a channel in the order of the columns of its labels. */
export function calibratedCategories({ calibrators }: Pick<LiveChannel, 'calibrators'>): readonly string[] {
  return Object.keys(calibrators).sort();
}

/**
 * Calibrators and thresholds of every category that the live model covers, from the labels of its sample.
 * @param onCategory before each of them; one may take a second
 */
export function refreshChannel(
  live: LiveChannel,
  draws: readonly LabelledDraw[],
  cause: { readonly isAsked: boolean },
  onCategory: (done: number, total: number) => void,
): ChannelRefresh {
  const policyChanged = live.calibratedUnder !== live.policyVersion;
  const names = calibratedCategories(live);
  const categories: CategoryRefresh[] = [];
  for (const [place, category] of names.entries()) {
    const calibrator = live.calibrators[category];
    if (calibrator === undefined) continue;
    onCategory(place, names.length);
    const ofLive = {
      category,
      calibrator,
      thresholds: live.thresholds[category] ?? NO_THRESHOLDS,
      goal: live.targets[category] ?? NO_TARGET,
      uncovered: live.uncovered,
    };
    categories.push(refreshCategory(ofLive, labelsOfCategory(draws, place), { ...cause, policyChanged }));
  }
  const before = names.map((category) => [live.calibrators[category], live.thresholds[category] ?? NO_THRESHOLDS]);
  const after = categories.map(({ calibrator, thresholds }) => [calibrator, thresholds]);
  return { live, categories, isRefreshed: hashJson(before) !== hashJson(after) };
}

/** The event. Its id hashes all that decides: the same labels give the same calibration, whoever asks. */
export function completedCalibration(
  { live, categories }: ChannelRefresh,
  by: { readonly requestId: string; readonly release: string; readonly completedAt: number },
): TrainingCompleted {
  const { channel, modelId, modelSha256, family, policyId, policyVersion } = live;
  const calibrators = Object.fromEntries(categories.map(({ category, calibrator }) => [category, calibrator]));
  const thresholds = Object.fromEntries(categories.map(({ category, thresholds: solved }) => [category, solved]));
  const decides = hashFields(
    'calibration',
    channel,
    modelId,
    policyId,
    policyVersion,
    hashJson(calibrators),
    hashJson(thresholds),
  );
  return {
    artefactId: `c-${decides.slice(0, 16)}`,
    kind: 'CALIBRATION',
    requestId: by.requestId,
    modelId,
    modelSha256,
    name: 'calibration',
    family,
    datasetId: null,
    recipeId: `r-${hashJson(RECIPE).slice(0, 16)}`,
    parentModelId: null,
    channel,
    policyId,
    policyVersion,
    categories: categories.map(({ category }) => category),
    calibrators,
    thresholds,
    unmetTargets: categories.flatMap(({ unmet }) => unmet),
    metrics: Object.fromEntries(
      categories.map(({ category, checked }) => [
        category,
        { ...checked, averagePrecision: null, low: null, high: null, rocAuc: null },
      ]),
    ),
    // Calibrators and thresholds stand in the event: there are no files.
    bytes: 0,
    release: by.release,
    completedAt: by.completedAt,
  };
}
