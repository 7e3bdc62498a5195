import fc from 'fast-check';
import type { Rules } from './category-rules.js';
import { deriveCategories, type DerivedCategory, type Fact } from './derive-categories.js';
import {
  anyExpression,
  anyFacts,
  anyRules,
  anyWeights,
  documentWith,
  KEYS,
  parsed,
  rulesOf,
} from './policy.fixture.js';
import type { Expression } from './rule-expression.js';

const { policy } = parsed(
  documentWith(`  P:
    when:
      - a and not c
      - b
  Q:
    implies: [P]
    when:
      - at least 2 of (b, c, d)
`),
);
const derive = (facts: Readonly<Record<string, Fact>>, weights?: Readonly<Record<string, number>>) =>
  deriveCategories(policy, facts, weights);
const valueOf = (expression: Expression, facts: Readonly<Record<string, Fact>>): Fact | undefined =>
  deriveCategories(rulesOf({ P: { implies: [], when: [{ text: '', expression }] } }), facts)['P']?.value;
const not = (part: Expression): Expression => ({ kind: 'not', part });
const all = (...parts: readonly Expression[]): Expression => ({ kind: 'at-least', count: parts.length, parts });
const some = (...parts: readonly Expression[]): Expression => ({ kind: 'at-least', count: 1, parts });
const values = (derived: Readonly<Record<string, DerivedCategory>>): Readonly<Record<string, Fact>> =>
  Object.fromEntries(Object.entries(derived).map(([category, { value }]) => [category, value]));

describe('deriveCategories', () => {
  it('decides a category although facts are unknown, and says which facts decided it', () => {
    expect(derive({ 'a@1': 'yes', 'b@1': 'yes' })).toMatchObject({
      P: { value: 'yes', decidedBy: ['a@1', 'b@1'], open: [] },
      Q: { value: 'unknown', decidedBy: [], weight: 0, open: ['c@1', 'd@2'] },
    });
    expect(derive({ 'a@1': 'no', 'c@1': 'no' })).toMatchObject({
      P: { value: 'no', decidedBy: ['a@1', 'c@1'] },
      Q: { value: 'no', decidedBy: ['a@1', 'c@1'] },
    });
  });

  it('takes a sub-level as no where its question is no, whatever was said of the sub-level', () => {
    for (const b of ['yes', 'no', 'unknown'] as const) {
      const derived = derive({ 'a@1': 'no', 'b@1': b, 'c@1': 'no', 'd@2': 'yes' });
      expect(values(derived)).toEqual({ P: 'no', Q: 'no' });
    }
  });

  it('takes answers to another version of a question as unknown', () => {
    expect(derive({ 'c@1': 'yes', 'd@2': 'yes' })['Q']?.value).toBe('yes');
    expect(derive({ 'c@1': 'yes', 'd@1': 'yes' })['Q']?.value).toBe('unknown');
  });

  it('makes a category yes wherever one that implies it is yes, and no only where that one is no', () => {
    expect(derive({ 'c@1': 'yes', 'd@2': 'yes' })['P']).toMatchObject({ value: 'yes', decidedBy: ['c@1', 'd@2'] });
    fc.assert(
      fc.property(anyRules, anyFacts, (rules, facts) => {
        const derived = deriveCategories(rules, facts);
        for (const [category, { implies }] of Object.entries(rules.rules)) {
          for (const target of implies) {
            if (derived[category]?.value === 'yes') expect(derived[target]?.value).toBe('yes');
            const ruled = derived[category]?.decidedBy.length !== 0;
            if (ruled && derived[target]?.value === 'no') expect(derived[category]?.value).toBe('no');
          }
        }
      }),
    );
  });

  it('never changes a decided category when a fact is learned', () => {
    fc.assert(
      fc.property(anyRules, anyFacts, anyFacts, (rules, known, learned) => {
        const before = deriveCategories(rules, known);
        const still = Object.fromEntries(Object.entries(known).filter(([, fact]) => fact !== 'unknown'));
        const after = deriveCategories(rules, { ...learned, ...still });
        for (const [category, { value }] of Object.entries(before)) {
          if (value !== 'unknown') expect(after[category]?.value).toBe(value);
        }
      }),
    );
  });

  it('decides every category that has rules once all facts are known', () => {
    const answered = fc.tuple(
      ...KEYS.map((key) => fc.constantFrom<Fact>('yes', 'no').map((fact) => [key, fact] as const)),
    );
    fc.assert(
      fc.property(anyRules, answered, (rules, facts) => {
        fc.pre(!JSON.stringify(rules.rules).includes('missing'));
        const derived = deriveCategories(rules, Object.fromEntries(facts));
        for (const [category, { when }] of Object.entries(rules.rules)) {
          if (when.length > 0) expect(derived[category]?.value).not.toBe('unknown');
        }
      }),
    );
  });

  it('gives the same answer, reasons and weight whatever the order of rules and categories is', () => {
    fc.assert(
      fc.property(anyRules, anyFacts, anyWeights, (rules, facts, weights) => {
        const reversed: Rules = {
          categories: [...rules.categories].reverse(),
          questions: rules.questions,
          rules: Object.fromEntries(
            Object.entries(rules.rules)
              .reverse()
              .map(([category, it]) => [
                category,
                { implies: [...it.implies].reverse(), when: [...it.when].reverse() },
              ]),
          ),
        };
        expect(deriveCategories(reversed, facts, weights)).toEqual(deriveCategories(rules, facts, weights));
      }),
    );
  });

  it('names facts that decide alone: without the others the category stays what it is', () => {
    fc.assert(
      fc.property(anyRules, anyFacts, anyWeights, (rules, facts, weights) => {
        for (const [category, { value, decidedBy }] of Object.entries(deriveCategories(rules, facts, weights))) {
          const alone = Object.fromEntries(decidedBy.map((key): [string, Fact] => [key, facts[key] ?? 'unknown']));
          expect(deriveCategories(rules, alone)[category]?.value).toBe(value);
          expect(Object.values(alone)).not.toContain('unknown');
        }
      }),
    );
  });

  it('weighs a category by the least certain of the facts that decided it, and prefers the more certain reason', () => {
    const facts = { 'a@1': 'yes', 'b@1': 'yes', 'c@1': 'no', 'd@2': 'yes' } as const;
    expect(derive(facts, { 'a@1': 0.9, 'b@1': 0.7, 'c@1': 0.8, 'd@2': 1 })).toEqual({
      P: { value: 'yes', decidedBy: ['a@1', 'c@1'], weight: 0.8, open: [] },
      Q: { value: 'yes', decidedBy: ['a@1', 'b@1', 'd@2'], weight: 0.7, open: [] },
    });
    expect(derive(facts, { 'a@1': 0.9, 'b@1': 0.7, 'c@1': 0.6, 'd@2': 1 })['P']).toMatchObject({
      decidedBy: ['a@1', 'b@1'],
      weight: 0.7,
    });
    fc.assert(
      fc.property(anyRules, anyFacts, anyWeights, (rules, known, weights) => {
        for (const { value, weight, decidedBy } of Object.values(deriveCategories(rules, known, weights))) {
          fc.pre(decidedBy.length > 0);
          expect(weight).toBe(Math.min(...decidedBy.map((key) => weights[key] ?? 1)));
          expect(value).not.toBe('unknown');
        }
      }),
    );
  });

  it('names as open only unknown facts, and enough of them: with all of them the category is decided', () => {
    const answer = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom<Fact>('yes', 'no'));
    fc.assert(
      fc.property(anyRules, anyFacts, answer, (rules, facts, learned) => {
        for (const [category, { value, open }] of Object.entries(deriveCategories(rules, facts))) {
          for (const key of open) expect(facts[key] ?? 'unknown').toBe('unknown');
          if (value !== 'unknown') expect(open).toEqual([]);
          if (open.length === 0 || open.includes('missing@?')) continue;
          const opened = Object.fromEntries(open.map((key) => [key, learned[key] ?? 'no'] as const));
          expect(deriveCategories(rules, { ...facts, ...opened })[category]?.value).not.toBe('unknown');
        }
      }),
    );
  });

  it('leaves a category without rules unknown, and ignores facts that nobody asked for', () => {
    const rules = rulesOf({});
    expect(deriveCategories(rules, { 'a@1': 'yes', 'x@9': 'no' })).toEqual(
      Object.fromEntries(['P', 'Q', 'R'].map((it) => [it, { value: 'unknown', decidedBy: [], weight: 0, open: [] }])),
    );
  });

  it('does not mistake what every object inherits for rules or facts', () => {
    const rules = rulesOf({
      P: { implies: [], when: [{ text: '', expression: { kind: 'fact', question: 'constructor', at: 0 } }] },
    });
    const derived = deriveCategories({ ...rules, categories: ['P', 'constructor', 'toString'] }, {});
    expect(Object.values(derived).map(({ value }) => value)).toEqual(['unknown', 'unknown', 'unknown']);
  });
});

