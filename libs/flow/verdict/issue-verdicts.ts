import type {
  Action,
  DeploymentBundled,
  Mode,
  PredictionScored,
  Role,
  Source,
  VerdictIssued,
  VerdictKind,
  VerdictOverridden,
} from '#platform/contracts';
import { decideVerdict, verdictIdOf } from '#policy';

/** The revision that a verdict is about. */
export interface Revision {
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
  readonly textHash: string;
}

/** Where a verdict comes from, and when. */
export interface Occasion {
  readonly source: Source;
  readonly submittedAt: number;
  readonly issuedAt: number;
}

interface Ruling {
  readonly revision: Revision;
  readonly channel: string;
  readonly role: Role;
  readonly mode: Mode;
  readonly kind: VerdictKind;
  readonly causeId: string | null;
  readonly supersedes: string | null;
  readonly reason: string | null;
  readonly occasion: Occasion;
}

/** A verdict by a bundle. */
export function verdictByBundle(
  ruling: Ruling,
  bundle: DeploymentBundled,
  probabilities: Readonly<Record<string, number>>,
): VerdictIssued {
  const { deploymentId, modelId, calibrationId, thresholdSetId, policyId, policyVersion } = bundle;
  const decision = decideVerdict({ bundle, probabilities, mode: ruling.mode, override: null });
  return assemble(ruling, decision, {
    deploymentId,
    modelId,
    calibrationId,
    thresholdSetId,
    policyId,
    policyVersion,
  });
}

const NO_BUNDLE = {
  deploymentId: '',
  modelId: '',
  calibrationId: '',
  thresholdSetId: '',
  policyId: '',
  policyVersion: 0,
} as const;

/** A verdict by a person: no bundle has a part in it. */
export function verdictByPerson(ruling: Ruling, action: Action): VerdictIssued {
  return assemble(ruling, { action, decidedBy: 'PERSON', categories: {} }, NO_BUNDLE);
}

/** Nothing decides any more, so nothing is asked for: a reader who overlooks the kind does no harm with the gentlest action. */
export function withdrawnVerdict(ruling: Ruling): VerdictIssued {
  return assemble(ruling, { action: 'ALLOW', decidedBy: 'UNCOVERED', categories: {} }, NO_BUNDLE);
}

function assemble(
  ruling: Ruling,
  decision: Pick<VerdictIssued, 'action' | 'decidedBy' | 'categories'>,
  bundle: Pick<VerdictIssued, keyof typeof NO_BUNDLE>,
): VerdictIssued {
  const { revision, channel, role, mode, kind, causeId, occasion } = ruling;
  const { platform, contentId, textHash } = revision;
  const { deploymentId } = bundle;
  return {
    verdictId: verdictIdOf({
      platform,
      contentId,
      revision: revision.revision,
      textHash,
      channel,
      deploymentId,
      mode,
      kind,
      causeId,
    }),
    kind,
    contentId,
    revision: revision.revision,
    platform,
    channel,
    action: decision.action,
    categories: decision.categories,
    deploymentId,
    modelId: bundle.modelId,
    calibrationId: bundle.calibrationId,
    thresholdSetId: bundle.thresholdSetId,
    policyId: bundle.policyId,
    policyVersion: bundle.policyVersion,
    role,
    mode,
    decidedBy: decision.decidedBy,
    textHash,
    causeId,
    supersedes: ruling.supersedes,
    reason: ruling.reason,
    source: occasion.source,
    submittedAt: occasion.submittedAt,
    issuedAt: occasion.issuedAt,
  };
}

/**
 * One verdict per channel by its effective assignment; a person's decision on the revision wins where there is one.
 * @param bundleOf throws when the bundle is not read yet
 */
export function issueVerdicts(
  prediction: PredictionScored,
  bundleOf: (deploymentId: string) => DeploymentBundled,
  overrideOf: (prediction: PredictionScored, channel: string) => VerdictOverridden | undefined,
  occasion: Occasion,
): readonly VerdictIssued[] {
  const verdicts: VerdictIssued[] = [];
  for (const { channel, role, mode, deploymentId, probabilities } of prediction.assignments) {
    if (role === 'SHADOW') continue;
    const override = overrideOf(prediction, channel);
    const ruling = {
      revision: prediction,
      channel,
      role,
      mode,
      kind: 'ISSUED',
      causeId: override?.causeId ?? null,
      supersedes: null,
      reason: null,
      occasion,
    } as const;
    verdicts.push(
      override === undefined
        ? verdictByBundle(ruling, bundleOf(deploymentId), probabilities)
        : verdictByPerson(ruling, override.action),
    );
  }
  return verdicts;
}
