import type { CategoryTarget, ChannelPolicy, PolicyPublished } from '#platform/contracts';
import {
  formatPolicyProblem,
  hashText,
  lintPolicy,
  parsePolicy,
  type PolicyDocument,
  type PolicyTarget,
} from '#policy';

/** A document on its way to be published. */
export interface Draft {
  /** Named in problems. */
  readonly file: string;
  readonly text: string;
}

export type Publication =
  | { readonly kind: 'publish'; readonly policy: PolicyPublished }
  /** The same version of the same document is there already. */
  | { readonly kind: 'published' }
  /** One line each, with file, line and field. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Key of policy.published. */
export function policyKey({ policyId, version }: Pick<PolicyPublished, 'policyId' | 'version'>): string {
  return `${policyId}@${version}`;
}

/**
 * Whether a document may become a version. Versions are immutable: the same one with another document is refused.
 * @param publishedOf what stands under a key of policy.published
 * @param channels of the installation
 */
export function publishPolicy(
  { file, text }: Draft,
  publishedOf: (key: string) => PolicyPublished | undefined,
  channels: readonly string[],
  publishedAt: number,
): Publication {
  const parsed = parsePolicy(text, file);
  if (!parsed.ok) return { kind: 'refused', problems: parsed.problems.map(formatPolicyProblem) };
  const errors = lintPolicy(parsed, channels).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { kind: 'refused', problems: errors.map(formatPolicyProblem) };
  const policy = published(parsed.policy, text, publishedAt);
  const key = policyKey(policy);
  const known = publishedOf(key);
  if (known === undefined) return { kind: 'publish', policy };
  if (known.documentHash === policy.documentHash) return { kind: 'published' };
  const problem = parsed.problemAt(['version'], `${key} is published with another document; raise the version`);
  return { kind: 'refused', problems: [formatPolicyProblem(problem)] };
}

function published(document: PolicyDocument, text: string, publishedAt: number): PolicyPublished {
  const { id, version, title, owner, changelog, categories } = document;
  const channels: Record<string, ChannelPolicy> = {};
  for (const [channel, { uncovered, targets }] of Object.entries(document.channels)) {
    channels[channel] = {
      uncovered: uncovered === 'review' ? 'REVIEW' : 'ALLOW',
      targets: Object.fromEntries(Object.entries(targets).map(([category, it]) => [category, asTarget(it)])),
    };
  }
  return {
    policyId: id,
    version,
    title,
    owner,
    changelog,
    categories,
    channels,
    document: text,
    documentHash: hashText(text),
    publishedAt,
  };
}

function asTarget({ block, review }: PolicyTarget): CategoryTarget {
  return {
    blockPrecision: block?.precision ?? null,
    reviewRecall: review?.recall ?? null,
    provisionalBlock: block?.provisional ?? null,
    provisionalReview: review?.provisional ?? null,
  };
}
