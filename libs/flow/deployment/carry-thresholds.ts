import type { PolicyPublished, Thresholds } from '#platform/contracts';
import { hashJson, parsePolicy } from '#policy';

/**
 * Thresholds that still hold under another version of a policy: those of categories whose target in the channel is the same, while what
 * people are asked and what follows from it is the same. Otherwise labels mean something else now, and what was solved from the old ones
 * promises nothing (calibration 3.4).
 * @param before the version under which they hold; undefined: not known any more
 */
export function carryThresholds(
  channel: string,
  before: PolicyPublished | undefined,
  after: PolicyPublished,
  thresholds: Readonly<Record<string, Thresholds>>,
): Readonly<Record<string, Thresholds>> {
  if (before?.policyId !== after.policyId) return {};
  if (before.version === after.version) return thresholds;
  const [asked, asks] = [before.channels[channel], after.channels[channel]];
  if (asked === undefined || asked.uncovered !== asks?.uncovered) return {};
  if (!meansTheSame(before.document, after.document)) return {};
  return Object.fromEntries(
    Object.entries(thresholds).filter(
      ([category]) => hashJson(asked.targets[category] ?? null) === hashJson(asks.targets[category] ?? null),
    ),
  );
}

function meansTheSame(before: string, after: string): boolean {
  if (before === after) return true;
  const [one, other] = [meaningOf(before), meaningOf(after)];
  return one !== null && one === other;
}

/** Hash of questions and rules; null for what cannot be read, which means nothing that another one means. */
function meaningOf(document: string): string | null {
  const parsed = parsePolicy(document, 'policy');
  if (!parsed.ok) return null;
  const { questions, rules } = parsed.policy;
  return hashJson({
    questions: questions.map(({ id, version, under }) => [id, version, under ?? null]).sort(),
    rules: Object.fromEntries(
      Object.entries(rules).map(([category, { implies, when }]) => [category, [implies, when.map(({ text }) => text)]]),
    ),
  });
}
