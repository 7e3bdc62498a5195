import fc from 'fast-check';
import { rulesByCategory, type FactExpression } from './category-rules.js';
import { contains, decisiveTerms, type Term } from './decisive-terms.js';
import { deriveCategories, type Fact } from './derive-categories.js';
import { anyExpression, anyFacts, KEYS, rulesOf } from './policy.fixture.js';

const BITS = new Map([...KEYS, 'missing@?'].map((key, bit) => [key, bit]));
const known = (facts: Readonly<Record<string, Fact>>, wanted: Fact): number =>
  KEYS.reduce((bits, key) => (facts[key] === wanted ? bits | (1 << (BITS.get(key) ?? 0)) : bits), 0);

describe('decisiveTerms', () => {
  it('says exactly which answers decide, by comparison with the derivation', () => {
    fc.assert(
      fc.property(anyExpression, anyFacts, (expression, facts) => {
        const rules = rulesOf({ P: { implies: [], when: [{ text: '', expression }] } });
        const [rule] = rulesByCategory(rules).get('P') ?? [];
        const derived = deriveCategories(rules, facts)['P']?.value;
        const answers: Term = { yes: known(facts, 'yes'), no: known(facts, 'no') };
        for (const wanted of ['yes', 'no'] as const) {
          const terms = rule === undefined ? null : decisiveTerms(rule.expression, wanted, BITS);
          expect(terms?.some((term) => contains(answers, term))).toBe(derived === wanted);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps no term that contains another', () => {
    fc.assert(
      fc.property(anyExpression, (expression) => {
        const [rule] =
          rulesByCategory(rulesOf({ P: { implies: [], when: [{ text: '', expression }] } })).get('P') ?? [];
        const terms = (rule === undefined ? null : decisiveTerms(rule.expression, 'yes', BITS)) ?? [];
        for (const term of terms) expect(terms.filter((other) => contains(term, other))).toEqual([term]);
      }),
    );
  });

  it('gives up, and says so, where there are too many ways or too many facts', () => {
    const bits = new Map(Array.from({ length: 21 }, (_, i) => [`q${i}@1`, i]));
    const facts = [...bits.keys()].map((key): FactExpression => ({ kind: 'fact', key }));
    // 20 over 10 is 184,756.
    expect(decisiveTerms({ kind: 'at-least', count: 10, parts: facts.slice(0, 20) }, 'yes', bits)).toBeNull();
    expect(decisiveTerms({ kind: 'at-least', count: 20, parts: facts.slice(0, 20) }, 'yes', bits)).toHaveLength(1);
    expect(decisiveTerms({ kind: 'at-least', count: 1, parts: facts }, 'yes', bits)).toBeNull();
  });
});
