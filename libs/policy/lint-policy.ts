import { lintQuestions } from './lint-questions.js';
import { lintRules } from './lint-rules.js';
import type { ParsedPolicy, PolicyProblem } from './policy-document.js';

/** `verdict.<channel>` would be the name of another topic. */
const TAKEN_CHANNELS: ReadonlySet<string> = new Set(['requested', 'overridden']);

/**
 * What a document says that cannot work, or may be an oversight, although each field is well-formed. Without an error it may be
 * published.
 * @param channels of the installation
 */
export function lintPolicy(
  parsed: Extract<ParsedPolicy, { ok: true }>,
  channels: readonly string[],
): readonly PolicyProblem[] {
  const problems = [...lintQuestions(parsed), ...lintRules(parsed), ...lintTargets(parsed, channels)];
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function lintTargets(
  { policy, problemAt }: Extract<ParsedPolicy, { ok: true }>,
  channels: readonly string[],
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const known = new Set(policy.categories);
  policy.categories.forEach((category, index) => {
    if (policy.categories.indexOf(category) !== index) {
      problems.push(problemAt(['categories', index], `category ${category} is named twice`));
    }
  });
  if (Object.keys(policy.channels).length === 0) {
    problems.push(problemAt(['channels'], 'a policy without a channel decides nothing; name one'));
  }
  for (const [channel, { targets }] of Object.entries(policy.channels)) {
    if (TAKEN_CHANNELS.has(channel)) {
      problems.push(problemAt(['channels', channel], 'this name belongs to another topic; choose another'));
    } else if (!channels.includes(channel)) {
      const installed = channels.join(', ');
      problems.push(problemAt(['channels', channel], `unknown channel; the installation has ${installed} (CHANNELS)`));
    }
    for (const category of policy.categories) {
      if (category in targets) continue;
      const message = `category ${category} never acts here; write {} if that is meant`;
      problems.push({ ...problemAt(['channels', channel, 'targets'], message), severity: 'warning' });
    }
    for (const [category, { block, review }] of Object.entries(targets)) {
      const path = ['channels', channel, 'targets', category];
      if (!known.has(category)) {
        problems.push(problemAt(path, `unknown category; add it to categories or remove it`));
      }
      const [from, to] = [review?.provisional, block?.provisional];
      if (from !== undefined && to !== undefined && from > to) {
        const message = `review would begin at ${from}, above block at ${to}; lower it`;
        problems.push(problemAt([...path, 'review', 'provisional'], message));
      }
    }
  }
  return problems;
}