describe('the logic of rules', () => {
  const three = fc.tuple(anyExpression, anyExpression, anyExpression);

  it('keeps the laws of negation and of De Morgan', () => {
    fc.assert(
      fc.property(anyExpression, anyExpression, anyFacts, (p, q, facts) => {
        expect(valueOf(not(not(p)), facts)).toBe(valueOf(p, facts));
        expect(valueOf(not(all(p, q)), facts)).toBe(valueOf(some(not(p), not(q)), facts));
        expect(valueOf(not(some(p, q)), facts)).toBe(valueOf(all(not(p), not(q)), facts));
      }),
    );
  });

  it('commutes, associates, distributes and absorbs', () => {
    fc.assert(
      fc.property(three, anyFacts, ([p, q, r], facts) => {
        expect(valueOf(all(p, q), facts)).toBe(valueOf(all(q, p), facts));
        expect(valueOf(some(p, some(q, r)), facts)).toBe(valueOf(some(some(p, q), r), facts));
        expect(valueOf(all(p, some(q, r)), facts)).toBe(valueOf(some(all(p, q), all(p, r)), facts));
        expect(valueOf(some(p, all(q, r)), facts)).toBe(valueOf(all(some(p, q), some(p, r)), facts));
        expect(valueOf(all(p, some(p, q)), facts)).toBe(valueOf(p, facts));
      }),
    );
  });

  it('knows no excluded middle: what is unknown stays unknown beside its opposite', () => {
    const a: Expression = { kind: 'fact', question: 'a', at: 0 };
    expect([valueOf(some(a, not(a)), {}), valueOf(all(a, not(a)), {})]).toEqual(['unknown', 'unknown']);
    expect(valueOf(some(a, not(a)), { 'a@1': 'no' })).toBe('yes');
  });

  it('counts at least two of three as the disjunction of the pairs', () => {
    fc.assert(
      fc.property(three, anyFacts, ([p, q, r], facts) => {
        const counted: Expression = { kind: 'at-least', count: 2, parts: [p, q, r] };
        expect(valueOf(counted, facts)).toBe(valueOf(some(all(p, q), all(p, r), all(q, r)), facts));
      }),
    );
  });
});
