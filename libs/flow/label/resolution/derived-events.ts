import type { DerivedLabel, FactValue, LabelResolved, PolicyPublished, ResolvedFact } from '#platform/contracts';
import { deriveCategories, hashJson, type Fact, type PolicyDocument } from '#policy';
import { documentOf } from './policy-of-event.js';
import { factValueOf } from './resolved-event.js';

/**
 * What each policy makes of resolved facts: one DERIVED per policy that asks at least one of the questions. A category weighs what the
 * weakest of the facts that decided it weighs, |2q - 1| (labels 2.1), and nothing where that fact must not train. Policies without
 * questions, and documents of a later format than this release reads, derive nothing.
 */
export function derivedEvents(resolved: LabelResolved, policies: Iterable<PolicyPublished>): readonly LabelResolved[] {
  const events: LabelResolved[] = [];
  for (const policy of policies) {
    const document = documentOf(policy);
    if (document === null) continue;
    if (!document.questions.some(({ id, version }) => `${id}@${version}` in resolved.facts)) continue;
    events.push(derivedEvent(resolved, policy, document));
  }
  return events;
}

function derivedEvent(resolved: LabelResolved, policy: PolicyPublished, document: PolicyDocument): LabelResolved {
  const { platform, contentId, revision, rule, isSettled, resolvedId } = resolved;
  const { policyId, version } = policy;
  const facts: Record<string, Fact> = {};
  const weights: Record<string, number> = {};
  for (const [question, state] of Object.entries(resolved.facts)) {
    facts[question] = FACTS[state.fact];
    weights[question] = weightOf(state);
  }
  const categories: Record<string, DerivedLabel> = {};
  for (const [category, { value, weight, decidedBy }] of Object.entries(deriveCategories(document, facts, weights))) {
    categories[category] = { value: factValueOf(value), weight, decidedBy: [...decidedBy] };
  }
  return {
    ...resolved,
    resolvedId: hashJson([
      'DERIVED',
      ...[platform, contentId, revision],
      ...[policyId, version],
      ...[categories, rule, isSettled, resolvedId],
    ]),
    kind: 'DERIVED',
    facts: {},
    fromResolvedId: resolvedId,
    policyId,
    policyVersion: version,
    categories,
  };
}

const FACTS: Readonly<Record<FactValue, Fact>> = { YES: 'yes', NO: 'no', UNKNOWN: 'unknown' };

/** How sure a fact is. A fact that must not train keeps its value and weighs nothing. */
function weightOf({ probability, isTrainable }: ResolvedFact): number {
  return isTrainable && probability !== null ? Math.abs(2 * probability - 1) : 0;
}
