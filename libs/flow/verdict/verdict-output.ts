import { revisionKey, type VerdictIssued, type VerdictOverridden, type VerdictRequested } from '#platform/contracts';

/** What the stage writes. */
export type VerdictOutput =
  | { readonly kind: 'verdict'; readonly verdict: VerdictIssued }
  | { readonly kind: 'override'; readonly override: VerdictOverridden }
  | { readonly kind: 'withdrawal'; readonly request: VerdictRequested };

/** Key of a person's decision. A channel holds no slash, so the last slash parts them. */
export function overrideKey(
  revision: { readonly platform: string; readonly contentId: string; readonly revision: number },
  channel: string,
): string {
  return `${revisionKey(revision)}/${channel}`;
}
