import fc from 'fast-check';
import { lintPolicy } from './lint-policy.js';
import { formatPolicyProblem, parsePolicy, type PolicyProblem } from './policy-document.js';

const GOOD = `id: default
version: 1
title: Default policy
owner: trust@example.org
changelog: First version.
categories: [H, V]
channels:
  public:
    uncovered: allow
    targets:
      H:
        block: { precision: 0.95, provisional: 0.8 }
        review: { recall: 0.9, provisional: 0.3 }
      V: {}
questions:
  - id: hateful
    version: 2
    wording: Is somebody attacked for who they are?
    examples:
      - { text: They breed like rats., answer: yes }
      - { text: Your plan is nonsense., answer: no, why: It hits the plan. }
  - id: threat
    version: 1
    under: hateful
    wording: Is it a threat?
    help: Figures of speech are not.
    examples:
      - { text: I will hurt you., answer: yes }
      - { text: We will beat you 5-0., answer: no }
rules:
  H:
    when: [hateful]
  V:
    when:
      - threat
`;
/** The format before there were questions. */
const OLD = GOOD.slice(0, GOOD.indexOf('questions:'));

function problems(text: string, channels: readonly string[] = ['public']): readonly string[] {
  const parsed = parsePolicy(text, 'p.yaml');
  const found: readonly PolicyProblem[] = parsed.ok ? lintPolicy(parsed, channels) : parsed.problems;
  return found.map(formatPolicyProblem);
}
const changed = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

