import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';
import { formatPolicyProblem, lintPolicy, parsePolicy, type ParsedPolicy } from '#policy';
import { explainPolicy, explanationRows } from './explain-policy.js';

const GUIDE = readFileSync(path.join(projectRoot, 'docs/policies.md'), 'utf8');

function block(language: string): string {
  const found = new RegExp('```' + language + '\n([^]*?)```').exec(GUIDE)?.[1];
  if (found === undefined) throw new Error(`docs/policies.md has no ${language} block`);
  return found;
}

function example(): Extract<ParsedPolicy, { ok: true }> {
  const parsed = parsePolicy(block('yaml'), 'docs/policies.md');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatPolicyProblem).join('\n'));
  return parsed;
}

describe('the guide to policies', () => {
  it('shows a policy that lint finds nothing in', () => {
    expect(lintPolicy(example(), ['public', 'internal']).map(formatPolicyProblem)).toEqual([]);
  });

  it('shows what explain answers', () => {
    const facts = /--facts (\S+)/.exec(block('sh'))?.[1] ?? '';
    const shown = block('text')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(facts).not.toBe('');
    expect(explanationRows(explainPolicy(example().policy, facts))).toEqual(shown);
  });

  it('shows rules as the format reads them', () => {
    const table = GUIDE.slice(GUIDE.indexOf('| in a rule')).split('\n\n', 1).join();
    const rules = [...table.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? '');
    expect(rules).toEqual(['a and b', 'a or b', 'not a', 'at least 2 of (a, b, not c)']);
    for (const rule of rules) {
      const text = `id: p\nversion: 1\ntitle: t\nowner: o\nchangelog: c\ncategories: [X]\nchannels: {}\nrules:\n  X:\n    when:\n      - ${rule}\n`;
      expect(parsePolicy(text, 'p').ok).toBe(true);
    }
  });
});
