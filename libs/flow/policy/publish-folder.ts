import type { PolicyPublished } from '#platform/contracts';
import { FatalError } from '#platform/stream';
import { policyKey, publishPolicy, withPlanned, type Draft, type PublishedPolicies } from './publish-policy.js';

/**
 * What of a folder of documents is new. A start changes nothing when the folder did not change.
 * @throws FatalError with all problems, each with file, line and field: a role must not run on a part of its policies
 */
export function planFolder(
  drafts: readonly Draft[],
  published: PublishedPolicies,
  channels: readonly string[],
  publishedAt: number,
): readonly PolicyPublished[] {
  const planned = new Map<string, PolicyPublished>();
  const problems: string[] = [];
  for (const draft of drafts) {
    const answer = publishPolicy(draft, withPlanned(published, planned), channels, publishedAt);
    if (answer.kind === 'publish') planned.set(policyKey(answer.policy), answer.policy);
    if (answer.kind === 'refused') problems.push(...answer.problems);
  }
  if (problems.length > 0) {
    throw new FatalError('configuration', `policies cannot be published\n  ${problems.join('\n  ')}`);
  }
  return [...planned.values()];
}
