import type { PolicyPublished } from '#platform/contracts';
import { parsePolicy, type PolicyDocument } from '#policy';

/** A version never changes, and a pass asks for its document a million times. */
const parsed = new WeakMap<PolicyPublished, PolicyDocument | null>();

/** The document of a published policy; null when a later release than this one wrote it. */
export function documentOf(policy: PolicyPublished): PolicyDocument | null {
  const known = parsed.get(policy);
  if (known !== undefined) return known;
  const result = parsePolicy(policy.document, `${policy.policyId}@${policy.version}`);
  const document = result.ok ? result.policy : null;
  parsed.set(policy, document);
  return document;
}
