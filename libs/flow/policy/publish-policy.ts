import type { CategoryTarget, ChannelPolicy, PolicyPublished } from '#platform/contracts';
import {
  formatPolicyProblem,
  hashText,
  lintPolicy,
  parsePolicy,
  type PolicyDocument,
  type PolicyTarget,
} from '#policy';
import { changedQuestions } from './changed-questions.js';

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

/** The versions that stand on policy.published. */
export interface PublishedPolicies {
  readonly get: (key: string) => PolicyPublished | undefined;
  readonly values: () => Iterable<PolicyPublished>;
}

/** What stands on the topic, and what is on its way there. */
export function withPlanned(
  published: PublishedPolicies,
  planned: ReadonlyMap<string, PolicyPublished>,
): PublishedPolicies {
  return {
    get: (key) => published.get(key) ?? planned.get(key),
    values: () => [...published.values(), ...planned.values()],
  };
}

/**
 * Whether a document may become a version. Versions are immutable: the same one with another document is refused, and so is a
 * question@version that asks something else than it asks in any published policy.
 * @param channels of the installation
 */
export function publishPolicy(
  { file, text }: Draft,
  published: PublishedPolicies,
  channels: readonly string[],
  publishedAt: number,
): Publication {
  const parsed = parsePolicy(text, file);
  if (!parsed.ok) return { kind: 'refused', problems: parsed.problems.map(formatPolicyProblem) };
  const policy = asPublished(parsed.policy, text, publishedAt);
  const key = policyKey(policy);
  const known = published.get(key);
  // Before lint: a release that finds more must not refuse to start with what holds already.
  if (known?.documentHash === policy.documentHash) return { kind: 'published' };
  const problems = lintPolicy(parsed, channels).filter(({ severity }) => severity === 'error');
  if (problems.length === 0) {
    if (known !== undefined) {
      problems.push(parsed.problemAt(['version'], `${key} is published with another document; raise the version`));
    }
    problems.push(...changedQuestions(parsed, published.values()));
  }
  if (problems.length > 0) return { kind: 'refused', problems: problems.map(formatPolicyProblem) };
  return { kind: 'publish', policy };
}

function asPublished(document: PolicyDocument, text: string, publishedAt: number): PolicyPublished {
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
