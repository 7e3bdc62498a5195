import type { PolicyPublished, PolicyRequested } from '#platform/contracts';
import { emit, reject, skip, type Message, type Step } from '#platform/stream';
import { policyKey, publishPolicy, withPlanned, type PublishedPolicies } from './publish-policy.js';

export interface PolicyDeps {
  readonly channels: readonly string[];
  readonly published: PublishedPolicies;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Publishes the policies that people ask for. */
export function createPolicyStep(deps: PolicyDeps): Step<Message<PolicyRequested>, PolicyPublished> {
  const { channels, published, clock } = deps;
  /** What this role wrote and may not have read back yet. */
  const written = new Map<string, PolicyPublished>();

  return function answerPolicyRequests(batch) {
    const outcomes = batch.map(({ value: { document } }) => {
      const draft = { file: 'document', text: document };
      const answer = publishPolicy(draft, withPlanned(published, written), channels, clock());
      switch (answer.kind) {
        case 'published':
          return skip('published');
        case 'refused':
          return reject('invalid_field', answer.problems.join('; ').slice(0, DETAIL_LIMIT));
        case 'publish':
          written.set(policyKey(answer.policy), answer.policy);
          return emit(answer.policy);
      }
    });
    return Promise.resolve(outcomes);
  };
}

/** A document can have as many problems as lines; the first ones are enough to go on. */
const DETAIL_LIMIT = 2000;
