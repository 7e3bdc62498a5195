import type { VerdictIssued } from '#platform/contracts';

/** A verdict of channel `public` on `forum/c-1`, as the verdict role writes them; what a test is about is given in `rest`. */
export function issuedVerdict(rest: Partial<VerdictIssued> = {}): VerdictIssued {
  return {
    verdictId: 'ab'.repeat(16),
    kind: 'ISSUED',
    contentId: 'c-1',
    revision: 1,
    platform: 'forum',
    channel: 'public',
    action: 'ALLOW',
    categories: {},
    deploymentId: 'd-1',
    modelId: 'm-1',
    calibrationId: 'c-1',
    thresholdSetId: 't-1',
    policyId: 'default',
    policyVersion: 1,
    role: 'LIVE',
    mode: 'NORMAL',
    decidedBy: 'MODEL',
    textHash: '0'.repeat(32),
    causeId: null,
    supersedes: null,
    reason: null,
    source: { topic: 'prediction.scored', partition: 0, offset: 0 },
    submittedAt: 0,
    issuedAt: 0,
    ...rest,
  };
}
