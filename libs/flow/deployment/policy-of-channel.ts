import type { PolicyPublished } from '#platform/contracts';

export type ChannelPolicyAnswer =
  | { readonly kind: 'policy'; readonly policy: PolicyPublished }
  | { readonly kind: 'none' }
  /** Several policies claim the channel: nobody can say which holds. */
  | { readonly kind: 'conflict'; readonly policyIds: readonly string[] };

/** The policy that holds in a channel: the highest version of the one policy whose highest version names it. */
export function policyOfChannel(channel: string, policies: Iterable<PolicyPublished>): ChannelPolicyAnswer {
  const latest = new Map<string, PolicyPublished>();
  for (const policy of policies) {
    const known = latest.get(policy.policyId);
    if (known === undefined || known.version < policy.version) latest.set(policy.policyId, policy);
  }
  const claims = [...latest.values()].filter((policy) => policy.channels[channel] !== undefined);
  const [policy] = claims;
  if (policy === undefined) return { kind: 'none' };
  if (claims.length > 1) return { kind: 'conflict', policyIds: claims.map(({ policyId }) => policyId).sort() };
  return { kind: 'policy', policy };
}
