import {
  contentKey,
  type Action,
  type AnswerRequest,
  type LabelSubmitted,
  type VerdictRequested,
} from '#platform/contracts';
import type { WriteRecord } from '#platform/stream';
import { hashFields, verdictIdOf } from '#policy';
import { submissionIdOf, type AppealedVerdict, type SealedLease } from './lease.js';

/** What shall hold instead of a verdict, and where that verdict stands. */
export interface Overturn {
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
  readonly channel: string;
  readonly textHash: string;
  /** Of verdict.<channel>, and so of verdict.requested: all that is decided about a content has one order. */
  readonly partition: number;
  readonly action: Action;
  /** The submission behind it. */
  readonly causeId: string;
  readonly supersedes: string;
  /** In a few words; never content. */
  readonly reason: string;
}

/**
 * What a decision on an appeal asks for; null when the verdict stands. A correction of a decision replaces the verdict that the attempt before
 * it asked for, also when it returns to what the model had said: the person's word was out.
 */
export function overturnOf(lease: SealedLease, { action, attempt }: AnswerRequest): Overturn | null {
  const { verdict, leaseId, platform, contentId, revision } = lease;
  if (verdict === null || action === null || (attempt === 0 && action === verdict.action)) return null;
  const { channel, textHash, partition } = verdict;
  return {
    ...{ platform, contentId, revision, channel, textHash, partition, action },
    causeId: submissionIdOf(leaseId, attempt),
    supersedes:
      attempt === 0 ? verdict.verdictId : verdictByPerson(lease, verdict, submissionIdOf(leaseId, attempt - 1)),
    reason: 'appeal',
  };
}

/**
 * The same from the journal, for whoever takes over from a role that died between both records; null when the verdict stands.
 * @param verdict the one that was looked at, as the warehouse has it
 */
export function overturnOfSubmission(
  { platform, contentId, revision, leaseId, attempt, decision, origin }: LabelSubmitted,
  verdict: AppealedVerdict,
): Overturn | null {
  if (decision === null || (attempt === 0 && !decision.overturns)) return null;
  const item = { platform, contentId, revision };
  const { channel, textHash, partition } = verdict;
  return {
    ...{ ...item, channel, textHash, partition, action: decision.action },
    causeId: submissionIdOf(leaseId, attempt),
    supersedes:
      attempt === 0 ? verdict.verdictId : verdictByPerson(item, verdict, submissionIdOf(leaseId, attempt - 1)),
    reason: origin === 'APPEALED' ? 'appeal' : 'override',
  };
}

/** Id of the verdict that a decision of a person has made. */
function verdictByPerson(
  { platform, contentId, revision }: Pick<SealedLease, 'platform' | 'contentId' | 'revision'>,
  { channel, textHash }: AppealedVerdict,
  causeId: string,
): string {
  const decided = { deploymentId: '', mode: 'NORMAL', kind: 'SUPERSEDED' } as const;
  return verdictIdOf({ platform, contentId, revision, textHash, channel, causeId, ...decided });
}

/** The request for a superseding verdict; the same decision asks under the same id. */
export function verdictRequest(overturn: Overturn, requestedAt: number): VerdictRequested {
  const { platform, contentId, revision, channel, textHash, action, causeId, supersedes, reason } = overturn;
  return {
    ...{ platform, contentId, revision, channel, textHash, action, causeId, supersedes, reason },
    requestId: hashFields('OVERRIDE', causeId),
    kind: 'OVERRIDE',
    deploymentId: null,
    modelId: null,
    logits: {},
    requestedBy: 'label',
    requestedAt,
  };
}

/** The record of a request, beside its verdict. */
export function verdictRequestRecord(value: VerdictRequested, partition: number, bytes: Buffer): WriteRecord {
  return {
    topic: 'verdict.requested',
    partition,
    key: contentKey(value),
    value: bytes,
    headers: { 'tidegate-stage': 'label' },
  };
}
