import type { DeploymentBundled, VerdictOverridden, VerdictRequested } from '#platform/contracts';
import { emit, reject, skip, type Outcome } from '#platform/stream';
import { calibrate } from '#policy';
import { verdictByBundle, verdictByPerson, withdrawnVerdict, type Occasion } from './issue-verdicts.js';
import type { VerdictOutput } from './verdict-output.js';

export interface RequestCase {
  readonly request: VerdictRequested;
  /** Channels of the installation. */
  readonly channels: readonly string[];
  /** What a person decided before on this revision and channel. */
  readonly override: VerdictOverridden | undefined;
  /** The bundle that the request names; undefined when there is none. */
  readonly bundle: DeploymentBundled | undefined;
  readonly occasion: Occasion;
}

/**
 * What becomes of a request for another verdict. A person's decision stays until it is withdrawn: what machines ask meanwhile is
 * skipped. A request that misses what its kind needs is rejected.
 */
export function answerRequest({ request, channels, override, bundle, occasion }: RequestCase): Outcome<VerdictOutput> {
  const { channel, kind, causeId, supersedes, reason, action } = request;
  if (!channels.includes(channel)) return reject('invalid_field', 'channel: the installation has no such channel');
  const ruling = {
    revision: request,
    channel,
    role: 'LIVE',
    mode: 'NORMAL',
    kind: 'SUPERSEDED',
    causeId,
    supersedes,
    reason,
    occasion,
  } as const;

  switch (kind) {
    case 'OVERRIDE': {
      if (action === null) return reject('invalid_field', 'action: an OVERRIDE names one');
      const verdict = verdictByPerson(ruling, action);
      const { contentId, revision, platform } = request;
      const record: VerdictOverridden = {
        contentId,
        revision,
        platform,
        channel,
        action,
        causeId,
        verdictId: verdict.verdictId,
        overriddenAt: occasion.issuedAt,
      };
      return emit<VerdictOutput>({ kind: 'verdict', verdict }, { kind: 'override', override: record });
    }
    case 'RETRACT': {
      if (override !== undefined) return skip('overridden');
      if (supersedes === null)
        return reject('invalid_field', 'supersedes: a RETRACT names the verdict that it withdraws');
      return emit<VerdictOutput>({ kind: 'verdict', verdict: withdrawnVerdict({ ...ruling, kind: 'RETRACTED' }) });
    }
    case 'RESCORE':
    case 'WITHDRAW_OVERRIDE': {
      if (kind === 'RESCORE' && override !== undefined) return skip('overridden');
      if (kind === 'WITHDRAW_OVERRIDE' && override === undefined) return skip('not_overridden');
      const problem = rescoreProblem(request, bundle);
      if (problem !== null || bundle === undefined) return reject('invalid_field', problem ?? 'deploymentId: missing');
      const verdict = verdictByBundle(ruling, bundle, calibrate(bundle, request.logits));
      return kind === 'RESCORE'
        ? emit<VerdictOutput>({ kind: 'verdict', verdict })
        : emit<VerdictOutput>({ kind: 'verdict', verdict }, { kind: 'withdrawal', request });
    }
  }
}

function rescoreProblem(request: VerdictRequested, bundle: DeploymentBundled | undefined): string | null {
  const { kind, deploymentId, modelId, logits, channel } = request;
  if (deploymentId === null) return `deploymentId: a ${kind} names the bundle that decides`;
  if (bundle === undefined) return 'deploymentId: there is no such bundle';
  if (bundle.channel !== channel) return 'deploymentId: the bundle belongs to another channel';
  if (modelId !== null && modelId !== bundle.modelId) return 'modelId: the bundle has another model';
  if (Object.keys(logits).length === 0) return `logits: a ${kind} carries those of the model`;
  return null;
}
