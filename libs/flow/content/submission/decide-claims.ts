import type { ContentAccepted } from '#platform/contracts';

/** What a key of content.accepted stands for, without the time of the claim. */
export type ClaimedContent = Pick<ContentAccepted, 'platform' | 'contentId' | 'revision' | 'textHash'>;

export interface ClaimRequest {
  /** Key in content.accepted: of a revision, or of an Idempotency-Key. */
  readonly key: string;
  readonly claim: ClaimedContent;
}

/** `new`: the key was free; `same`: it was claimed by this very content; `other`: it belongs to another one. */
export type ClaimOutcome = 'new' | 'same' | 'other';

/**
 * Decides requests in order; each sees the claims of those before it, so one call may repeat itself. The first claim on a key holds.
 */
export function decideClaims(
  requests: readonly ClaimRequest[],
  claimOf: (key: string) => ClaimedContent | undefined,
): readonly ClaimOutcome[] {
  const fresh = new Map<string, ClaimedContent>();
  return requests.map(({ key, claim }) => {
    const held = fresh.get(key) ?? claimOf(key);
    if (held === undefined) {
      fresh.set(key, claim);
      return 'new';
    }
    return isSame(held, claim) ? 'same' : 'other';
  });
}

function isSame(left: ClaimedContent, right: ClaimedContent): boolean {
  return (
    left.textHash === right.textHash &&
    left.contentId === right.contentId &&
    left.revision === right.revision &&
    left.platform === right.platform
  );
}
