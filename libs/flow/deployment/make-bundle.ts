import type { CategoryTarget, DeploymentBundled, PolicyPublished, Thresholds } from '#platform/contracts';
import { hashFields, hashJson } from '#policy';

/** What a model artefact says of itself. */
export interface ServableModel {
  readonly modelId: string;
  /** SHA-256 of its file. */
  readonly sha256: string;
  /** By category that the model covers. */
  readonly calibrators: DeploymentBundled['calibrators'];
  /** By category; solved from labels where `provisional` is false. */
  readonly thresholds: Readonly<Record<string, Thresholds>>;
}

/** Calibrators and thresholds of a channel by which a model is judged in place of its own. */
export interface ChannelCalibration {
  readonly calibrators: DeploymentBundled['calibrators'];
  /** Of the categories whose targets they answer, fallbacks included; the others follow from the policy. */
  readonly thresholds: Readonly<Record<string, Thresholds>>;
}

/** Parts of a bundle of the model that is live, by a calibration; or what is wrong, with the field. */
export type CalibrationAnswer =
  | {
      readonly ok: true;
      readonly policy: PolicyPublished;
      readonly model: ServableModel;
      readonly calibration: ChannelCalibration;
    }
  | { readonly ok: false; readonly why: string };

/**
 * Joins a model with what a policy asks for in one channel. Ids hash their parts, so that the same parts are the same bundle on
 * every start and in every replica; `bundledAt` has no part in them.
 * @throws Error when the policy does not name the channel
 */
export function makeBundle(
  channel: string,
  policy: PolicyPublished,
  model: ServableModel,
  bundledAt: number,
  calibration: ChannelCalibration | null = null,
): DeploymentBundled {
  const asked = policy.channels[channel];
  if (asked === undefined)
    throw new Error(`policy ${policy.policyId}@${policy.version} does not name channel ${channel}`);
  const { calibrators } = calibration ?? model;
  const covered = policy.categories.filter((category) => calibrators[category] !== undefined);
  const uncoveredCategories = policy.categories.filter((category) => calibrators[category] === undefined);
  const thresholds = Object.fromEntries(
    covered.map((category) => [
      category,
      calibration?.thresholds[category] ?? thresholdsOf(asked.targets[category], model.thresholds[category]),
    ]),
  );
  const calibrationId = `c-${hashJson(calibrators)}`;
  const thresholdSetId = `t-${hashJson(thresholds)}`;
  const { policyId, version: policyVersion } = policy;
  const { modelId, sha256: modelSha256 } = model;
  const { uncovered } = asked;
  const rest = hashJson({ uncovered, uncoveredCategories });
  const parts = [channel, modelId, modelSha256, calibrationId, thresholdSetId, policyId, policyVersion, rest];
  return {
    deploymentId: `d-${hashFields(...parts)}`,
    channel,
    modelId,
    modelSha256,
    calibrationId,
    thresholdSetId,
    policyId,
    policyVersion,
    calibrators,
    thresholds,
    uncovered,
    uncoveredCategories,
    bundledAt,
  };
}

/** Solved thresholds hold; until there are any, those that the policy declares (design 5). A category without a target never acts. */
function thresholdsOf(target: CategoryTarget | undefined, ofModel: Thresholds | undefined): Thresholds {
  const asksForReview = target !== undefined && (target.reviewRecall ?? target.provisionalReview) !== null;
  const asksForBlock = target !== undefined && (target.blockPrecision ?? target.provisionalBlock) !== null;
  if (ofModel?.provisional === false) {
    return {
      review: asksForReview ? ofModel.review : null,
      block: asksForBlock ? ofModel.block : null,
      provisional: false,
    };
  }
  return {
    review: asksForReview ? target.provisionalReview : null,
    block: asksForBlock ? target.provisionalBlock : null,
    provisional: true,
  };
}
