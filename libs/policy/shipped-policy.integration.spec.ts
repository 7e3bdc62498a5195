import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';
import { rulesByCategory } from './category-rules.js';
import { decisiveTerms } from './decisive-terms.js';
import { deriveCategories, type DerivedCategory, type Fact } from './derive-categories.js';
import { lintPolicy } from './lint-policy.js';
import { formatPolicyProblem, parsePolicy, type ParsedPolicy } from './policy-document.js';
import { questionsOf } from './policy-questions.js';

const FILE = path.join(projectRoot, 'policies/default.yaml');

function shipped(): Extract<ParsedPolicy, { ok: true }> {
  const result = parsePolicy(readFileSync(FILE, 'utf8'), 'policies/default.yaml');
  if (!result.ok) throw new Error(result.problems.map(formatPolicyProblem).join('\n'));
  return result;
}
const { policy } = shipped();
const questions = questionsOf(policy);
const BITS = new Map(questions.map(({ key }, bit) => [key, bit]));

/** Facts for one text: yes where listed, no for the rest. */
const answers = (...yes: readonly string[]): Readonly<Record<string, Fact>> => {
  for (const id of yes) expect(questions.some((question) => question.id === id)).toBe(true);
  return Object.fromEntries(questions.map(({ key, id }) => [key, yes.includes(id) ? 'yes' : 'no']));
};
const yesOf = (derived: Readonly<Record<string, DerivedCategory>>): readonly string[] =>
  Object.entries(derived).flatMap(([category, { value }]) => (value === 'yes' ? [category] : []));

/** Every answer to every question, as a reviewer can give them: nothing but no below a no. */
function* everyAnswer(): Generator<Readonly<Record<string, Fact>>> {
  for (let bits = 0; bits < 2 ** questions.length; bits++) {
    const facts = Object.fromEntries(
      questions.map(({ key }, bit): [string, Fact] => [key, bits & (1 << bit) ? 'yes' : 'no']),
    );
    if (questions.every(({ key, under }) => under === null || facts[key] === 'no' || facts[under] === 'yes'))
      yield facts;
  }
}

describe('the default policy', () => {
  it('has nothing that lint finds, not even a warning', () => {
    expect(lintPolicy(shipped(), ['public', 'internal']).map(formatPolicyProblem)).toEqual([]);
  });

  it('asks at most 14 questions, each with an example for yes and for no', () => {
    expect(questions.length).toBeLessThanOrEqual(14);
    expect(policy.categories).toEqual(['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2']);
  });

  it('can derive every category to yes and to no, and each rule can be the one that decides', () => {
    const decided = new Set<string>();
    const rules = [...rulesByCategory(policy)].flatMap(([category, found]) =>
      found.filter(({ writtenFor }) => writtenFor === category),
    );
    for (const { writtenFor, index, expression } of rules) {
      const terms = decisiveTerms(expression, 'yes', BITS) ?? [];
      // The answers of a term are enough, and no other rule holds by them alone.
      const alone = terms.filter(({ yes, no }) => {
        const facts = Object.fromEntries(
          questions.map(({ key }, bit): [string, Fact] => [
            key,
            yes & (1 << bit) ? 'yes' : no & (1 << bit) ? 'no' : 'unknown',
          ]),
        );
        const own = policy.rules[writtenFor];
        if (own === undefined) return false;
        const others = { ...own, when: own.when.filter((_, other) => other !== index) };
        const without = deriveCategories({ ...policy, rules: { ...policy.rules, [writtenFor]: others } }, facts);
        return deriveCategories(policy, facts)[writtenFor]?.value === 'yes' && without[writtenFor]?.value !== 'yes';
      });
      expect(alone).not.toEqual([]);
    }
    for (const facts of everyAnswer()) {
      for (const [category, { value }] of Object.entries(deriveCategories(policy, facts)))
        decided.add(`${category} ${value}`);
    }
    expect([...decided].sort()).toEqual(policy.categories.flatMap((it) => [`${it} no`, `${it} yes`]).sort());
  });

  it('makes S3 a part of S, H2 of H and V2 of V, whatever is answered', () => {
    let seen = 0;
    for (const facts of everyAnswer()) {
      const derived = deriveCategories(policy, facts);
      for (const [part, whole] of [
        ['S3', 'S'],
        ['H2', 'H'],
        ['V2', 'V'],
      ] as const) {
        if (derived[part]?.value === 'yes') expect(derived[whole]?.value).toBe('yes');
      }
      seen++;
    }
    // 2 sub-levels of one question, 3 of another, 1 of a third, and 5 questions without any.
    expect(seen).toBe(5 * 9 * 3 * 2 ** 5);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a harmless text', [], []],
    ['legal erotica', ['sexual'], ['S']],
    ['a medical question about sex', ['sexual', 'sexual-informational'], []],
    ['a sexual story about a minor', ['sexual', 'sexual-minor'], ['S', 'S3']],
    ['a court report about the abuse of a child', ['sexual', 'sexual-minor', 'sexual-informational'], []],
    ['an insult of one person', ['attack', 'individual'], ['HR']],
    ['a slur against a group', ['attack', 'protected-identity'], ['H']],
    ['a slur against one person', ['attack', 'protected-identity', 'individual'], ['H', 'HR']],
    ['a slur that its victim reports', ['attack', 'protected-identity', 'individual', 'quoted'], []],
    ['contempt for a profession', ['attack'], []],
    ['a threat against a group', ['attack', 'protected-identity', 'threat'], ['H', 'V', 'H2']],
    ['a threat against one person', ['attack', 'individual', 'threat'], ['V', 'HR']],
    ['praise of an attacker', ['violence-promoted'], ['V']],
    ['a sober report of an attack', ['quoted'], []],
    ['a gory report of an attack', ['violence-graphic', 'quoted'], ['V', 'V2']],
    ['a farewell', ['self-harm-intent'], ['SH']],
    ['a dare to kill oneself', ['self-harm-promoted', 'attack', 'individual'], ['HR', 'SH']],
    ['a method', ['self-harm-method'], ['SH']],
    ['an emergency that names what was taken', ['self-harm-method', 'seeking-help'], []],
    ['a cry for help that names a method', ['self-harm-intent', 'self-harm-method', 'seeking-help'], ['SH']],
  ])('derives from %s what people mean', (_, yes, expected) => {
    expect(yesOf(deriveCategories(policy, answers(...yes)))).toEqual(expected);
  });

  it('needs eight answers to clear a harmless text: the sub-levels of a no are no', () => {
    const top = questions.filter(({ under }) => under === null);
    expect(top).toHaveLength(8);
    const derived = deriveCategories(policy, Object.fromEntries(top.map(({ key }): [string, Fact] => [key, 'no'])));
    expect(Object.values(derived).map(({ value }) => value)).toEqual(policy.categories.map(() => 'no'));
  });

  it('decides what it can before every question is answered', () => {
    const derived = deriveCategories(policy, { 'violence-graphic@1': 'yes', 'sexual@1': 'no' });
    expect(Object.entries(derived).map(([category, { value }]) => `${category} ${value}`)).toEqual([
      'S no',
      'H unknown',
      'V yes',
      'HR unknown',
      'SH unknown',
      'S3 no',
      'H2 unknown',
      'V2 yes',
    ]);
  });
});