describe('parsePolicy', () => {
  it('reads a document', () => {
    expect(problems(GOOD)).toEqual([]);
    expect(parsePolicy(GOOD, 'p.yaml')).toMatchObject({
      ok: true,
      policy: {
        id: 'default',
        version: 1,
        channels: { public: { targets: { H: { block: { precision: 0.95, provisional: 0.8 } }, V: {} } } },
        questions: [
          { id: 'hateful', version: 2, examples: [{ answer: 'yes' }, { answer: 'no', why: 'It hits the plan.' }] },
          { id: 'threat', under: 'hateful', help: 'Figures of speech are not.' },
        ],
        rules: { H: { implies: [], when: [{ text: 'hateful' }] }, V: { when: [{ text: 'threat' }] } },
      },
    });
  });

  it('reads documents from before there were questions', () => {
    expect(parsePolicy(OLD, 'p.yaml')).toMatchObject({ ok: true, policy: { questions: [], rules: {} } });
  });

  it.each([
    [
      'a value of another type',
      changed('version: 1', 'version: one'),
      ['p.yaml:2:1: version: Invalid input: expected number'],
    ],
    [
      'a probability as a percentage',
      changed('0.95', '95'),
      ['p.yaml:12:18: channels.public.targets.H.block.precision: must be at most 1'],
    ],
    [
      'a misspelt field',
      changed('uncovered: allow', 'uncoverd: allow'),
      ['p.yaml:8:3: channels.public.uncovered: ', 'p.yaml:9:5: channels.public.uncoverd: unknown field'],
    ],
    ['a missing field', changed('owner: trust@example.org\n', ''), ['p.yaml:1:1: owner: missing, must be string']],
    ['a wrong name of a channel', changed('public:', 'Public!:'), ['p.yaml:8:3: channels.Public!: a channel is']],
    [
      'an answer that is not allowed',
      changed('answer: no, why', 'answer: maybe, why'),
      ['p.yaml:21:41: questions.0.examples.1.answer: Invalid option: expected one of "yes"|"no"|"unsure"'],
    ],
    [
      'an id that rules could not tell from their words',
      changed('id: threat', 'id: least'),
      ['p.yaml:22:5: questions.1.id: a rule could not tell this id from its own words'],
    ],
    ['a question without a version', changed('    version: 2\n', ''), ['p.yaml:16:5: questions.0.version: missing']],
    [
      'a rule that ends too early',
      changed('- threat', '- threat and'),
      ['p.yaml:35:19: rules.V.when.0: ends where the id of a question is expected'],
    ],
    [
      'what is wrong within a quoted rule',
      changed('[hateful]', '["hateful  && threat"]'),
      ['p.yaml:32:22: rules.H.when.0: has & where'],
    ],
    [
      'what is wrong in the second line of a folded rule',
      changed('- threat', '- >-\n        threat and\n        (hateful or)'),
      ['p.yaml:37:20: rules.V.when.0: has ) where'],
    ],
    [
      'what is wrong in the second line of a plain rule',
      changed('- threat', '- threat\n        and hateful\n        or threat'),
      ['p.yaml:37:9: rules.V.when.0: has "and" beside "or"'],
    ],
    ['a duplicate key', changed('version: 1', 'id: default'), ['p.yaml:2:1: not YAML: ']],
    ['what is not YAML', 'id: [', ['p.yaml:1:6: not YAML: ']],
    ['an empty file', '', ['p.yaml:1:1: Invalid input: expected object']],
  ])('says where %s stands', (_, text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(expected.length);
    for (const part of expected) expect(found.some((problem) => problem.startsWith(part))).toBe(true);
  });

  it('answers a damaged document with problems that stand inside it, never with an exception', () => {
    const line = fc.nat({ max: GOOD.split('\n').length - 1 });
    const scrap = fc.constantFrom(
      '',
      '  ',
      '- ',
      '(',
      'not ',
      'constructor',
      '__proto__: 1',
      '&a [*a]',
      '"',
      ': ',
      '? ',
      '|',
      'null',
      '9e9',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(line, fc.nat({ max: 40 }), scrap), { minLength: 1, maxLength: 4 }), (damages) => {
        const lines = GOOD.split('\n');
        for (const [at, column, text] of damages) {
          lines[at] = `${(lines[at] ?? '').slice(0, column)}${text}${(lines[at] ?? '').slice(column + text.length)}`;
        }
        const result = parsePolicy(lines.join('\n'), 'p.yaml');
        for (const problem of result.ok ? lintPolicy(result, ['public']) : result.problems) {
          expect(problem.line).toBeGreaterThan(0);
          expect(problem.line).toBeLessThanOrEqual(lines.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reports all problems at once', () => {
    expect(problems(GOOD.replace('0.95', '95').replace('0.9,', '9,'))).toHaveLength(2);
  });
});

describe('lintPolicy', () => {
  it.each([
    [
      'an unknown category',
      changed('V: {}', 'V: {}\n      X: {}'),
      'p.yaml:15:7: channels.public.targets.X: unknown category',
    ],
    [
      'a missing target',
      changed('      V: {}\n', ''),
      'p.yaml:10:5: warning: channels.public.targets: category V never acts here',
    ],
    [
      'a review above the block',
      changed('provisional: 0.3', 'provisional: 0.85'),
      'p.yaml:13:32: channels.public.targets.H.review.provisional: review would begin at 0.85, above block at 0.8',
    ],
    ['a category named twice', changed('[H, V]', '[H, V, H]'), 'p.yaml:6:20: categories.2: category H is named twice'],
    [
      'an unknown channel',
      changed('public:', 'kids:'),
      'p.yaml:8:3: channels.kids: unknown channel; the installation has public',
    ],
    [
      'a channel with the name of a topic',
      changed('public:', 'requested:'),
      'p.yaml:8:3: channels.requested: this name belongs',
    ],
  ])('finds %s', (_, text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it('warns that nothing can be derived where a document asks no questions', () => {
    expect(problems(OLD)).toEqual([
      'p.yaml:1:1: warning: questions: asks none, so people can label nothing by it and its categories cannot be derived; add questions and rules',
    ]);
  });

  it('accepts review and block at one probability', () => {
    expect(problems(changed('provisional: 0.3', 'provisional: 0.8'))).toEqual([]);
  });
});
