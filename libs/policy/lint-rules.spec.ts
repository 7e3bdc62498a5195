import fc from 'fast-check';
import type { Rules } from './category-rules.js';
import { deriveCategories, type Fact } from './derive-categories.js';
import { lintPolicy } from './lint-policy.js';
import { formatPolicyProblem } from './policy-document.js';
import { lintRules } from './lint-rules.js';
import { anyRules, documentWith, KEYS, parsed } from './policy.fixture.js';

function problems(text: string): readonly string[] {
  return lintPolicy(parsed(text), ['public']).map(formatPolicyProblem);
}
/** The rules of P, in lines 36 and on. */
const rulesOfP = (...rules: readonly string[]): string =>
  documentWith(`  P:\n    when:\n${rules.map((rule) => `      - ${rule}\n`).join('')}  Q:\n    when: [b, c, d]\n`);
const rewritten = (from: string, to: string): string => {
  const text = rulesOfP('a');
  expect(text).toContain(from);
  return text.replace(from, to);
};

describe('lintPolicy, of rules', () => {
  it('accepts what is sound', () => {
    expect(problems(rulesOfP('a and not c', 'not a and (c or d)').replace('[b, c, d]', '[b, c and d]'))).toEqual([]);
  });

  it('names an unknown fact with its place in the rule', () => {
    expect(problems(rulesOfP('a and not (c or nowhere)'))).toContain(
      'p.yaml:36:25: rules.P.when.0: unknown fact nowhere; no question has this id',
    );
  });

  it('warns of a question that no rule uses, but not of one whose sub-level is used', () => {
    const text = documentWith('  P:\n    when: [b]\n  Q:\n    when: [c]\n');
    expect(problems(text)).toEqual([
      'p.yaml:27:5: warning: questions.3.id: no rule uses d; people answer it for nothing',
    ]);
    expect(problems(documentWith('  P:\n    when: [d]\n  Q:\n    when: [c]\n'))).toEqual([
      'p.yaml:8:5: warning: questions.0.id: no rule uses a; people answer it for nothing',
      'p.yaml:14:5: warning: questions.1.id: no rule uses b; people answer it for nothing',
    ]);
  });

  it.each([
    ['in its own words', 'a and c and not a'],
    ['by its sub-level', 'b and not a'],
    ['by counting', 'at least 2 of (a, not a, c and not c)'],
  ])('finds a rule that contradicts itself %s', (_, rule) => {
    expect(problems(rulesOfP('d', rule))).toEqual([
      'p.yaml:37:9: rules.P.when.1: contradicts itself: no answers can make it hold; correct or remove it',
    ]);
  });

  it.each([['not a'], ['not b'], ['c or not (a or d)'], ['at least 2 of (not a, not c, d)']])(
    'warns of a rule that holds where every answer is no: %s',
    (rule) => {
      expect(problems(rulesOfP(rule))).toEqual([
        'p.yaml:36:9: warning: rules.P.when.0: holds where every answer is no, so harmless texts would be P; say what must be yes',
      ]);
    },
  );

  it('finds a category that is always yes', () => {
    expect(problems(rulesOfP('a or d', 'not a'))).toEqual([
      'p.yaml:34:3: rules.P: P could never be no, whatever is answered; correct its rules',
    ]);
  });

  it.each([
    ['another rule holds wherever it holds', ['a', 'a and c'], 37, 1, 'rules.P.when.0'],
    ['it is there twice', ['a', 'd', 'not not a'], 38, 2, 'rules.P.when.0'],
    ['a rule after it covers it', ['b', 'a'], 36, 0, 'rules.P.when.1'],
    ['two rules together cover it', ['a', 'c', 'at least 1 of (a, c)'], 38, 2, 'rules.P.when.0, rules.P.when.1'],
  ])('warns of a rule that never decides, because %s', (_, rules, line, index, by) => {
    expect(problems(rulesOfP(...rules))).toEqual([
      `p.yaml:${line}:9: warning: rules.P.when.${index}: never decides: wherever it holds, so does ${by}; remove it or say more exactly what is meant`,
    ]);
  });

  it('keeps a rule that two others cover only once every fact is known', () => {
    expect(problems(rulesOfP('a', 'a and c', 'a and not c'))).toHaveLength(2);
    expect(problems(rulesOfP('c and d', 'c and not d', 'c'))).toHaveLength(2);
    // With d unknown, neither of the first two decides.
    expect(problems(rulesOfP('c and d', 'c and not d', 'c')).join('\n')).not.toContain('rules.P.when.2: never');
  });

  it('calls exactly those rules undecisive without which as much is yes, whatever is known', () => {
    const everything = KEYS.reduce<readonly Readonly<Record<string, Fact>>[]>(
      (known, key) =>
        known.flatMap((facts) => (['yes', 'no', 'unknown'] as const).map((fact) => ({ ...facts, [key]: fact }))),
      [{}],
    );
    const sound = anyRules.filter(({ rules }) => !JSON.stringify(rules).includes('missing'));
    const yesOfP = (rules: Rules): string =>
      everything.map((facts) => (deriveCategories(rules, facts)['P']?.value === 'yes' ? 'y' : '-')).join('');
    /** Of P only: without the rules of these numbers. */
    const without = (rules: Rules, numbers: readonly number[]): Rules => {
      const own = rules.rules['P'];
      if (own === undefined) throw new Error('there are no rules of P');
      const when = own.when.filter((_, index) => !numbers.includes(index));
      return { ...rules, categories: ['P'], rules: { ...rules.rules, P: { ...own, when } } };
    };
    fc.assert(
      fc.property(sound, (rules) => {
        const { policy } = parsed(documentWith('  P:\n    when: [a]\n'));
        const problems = lintRules({
          ok: true,
          policy: { ...policy, ...rules, categories: ['P'] },
          problemAt: (field, message) => ({
            severity: 'error',
            file: '',
            line: 1,
            column: 1,
            field: field.join('.'),
            message,
          }),
        });
        const idle = problems
          .filter(({ message }) => /^(never decides|contradicts itself)/.test(message))
          .map(({ field }) => Number(/^rules\.P\.when\.(\d+)$/.exec(field)?.[1]));
        const needed = (rules.rules['P']?.when ?? []).map((_, index) => index).filter((index) => !idle.includes(index));
        fc.pre(needed.length > 0 && !problems.some(({ message }) => message.includes('nobody looked')));
        const whole = yesOfP(without(rules, []));
        expect(yesOfP(without(rules, idle))).toBe(whole);
        for (const index of needed) expect(yesOfP(without(rules, [...idle, index]))).not.toBe(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('warns of a rule that a category which implies this one covers', () => {
    expect(problems(documentWith('  P:\n    when: [c and a, b]\n  Q:\n    implies: [P]\n    when: [c, d]\n'))).toEqual([
      expect.stringContaining(
        'p.yaml:35:12: warning: rules.P.when.0: never decides: wherever it holds, so does rules.Q',
      ),
    ]);
  });

  it('finds rules for a category that the policy does not know', () => {
    expect(problems(rulesOfP('a').replace('  Q:\n    when', '  X:\n    when'))).toEqual([
      'p.yaml:6:17: warning: categories.1: no rule derives Q; people cannot label it, so its thresholds stay provisional',
      'p.yaml:37:3: rules.X: unknown category; add it to categories or remove its rules',
    ]);
  });

  it('finds categories that imply what does not exist, themselves or each other', () => {
    const implying = (p: string, q: string): readonly string[] =>
      problems(
        documentWith(`  P:\n    implies: [${p}]\n    when: [a, d]\n  Q:\n    implies: [${q}]\n    when: [b, c]\n`),
      );
    expect(implying('X', '')).toEqual([
      'p.yaml:35:15: rules.P.implies.0: unknown category X; add it to categories or correct its name',
    ]);
    expect(implying('P', '')).toEqual([
      'p.yaml:35:15: rules.P.implies.0: P and P would imply each other; keep the direction that is meant',
    ]);
    expect(implying('Q', 'P').filter((problem) => problem.includes('imply each other'))).toHaveLength(2);
  });

  it('says that it did not look where more than 20 facts decide one category', () => {
    const more = Array.from({ length: 21 }, (_, i) => `q${i}`);
    const question = (id: string): string =>
      `  - { id: ${id}, version: 1, wording: 'Is it?', examples: [{ text: t, answer: yes }, { text: n, answer: no }] }\n`;
    const text = rulesOfP(`at least 3 of (${more.join(', ')})`).replace(
      'rules:\n',
      `${more.map(question).join('')}rules:\n`,
    );
    expect(problems(text)).toEqual([
      expect.stringMatching(
        /warning: rules\.P: its 21 facts decide in too many ways .*; nobody looked for rules that never decide$/,
      ),
    ]);
  });
});

describe('lintPolicy, of questions', () => {
  it.each([
    ['an id that is there twice', 'id: c', 'id: a', 'p.yaml:21:5: questions.2.id: question a is there twice'],
    ['a sub-level of nothing', 'under: a', 'under: x', 'p.yaml:17:5: questions.1.under: unknown question x'],
    ['a sub-level of itself', 'under: a', 'under: b', 'p.yaml:17:5: questions.1.under: list b before its sub-levels'],
    ['a sub-level above its question', 'under: a', 'under: c', 'p.yaml:17:5: questions.1.under: list c before its'],
    [
      'a sub-level of a sub-level',
      'wording: Is it c?',
      'wording: Is it c?\n    under: b',
      'p.yaml:24:5: questions.2.under: b is a sub-level itself; name the question above it',
    ],
    [
      'a wording that nobody reads',
      'wording: Is it c?',
      `wording: ${'long '.repeat(40)}`,
      'p.yaml:23:5: questions.2.wording: has 199 characters, at most 160 are read; shorten it',
    ],
    [
      'an example that is answered in two ways',
      'text: nearly c',
      'text: clearly c',
      'p.yaml:26:28: questions.2.examples.1.answer: contradicts an example above: the same text is answered yes there',
    ],
    [
      'a border that no example draws',
      'answer: no, why: Not quite. }\n  - id: d',
      'answer: unsure }\n  - id: d',
      'p.yaml:21:5: warning: questions.2: has no border example for no',
    ],
  ])('finds %s', (_, from, to, expected) => {
    expect(problems(rewritten(from, to)).some((problem) => problem.startsWith(expected))).toBe(true);
  });

  it('reports in the order of the document', () => {
    const found = lintPolicy(parsed(rulesOfP('a and x', 'b and not a')), ['internal']);
    expect(found.map(({ line }) => line)).toEqual([...found.map(({ line }) => line)].sort((a, b) => a - b));
    expect(found.length).toBeGreaterThan(2);
  });
});
