import fc from 'fast-check';
import type { Rules } from './category-rules.js';
import type { Fact } from './derive-categories.js';
import { parsePolicy, type ParsedPolicy } from './policy-document.js';
import type { Expression } from './rule-expression.js';

/** Two of them are sub-levels of the first, and one does not exist. */
const IDS = ['a', 'b', 'c', 'd', 'e', 'missing'] as const;
export const KEYS: readonly string[] = IDS.filter((id) => id !== 'missing').map((id) => `${id}@1`);

const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...IDS).map((question): Expression => ({ kind: 'fact', question, at: 0 })),
    tie('tree').map((part): Expression => ({ kind: 'not', part })),
    fc
      .array(tie('tree'), { minLength: 1, maxLength: 3 })
      .chain((parts) =>
        fc.integer({ min: 1, max: parts.length }).map((count): Expression => ({ kind: 'at-least', count, parts })),
      ),
  ),
}));
export const anyExpression: fc.Arbitrary<Expression> = tree;

export const anyFact = fc.constantFrom<Fact>('yes', 'no', 'unknown');
export const anyFacts: fc.Arbitrary<Readonly<Record<string, Fact>>> = fc.dictionary(fc.constantFrom(...KEYS), anyFact);
export const anyWeights = fc.dictionary(fc.constantFrom(...KEYS), fc.double({ min: 0.6, max: 1, noNaN: true }));

const categoryRules = fc.record({
  implies: fc.subarray(['P', 'Q', 'R']),
  when: fc.array(
    anyExpression.map((expression) => ({ text: '', expression })),
    { maxLength: 3 },
  ),
});

export const anyRules: fc.Arbitrary<Rules> = fc
  .record({ P: categoryRules, Q: categoryRules, R: categoryRules })
  .map((rules) => rulesOf(rules));

export function rulesOf(rules: Rules['rules']): Rules {
  const questions = IDS.filter((id) => id !== 'missing').map((id) => ({
    id,
    version: 1,
    wording: `${id}?`,
    examples: [],
    ...(id === 'b' || id === 'c' ? { under: 'a' } : {}),
  }));
  return { categories: ['P', 'Q', 'R'], questions, rules };
}

/** A document with questions a, b (sub-level of a), c and d, and these rules. */
export function documentWith(rules: string): string {
  return `id: house
version: 3
title: House rules
owner: trust@example.org
changelog: A change.
categories: [P, Q]
questions:
${['a', 'b', 'c', 'd'].map(questionText).join('')}rules:
${rules}channels:
  public:
    uncovered: allow
    targets: { P: {}, Q: {} }
`;
}

function questionText(id: string): string {
  return `  - id: ${id}
    version: ${id === 'd' ? 2 : 1}
    wording: Is it ${id}?
${id === 'b' ? '    under: a\n' : ''}    examples:
      - { text: clearly ${id}, answer: yes }
      - { text: nearly ${id}, answer: no, why: Not quite. }
`;
}

export function parsed(text: string): Extract<ParsedPolicy, { ok: true }> {
  const result = parsePolicy(text, 'p.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}
